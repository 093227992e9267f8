// What the extension's own pages may ask of the background, and nobody else.

import { candidates, fillForm, link, prepared } from "./filling.js";
import { Trouble, originOf, patternOf } from "./hub.js";
import { change, drop, keep, kept } from "./keeping.js";
import { pair, pairingIn, unpair } from "./pairing.js";
import { begin, enter, forget, goOn, runOf, unsent } from "./runs.js";
import { SITES, siteOf } from "./sites/index.js";
import { NotSeen, useTab } from "./tabs.js";
import { advance } from "./walking.js";

const NOT_SEEN = { offline: "The page did not load.", asleep: "The tab does not answer. Bring it to the front.", closed: "The tab was closed.", elsewhere: "This page cannot be looked at." };

let carrying = null;

const VERBS = {
  overview,
  intend: ({ pending }) => keep({ pending }, "session"),
  carryOut,
  pause: ({ site }) => withRun(site, (run) => enter(run, "paused", { detail: "Paused by you." })),
  goOn: ({ site }) => withRun(site, (run) => restart(run)),
  stop: ({ site }) => withRun(site, (run) => forget(run)),
  confirm: ({ site }) => withRun(site, confirm),
  settings: ({ values }) => change("settings", (now) => ({ ...now, ...values })),
  unpair,
  prepared: ({ site, page }) => prepared(slugOf(site), Number(page) || 1),
  fill: ({ site, uid, tab }) => fillForm(slugOf(site), String(uid), tab),
  candidates: ({ tab }) => candidates(tab),
  link: ({ listing }) => link(listing),
  dismiss: () => drop(["assist"]),
};

/** Whether a message comes from one of our own pages; content scripts and other extensions are not that. */
export function isOwn(sender) {
  return sender.id === chrome.runtime.id && (sender.url ?? "").startsWith(chrome.runtime.getURL(""));
}

/** Answer `{ok}` or `{error}`; messages from elsewhere are not answered at all. */
export function hear(message, sender, respond) {
  if (!isOwn(sender) || !Object.hasOwn(VERBS, message?.verb)) return false;
  Promise.resolve(VERBS[message.verb](message))
    .then((ok) => respond({ ok: ok ?? null }))
    .catch((error) => respond({ error: told(error) }));
  return true;
}

function told(error) {
  if (error instanceof NotSeen) return NOT_SEEN[error.why];
  if (!(error instanceof Trouble)) console.error(error);
  return error instanceof Trouble ? error.message : "Something went wrong inside the extension. Try again.";
}

function slugOf(site) {
  if (!Object.hasOwn(SITES, site)) throw new Trouble("refused", "There is no such site.");
  return site;
}

async function withRun(site, how) {
  const run = await runOf(slugOf(site));
  return run ? how(run) : null;
}

async function overview({ tab }) {
  const [hub, settings, assist] = await Promise.all([kept("hub"), kept("settings", {}), kept("assist")]);
  const sites = {};
  for (const site of Object.values(SITES)) {
    const run = await runOf(site.slug);
    sites[site.slug] = { allowed: await chrome.permissions.contains({ origins: site.hosts }), run, unsent: run ? unsent(run) : 0 };
  }
  const at = tab ? await chrome.tabs.get(tab).catch(() => null) : null;
  const site = siteOf(at?.url);
  const here = site && { site: site.slug, shop: site.shopOf(at.url), upload: site.isUpload(at.url) };
  return { hub: hub && { ...hub, token: Boolean(hub.token) }, settings, assist, sites, tab: at?.id ?? null, here: here ?? null };
}

/** What was wanted before access was asked for, now that it is there. Done once, whoever asks first; one after the other. */
export async function carryOut() {
  const pending = await kept("pending", null, "session");
  if (pending || !carrying) carrying = (carrying ?? Promise.resolve()).catch(() => undefined).then(carry);
  const mine = carrying;
  return mine.finally(() => {
    if (carrying === mine) carrying = null;
  });
}

async function carry() {
  const pending = await kept("pending", null, "session");
  if (!pending || !(await chrome.permissions.contains({ origins: originsOf(pending) }))) return false;
  await drop(["pending"], "session");
  if (pending.verb === "pair") await pairAndGoOn(pending);
  if (pending.verb === "read") await read(pending);
  if (pending.verb === "goOn") await withRun(pending.site, (run) => restart(run));
  return true;
}

/** Which hosts must be open for what is wanted. */
function originsOf({ verb, site, address, code }) {
  return verb === "pair" ? [patternOf(originOf(pairingIn(address, code ?? "").address))] : SITES[slugOf(site)].hosts;
}

async function pairAndGoOn({ address, code }) {
  await pair(pairingIn(address, code));
  await arouse();
}

async function read({ site: slug, tab, descriptions }) {
  const site = SITES[slugOf(slug)];
  const at = tab ? await chrome.tabs.get(tab).catch(() => null) : null;
  const here = siteOf(at?.url)?.slug === slug;
  if (here) await useTab(slug, at.id);
  const shop = here ? site.shopOf(at.url) : "";
  await begin(site, { shop, collection: here && site.collectionOf ? site.collectionOf(at.url) : "", descriptions: Boolean(descriptions) });
  await arouse();
}

async function confirm(run) {
  if (run.question) await restart(run, { confirmed: run.question.seen, shop: "", account: "" });
}

async function restart(run, values = {}) {
  const other = values.confirmed && run.account && values.confirmed !== run.account;
  if (other) await begin(SITES[run.site], { confirmed: values.confirmed, descriptions: run.descriptions });
  else await goOn(run, { anew: true, ...values });
  await arouse();
}

/** Go on with everything, and be woken while there is something to go on with. */
export async function arouse() {
  await chrome.alarms.create("wake", { periodInMinutes: 0.5 });
  for (const slug of Object.keys(SITES)) advance(slug);
}
