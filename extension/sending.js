// What was read goes to the hub in order, page by page, and is kept until the hub has it.

import { Trouble, ask } from "./hub.js";
import { drop, kept } from "./keeping.js";
import { enter, pageKey, report, revise, runOf } from "./runs.js";

const OVER = ["unpaired", "stopped", "finished"];
const busy = new Set();

/** Send every page that is ready; after the last one, the closing page. Runs once at a time a site. */
export async function send(slug) {
  if (busy.has(slug)) return;
  busy.add(slug);
  try {
    while (await sendNext(await runOf(slug)));
  } finally {
    busy.delete(slug);
  }
}

async function sendNext(run) {
  if (!run?.job || OVER.includes(run.state)) return false;
  try {
    if (run.sent < run.written) return await sendPage(run, run.sent + 1);
    return run.phase === "sending" && (await close(run));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    await stumble(run, error);
    return false;
  }
}

async function sendPage(run, page) {
  const key = pageKey(run, page);
  const { rows, ready } = await kept(key, { rows: [], ready: true });
  if (!ready) return false;
  const accepted = await post(run, `${run.uid}:${page}`, rows);
  await revise(run, { sent: page, accepted: run.accepted + accepted, delivered: run.delivered + rows.length });
  await drop([key]);
  return true;
}

/** One page, and how many of its rows the hub took; one that is too large for the hub goes in halves. */
async function post(run, key, rows) {
  const page = { page_key: key, pack: run.pack, account: run.account, rows, last: false };
  try {
    const { data } = await ask("POST", path(run), page, { key });
    return Number.isInteger(data?.accepted) && !data.duplicate ? data.accepted : rows.length;
  } catch (error) {
    if (error.status !== 413 || rows.length < 2) throw error;
    const half = Math.ceil(rows.length / 2);
    return (await post(run, `${key}a`, rows.slice(0, half))) + (await post(run, `${key}b`, rows.slice(half)));
  }
}

async function close(run) {
  const last = { page_key: `${run.uid}:end`, pack: run.pack, account: run.account, rows: [], last: true, expected: run.found };
  await ask("POST", path(run), last, { key: last.page_key });
  const done = await revise(run, { state: "finished", finished: Date.now() });
  await drop([`ids:${run.uid}`]);
  if (done) await report(done);
  return false;
}

const path = (run) => `/api/v1/marketplace/import/jobs/${run.job}/pages/`;

/** The hub being away holds the run until it is back; a refusal ends it. What was read stays. */
async function stumble(run, error) {
  if (error.kind === "unpaired") return enter(run, "unpaired", { detail: error.message });
  if (error.code === "account_mismatch") {
    return enter(run, "paused", { detail: error.message, question: { about: "hub", seen: run.account, other: "" } });
  }
  if (error.kind === "refused" || error.kind === "redirected") return enter(run, "stopped", { detail: error.message });
  return enter(run, "offline", { detail: error.message, again: Date.now() + Math.max(error.after * 1000, 30_000) });
}
