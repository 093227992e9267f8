// Says so when a background request fails, and stops saying so when one succeeds.
export function requests() {
  const place = document.getElementById("failed");
  const say = (text) => {
    place.textContent = text;
    place.hidden = !text;
  };
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && say(""));
  document.addEventListener("htmx:sendError", () => say("The hub does not answer. Trying again by itself."));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401 || status === 403) say("You are signed out. Load the page again to sign in.");
    else say(`That did not work (${status}). Load the page again to see how things stand.`);
  });
}
