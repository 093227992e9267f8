// Opens <dialog> as a modal where a link points at it, by Space too, since it looks like a button; without this the
// link shows it by :target.
export function show(dialog) {
  if (!dialog.open) dialog.showModal();
}

export function dialogs() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDialogElement) show(target);
  document.addEventListener("keydown", (event) => {
    const opener = event.key === " " && event.target.closest("a[data-dialog], a[data-close]");
    if (!opener) return;
    event.preventDefault();
    opener.click();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.hash.slice(1));
      if (!dialog) return;
      event.preventDefault();
      show(dialog);
      return;
    }
    const dialog = event.target.closest("dialog[open]");
    if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) {
      event.preventDefault();
      dialog.close();
      if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    }
  });
}
