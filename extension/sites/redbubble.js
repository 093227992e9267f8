// Redbubble: works of a shop page's data block, descriptions of work pages, the upload form.

import { at, fitting, line, listAt, namedMost, parsed, pathOf, row, tagsOf, Changed } from "./reading.js";

const HOST = "https://www.redbubble.com";
const SHOP = /^\/people\/([^/]+)(?:\/|$)/;
const PRODUCT = /^\/i\/([^/]+)\/.*\/(\d{4,12})(?:\.[A-Z0-9]+)?\/?$/i;
const WORK = /^\/(?:shop\/ap|people\/[^/]+\/works)\/(\d{4,12})(?:[-/]|$)/;
const UPLOAD = /^\/portfolio\/images\/(?:new|\d+[^/]*\/duplicate)\/?$/;

/** Where everything is on the pages of 2026; a change of it is a new number. */
export const PACK = {
  name: "redbubble/1",
  who: { links: { people: 'a[href*="/people/"]' }, lists: { works: { each: "div.works_work, [data-work-id]", fields: {} } } },
  list: { blocks: { data: "script#__NEXT_DATA__" } },
  paths: {
    works: "props.pageProps.results",
    pages: "props.pageProps.pagination.totalPages",
    item: "inventoryItem",
    work: "inventoryItem.work",
    url: "inventoryItem.productPageUrl",
    previews: "inventoryItem.previewSet.previews",
  },
  detail: { lists: { about: { each: 'meta[name="description"], meta[property="description"]', fields: { text: [["", "content"]] } } } },
  form: {
    image: { kind: "file", at: ["input#select-image-single", "input#select-image-base"] },
    title: { kind: "text", at: ["#work_title_en"], needed: true },
    description: { kind: "text", at: ["#work_description_en"] },
    tags: [
      { kind: "editable", first: ["#main-tag-en"], at: ["#supporting-tags-en"], chip: 'span[class*="delete-button"]' },
      { kind: "commas", at: ["textarea#work_tag_field_en", "#work_tag_field_en"] },
    ],
  },
};

export const redbubble = {
  slug: "redbubble",
  name: "Redbubble",
  pack: PACK.name,
  hosts: [`${HOST}/*`],
  home: `${HOST}/portfolio/manage_works`,
  asks: PACK,
  upload: `${HOST}/portfolio/images/new`,
  left: "products and prices, mature content, the rights declaration, and the button that saves it",

  who: (seen) => namedMost(seen.links.people, SHOP),
  shopOf: (url) => SHOP.exec(pathOf(url))?.[1] ?? "",
  listAddress: (account, page) => `${HOST}/people/${encodeURIComponent(account)}/shop?page=${page}&sortOrder=recent`,
  listAsks: () => PACK.list,
  list: readShop,
  detailAddress: (one) => `${HOST}/shop/ap/${one.id}`,
  detailAsks: () => PACK.detail,
  detail: readWork,
  isUpload: (url) => UPLOAD.test(pathOf(url)),
  listingOf: (url) => {
    const id = PRODUCT.exec(pathOf(url))?.[2] ?? WORK.exec(pathOf(url))?.[1];
    return id ? { id, url: url.split(/[?#]/)[0] } : null;
  },
};

function readShop(seen) {
  const data = parsed(seen.blocks.data, "designs");
  const works = listAt(data, PACK.paths.works, "designs");
  const pages = at(data, PACK.paths.pages);
  if (!Number.isInteger(pages) || pages < 0) throw new Changed("pages", `${PACK.paths.pages} is not a number.`);
  const rows = fitting(works.map(readResult), ["title"]);
  if (!rows.length && pages > 1) throw new Changed("designs", `${PACK.paths.works} is empty on one of ${pages} pages.`);
  return { rows, pages, more: (page) => page < pages };
}

function readResult(result) {
  const work = at(result, PACK.paths.work);
  const url = at(result, PACK.paths.url);
  const previews = at(result, PACK.paths.previews);
  const shown = Array.isArray(previews) ? previews : [];
  const close = (preview) => at(preview, "previewTypeId") === "product_close";
  const type = PRODUCT.exec(pathOf(String(url)))?.[1];
  return row({
    id: /^\d{1,12}$/.test(line(at(work, "id"))) ? at(work, "id") : "",
    url,
    title: at(work, "title"),
    tags: tagsOf(at(work, "tags") ?? []),
    images: [...shown.filter(close), ...shown.filter((one) => !close(one))].map((one) => at(one, "url")),
    products: type ? [{ type: line(type, 80) }] : [],
    status: "live",
  });
}

function readWork(seen) {
  if (!seen.lists.about.length) throw new Changed("description", "There is no place for one on the work's page.");
  return { description: seen.lists.about[0].text };
}
