// After a part of the page was replaced, leads the keyboard and the eye to where work goes on.
export function focus() {
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.verb !== "post") return;
    const next = document.querySelector("#job [data-focus]");
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "start" });
  });
}
