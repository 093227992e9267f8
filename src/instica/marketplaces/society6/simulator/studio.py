"""The Artist Studio, a React app: its home, the upload form that makes its file input on a click, submissions."""

from __future__ import annotations

from html import escape

from instica.kit.simulation import Request, Response, Routes
from instica.kit.simulation.forms import form
from instica.kit.simulation.studio import Studio, html, moved

ROUTES = Routes()
MEDIUMS = ("Digital", "Design", "Illustration", "Painting", "Photography")
SUBJECTS = ("Animals", "Botanical", "Landscape", "Typography")
SCRIPT = """
// As React does: a value set past the native setter is not noticed, and the field falls back to what is known.
const known = { title: "", description: "", medium: "", tag: "" };
const tags = [];
let file = null, subjects = [], pressed = {};
const native = (field) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
function watch(field, name) {
  let last = field.value;
  Object.defineProperty(field, "value", {
    configurable: true,
    get() { return native(field).get.call(field); },
    set(value) { last = String(value); native(field).set.call(field, value); },
  });
  const changed = () => {
    const now = native(field).get.call(field);
    if (now === last) return;
    last = now;
    known[name] = now;
    ready();
  };
  field.addEventListener("input", changed);
  field.addEventListener("change", changed);
}
const save = document.querySelector("#save");
const title = document.querySelector("input#title"), text = document.querySelector("textarea#description");
const medium = document.querySelector("select#medium"), tag = document.querySelector("input.w-auto");
watch(title, "title"); watch(text, "description"); watch(medium, "medium"); watch(tag, "tag");
const agreed = document.querySelector("#agreementCheckbox");
function ready() {
  save.disabled = !(known.title && file && tags.length && known.medium && subjects.length && agreed.checked);
}
agreed.addEventListener("change", ready);
tag.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const word = known.tag.trim();
  if (!word || word.length > 20 || tags.length >= 10 || tags.includes(word)) return;
  tags.push(word);
  const chip = document.createElement("span");
  chip.className = "chip";
  chip.textContent = word;
  document.querySelector("#chips").append(chip);
  known.tag = "";
  tag.value = "";
  ready();
});
document.querySelector("#upload").addEventListener("click", () => {
  document.querySelector("input[type=file]")?.remove();
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/png,image/jpeg";
  input.addEventListener("change", () => {
    file = input.files[0] || null;
    document.querySelector("#file").textContent = file ? file.name : "";
    ready();
  });
  document.querySelector("#drop").append(input);
});
document.querySelector("#subjects").addEventListener("click", () => {
  document.querySelector("#options").hidden = false;
});
for (const option of document.querySelectorAll("#options [role=option]")) {
  option.addEventListener("click", () => {
    if (subjects.length < 2) subjects.push(option.textContent);
    document.querySelector("#subjects").textContent = subjects.join(", ");
    ready();
  });
}
save.addEventListener("click", async () => {
  document.body.dataset.submitted = "yes";
  const body = new FormData();
  for (const [name, value] of [["title", known.title], ["description", known.description]]) body.append(name, value);
  for (const word of tags) body.append("tags", word);
  body.append("file", file);
  const answer = await fetch("/submissions", { method: "POST", body });
  location.href = new URL(await answer.text(), location.href);
});
"""


def gone(studio: Studio) -> Response:
    """What an artist meets who was removed."""
    return html("Society6 Studio", "<main><h1>Your studio is closed</h1></main>", status=403)


@ROUTES("GET HEAD", "/login")
def login(studio: Studio, request: Request) -> Response:
    """The door; those who were removed stay outside."""
    if studio.switches["closed"]:
        return gone(studio)
    return html("Society6 Studio", '<main><h1>Log in</h1><input name="email"><input name="password"></main>')


@ROUTES("GET HEAD", "/")
def home(studio: Studio, request: Request) -> Response:
    """The studio's home."""
    if studio.switches["closed"] or not studio.who:
        return moved("/login")
    own = f'<a href="https://society6.com/a/artists/{escape(studio.who)}">View shop</a>'
    return html("Society6 Studio", f'<main><h1>Hi {escape(studio.who)}</h1>{own} <a href="/upload">Upload</a></main>')


@ROUTES("GET HEAD", "/upload")
def upload(studio: Studio, request: Request) -> Response:
    """The form."""
    if studio.switches["closed"] or not studio.who:
        return moved("/login")
    heading = "artworkTitle" if studio.changed else "title"
    mediums = "".join(f"<option>{each}</option>" for each in MEDIUMS)
    subjects = "".join(f'<li role="option">{each}</li>' for each in SUBJECTS)
    body = f"""<div id="root"><nav><a href="/" data-artist="{escape(studio.who)}">{escape(studio.who)}</a></nav><main>
<h1>Upload artwork</h1>
<div id="drop"><button type="button" id="upload">Upload a File</button> <span id="file"></span></div>
<div id="title"><label>Title <input id="{heading}" name="{heading}"></label></div>
<label>Description <textarea id="description"></textarea></label>
<label>Medium <select id="medium"><option value="">Choose</option>{mediums}</select></label>
<div><input class="w-auto" aria-label="Tags"><span id="chips"></span></div>
<button type="button" id="subjects">Select subject(s)</button><ul id="options" role="listbox" hidden>{subjects}</ul>
<label for="matureContentNo"><input type="radio" id="matureContentNo" name="mature"> No mature content</label>
<input type="checkbox" id="agreementCheckbox" class="sr-only"><label for="agreementCheckbox">I own the rights</label>
<button type="button" id="save" disabled>Save And Add Products</button></main></div>"""
    script = "" if studio.changed else f"<script>{SCRIPT}</script>"
    return html("Society6 Studio", body + script)


@ROUTES("POST", "/submissions")
def submit(studio: Studio, request: Request) -> Response:
    """A submission; curators look at it later, and it is on sale at once here so that it can be linked."""
    if studio.switches["closed"] or not studio.who:
        return Response(401, b"/login", [("Content-Type", "text/plain")])
    given = form(request)
    if not given.get("title") or "file" not in given.files:
        return Response(422, b"/upload", [("Content-Type", "text/plain")])
    made = studio.add(given.get("title"), given.get("description"), given.texts.get("tags", []), given.files["file"])
    return Response(201, f"/products/{made.id}_art-print".encode(), [("Content-Type", "text/plain")])
