// The screen that fills a site's upload form with what the hub prepared, and links what came of it.

import { SITES } from "../sites/index.js";
import { ask, openTab, say } from "./asking.js";
import { button, make, notice } from "./elements.js";

const DONE = { filled: "filled", missing: "not found in this form", by_hand: "choose it yourself", refused: "the site did not take it", nothing: "the hub has none" };
const NAMES = { title: "Title", description: "Description", mainTag: "Main tag", tags: "Tags", image: "Picture" };

export async function prepareScreen(known, slug, show) {
  const site = SITES[slug];
  const parts = [make("p", {}, button("back", "Back", () => show("home"), "quiet")), make("h1", {}, `Fill ${site.name}'s form`)];
  if (site.note) parts.push(notice({ tone: "warn", title: "Chosen artists only", body: site.note }));
  if (known.assist?.site === slug) parts.push(await assisted(known.assist, site, show));
  const list = known.hub?.token ? await ask("prepared", { site: slug }) : null;
  if (!list) return parts;
  if (!list.results.length) parts.push(make("p", { class: "soft" }, `Nothing is prepared for ${site.name}. In the hub, open a design and choose “Prepare for ${site.name}”.`));
  if (list.results.length && !known.here?.upload) parts.push(make("p", {}, `Open the upload form in the tab beside this: `, button("upload", `Open ${site.name}`, () => chrome.tabs.create({ url: site.upload }), "quiet")));
  parts.push(make("ul", { class: "drafts", role: "list" }, list.results.map((draft) => row(draft, site, known, show))));
  if (list.more) parts.push(make("p", { class: "soft" }, `${list.results.length} of ${list.count} are shown. Link or remove some in the hub to see more.`));
  return parts;
}

function row(draft, site, known, show) {
  const ready = known.here?.upload && known.here.site === site.slug;
  return make(
    "li",
    { class: "card" },
    make("h2", {}, draft.title),
    make("p", { class: "soft" }, draft.tags.join(", ")),
    ...draft.problems.map((problem) => make("p", { class: "problem" }, problem)),
    make("p", { class: "row" }, button(`fill-${draft.uid}`, "Fill the open form", () => filled(draft, site, show), "primary", { disabled: !ready })),
  );
}

async function filled(draft, site, show) {
  say("Filling…");
  const fields = await ask("fill", { site: site.slug, uid: draft.uid, tab: await openTab() });
  if (!fields) return;
  await show("prepare", site.slug);
  say("Filled. Look it over; nothing was sent.", "good");
}

async function assisted(assist, site, show) {
  const found = await ask("candidates", { tab: await openTab() });
  const said = Object.keys(NAMES).filter((name) => name in assist.fields).map((name) => [name, assist.fields[name]]).map(([name, what]) => make("li", {}, `${NAMES[name]}: ${typeof what === "number" ? `${what} filled` : DONE[what]}`));
  const links = (Array.isArray(found) ? found : []).map((one, place) =>
    make("li", {}, make("p", {}, one.title || one.id, make("br"), make("small", { class: "soft" }, one.url)), button(`link-${place}`, "This is it: link", () => linked(one, site, show), "primary")),
  );
  const nothing = make("p", {}, `When it is published, open its page on ${site.name} or your shop, then come back here to link it.`);
  return notice(
    { tone: "calm", title: `“${assist.title}”` },
    make("ul", {}, said),
    make("p", {}, `Left to you: ${site.left}.`),
    links.length ? make("ul", { class: "links", role: "list" }, links) : nothing,
    make("p", { class: "row" }, button("again", "Look again", () => show("prepare", site.slug)), button("dismiss", "Not now", async () => (await ask("dismiss")) && show("prepare", site.slug), "quiet")),
  );
}

async function linked(listing, site, show) {
  if (!(await ask("link", { listing }))) return;
  await show("prepare", site.slug);
  say("Linked. The hub knows it now.", "good");
}
