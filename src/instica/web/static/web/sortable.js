// Photos can be dragged into another order; each also has buttons, which work with the keyboard and without this.
export function sortable() {
  for (const list of document.querySelectorAll("[data-sortable]")) {
    const form = document.getElementById(list.dataset.sortable);
    let dragged = null;
    for (const each of list.children) each.draggable = true;
    const order = () => [...list.children].map((each) => each.dataset.key).join();
    const before = order();
    list.addEventListener("dragstart", (event) => {
      dragged = event.target.closest("[data-key]");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.key);
      dragged.classList.add("shot--dragged");
    });
    list.addEventListener("dragover", (event) => {
      const over = event.target.closest("[data-key]");
      if (!dragged || !over) return;
      event.preventDefault();
      if (over === dragged) return;
      const place = [...list.children];
      if (place.indexOf(over) > place.indexOf(dragged)) over.after(dragged);
      else over.before(dragged);
    });
    list.addEventListener("drop", (event) => event.preventDefault());
    list.addEventListener("dragend", () => {
      dragged?.classList.remove("shot--dragged");
      dragged = null;
      if (order() === before) return;
      const inputs = form.querySelectorAll("input[name=photo]");
      [...list.children].forEach((each, place) => (inputs[place].value = each.dataset.key));
      form.requestSubmit();
    });
  }
}
