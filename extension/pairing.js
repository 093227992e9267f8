// Pairing with a hub by a code that works once, and forgetting the hub again.

import { call, originOf, patternOf } from "./hub.js";
import { drop, keep, kept } from "./keeping.js";
import { enter, forget, goOn, revise, runs } from "./runs.js";

/** An address and a code, also out of one pasted line or link: `http://localhost:8000 ABCD-EFGH`, `http://…#ABCD-EFGH`. */
export function pairingIn(address, code) {
  const both = /^(\S+?)(?:\s+|\/?#)([A-Z0-9]{4}-?[A-Z0-9]{4})$/i.exec(address.trim());
  return both ? { address: both[1], code: both[2] } : { address, code };
}

/** Exchange a code for a key of this browser's own. Raises `Trouble`. */
export async function pair({ address, code }) {
  const origin = originOf(address);
  const body = { code: code.trim().toUpperCase(), name: await thisBrowser(), version: chrome.runtime.getManifest().version };
  const { data } = await call(origin, "POST", "/api/v1/extension/pair/", body);
  const before = await kept("hub");
  await keep({ hub: { address: origin, token: data.token, organization: data.organization, hub: data.hub } });
  const moved = before && before.organization.uid !== data.organization.uid;
  for (const run of await runs()) {
    if (moved) await enter(await revise(run, { connection: null, about: null }), "stopped", { detail: `This was being read for ${before.organization.name}.` });
    else if (run.state === "unpaired") await goOn(run, { anew: true });
  }
}

/** Forget the hub, its key, and everything that was read for it. */
export async function unpair() {
  const hub = await kept("hub");
  for (const run of await runs()) await forget(run);
  await drop(["hub", "assist"]);
  if (hub) await chrome.permissions.remove({ origins: [patternOf(hub.address)] }).catch(() => false);
}

async function thisBrowser() {
  const { os } = await chrome.runtime.getPlatformInfo();
  const names = [["Firefox/", "Firefox"], ["Edg/", "Edge"], ["OPR/", "Opera"], ["Chrome/", "Chromium"]];
  const name = names.find(([mark]) => navigator.userAgent.includes(mark))?.[1] ?? "A browser";
  return `${name} on ${{ mac: "macOS", win: "Windows", linux: "Linux", android: "Android", cros: "ChromeOS" }[os] ?? os}`;
}
