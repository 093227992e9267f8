// Reading a shop: one page at a time, at a polite pace, every step kept so that it can be taken up again.

import { Trouble } from "./hub.js";
import { kept } from "./keeping.js";
import { look } from "./page/look.js";
import { enter, goOn, report, revise, runOf } from "./runs.js";
import { send } from "./sending.js";
import { SITES } from "./sites/index.js";
import { Changed, isLogin } from "./sites/reading.js";
import { STEPS } from "./steps.js";
import { NotSeen, Stop, leaveTab, run as inPage } from "./tabs.js";

export const PACE = 3;
const SLEPT = 120_000;
const busy = new Set();

/** Take steps on a site until there is nothing to do there now. Runs once at a time however often it is called. */
export async function advance(slug) {
  if (busy.has(slug)) return;
  busy.add(slug);
  try {
    while (await step(slug));
  } finally {
    busy.delete(slug);
  }
  await send(slug);
}

async function step(slug) {
  const run = await runOf(slug);
  if (run?.state !== "reading") return false;
  try {
    const rested = await rest(run);
    if (rested?.state === "reading") await STEPS[rested.phase](rested, SITES[slug]);
  } catch (error) {
    await stumble(await runOf(slug), error);
  }
  return true;
}

/** Wait for the run's turn, where a page is looked at. One that comes far too late slept: the hub hears of it. */
async function rest(run) {
  if (run.phase === "end") return run;
  const late = run.next ? Date.now() - run.next : 0;
  if (late > SLEPT) {
    const detail = `Nothing was read for ${Math.round(late / 60_000)} minutes: the browser was closed or the computer asleep.`;
    await report({ ...run, state: "asleep", detail });
  }
  const pace = 1000 * ((await kept("settings", {})).pace ?? PACE);
  await new Promise((done) => setTimeout(done, Math.min(Math.max(run.next - Date.now(), 0), pace)));
  const now = await runOf(run.site);
  return now?.state === "reading" ? revise(now, { next: Date.now() + pace }) : null;
}

/** What went wrong becomes a state; nothing read is lost, and the step is taken again when the state is left. */
async function stumble(run, error) {
  if (run?.state !== "reading") return;
  if (error instanceof Stop) await enter(run, error.state, { detail: error.message, question: error.question, again: later(run, error.state) });
  else if (error instanceof Changed) await enter(run, "page_changed", { field: error.field, detail: error.message });
  else if (error instanceof Trouble) await hubTrouble(run, error);
  else if (error instanceof NotSeen) await notSeen(run, error.why);
  else throw error;
}

async function hubTrouble(run, error) {
  if (error.kind === "unpaired") await enter(run, "unpaired", { detail: error.message });
  else if (error.kind === "unreachable" || error.kind === "later") {
    await enter(run, "offline", { detail: error.message, again: later(run, "offline", error.after) });
  } else await enter(run, "stopped", { detail: error.message });
}

async function notSeen(run, why) {
  if (why === "closed") {
    await leaveTab(run.site);
    await enter(run, "paused", { detail: "The tab was closed." });
  } else if (why === "elsewhere" && run.phase === "who") await enter(run, "signed_out");
  else if (why === "elsewhere") await enter(run, "page_changed", { field: "address", detail: "The site led somewhere else." });
  else await enter(run, why, { again: later(run, why) });
}

/** When to try again by ourselves: after half a minute, then ever less often, at most every quarter of an hour. */
function later(run, state, after = 0) {
  if (state !== "offline" && state !== "asleep") return 0;
  return Date.now() + Math.max(after * 1000, Math.min(30_000 * 2 ** (run.tries ?? 0), 900_000));
}

/** Look at what stands in a waiting run's tab now; the wall gone or signed in again, reading goes on. */
export async function lookAgain(slug, tabId) {
  const run = await runOf(slug);
  if (run?.state !== "challenge" && run?.state !== "signed_out") return;
  const seen = await inPage(tabId, look, [{}], SITES[slug].hosts).catch(() => null);
  if (!seen || seen.challenge || isLogin(seen)) return;
  await goOn(run, { anew: true });
  await advance(slug);
}

/** Whatever waits for a time that has come goes on. */
export async function wake() {
  for (const slug of Object.keys(SITES)) {
    const run = await runOf(slug);
    if (run?.again && run.again <= Date.now()) await goOn(run, { tries: run.tries });
    if (run) await advance(slug);
  }
}
