// Shows a Print button where the browser can print; without it the browser's own menu does.
export function print() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
