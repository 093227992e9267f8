// What states are called, what they mean and what to do, for the popup and for the button in the toolbar.

import { progress } from "./runs.js";

const count = (number, one) => `${number} ${number === 1 ? one : `${one}s`}`;

/** A run in words: `{tone, title, body}`; tones are good, calm, warn and bad. */
export function wordsOf(run, site, unsent = 0) {
  const read = `${count(run.found, "design")} read so far`;
  const kept = unsent ? ` ${count(unsent, "design")} are kept here until the hub has them.` : "";
  const where = run.account ? `${run.account}'s shop` : `your ${site.name} shop`;
  const said = {
    reading: () => ["calm", run.phase === "who" ? "Looking who is signed in" : `Reading ${where}`, [progress(run), read].filter(Boolean).join(", ")],
    sending: () => ["calm", "Sending to the hub", read],
    paused: () => ["warn", "Paused", `${run.detail} ${read}.`.trim()],
    signed_out: () => ["warn", `You are signed out of ${site.name}`, `Sign in there, in the tab that is open. Reading goes on by itself. ${read}.`],
    challenge: () => ["warn", `${site.name} asks whether you are a person`, `Answer it in the tab that is open. Reading goes on by itself. ${read}.`],
    page_changed: () => ["bad", `This page of ${site.name} cannot be read`, `${run.detail} The hub was told: pack ${run.pack}, field "${run.field}". It does not mean that your shop is empty. ${read}.`],
    asleep: () => ["warn", "The tab is asleep", `Bring it to the front and keep it there. ${read}.`],
    offline: () => ["warn", "Waiting for an answer", `${run.detail || `${site.name} does not load.`} It is tried again by itself. ${read}.`],
    unpaired: () => ["bad", "Pair again", `${run.detail}${kept}`],
    stopped: () => ["bad", "Stopped", `${run.detail}${kept}`],
    finished: () => ["good", `${run.accepted} of ${count(run.expected, "design")} are in the hub`, "See there what is new, what fits and what needs you."],
  };
  const [tone, title, body] = said[run.state]();
  return { tone, title, body: run.state === "reading" || run.state === "sending" ? `${body}.${kept}` : body };
}

const COLOURS = { good: "#23603b", calm: "#2c506c", warn: "#7d5100", bad: "#98301f" };
const ATTENTION = ["paused", "signed_out", "challenge", "page_changed", "asleep", "offline", "unpaired", "stopped"];

/** The button in the toolbar: how many designs were read, or that somebody is needed. */
export async function showOnButton(runs) {
  const all = await runs();
  const needed = all.find((run) => ATTENTION.includes(run.state));
  const running = all.find((run) => run.state === "reading" || run.state === "sending");
  await chrome.action.setBadgeBackgroundColor({ color: needed ? COLOURS.warn : COLOURS.calm });
  await chrome.action.setBadgeTextColor?.({ color: "#ffffff" });
  await chrome.action.setBadgeText({ text: needed ? "!" : running ? String(running.found) : "" });
}
