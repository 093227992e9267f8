// How the popup asks the background for something, and the browser for access.

const said = () => document.getElementById("said");

/** Ask the background. A refusal is shown and answered with `null`. */
export async function ask(verb, about = {}) {
  say("");
  const answer = await chrome.runtime.sendMessage({ verb, ...about });
  if (!answer?.error) return answer?.ok ?? true;
  say(answer.error, "bad");
  return null;
}

/** Show a sentence at the foot, and have it read out. */
export function say(text, tone = "calm") {
  said().textContent = text;
  said().className = `said said--${tone}`;
}

/**
 * Ask for access to hosts, then have `pending` carried out. The asking must come straight from a click; the popup may
 * be closed by the browser's question, and the background then goes on by itself.
 */
export async function withAccess(origins, pending) {
  const kept = ask("intend", { pending });
  const granted = await chrome.permissions.request({ origins });
  await kept;
  if (granted) return ask("carryOut");
  say("Without this access nothing can be done here. Nothing was changed.", "warn");
  return null;
}

/** The tab the person looks at; this page may stand in a window of its own. */
export async function openTab() {
  const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
  if (tab && !(tab.url ?? "").startsWith(chrome.runtime.getURL(""))) return tab.id;
  const windows = chrome.windows ? await chrome.windows.getAll({ windowTypes: ["normal"], populate: true }) : [];
  const beside = windows.flatMap((one) => one.tabs ?? []).filter((one) => one.active);
  return beside.find((one) => (one.url ?? "") !== "" && !one.url.startsWith(chrome.runtime.getURL("")))?.id ?? beside[0]?.id ?? null;
}
