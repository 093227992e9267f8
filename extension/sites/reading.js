// What the packs share: walking strange data without trusting it, and the rows they all make.

const LIMITS = { title: 600, text: 20_000, tag: 100, tags: 100, images: 10, products: 200, link: 2_000 };

/** A page that does not look like the pack says: which of its fields is missing. */
export class Changed extends Error {
  constructor(field, detail = "") {
    super(detail);
    this.field = field;
  }
}

/** What JSON says, or `Changed`. */
export function parsed(text, field) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Changed(field, "There is no such block of data on the page.");
  }
}

/** The value at a path such as `props.pageProps.results`, own properties only; `undefined` where there is none. */
export function at(data, path) {
  let value = data;
  for (const step of path.split(".")) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** A value that must be an array. */
export function listAt(data, path, field) {
  const value = at(data, path);
  if (!Array.isArray(value)) throw new Changed(field, `${path} is not a list.`);
  return value;
}

/** Text on one line, bounded; anything but text and numbers is nothing. */
export function line(value, most = LIMITS.title) {
  return typeof value === "string" || typeof value === "number" ? String(value).replace(/\s+/gu, " ").trim().slice(0, most) : "";
}

/** Text with its paragraphs. */
export function prose(value) {
  return typeof value === "string" ? value.replace(/\r\n?/g, "\n").trim().slice(0, LIMITS.text) : "";
}

/** Tags from a list or from text with commas, each once. */
export function tagsOf(value) {
  const found = Array.isArray(value) ? value : String(value ?? "").split(",");
  return [...new Set(found.map((tag) => line(tag, LIMITS.tag)).filter(Boolean))].slice(0, LIMITS.tags);
}

/** Only addresses of the web, each once. */
export function linksOf(values) {
  const good = values.filter((link) => typeof link === "string" && /^https?:\/\//i.test(link) && link.length <= LIMITS.link);
  return [...new Set(good)].slice(0, LIMITS.images);
}

/** A row as the hub takes it; what was not read is left out. */
export function row({ id, url = "", title = "", description, tags, images, price, currency, products, status, created }) {
  const made = { id: line(id, 120), url: linksOf([url])[0] ?? "", title: line(title) };
  if (description !== undefined) made.description = prose(description);
  if (tags !== undefined) made.tags = tagsOf(tags);
  if (images !== undefined) made.images = linksOf(images);
  if (price) Object.assign(made, { price: line(price, 20), currency: line(currency, 3) });
  if (products !== undefined) made.products = products.slice(0, LIMITS.products);
  if (status) made.status = status;
  if (created) made.created = line(created, 40);
  return made;
}

/** Every row must have what makes it one; a field that none of them has means that the pack no longer fits. */
export function fitting(rows, fields) {
  if (rows.some((one) => !one.id)) throw new Changed("id", "A design without an id.");
  for (const field of fields) {
    if (rows.length && rows.every((one) => !one[field]?.length)) throw new Changed(field, "None of the designs has one.");
  }
  return rows;
}

/** The path of an address without a locale in front (`/fr/people/…`), decoded where that is possible. */
export function pathOf(url) {
  if (!URL.canParse(url)) return "";
  const path = new URL(url).pathname.replace(/^\/[a-z]{2}(-[a-z]{2})?(?=\/)/i, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The name that most of these links are about, by a pattern with one group; `""` when there is none. */
export function namedMost(links, pattern, reserved = []) {
  const counts = new Map();
  for (const link of links) {
    const name = pattern.exec(pathOf(link))?.[1];
    if (name && !reserved.includes(name.toLowerCase())) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? "";
}

/** Whether this is a page to sign in on: a password is asked for, or its address says so. */
export function isLogin(seen) {
  return seen.password || /\/(login|log_in|signin|sign_in|sign-in|auth)(\/|$)/.test(pathOf(seen.url));
}

/** The product in a page's JSON-LD, or nothing. */
export function productIn(text) {
  try {
    const data = JSON.parse(text);
    return (Array.isArray(data) ? data : [data]).find((one) => at(one, "@type") === "Product");
  } catch {
    return undefined;
  }
}
