// The screen that pairs this browser with a hub.

import { originOf, patternOf } from "../hub.js";
import { pairingIn } from "../pairing.js";
import { ask, say, withAccess } from "./asking.js";
import { button, field, make, notice } from "./elements.js";

export async function pairScreen(known, about, show) {
  const before = known.hub;
  const left = Object.values(known.sites).reduce((sum, { unsent }) => sum + unsent, 0);
  const again = before && {
    tone: "warn",
    title: "Pair again",
    body: `The hub at ${before.address} no longer knows this browser.${left ? ` ${left} designs that were read are kept and go there afterwards.` : ""}`,
  };
  const form = make(
    "form",
    { class: "form", id: "pair", onsubmit: (event) => submitted(event, show) },
    field("address", "Address of your hub", "Such as http://localhost:8000. You can paste the whole line that the hub shows.", {
      value: before?.address ?? "",
      required: true,
      inputmode: "url",
    }),
    field("code", "Code", "Eight letters, from Marketplaces, Redbubble in the hub. It works once, for ten minutes.", {
      placeholder: "ABCD-EFGH",
      class: "code",
      maxlength: "9",
    }),
    make("button", { class: "button button--primary", type: "submit", id: "pair-now" }, "Pair with this hub"),
    before && button("forget", "Forget this hub and what was read", () => ask("unpair"), "quiet"),
  );
  return [make("h1", {}, "Pair with your hub"), again && notice(again), form, make("p", { class: "soft" }, "The browser asks you whether Instica may reach that address.")];
}

async function submitted(event, show) {
  event.preventDefault();
  const { address, code } = pairingIn(event.target.elements.address.value, event.target.elements.code.value);
  if (!/^[a-z0-9]{4}-?[a-z0-9]{4}$/i.test(code.trim())) return say("The code has eight letters, like ABCD-EFGH.", "bad");
  try {
    const done = await withAccess([patternOf(originOf(address))], { verb: "pair", address, code });
    return done && show("home");
  } catch (error) {
    return say(error.message, "bad");
  }
}
