// TeePublic: design tiles of the own store, the product data of design pages, the edit form.

import { at, fitting, line, linksOf, namedMost, pathOf, productIn, prose, row, tagsOf, Changed } from "./reading.js";

const HOST = "https://www.teepublic.com";
const STORE = /^\/(?:user|stores)\/([^/]+)(?:\/|$)/;
const DESIGN = /^\/[^/]+\/(\d{4,10})-[^/]+\/?$/;
const EDIT = /^\/designs\/(\d+)\/edit\/?$/;
const RESERVED = ["account", "login", "settings", "edit", "password"];

/** Where everything is on the pages of 2026; a change of it is a new number. */
export const PACK = {
  name: "teepublic/1",
  who: { links: { stores: 'a[href*="/user/"], a[href*="/stores/"]' } },
  list: {
    values: { next: [['link[rel="next"]', "href"]], pages: [["nav.pagination span.page:last-of-type", ""]] },
    lists: {
      tiles: {
        each: "div.tp-design-tile.jsDesignContainer",
        not: 'aside, footer, [class*="related"], [class*="recommend"], [class*="similar"], [class*="trending"]',
        fields: {
          id: [["", "data-design-id"]],
          title: [["", "data-gtm-design-title"], ["a.tp-design-tile__title_link", ""]],
          main: [["", "data-gtm-primary-tag"]],
          others: [[".tp-design-tile__seo-secondary-tags", ""]],
          url: [["", "data-url"], ["a.tp-design-image__preview_link", "href"], ["a.tp-design-tile__title_link", "href"]],
          image: [["img.tp-design-tile__image", "src"], ["", "data-image-url"], ["img.tp-design-tile__image", "data-src"]],
        },
      },
    },
  },
  detail: {
    lists: {
      data: { each: 'script[type="application/ld+json"]', fields: { text: [["", ""]] } },
      tags: {
        each: '[data-rudderstack--link-clicked-location-value="related_tags_artists_applied_tags"] nav a',
        fields: { tag: [["span.link__content", ""], ["", ""]] },
      },
    },
    values: { price: [['meta[property="product:price:amount"]', "content"], ['meta[itemprop="price"]', "content"]] },
  },
  form: {
    image: { kind: "file", at: ["input.jsUploaderFileInput[type=file]"] },
    title: { kind: "text", at: ["#design_design_title", '[name="design[design_title]"]'], needed: true },
    description: { kind: "text", at: ["#design_design_description", '[name="design[design_description]"]'] },
    mainTag: { kind: "text", at: ["#design_primary_tag", '[name="design[primary_tag]"]'], tag: true },
    tags: [{ kind: "chips", at: ["#secondary_tags input.taggle_input"], chip: "#secondary_tags .taggle .close" }],
  },
};

export const teepublic = {
  slug: "teepublic",
  name: "TeePublic",
  pack: PACK.name,
  hosts: [`${HOST}/*`],
  home: `${HOST}/user/account`,
  asks: PACK,
  upload: `${HOST}/design/quick_create`,
  left: "colours, mature content, the terms, and the button that publishes it",

  who: (seen) => namedMost(seen.links.stores, STORE, RESERVED),
  shopOf: (url) => {
    const name = STORE.exec(pathOf(url))?.[1] ?? "";
    return RESERVED.includes(name.toLowerCase()) ? "" : name;
  },
  listAddress: (account, page) => `${HOST}/user/${encodeURIComponent(account)}?page=${page}`,
  listAsks: () => PACK.list,
  list: readStore,
  detailAddress: (one) => one.url,
  detailAsks: () => PACK.detail,
  detail: readDesign,
  isUpload: (url) => EDIT.test(pathOf(url)),
  listingOf: (url) => {
    const id = DESIGN.exec(pathOf(url))?.[1];
    return id ? { id, url: url.split(/[?#]/)[0] } : null;
  },
};

function readStore(seen, page, before) {
  const tiles = seen.lists.tiles;
  if (!tiles.length && (page === 1 || before?.promised)) throw new Changed("designs", "There is no design tile on the page.");
  const rows = fitting(tiles.map(readTile), ["title", "url"]);
  const pages = Number.parseInt(seen.values.pages, 10);
  return { rows, pages: pages >= page ? pages : undefined, more: () => tiles.length > 0, promised: Boolean(seen.values.next) };
}

function readTile(tile) {
  const url = URL.canParse(tile.url, HOST) ? new URL(tile.url, HOST).href.split(/[?#]/)[0] : "";
  const type = DESIGN.test(pathOf(url)) ? pathOf(url).split("/")[1] : "";
  return row({
    id: /^\d{1,12}$/.test(tile.id) ? tile.id : "",
    url,
    title: tile.title,
    tags: tagsOf([tile.main, ...tile.others.split(",")]),
    images: [tile.image],
    products: type ? [{ type }] : [],
    status: "live",
  });
}

function readDesign(seen) {
  const product = seen.lists.data.map(({ text }) => productIn(text)).find(Boolean);
  if (!product) throw new Changed("product", "The design's page has no product data.");
  const found = typeof at(product, "description") === "string" ? { description: prose(at(product, "description")) } : {};
  const image = at(product, "image.url") ?? at(product, "image");
  if (linksOf([image]).length) found.images = linksOf([image]);
  const tags = tagsOf(seen.lists.tags.map(({ tag }) => tag));
  if (tags.length) found.tags = tags;
  const price = line(at(product, "offers.price") ?? seen.values.price, 20);
  const currency = line(at(product, "offers.priceCurrency"), 3);
  const type = line(at(product, "category"), 80);
  if (type) found.products = [{ type, ...(/^\d+(\.\d+)?$/.test(price) && currency ? { price, currency } : {}) }];
  return found;
}
