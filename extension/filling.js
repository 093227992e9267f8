// Listing by hand, assisted: what the hub prepared, filled into the open form; then the listing that came of it, linked.

import { Trouble, ask } from "./hub.js";
import { change, drop, keep, kept } from "./keeping.js";
import { fill } from "./page/fill.js";
import { look } from "./page/look.js";
import { runOf } from "./runs.js";
import { SITES, siteOf } from "./sites/index.js";
import { Changed, line, prose, tagsOf } from "./sites/reading.js";
import { run as inPage } from "./tabs.js";

const PREPARED = "/api/v1/extension/prepared/";
const UID = /^[a-z]+_[a-z0-9]{26}$/;
const PICTURES = { "image/png": "png", "image/jpeg": "jpg" };

/** What is prepared for a site, a page of it. */
export async function prepared(slug, page = 1) {
  const { data } = await ask("GET", `${PREPARED}?platform=${slug}&page=${page}`);
  const results = data.results.filter((one) => UID.test(one.uid)).map((one) => ({
    uid: one.uid,
    title: line(one.title),
    description: prose(one.description ?? ""),
    tags: tagsOf(one.tags ?? []),
    problems: (one.problems ?? []).map((problem) => line(problem, 500)).filter(Boolean),
    picture: Boolean(one.image_url),
  }));
  await keep({ [`prepared:${slug}`]: results }, "session");
  return { results, count: data.count, more: Boolean(data.next) };
}

/** Fill the open form of a site with one of them. The person looks it over and sends it. */
export async function fillForm(slug, uid, tabId) {
  const site = SITES[slug];
  const draft = (await kept(`prepared:${slug}`, [], "session")).find((one) => one.uid === uid);
  const tab = await chrome.tabs.get(tabId);
  if (!draft || !site.isUpload(tab.url ?? "")) throw new Trouble("refused", `Open the upload form of ${site.name} first.`);
  const picture = draft.picture ? await pictureOf(draft) : null;
  const fields = await inPage(tabId, fill, [site.asks.form, { title: draft.title, description: draft.description, tags: draft.tags }, picture], site.hosts);
  const missing = Object.entries(fields).filter(([, what]) => what === "missing").map(([field]) => field);
  if (missing.length) await tellChanged(slug, missing);
  await keep({ assist: { site: slug, uid, title: draft.title, fields, tags: draft.tags.length, filled: Date.now(), seen: null } });
  return fields;
}

/** The picture as the form takes it; nothing where the hub has none. */
async function pictureOf(draft) {
  const none = (error) => (error.status === 404 ? { data: null } : Promise.reject(error));
  const { data } = await ask("GET", `${PREPARED}${draft.uid}/image/`, undefined, { image: true }).catch(none);
  if (!data) return null;
  const type = data.type.split(";")[0].trim().toLowerCase();
  if (!Object.hasOwn(PICTURES, type)) throw new Trouble("refused", "The hub's picture is neither PNG nor JPEG.");
  const name = draft.title.normalize("NFKD").replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "").toLowerCase().slice(0, 60);
  return { name: `${name || "design"}.${PICTURES[type]}`, type, base64: base64(data.bytes) };
}

function base64(bytes) {
  let text = "";
  for (let first = 0; first < bytes.length; first += 32_768) text += String.fromCharCode(...bytes.subarray(first, first + 32_768));
  return btoa(text);
}

/** The form is not what the pack knows: the hub is told which field, on every connection of the site. */
async function tellChanged(slug, missing) {
  const { data } = await ask("GET", "/api/v1/extension/");
  const body = { state: "page_changed", pack: SITES[slug].pack, field: `form.${missing[0]}`, detail: `Not found in the upload form: ${missing.join(", ")}.` };
  for (const one of data.connections.filter(({ platform }) => platform === slug)) {
    await ask("POST", `/api/v1/extension/connections/${one.uid}/state/`, body).catch(() => undefined);
  }
}

/** A design's page that opens after a form was filled may be what came of it. */
export async function notice(tab) {
  const assist = await kept("assist");
  const site = siteOf(tab.url);
  const listing = assist && site?.slug === assist.site ? site.listingOf(tab.url) : null;
  if (listing) await change("assist", (now) => now && { ...now, seen: { ...listing, title: line(tab.title) } });
}

/** Listings in sight that the filled design could be: the page itself, or designs of that title in the open shop. */
export async function candidates(tabId) {
  const assist = await kept("assist");
  if (!assist) return [];
  const site = SITES[assist.site];
  const tab = await chrome.tabs.get(tabId).catch(() => null);
  const here = tab?.url ? site.listingOf(tab.url) : null;
  if (here) return [{ ...here, title: line(tab.title) }];
  const found = tab?.url && site.shopOf(tab.url) ? await sameTitle(site, tabId, assist.title) : [];
  return found.length || !assist.seen ? found : [assist.seen];
}

async function sameTitle(site, tabId, title) {
  const seen = await inPage(tabId, look, [site.listAsks(1, "")], site.hosts);
  try {
    const rows = site.list(seen, 1, {}, site.shopOf(seen.url)).rows.filter((one) => one.title.toLowerCase() === title.toLowerCase());
    return rows.map(({ id, url, title: name }) => ({ id, url, title: name }));
  } catch (error) {
    if (error instanceof Changed) return [];
    throw error;
  }
}

/** The listing is what became of the design. */
export async function link(listing) {
  const assist = await kept("assist");
  if (!assist) throw new Trouble("refused", "Nothing was filled that could be linked.");
  const body = { listing_id: line(listing.id, 100), url: line(listing.url, 900), title: line(listing.title) };
  const shop = (await runOf(assist.site))?.connection;
  if (shop) body.connection = shop;
  await ask("POST", `${PREPARED}${assist.uid}/link/`, body, { key: `${assist.uid}:${encodeURIComponent(body.listing_id)}` });
  await drop(["assist"]);
}
