// The first screen: each site, what is being read there and what can be done, and the settings.

import { SITES } from "../sites/index.js";
import { PACE } from "../walking.js";
import { wordsOf } from "../words.js";
import { ask, withAccess } from "./asking.js";
import { bar, button, make, notice, tick } from "./elements.js";

const GOES = ["reading", "sending"];
const OVER = ["finished", "stopped"];

export async function homeScreen(known, about, show) {
  const order = Object.values(SITES).sort((one, other) => (other.slug === known.here?.site) - (one.slug === known.here?.site));
  return [make("h1", { class: "unseen" }, "Your shops"), assisted(known, show), ...order.map((site) => card(site, known, show)), settings(known)];
}

function card(site, known, show) {
  const { run, unsent } = known.sites[site.slug];
  return make(
    "section",
    { class: "card", "aria-labelledby": `${site.slug}-name` },
    make("h2", { id: `${site.slug}-name` }, site.name),
    site.note && !run && make("p", { class: "soft" }, site.note),
    run ? state(run, site, unsent) : make("p", { class: "soft" }, hint(site, known.here)),
    make("p", { class: "row" }, ...choices(site, run, known, show)),
  );
}

function hint(site, here) {
  return here?.site === site.slug ? "Your shop here can be read now." : `Sign in to ${site.name}, open your shop, then press the button.`;
}

function state(run, site, unsent) {
  const going = GOES.includes(run.state);
  return notice(wordsOf(run, site, unsent), going && bar(run.page - 1, run.pages, `Pages of ${site.name} read`), run.question && question(run, site));
}

function question(run, site) {
  const { about, seen, other } = run.question;
  const asked = {
    shop: `${site.name} shows ${other}'s shop, and you are signed in as ${seen}. Read ${seen}'s shop?`,
    connection: `You are signed in as ${seen}. The hub knows ${other}. Read ${seen} as another shop of yours?`,
    hub: `The hub expects another account than ${seen}. Read ${seen} as another shop of yours?`,
  };
  return make("p", {}, make("strong", {}, asked[about]));
}

function choices(site, run, known, show) {
  const slug = site.slug;
  const act = (verb) => () => ask(verb, { site: slug });
  const made = [];
  if (!run || OVER.includes(run.state)) made.push(button(`read-${slug}`, run ? "Read again" : "Read my shop", () => read(site, known), "primary"));
  else if (run.question) made.push(button(`confirm-${slug}`, `Yes, read ${run.question.seen}`, act("confirm"), "primary"));
  else if (GOES.includes(run.state)) made.push(button(`pause-${slug}`, "Pause", act("pause")));
  else if (run.state !== "unpaired") made.push(button(`goon-${slug}`, run.state === "page_changed" ? "Try again" : "Go on", () => goOn(site, known), "primary"));
  if (run && !OVER.includes(run.state)) made.push(button(`stop-${slug}`, "Stop and forget", act("stop"), "quiet"));
  if (run?.state === "finished") made.push(button(`import-${slug}`, "See it in the hub", () => chrome.tabs.create({ url: `${known.hub.address}/imports/${run.job}/` })));
  made.push(button(`prepare-${slug}`, "Fill a form", () => show("prepare", slug), "quiet"));
  return made;
}

function read(site, known) {
  return withAccess(site.hosts, { verb: "read", site: site.slug, descriptions: known.settings.descriptions ?? false, tab: known.tab });
}

function goOn(site, known) {
  return known.sites[site.slug].allowed ? ask("goOn", { site: site.slug }) : withAccess(site.hosts, { verb: "goOn", site: site.slug });
}

function assisted({ assist }, show) {
  if (!assist) return null;
  const words = { tone: "calm", title: `“${assist.title}” was filled in`, body: `When it is on ${SITES[assist.site].name}, link it.` };
  return notice(words, make("p", { class: "row" }, button("assist", "Link it", () => show("prepare", assist.site))));
}

function settings({ settings: chosen, hub }) {
  const set = (values) => ask("settings", { values });
  const paces = [2, 3, 5, 10].map((seconds) => make("option", { value: seconds, selected: seconds === (chosen.pace ?? PACE) }, `${seconds} seconds`));
  return make(
    "details",
    { id: "settings" },
    make("summary", {}, "Settings, and what is read"),
    tick("descriptions", "Open each design's page for its description (one more page a design)", chosen.descriptions ?? false, (event) => set({ descriptions: event.target.checked })),
    make("p", { class: "field" }, make("label", { for: "pace" }, "Time between two pages"), make("select", { id: "pace", onchange: (event) => set({ pace: Number(event.target.value) }) }, paces)),
    make("p", { class: "soft" }, "Read are your own designs: id, address, title, tags, pictures' addresses, what they are printed on, prices shown. Not read: passwords, cookies, sales, messages, other people's designs. It goes to your hub and nowhere else."),
    make("p", { class: "row" }, chrome.windows && button("window", "Keep open in a window", openWindow, "quiet"), button("unpair", "Forget the hub", () => ask("unpair"), "danger")),
    make("p", { class: "soft" }, `Paired with ${hub.address}`),
  );
}

async function openWindow() {
  await chrome.windows.create({ url: chrome.runtime.getURL("popup/popup.html"), type: "popup", width: 420, height: 720 });
  window.close();
}
