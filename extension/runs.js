// One run a site: what is being read, how far it is, and what the hub and the person are told about it.

import { ask } from "./hub.js";
import { change, drop, keep, kept, keptUnder } from "./keeping.js";
import { SITES } from "./sites/index.js";

// What the hub has no word for is told in the nearest one; a browser that must be paired again can tell nothing.
const TOLD_AS = { sending: "reading", stopped: "paused" };

/** The run of a site, or nothing. */
export const runOf = (slug) => kept(`run:${slug}`);

/** Every run. */
export async function runs() {
  return (await Promise.all(Object.keys(SITES).map(runOf))).filter(Boolean);
}

/** Where a page of rows is kept until the hub has it; where part of a whole is kept until all of it was read. */
export const pageKey = (run, page) => `page:${run.uid}:${String(page).padStart(6, "0")}`;
export const partKey = (run, page) => `part:${run.uid}:${String(page).padStart(6, "0")}`;

/** Change a run, and keep what belongs to the change with it; a run that was replaced meanwhile is left alone. */
export function revise(run, values, beside = {}) {
  return change(`run:${run.site}`, (now) => (now?.uid === run.uid ? { ...now, ...values } : undefined), beside);
}

/** Begin anew on a site; what an earlier run left unsent goes with it. */
export async function begin(site, values) {
  const old = await runOf(site.slug);
  if (old) await forget(old);
  const run = {
    uid: crypto.randomUUID().replaceAll("-", "").slice(0, 16),
    site: site.slug,
    pack: site.pack,
    state: "reading",
    phase: "who",
    page: 1,
    pages: null,
    found: 0,
    strange: 0,
    written: 0,
    sent: 0,
    accepted: 0,
    delivered: 0,
    account: "",
    next: 0,
    ...values,
  };
  await keep({ [`run:${site.slug}`]: run, [`ids:${run.uid}`]: [] });
  return run;
}

/** Drop a run and everything that was read for it. */
export async function forget(run) {
  const parts = await Promise.all([keptUnder(`page:${run.uid}:`), keptUnder(`part:${run.uid}:`)]);
  await drop([`run:${run.site}`, `ids:${run.uid}`, ...parts.flat().map(([key]) => key)]);
}

/** How many designs were read that the hub does not have yet. */
export const unsent = (run) => run.found - run.delivered;

/** Put a run into a state, for the person to see, and tell the hub. */
export async function enter(run, state, { field = "", detail = "", question = null, again = 0 } = {}) {
  const tries = again ? (run.tries ?? 0) + 1 : 0;
  const next = await revise(run, { state, field, detail, question, again, tries });
  if (next) await report(next);
  return next;
}

/** Let a run that waits go on where it was. `anew` looks first who is signed in. */
export async function goOn(run, { anew = false, ...values } = {}) {
  const again = anew && run.phase !== "who" && run.phase !== "sending" ? { phase: "who", then: run.phase } : {};
  const state = run.phase === "sending" ? "sending" : "reading";
  return revise(run, { state, field: "", detail: "", question: null, again: 0, next: 0, ...again, ...values });
}

/** Tell the hub what the run is doing, about the only shop it knows there if need be. Its silence stops nothing. */
export async function report(run) {
  const shop = run.connection ?? run.about;
  if (!shop || run.state === "unpaired") return;
  const told = { state: TOLD_AS[run.state] ?? run.state, pack: run.pack, seen: run.found, account: run.account };
  const detail = run.detail || progress(run);
  if (run.field) told.field = run.field;
  if (detail) told.detail = detail.slice(0, 300);
  if (run.expected !== undefined) told.expected = run.expected;
  await ask("POST", `/api/v1/extension/connections/${shop}/state/`, told).catch(() => undefined);
}

/** How far a run is, in words. */
export function progress(run) {
  if (run.phase !== "list" && run.phase !== "details") return "";
  if (run.phase === "details") return `design ${run.at + 1} of those on page ${run.page - 1}, one by one`;
  return run.pages ? `page ${Math.min(run.page, run.pages)} of ${run.pages}` : `page ${run.page}`;
}
