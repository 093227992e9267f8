// The sites the extension knows, by slug.

import { redbubble } from "./redbubble.js";
import { society6 } from "./society6.js";
import { teepublic } from "./teepublic.js";

export const SITES = { redbubble, teepublic, society6 };

/** The site of an address, or nothing. */
export function siteOf(url) {
  return Object.values(SITES).find((site) => site.hosts.some((pattern) => (url ?? "").startsWith(pattern.slice(0, -1))));
}
