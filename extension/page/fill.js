// What runs in a page to fill its upload form: writes into the fields a pack names, and presses nothing that sends.

/**
 * Injected as it stands, so it uses nothing from outside of itself.
 *
 * `form` is a pack's form, `values` {title, description, tags}, `picture` {name, type, base64} or null.
 * Answers what became of each field: `filled`, `missing`, `by_hand`, `refused` or `nothing`; of tags how many.
 */
export async function fill(form, values, picture) {
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  const first = (selectors) => selectors.map((selector) => document.querySelector(selector)).find(Boolean);
  const fire = (element, ...names) => names.forEach((name) => element.dispatchEvent(new Event(name, { bubbles: true })));
  const press = (element, type) => element.dispatchEvent(new KeyboardEvent(type, { key: "Enter", code: "Enter", keyCode: 13, which: 13, bubbles: true, cancelable: true }));
  const enter = (element) => ["keydown", "keypress", "keyup"].forEach((type) => press(element, type));

  const write = (element, text) => {
    const native = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value");
    element.focus();
    native.set.call(element, text);
    fire(element, "input", "change");
    return element.value === text ? "filled" : "refused";
  };
  const text = (field, value) => {
    const element = first(field.at);
    if (!element) return "missing";
    return value ? write(element, value) : "nothing";
  };
  const type = (element, value) => {
    element.focus();
    getSelection().selectAllChildren(element);
    if (!document.execCommand("insertText", false, value)) {
      element.textContent = value;
      element.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: value }));
    }
  };
  const clear = async (selector) => {
    for (let left = 60; selector && left > 0; left -= 1) {
      const chip = document.querySelector(selector);
      if (!chip) return;
      chip.click();
      await wait(10);
    }
  };
  const WAYS = {
    commas: async (field, tags) => (write(first(field.at), tags.join(", ")) === "filled" ? tags.length : 0),
    chips: async (field, tags) => {
      await clear(field.chip);
      for (const tag of tags) {
        const element = first(field.at);
        if (!element) return 0;
        write(element, tag);
        enter(element);
        await wait(40);
      }
      return tags.length;
    },
    editable: async (field, tags) => {
      await clear(field.chip);
      const main = first(field.first);
      for (const [place, tag] of tags.entries()) {
        const element = place === 0 && main ? main : first(field.at);
        if (!element) return place;
        type(element, tag);
        enter(element);
        await wait(40);
      }
      return tags.length;
    },
  };
  const tagged = async (tags) => {
    const field = form.tags.find((one) => first(one.at));
    if (!field) return "missing";
    return tags.length ? WAYS[field.kind](field, tags) : "nothing";
  };
  const opened = async (field) => {
    if (!first(field.at) && field.opener) {
      const button = [...document.querySelectorAll(field.opener.selector)].find((one) => one.textContent.includes(field.opener.says));
      button?.click();
      for (let left = 20; left > 0 && !first(field.at); left -= 1) await wait(50);
    }
    return first(field.at);
  };
  const pictured = async (field) => {
    if (!picture) return "nothing";
    const input = await opened(field);
    if (!input) return field.opener ? "by_hand" : "missing";
    const bytes = Uint8Array.from(atob(picture.base64), (letter) => letter.charCodeAt(0));
    const carrier = new DataTransfer();
    carrier.items.add(new File([bytes], picture.name, { type: picture.type }));
    input.files = carrier.files;
    fire(input, "input", "change");
    return input.files.length === 1 ? "filled" : "refused";
  };

  const main = form.mainTag ? values.tags.slice(0, 1) : [];
  const done = { title: text(form.title, values.title), description: text(form.description, values.description) };
  if (form.mainTag) done.mainTag = text(form.mainTag, main[0] ?? "");
  done.tags = await tagged(values.tags.slice(main.length));
  done.image = await pictured(form.image);
  return done;
}
