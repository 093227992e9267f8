// The popup: shows the screen that fits, and shows it anew when anything changes.

import { ask, openTab } from "./asking.js";
import { make } from "./elements.js";
import { homeScreen } from "./home.js";
import { pairScreen } from "./pair.js";
import { prepareScreen } from "./prepare.js";

const SCREENS = { home: homeScreen, pair: pairScreen, prepare: prepareScreen };
const shown = { name: "", about: "", turn: 0 };
const screen = document.getElementById("screen");

/** Go to a screen; `about` is the site it is about. */
async function show(name, about = "") {
  const turn = (shown.turn += 1);
  const known = await ask("overview", { tab: await openTab() });
  if (!known || turn !== shown.turn) return;
  const wanted = known.hub?.token || name === "prepare" ? name : "pair";
  const moved = shown.name !== wanted || shown.about !== about;
  Object.assign(shown, { name: wanted, about });
  document.getElementById("whose").textContent = known.hub?.organization?.name ?? "";
  const parts = await SCREENS[wanted](known, about, show);
  if (turn === shown.turn) draw(parts, moved);
}

/** Put a screen there, keeping what is typed, what is open and where the focus is. */
function draw(parts, moved) {
  const focused = document.activeElement?.id;
  const typed = new Map([...screen.querySelectorAll("input:not([type=checkbox])")].map((one) => [one.id, one.value]));
  const open = new Set([...screen.querySelectorAll("details[open]")].map((one) => one.id));
  screen.replaceChildren(...parts.filter(Boolean));
  if (moved) return screen.querySelector("input, button")?.focus({ preventScroll: true });
  for (const [id, value] of typed) if (document.getElementById(id)) document.getElementById(id).value = value;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  return focused ? document.getElementById(focused)?.focus({ preventScroll: true }) : undefined;
}

const again = () => shown.name !== "pair" && show(shown.name, shown.about);
chrome.storage.onChanged.addListener((changes, area) => {
  if (area !== "local") return;
  if ("hub" in changes) show("home");
  else if (shown.name === "home" || "assist" in changes) again();
});
chrome.tabs.onActivated.addListener(again);
chrome.tabs.onUpdated.addListener((id, { status }) => status === "complete" && again());
screen.replaceChildren(make("p", { class: "soft" }, "One moment…"));
show("home");
