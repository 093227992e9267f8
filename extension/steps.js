// The steps of a run: who is signed in, a page of the list, a design's own page, the end.

import { ask } from "./hub.js";
import { drop, kept, keptUnder } from "./keeping.js";
import { look } from "./page/look.js";
import { pageKey, partKey, report, revise } from "./runs.js";
import { send } from "./sending.js";
import { Changed, isLogin, pathOf } from "./sites/reading.js";
import { NotSeen, Stop, lead, run as inPage, tabOf } from "./tabs.js";

const A_PAGE = 100;
const TELL_EVERY = 10_000;
const same = (one, other) => (one ?? "").toLowerCase() === (other ?? "").toLowerCase();

export const STEPS = { who, list, details, end };

/** Look at an address in the run's tab. Walls and sign-in pages raise `Stop`, what no shop page is `Changed`. */
async function see(site, url, asks) {
  const seen = (await seenThere(site, url, asks)) ?? (await inPage(await lead(site, url), look, [asks], site.hosts));
  if (seen.challenge) throw new Stop("challenge");
  if (seen.tooLarge) throw new Changed("size", `The page is ${seen.tooLarge} MB, larger than any shop page.`);
  if (seen.status === 429 || seen.status >= 500) throw new Stop("offline", `${site.name} answers ${seen.status}.`);
  if (isLogin(seen)) throw new Stop("signed_out");
  if (pageIn(seen.url) !== pageIn(url)) throw new NotSeen("asleep");
  return seen;
}

/** What more the page that is open already gives of its own; nothing where the site wants it opened anew. */
async function seenThere(site, url, asks) {
  const tab = asks.fetch ? await tabOf(site) : null;
  if (tab?.url !== url || tab.status !== "complete") return null;
  const seen = await inPage(tab.id, look, [asks], site.hosts);
  return Object.values(seen.fetched).every(({ status }) => status === 200) ? seen : null;
}

/** Which page of a list an address is; a tab that still shows another one has not come along. */
function pageIn(url) {
  return new URL(url).searchParams.get("page") ?? "1";
}

/** Who is signed in, and whether the shop that was open is theirs. */
async function who(run, site) {
  if (!(await chrome.permissions.contains({ origins: site.hosts }))) throw new Stop("paused", `Instica may not look at ${site.name} any more.`);
  const known = (await ask("GET", "/api/v1/extension/")).data.connections.filter((one) => one.platform === site.slug && one.account);
  if (known.length === 1) await revise(run, { about: known[0].uid });
  const seen = await see(site, site.home, site.asks.who);
  if (seen.status === 403 || seen.status === 410) throw new Stop("paused", `${site.name} refuses this account (${seen.status}). Was it closed?`);
  if (!site.roams && pathOf(seen.url) !== pathOf(site.home)) throw new Stop("signed_out");
  const signedIn = site.who(seen);
  const account = signedIn || run.shop;
  if (!account) throw new Changed("account", `Open your own shop's page on ${site.name} and press the button there.`);
  if (run.shop && !same(run.shop, account) && !same(run.confirmed, account)) throw asked("shop", account, run.shop);
  await settle(run, site, account, known);
}

/** The hub's connection for the account; another one than it knows only after the person said so. */
async function settle(run, site, account, known) {
  const expected = run.account ? [run.account] : known.map((one) => one.account);
  if (expected.length && !expected.some((name) => same(name, account)) && !same(run.confirmed, account)) {
    throw asked("connection", account, expected[0]);
  }
  const taken = run.job && same(run.account, account) ? { connection: run.connection, job: run.job } : await take(run, site, account);
  const next = await revise(run, { account, ...taken, phase: run.then ?? "list", then: null });
  if (next) await report(next);
}

function asked(about, seen, other) {
  return new Stop("paused", `Signed in as ${seen}, not ${other}.`, { about, seen, other });
}

async function take(run, site, account) {
  const connection = await ask("POST", "/api/v1/extension/connections/", { platform: site.slug, account }, { key: `${run.uid}:connection:${encodeURIComponent(account)}` });
  const job = await ask("POST", `/api/v1/extension/connections/${connection.data.uid}/jobs/`, {}, { key: `${run.uid}:job:${encodeURIComponent(account)}` });
  return { connection: connection.data.uid, job: job.data.id };
}

/** One page of the list: its new designs are kept to be sent. */
async function list(run, site) {
  const seen = await see(site, site.listAddress(run.account, run.page, run.collection), site.listAsks(run.page, run.collection));
  if (seen.status === 404) throw new Changed("shop", `${site.name} has no shop of ${run.account}, or it was closed.`);
  if (!run.collection && !same(site.shopOf(seen.url), run.account)) throw new Changed("shop", "This is not the shop that is being read.");
  const read = site.list(seen, run.page, run.before, run.account);
  const { fresh, ids } = await unknown(run, read.rows);
  const detailed = Boolean(run.descriptions && !site.whole && fresh.length);
  const goesOn = read.more(run.page);
  const { pages, written } = site.whole ? { pages: { [partKey(run, run.page)]: read.rows }, written: 0 } : cut(run, fresh, run.written, !detailed);
  const next = await revise(
    run,
    {
      found: run.found + fresh.length,
      strange: run.strange + (read.strange ?? 0),
      pages: read.pages ?? run.pages,
      page: goesOn || detailed ? run.page + 1 : run.page,
      before: { promised: read.promised ?? false },
      detailing: run.written + 1,
      at: 0,
      written,
      more: goesOn,
      tries: 0,
      phase: detailed ? "details" : goesOn ? "list" : "end",
    },
    { ...pages, [`ids:${run.uid}`]: ids },
  );
  await tell(next);
  await send(run.site);
}

/** Designs that no earlier page had, each once with all it is printed on, and the ids of all that are known now. */
async function unknown(run, rows) {
  const known = new Set(await kept(`ids:${run.uid}`, []));
  const fresh = new Map();
  for (const one of rows.filter(({ id }) => !known.has(id))) {
    const twin = fresh.get(one.id);
    if (twin) twin.products = [...(twin.products ?? []), ...(one.products ?? [])];
    else fresh.set(one.id, { ...one });
  }
  return { fresh: [...fresh.values()], ids: [...known, ...fresh.keys()] };
}

/** Rows in pages as the hub takes them, numbered after those written before. */
function cut(run, rows, before, ready) {
  const pages = {};
  let written = before;
  for (let first = 0; first < rows.length; first += A_PAGE) {
    written += 1;
    pages[pageKey(run, written)] = { rows: rows.slice(first, first + A_PAGE), ready };
  }
  return { pages, written };
}

/** The page of one design of those just read; with the last one of a page, that page may go to the hub. */
async function details(run, site) {
  const key = pageKey(run, run.detailing);
  const { rows } = await kept(key);
  const seen = await see(site, site.detailAddress(rows[run.at]), site.detailAsks(rows[run.at]));
  if (seen.status !== 404) rows[run.at] = { ...rows[run.at], ...site.detail(seen) };
  const ready = run.at + 1 === rows.length;
  const over = run.detailing === run.written ? { phase: run.more ? "list" : "end" } : { detailing: run.detailing + 1, at: 0 };
  await tell(await revise(run, ready ? over : { at: run.at + 1 }, { [key]: { rows, ready } }));
  if (ready) await send(run.site);
}

/** Everything was read: what waited for the whole is written, and the closing page may follow. */
async function end(run, site) {
  if (!run.found && run.strange) throw new Changed("vendor", `None of the ${run.strange} products there is by ${run.account}.`);
  if (site.whole && !run.merged) return merge(run, site);
  await revise(run, { phase: "sending", state: "sending", expected: run.found });
  return send(run.site);
}

async function merge(run, site) {
  const parts = await keptUnder(`part:${run.uid}:`);
  const { pages, written } = cut(run, site.merge(parts.flatMap(([, rows]) => rows)), 0, !run.descriptions);
  const next = { merged: true, written, more: false, detailing: 1, at: 0, phase: run.descriptions && written ? "details" : "end" };
  await revise(run, next, pages);
  await drop(parts.map(([key]) => key));
}

/** Progress for the hub, not too often. */
async function tell(run) {
  if (!run || Date.now() - (run.told ?? 0) < TELL_EVERY) return;
  await revise(run, { told: Date.now() });
  await report(run);
}
