// What runs in a page to read it: takes a pack's questions, answers with plain, bounded text. Changes nothing there.

/**
 * Injected as it stands, so it uses nothing from outside of itself.
 *
 * `asks`: `blocks` {name: selector} whole texts · `values` {name: [[selector, attribute or ""], …]} the first that has one ·
 * `links` {name: selector} addresses · `lists` {name: {each, not, fields}} one object an element · `fetch` {name: path}
 * of the same origin.
 */
export async function look(asks) {
  const LIMITS = { page: 20_000_000, block: 4_000_000, fetched: 8_000_000, text: 20_000, links: 500, rows: 1_000 };
  const entry = performance.getEntriesByType("navigation")[0];
  const seen = { url: location.href, title: document.title.slice(0, 300), status: entry?.responseStatus ?? 0 };
  const weight = Math.max(entry?.decodedBodySize ?? 0, document.body?.textContent.length ?? 0);
  if (weight > LIMITS.page) return { ...seen, tooLarge: Math.round(weight / 1_000_000) };

  const cut = (text) => (text ?? "").trim().slice(0, LIMITS.text);
  const value = (root, ways) => {
    for (const [selector, attribute] of ways) {
      const element = selector === "" ? root : root.querySelector(selector);
      const text = cut(attribute ? element?.getAttribute(attribute) : element?.textContent);
      if (text) return text;
    }
    return "";
  };
  const each = (questions, answer) => Object.fromEntries(Object.entries(questions ?? {}).map(([name, question]) => [name, answer(question)]));
  const block = (selector) => {
    const text = document.querySelector(selector)?.textContent ?? null;
    return text !== null && text.length > LIMITS.block ? null : text;
  };
  const list = ({ each: selector, not, fields }) => {
    const found = [...document.querySelectorAll(selector)].filter((element) => !not || !element.closest(not));
    return found.slice(0, LIMITS.rows).map((element) => each(fields, (ways) => value(element, ways)));
  };
  const get = async (path) => {
    const answer = await fetch(new URL(path, location.origin), { credentials: "same-origin", redirect: "error" }).catch(() => null);
    if (!answer) return { status: 0, text: "" };
    const text = await answer.text();
    return { status: answer.status, text: text.length > LIMITS.fetched ? "" : text };
  };

  const walls = '#challenge-form, #challenge-running, #challenge-error-text, script[src*="/orchestrate/chl_page"]';
  seen.challenge = /^(just a moment|attention required)/i.test(document.title.trim()) || document.querySelector(walls) !== null;
  seen.password = document.querySelector('input[type="password"]') !== null;
  seen.blocks = each(asks.blocks, block);
  seen.values = each(asks.values, (ways) => value(document, ways));
  seen.links = each(asks.links, (selector) => [...document.querySelectorAll(selector)].slice(0, LIMITS.links).map((link) => cut(link.href)));
  seen.lists = each(asks.lists, list);
  seen.fetched = {};
  for (const [name, path] of Object.entries(asks.fetch ?? {})) seen.fetched[name] = await get(path);
  return seen;
}
