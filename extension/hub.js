// The one way to the hub: the person's own, no cookies, no redirects, answers of bounded size.

import { change, kept } from "./keeping.js";

const PATIENCE = 30_000;
const LONGEST_ANSWER = 5_000_000;
export const LONGEST_IMAGE = 30_000_000;

/** Why a call failed: `unreachable`, `redirected`, `unpaired`, `refused` or `later`, with the hub's own words. */
export class Trouble extends Error {
  constructor(kind, detail, { status = 0, code = "", after = 0 } = {}) {
    super(detail);
    Object.assign(this, { kind, status, code, after });
  }
}

/** The origin of what a person typed as the hub's address. Raises `Trouble` when it is none. */
export function originOf(typed) {
  const text = typed.trim();
  const local = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)/i.test(text);
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${local ? "http" : "https"}://${text}`;
  const found = URL.canParse(full) ? new URL(full) : null;
  const named = found && /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/i.test(found.hostname);
  if (!named || !/^https?:$/.test(found.protocol) || found.username || found.password) {
    throw new Trouble("refused", "This is not the address of a hub. It looks like http://localhost:8000.");
  }
  return found.origin;
}

/** The pattern to ask access with. It names no port, which Firefox could not read. */
export function patternOf(origin) {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}

/** Ask the paired hub; its answer as `{status, data}`. Raises `Trouble`. */
export async function ask(method, path, body, how = {}) {
  const hub = await kept("hub");
  if (!hub?.token) throw new Trouble("unpaired", "Pair this browser with your hub first.");
  return call(hub.address, method, path, body, { token: hub.token, ...how });
}

/** Ask a hub at an address. */
export async function call(address, method, path, body, { token = "", key = "", image = false } = {}) {
  const headers = { Accept: image ? "image/*, application/json" : "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  const answer = await reach(address + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.type === "opaqueredirect") {
    throw new Trouble("redirected", "This address sends you on to another one. Give the address where the hub itself answers.");
  }
  const bytes = await bounded(answer, image ? LONGEST_IMAGE : LONGEST_ANSWER);
  if (answer.ok) return { status: answer.status, data: image ? { bytes, type: answer.headers.get("Content-Type") ?? "" } : json(bytes) };
  throw await refusal(answer, json(bytes), token);
}

async function reach(url, how) {
  const settings = { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", redirect: "manual" };
  try {
    return await fetch(url, { ...how, ...settings, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Trouble("unreachable", `The hub at ${new URL(url).host} does not answer. Is it running, and are you online?`);
  }
}

async function refusal(answer, problem, token) {
  const code = String(problem?.error_code ?? "");
  const detail = String(problem?.detail ?? `The hub answered ${answer.status}.`).slice(0, 500);
  const after = Number(answer.headers.get("Retry-After")) || 0;
  if (answer.status === 401 && token) {
    await change("hub", (hub) => (hub?.token === token ? { ...hub, token: "" } : undefined));
    return new Trouble("unpaired", "The hub no longer knows this browser. Pair it again; what was read is kept.", { status: 401, code });
  }
  if (answer.status === 429 || answer.status >= 500) return new Trouble("later", detail, { status: answer.status, code, after });
  return new Trouble("refused", detail, { status: answer.status, code });
}

async function bounded(answer, most) {
  const parts = [];
  let size = 0;
  const reader = answer.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > most) {
      await reader.cancel();
      throw new Trouble("refused", "The hub's answer is larger than anything this extension asks for.");
    }
    parts.push(part.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function json(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
