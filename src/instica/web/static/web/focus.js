// After a part of the page was replaced, leads the keyboard and the eye to where work goes on.
export function focus() {
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.verb !== "post") return;
    const trouble = document.querySelector("#messages .notice--bad");
    const next = trouble ?? document.querySelector("#job [data-focus]");
    if (next !== trouble) next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: next.matches("input") || trouble ? "center" : "start" });
  });
}
