// A box that chooses every box of its name on the page.
export function choose() {
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.choose;
    if (!name) return;
    for (const box of document.querySelectorAll(`input[type="checkbox"][name="${name}"]`)) box.checked = event.target.checked;
  });
}
