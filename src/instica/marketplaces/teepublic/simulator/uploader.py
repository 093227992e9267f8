"""Pages of a signed-in seller: the account, a blank design, its form, publishing it."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from instica.kit.simulation import Request, Response, Routes
from instica.kit.simulation.forms import form
from instica.kit.simulation.studio import Design, moved
from instica.marketplaces.teepublic.simulator.frame import framed, path

if TYPE_CHECKING:
    from instica.marketplaces.teepublic.simulator.app import TeePublicSimulator

ROUTES = Routes()
COLOURS = ("tshirt", "hoodie", "baseballtee")
SCRIPT = """
const box = document.querySelector("#secondary_tags");
const input = box.querySelector("input.taggle_input");
input.addEventListener("keydown", (event) => {
  const text = input.value.trim();
  if (event.key !== "Enter") return;
  event.preventDefault();
  if (!text || box.querySelectorAll(".taggle").length >= 14 || text.length > 39) return;
  const chip = document.createElement("span");
  chip.className = "taggle";
  chip.innerHTML = '<span class="taggle_text"></span><input type="hidden" name="design[secondary_tags][]">';
  chip.firstChild.textContent = text;
  chip.lastChild.value = text;
  box.insertBefore(chip, input);
  input.value = "";
});
const zone = document.querySelector(".jsUploaderDropzone");
document.querySelector(".jsUploaderFileInput").addEventListener("change", (event) => {
  if (!event.target.files.length) return;
  document.querySelector(".m-uploader__dropzone-status").textContent = "Uploading";
  setTimeout(() => {
    zone.style.display = "none";
    document.querySelector("[name='design[artwork]']").value = `upload/${event.target.files[0].name}`;
  }, 50);
});
document.querySelector("form").addEventListener("submit", () => { document.body.dataset.submitted = "yes"; });
"""


@ROUTES("GET HEAD", "/users/sign_in")
def sign_in(studio: TeePublicSimulator, request: Request) -> Response:
    """The door."""
    return framed(studio, "Log In", '<h1>Log In</h1><form method="post"><input name="session[email]"></form>')


@ROUTES("GET HEAD", "/user/account")
def account(studio: TeePublicSimulator, request: Request) -> Response:
    """Who one is there; others are sent to the door."""
    if not studio.who:
        return moved("/users/sign_in")
    return framed(
        studio, "Account Settings", f'<h1>Account</h1><input id="user_username" value="{escape(studio.who)}">'
    )


@ROUTES("GET HEAD", "/design/quick_create")
def quick_create(studio: TeePublicSimulator, request: Request) -> Response:
    """A blank design, and on to its form."""
    if not studio.who:
        return moved("/users/sign_in")
    index = 700_000 + len(studio.under_way)
    blank = Design(studio.number(index), index, "", "", (), studio.clock.now(), status="draft")
    studio.under_way[blank.id] = blank
    return moved(f"/designs/{blank.id}/edit")


@ROUTES("GET HEAD", "/designs/{design}/edit")
def edit(studio: TeePublicSimulator, request: Request, design: str) -> Response:
    """The form of a design."""
    if not studio.who:
        return moved("/users/sign_in")
    return _form(studio, studio.under_way.get(design) or studio.designs[design])


def _form(studio: TeePublicSimulator, design: Design, error: str = "") -> Response:
    name = "artwork" if studio.changed else "design"
    chips = "".join(
        f'<span class="taggle"><span class="taggle_text">{escape(tag)}</span>'
        f'<input type="hidden" name="design[secondary_tags][]" value="{escape(tag)}"></span>'
        for tag in design.tags[1:]
    )
    colours = "".join(
        f'<div class="dd-container" id="primary_color_{kind}"><input type="hidden" class="primary_color" '
        f'name="design[primary_color_{kind}]" value="1"></div>'
        for kind in COLOURS
    )
    main = f"""<h1>Edit your design</h1>{f'<p class="m-flash">{escape(error)}</p>' if error else ""}
<form id="edit_design_{design.id}" method="post" action="/designs/{design.id}/edit" enctype="multipart/form-data">
<div class="m-uploader__dropzone jsUploaderDropzone" style="display:block">
<input type="file" name="file" class="jsUploaderFileInput m-uploader__dropzone-input">
<span class="m-uploader__dropzone-status">Drop your file here</span></div>
<input type="hidden" name="design[artwork]" value="">
<input id="{name}_design_title" name="design[design_title]" placeholder="Title" value="{escape(design.title)}">
<textarea id="{name}_design_description" name="design[design_description]" placeholder="Describe your design">
{escape(design.description)}</textarea>
<input id="{name}_primary_tag" name="design[primary_tag]" placeholder="Main tag" autocomplete="off"
 value="{escape(design.tags[0] if design.tags else "")}">
<div id="secondary_tags">{chips}<input class="taggle_input" aria-label="Supporting tags"></div>
<div class="m-trending-tags">Trending: <a href="#">funny</a> <a href="#">cat dad</a></div>{colours}
<label><input type="radio" id="design_content_flag_false" name="design[content_flag]" value="false">
No mature content</label>
<label><input type="radio" id="design_content_flag_true" name="design[content_flag]" value="true">
Mature content</label>
<label><input type="checkbox" id="terms" name="terms" value="1"> I own the rights and agree to the terms</label>
<button class="save-publish-later-button" name="commit" value="save">Save and publish later</button>
<button class="publish-and-promote-button" name="commit" value="publish">Publish</button></form>
<script>{SCRIPT}</script>"""
    return framed(studio, "Edit design", main)


@ROUTES("POST", "/designs/{design}/edit")
def save(studio: TeePublicSimulator, request: Request, design: str) -> Response:
    """Keep it; published it gets its page, unless something is missing."""
    if not studio.who:
        return moved("/users/sign_in")
    known, given = studio.under_way.get(design) or studio.designs[design], form(request)
    tags = [tag for tag in (given.get("design[primary_tag]"), *given.texts.get("design[secondary_tags][]", [])) if tag]
    title, text = given.get("design[design_title]").strip(), given.get("design[design_description]").strip()
    filled = replace(known, title=title, description=text, tags=tuple(tags))
    if given.get("commit") != "publish":
        studio.under_way[design] = filled
        return moved(f"/designs/{design}/edit")
    if not title or not 2 <= len(tags) <= 15 or not given.get("terms") or "file" not in given.files:
        return _form(studio, filled, "Title, picture, 2 to 15 tags and your agreement are needed to publish.")
    made = replace(filled, status="live", created=studio.clock.now())
    studio.under_way.pop(design, None)
    studio.designs[design], studio.uploads[design] = made, given.files["file"]
    return moved(path(made))
