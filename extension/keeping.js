// What the extension keeps: in `local` until it is forgotten, in `session` until the browser closes.

const lines = new Map();

/** What is kept under a key, or what stands in for it. */
export async function kept(key, otherwise = null, area = "local") {
  const found = await chrome.storage[area].get(key);
  return found[key] ?? otherwise;
}

/** Keep values by key, all of them or none. */
export function keep(values, area = "local") {
  return chrome.storage[area].set(values);
}

/** Drop keys. */
export function drop(keys, area = "local") {
  return chrome.storage[area].remove(keys);
}

/** Everything whose key begins so, in order of the keys. */
export async function keptUnder(prefix) {
  const all = await chrome.storage.local.get(null);
  return Object.entries(all).filter(([key]) => key.startsWith(prefix)).sort(([one], [other]) => (one < other ? -1 : 1));
}

/**
 * Change what is kept under a key; changes of one key wait for each other. `undefined` leaves it as it is, otherwise
 * `beside` is kept in the same write, so that a worker that is ended between two lines leaves both or neither.
 */
export function change(key, how, beside = {}) {
  const turn = (lines.get(key) ?? Promise.resolve()).then(async () => {
    const next = await how(await kept(key));
    if (next !== undefined) await keep({ [key]: next, ...beside });
    return next;
  });
  const settled = turn.catch(() => undefined);
  lines.set(key, settled);
  settled.then(() => lines.get(key) === settled && lines.delete(key));
  return turn;
}

/** Content scripts need nothing of what we keep; where the browser can say so, it does. */
export async function keepFromPages() {
  for (const area of ["local", "session"]) {
    await chrome.storage[area].setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" })?.catch(() => undefined);
  }
}
