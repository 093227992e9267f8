// Changes the colours at once; the cookie the form sets keeps the choice.
export function theme() {
  const form = document.querySelector("[data-theme-form]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = event.submitter.value;
    const body = new FormData(form, event.submitter);
    document.documentElement.dataset.theme = chosen;
    for (const button of form.querySelectorAll("button")) button.ariaPressed = String(button.value === chosen);
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  });
}
