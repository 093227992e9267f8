// The tab a shop is read in: one a site, opened when needed, led from page to page.

import { drop, keep, kept } from "./keeping.js";

const LOADING = 15;
const ANSWERING = 20;

/** Why a page could not be looked at: `offline`, `asleep`, `closed` or `elsewhere`. */
export class NotSeen extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** A state that what stands on a page puts a run into, perhaps with a question for the person. */
export class Stop extends Error {
  constructor(state, detail = "", question = null) {
    super(detail);
    Object.assign(this, { state, question });
  }
}

/** The tab a site is read in, as long as it shows that site; one used for something else since is left alone. */
export async function tabOf({ slug, hosts }) {
  const id = await kept(`tab:${slug}`, null, "session");
  const tab = id === null ? null : await chrome.tabs.get(id).catch(() => null);
  return hosts.some((pattern) => (tab?.url ?? "").startsWith(pattern.slice(0, -1))) ? tab : null;
}

/** Read a site in this tab from now on. */
export function useTab(slug, id) {
  return keep({ [`tab:${slug}`]: id }, "session");
}

/** Forget which tab a site was read in. */
export function leaveTab(slug) {
  return drop([`tab:${slug}`], "session");
}

/**
 * Bring a site's tab to an address and wait until it is loaded, pictures that hang not being waited for; without a tab,
 * open one behind the others. Raises `NotSeen` when the site sends nothing.
 */
export async function lead(site, url) {
  const tab = (await tabOf(site)) ?? (await chrome.tabs.create({ active: false }));
  await useTab(site.slug, tab.id);
  const loaded = loading(tab.id, await patience("loading", LOADING));
  await chrome.tabs.update(tab.id, { url });
  if (!(await loaded) && (await showsWhatItDid(tab, url))) throw new NotSeen("offline");
  return tab.id;
}

/** Milliseconds to wait; the settings may say otherwise. */
async function patience(name, seconds) {
  return 1000 * ((await kept("settings", {}))[name] ?? seconds);
}

/** Whether a tab still shows what it did before it was sent elsewhere. Only Chromium tells where it is on the way to. */
async function showsWhatItDid(before, url) {
  const now = await chrome.tabs.get(before.id);
  return Boolean(now.pendingUrl) || (now.url === before.url && now.url !== url);
}

/** Whether it was loaded in time. */
function loading(id, time) {
  return new Promise((resolve, reject) => {
    const end = (how) => {
      clearTimeout(timer);
      chrome.tabs.onUpdated.removeListener(updated);
      chrome.tabs.onRemoved.removeListener(removed);
      how();
    };
    const updated = (tab, { status }) => tab === id && status === "complete" && end(() => resolve(true));
    const removed = (tab) => tab === id && end(() => reject(new NotSeen("closed")));
    const timer = setTimeout(() => end(navigator.onLine ? () => resolve(false) : () => reject(new NotSeen("offline"))), time);
    chrome.tabs.onUpdated.addListener(updated);
    chrome.tabs.onRemoved.addListener(removed);
  });
}

/** Run a function in a tab's page, apart from the page's own scripts, and give back what it returns. Raises `NotSeen`. */
export async function run(id, func, args, hosts) {
  const answer = chrome.scripting.executeScript({ target: { tabId: id }, func, args });
  answer.catch(() => undefined);
  try {
    const [{ result }] = await Promise.race([answer, silence(await patience("answering", ANSWERING))]);
    if (result === undefined || result === null) throw new NotSeen("elsewhere");
    return result;
  } catch (error) {
    if (error instanceof NotSeen) throw error;
    throw new NotSeen(await whyNot(id, hosts));
  }
}

async function whyNot(id, hosts) {
  const tab = await chrome.tabs.get(id).catch(() => null);
  if (!tab) return "closed";
  const at = tab.url ?? "";
  return hosts.some((pattern) => at.startsWith(pattern.slice(0, -1))) || at.startsWith("chrome-error:") ? "offline" : "elsewhere";
}

function silence(time) {
  return new Promise((_, reject) => setTimeout(() => reject(new NotSeen("asleep")), time));
}
