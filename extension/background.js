// Wires the browser's events to what the extension does. Everything it knows is kept; it may be ended at any moment.

import { notice } from "./filling.js";
import { keepFromPages, kept } from "./keeping.js";
import { arouse, carryOut, hear } from "./messages.js";
import { enter, runOf, runs } from "./runs.js";
import { SITES } from "./sites/index.js";
import { showOnButton } from "./words.js";
import { lookAgain, wake } from "./walking.js";

const RESTING = ["paused", "stopped", "finished", "unpaired", "page_changed"];

chrome.runtime.onMessage.addListener(hear);
chrome.runtime.onInstalled.addListener(awake);
chrome.runtime.onStartup.addListener(awake);
chrome.permissions.onAdded.addListener(() => carryOut());
chrome.permissions.onRemoved.addListener(accessTaken);
chrome.alarms.onAlarm.addListener(alarmed);
chrome.tabs.onUpdated.addListener(tabChanged);
chrome.storage.onChanged.addListener((changes, area) => area === "local" && showOnButton(runs));
keepFromPages();

/** The browser or the extension was started: what was being read goes on. */
async function awake() {
  if ((await runs()).some((run) => !RESTING.includes(run.state))) await arouse();
}

async function alarmed() {
  if ((await runs()).every((run) => RESTING.includes(run.state))) await chrome.alarms.clear("wake");
  await wake();
}

async function tabChanged(id, { status }, tab) {
  if (status !== "complete") return;
  for (const slug of Object.keys(SITES)) {
    if ((await kept(`tab:${slug}`, null, "session")) === id) await lookAgain(slug, id);
  }
  await notice(tab);
}

/** The person took a site back from us: what is being read there pauses and says so. */
async function accessTaken({ origins = [] }) {
  for (const site of Object.values(SITES)) {
    const run = await runOf(site.slug);
    const running = run && !RESTING.includes(run.state);
    if (running && origins.some((origin) => site.hosts.includes(origin))) {
      await enter(run, "paused", { detail: `Instica may not look at ${site.name} any more.` });
    }
  }
}
