// Elements made of parts; texts only ever become text.

/** `make("button", {id, onclick, class}, "Text", …)`. */
export function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...inside.flat().filter((part) => part !== null && part !== undefined && part !== false));
  return element;
}

/** A button; `kind` is primary, danger or quiet. */
export function button(id, text, onclick, kind = "", more = {}) {
  return make("button", { id, type: "button", class: `button ${kind && `button--${kind}`}`, onclick, ...more }, text);
}

/** A labelled field. */
export function field(id, label, help, more = {}) {
  return make(
    "div",
    { class: "field" },
    make("label", { for: id }, label),
    make("input", { id, name: id, autocomplete: "off", spellcheck: "false", "aria-describedby": help && `${id}-help`, ...more }),
    help && make("small", { id: `${id}-help` }, help),
  );
}

/** Something to tick. */
export function tick(id, label, checked, onchange) {
  return make("p", { class: "tick" }, make("input", { id, type: "checkbox", checked, onchange }), make("label", { for: id }, label));
}

/** What stands somewhere, in a tone. */
export function notice({ tone, title, body }, ...more) {
  return make("div", { class: `notice notice--${tone}` }, make("p", { class: "notice__title" }, title), body && make("p", {}, body), ...more);
}

/** How far something is; without a known end, only that it goes on. */
export function bar(done, all, label) {
  return make("progress", { class: "bar", "aria-label": label, ...(all ? { max: all, value: Math.min(done, all) } : {}) });
}
