// Society6: the grid of an artist's page, or the data of the collection that is open; by design; the studio's form.

import { at, fitting, line, listAt, namedMost, parsed, pathOf, productIn, prose, row, tagsOf, Changed } from "./reading.js";

const HOST = "https://society6.com";
const STUDIO = "https://studio.society6.com";
const ARTIST = /^\/(?:a\/)?artists\/([^/]+)(?:\/|$)/;
const COLLECTION = /^\/(?:a\/)?collections\/([^/]+)(?:\/|$)/;
const PRODUCT = /^\/(?:a\/)?products\/([a-z0-9-]+)_([a-z0-9-]+)\/?$/;
const UPLOAD = /^\/upload(?:\/|$)/;
const A_PAGE = 250;

/** Where everything is on the pages of 2026; a change of it is a new number. */
export const PACK = {
  name: "society6/1",
  who: { links: { artists: 'a[href*="/artists/"]' } },
  grid: {
    links: { next: 'a[rel="next"], link[rel="next"]' },
    lists: {
      products: {
        each: "ol.algolia-products-grid__grid > li.algolia-products-grid__product-item",
        fields: {
          url: [["div.product-item__product-gallery a[href]", "href"]],
          title: [["div.product-item__product-gallery a[aria-label]", "aria-label"]],
          image: [["div.product-item__product-gallery img", "src"]],
          artist: [["div.artist-link a", "href"]],
        },
      },
    },
  },
  paths: { products: "products", handle: "handle", title: "title", vendor: "vendor", type: "product_type", tags: "tags" },
  detail: { lists: { data: { each: 'script[type="application/ld+json"]', fields: { text: [["", ""]] } } } },
  form: {
    image: { kind: "file", at: ["input[type=file]"], opener: { selector: "button, [role=button], label", says: "Upload a File" } },
    title: { kind: "text", at: ["input#title", 'input[name="title"]'], needed: true },
    description: { kind: "text", at: ["textarea#description"] },
    tags: [{ kind: "chips", at: ["input.w-auto"], chip: "" }],
  },
};

export const society6 = {
  slug: "society6",
  name: "Society6",
  pack: PACK.name,
  hosts: [`${HOST}/*`, `${STUDIO}/*`],
  home: `${STUDIO}/`,
  asks: PACK,
  upload: `${STUDIO}/upload`,
  left: "medium, subject, mature content, the agreement, and the button that submits it",
  note: "Society6 takes designs from chosen artists only, since March 2025. After you submit one, its picture, title and tags cannot be changed, and approval can take 30 working days.",
  whole: true,
  roams: true,

  who: (seen) => namedMost(seen.links.artists, ARTIST),
  shopOf: (url) => ARTIST.exec(pathOf(url))?.[1] ?? "",
  collectionOf: (url) => COLLECTION.exec(pathOf(url))?.[1] ?? "",
  listAddress: (account, page, collection) =>
    collection ? `${HOST}/collections/${encodeURIComponent(collection)}` : `${HOST}/a/artists/${encodeURIComponent(account)}?page=${page}`,
  listAsks: (page, collection) =>
    collection ? { fetch: { list: `/collections/${encodeURIComponent(collection)}/products.json?limit=${A_PAGE}&page=${page}` } } : PACK.grid,
  list: (seen, page, before, account) => (seen.fetched.list ? readProducts(seen, page, account) : readGrid(seen, page, before, account)),
  merge: grouped,
  detailAddress: (one) => one.url,
  detailAsks: (one) => ({ ...PACK.detail, fetch: { product: `${pathOf(one.url)}.json` } }),
  detail: readDesign,
  isUpload: (url) => url.startsWith(`${STUDIO}/`) && UPLOAD.test(pathOf(url)),
  listingOf: (url) => {
    const found = url.startsWith(`${HOST}/`) ? PRODUCT.exec(pathOf(url)) : null;
    return found ? { id: found[1], url: url.split(/[?#]/)[0] } : null;
  },
};

function readProducts(seen, page, account) {
  const { status, text } = seen.fetched.list;
  if (status === 404) throw new Changed("collection", "Society6 has no such list.");
  const products = listAt(parsed(text, "designs"), PACK.paths.products, "designs");
  const own = products.filter((one) => line(at(one, PACK.paths.vendor)).toLowerCase() === account.toLowerCase());
  if (page === 1 && !products.length) throw new Changed("designs", "The list is empty.");
  return { rows: fitting(own.map(readProduct), ["title"]), more: () => products.length > 0, strange: products.length - own.length };
}

function readGrid(seen, page, before, account) {
  const shown = seen.lists.products;
  if (!shown.length && (page === 1 || before?.promised)) throw new Changed("designs", "There is no product on the page.");
  const artist = (one) => ARTIST.exec(pathOf(URL.canParse(one.artist, HOST) ? new URL(one.artist, HOST).href : ""))?.[1] ?? "";
  const own = shown.filter((one) => artist(one).toLowerCase() === account.toLowerCase());
  const promised = seen.links.next.length > 0;
  return { rows: fitting(own.map(readTile), ["title"]), more: () => promised, promised, strange: shown.length - own.length };
}

function readTile({ url, title, image }) {
  const address = URL.canParse(url, HOST) ? new URL(url, HOST).href.split(/[?#]/)[0] : "";
  const [, id, format] = PRODUCT.exec(pathOf(address)) ?? ["", "", ""];
  const type = format.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
  return row({ id, url: address, title: without(title, type), images: [image], products: [{ type }], status: "live" });
}

function without(title, type) {
  return type && title.toLowerCase().endsWith(` ${type.toLowerCase()}`) ? title.slice(0, -type.length - 1) : title;
}

/** Tags and text of a design out of one of its products, where the shop gives them. */
function readDesign(seen) {
  const product = seen.fetched.product.status === 200 ? at(parsed(seen.fetched.product.text, "product"), "product") : undefined;
  const data = seen.lists.data.map(({ text }) => productIn(text)).find(Boolean);
  if (!product && !data) throw new Changed("product", "The product's page has no data.");
  const found = {};
  if (product) found.tags = tagsOf(at(product, PACK.paths.tags) ?? []);
  if (typeof at(data, "description") === "string") found.description = prose(at(data, "description"));
  return found;
}

function readProduct(product) {
  const handle = line(at(product, PACK.paths.handle), 200);
  const cut = handle.lastIndexOf("_");
  const type = line(at(product, PACK.paths.type), 80);
  const title = line(at(product, PACK.paths.title));
  const variants = at(product, "variants");
  const images = at(product, "images");
  const price = Array.isArray(variants) ? variants.map((one) => line(at(one, "price"), 20)).find((text) => /^\d+(\.\d+)?$/.test(text)) : undefined;
  const open = Array.isArray(variants) && variants.some((one) => at(one, "available") === true);
  return row({
    id: cut > 0 ? handle.slice(0, cut) : "",
    url: `${HOST}/products/${handle}`,
    title: without(title, type),
    tags: tagsOf(at(product, PACK.paths.tags) ?? []),
    images: Array.isArray(images) ? images.map((one) => at(one, "src")) : [],
    products: [{ type, ...(price ? { price, currency: "USD" } : {}), enabled: open }],
    status: "live",
  });
}

/** One row a design: what it is printed on side by side, the picture of the first. */
function grouped(rows) {
  const designs = new Map();
  for (const one of rows) {
    const known = designs.get(one.id);
    if (!known) designs.set(one.id, { ...one, images: one.images.slice(0, 3) });
    else known.products = [...known.products, ...one.products].slice(0, 200);
  }
  return [...designs.values()];
}
