// Counts what is ticked in a list, and ticks a whole page at once. Works on lists that are swapped in later too.
const boxes = (form) => [...form.querySelectorAll("input[type=checkbox][name=item]")];

function tell(form) {
  const all = boxes(form);
  const ticked = all.filter((box) => box.checked).length;
  const every = form.querySelector("[data-all]");
  form.querySelector("[data-count]").textContent = ticked ? `${ticked} chosen` : "";
  every.checked = ticked > 0 && ticked === all.length;
  every.indeterminate = ticked > 0 && ticked < all.length;
}

function prepare() {
  for (const form of document.querySelectorAll("[data-selection]")) {
    form.querySelector(".chosen__all").hidden = false;
    tell(form);
  }
}

export function selection() {
  prepare();
  document.addEventListener("htmx:afterSettle", prepare);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-selection]");
    if (!form) return;
    if (event.target.matches("[data-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
    tell(form);
  });
}
