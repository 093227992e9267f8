// Keys for people who come every day; off on this device when the box in the list is not ticked.
import { show } from "./dialogs.js";

const PLACES = { m: "/marketplaces/", i: "/imports/", v: "/inventory/", b: "/notices/" };
const WAIT = 1200;

const wanted = () => localStorage.getItem("shortcuts") !== "off";
const typing = (element) => element.closest("input, select, textarea, [contenteditable], dialog[open]");

export function shortcuts() {
  const list = document.getElementById("shortcuts");
  const box = document.getElementById("shortcuts-on");
  if (!list || !box) return;
  box.checked = wanted();
  box.addEventListener("change", () => localStorage.setItem("shortcuts", box.checked ? "on" : "off"));
  let pressed = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") return show(list);
    if (!wanted()) return;
    if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === "g") {
      pressed = event.timeStamp;
    } else if (PLACES[event.key] && event.timeStamp - pressed < WAIT) {
      location.assign(PLACES[event.key]);
    }
  });
}
