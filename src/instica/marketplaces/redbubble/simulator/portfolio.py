"""Pages of a signed-in seller: the list of works, the upload form and its copy, the studio."""

from __future__ import annotations

from html import escape

from instica.kit.simulation import Request, Response, Routes
from instica.kit.simulation.forms import form
from instica.kit.simulation.studio import Design, Studio, moved, paged, slug
from instica.marketplaces.redbubble.simulator.frame import framed, preview

ROUTES = Routes()
A_PAGE = 36
SCRIPT = """
for (const [box, most] of [["#main-tag-en", 1], ["#supporting-tags-en", 14]]) {
  const span = document.querySelector(box);
  span.addEventListener("keydown", (event) => {
    const text = span.textContent.trim();
    if (event.key !== "Enter") return;
    event.preventDefault();
    const chips = document.querySelectorAll(`${box}-chips .chip`);
    if (!text || chips.length >= most) return;
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.innerHTML = '<span></span><input type="hidden"><span class="chip__delete-button--3xK">x</span>';
    chip.firstChild.textContent = text;
    chip.children[1].name = most === 1 ? "work[main_tag_en]" : "work[tags_en][]";
    chip.children[1].value = text;
    chip.lastChild.onclick = () => chip.remove();
    document.querySelector(`${box}-chips`).append(chip);
    span.textContent = "";
  });
}
const progress = document.querySelector(".circle-progress");
for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => progress.setAttribute("data-value", input.files.length ? "100" : "0"));
}
document.querySelector("form").addEventListener("submit", () => { document.body.dataset.submitted = "yes"; });
"""


def signed_in(studio: Studio) -> bool:
    """Whether a seller is signed in."""
    return bool(studio.who)


@ROUTES("GET HEAD", "/auth/login")
def login(studio: Studio, request: Request) -> Response:
    """The door."""
    fields = '<input id="ReduxFormInput1" name="username"><input id="ReduxFormInput2" name="password" type="password">'
    return framed(studio, "Log In", f'<h1>Log In</h1><form method="post">{fields}<button>Log In</button></form>')


@ROUTES("GET HEAD", "/portfolio/manage_works")
def manage(studio: Studio, request: Request) -> Response:
    """The seller's works, hidden ones too."""
    if not signed_in(studio):
        return moved("/auth/login")
    works = sorted(studio.designs.values(), key=lambda work: work.created, reverse=True)
    number, rows, pages = paged(works, request.get("page"), A_PAGE)
    cards = "".join(_card(work) for work in rows)
    following = f'<a rel="next" href="?page={number + 1}">Next</a>' if number < pages else "<span disabled>Next</span>"
    return framed(studio, "Manage Portfolio", f"<h1>Manage Portfolio</h1>{cards}<nav>{following}</nav>")


def _card(work: Design) -> str:
    edit = f"/portfolio/images/{work.id}-{slug(work.title)}"
    hidden = '<span class="works_work-hidden">Hidden</span>' if work.status == "hidden" else ""
    option = "works_work-menu-option"
    return f"""<div class="works_work"><img src="{escape(preview(work))}" alt=""><h3>{escape(work.title)}</h3>{hidden}
<div class="works_work-menu-link">Menu</div><div class="works_work-menu">
<a class="{option}" href="/shop/ap/{work.id}">View on site</a><a class="{option}" href="{edit}/edit">Edit</a>
<a class="{option} {option}__duplicate" href="{edit}/duplicate">Copy settings</a></div></div>"""


@ROUTES("GET HEAD", "/portfolio/images/new")
def new(studio: Studio, request: Request) -> Response:
    """The upload form."""
    return _form(studio, None) if signed_in(studio) else moved("/auth/login")


@ROUTES("GET HEAD", "/portfolio/images/{work}/duplicate")
def duplicate(studio: Studio, request: Request, work: str) -> Response:
    """The upload form with another work's settings."""
    known = studio.designs[work.partition("-")[0]]
    return _form(studio, known) if signed_in(studio) else moved("/auth/login")


def _form(studio: Studio, like: Design | None, error: str = "") -> Response:
    file = "select-image-base" if like else "select-image-single"
    renamed = "artwork" if studio.changed else "work"
    title, text = (escape(like.title), escape(like.description)) if like else ("", "")
    main = f"""<h1>{"Copy settings" if like else "Add new work"}</h1>{f"<p>{escape(error)}</p>" if error else ""}
<form method="post" action="/portfolio/images" enctype="multipart/form-data">
<input type="file" id="{file}" name="work[image]" accept="image/*"><div class="circle-progress" data-value="0"></div>
<label>Title <input id="{renamed}_title_en" name="work[title_en]" value="{title}"></label>
<label>Description <textarea id="{renamed}_description_en" name="work[description_en]">{text}</textarea></label>
<div>Main tag <span id="main-tag-en" contenteditable="true" role="textbox" aria-label="Main tag"></span>
<span id="main-tag-en-chips"></span></div>
<div>Supporting tags <span id="supporting-tags-en" contenteditable="true" role="textbox" aria-label="Supporting tags">
</span><span id="supporting-tags-en-chips"></span></div>
<div class="main-tag-suggestions">Trending: <a href="#">aesthetic</a> <a href="#">funny</a></div>
<label><input type="radio" id="work_safe_for_work_true" name="work[safe_for_work]" value="true"> Not mature</label>
<label><input type="radio" id="work_safe_for_work_false" name="work[safe_for_work]" value="false"> Mature</label>
<button type="button" class="enable-all">Enable all</button>
<label><input type="checkbox" id="rightsDeclaration" name="rights_declaration" value="1"> I have the right to sell
this</label><input type="submit" id="submit-work" value="Save Work"></form><script>{SCRIPT}</script>"""
    return framed(studio, "Add new work", main)


@ROUTES("POST", "/portfolio/images")
def save(studio: Studio, request: Request) -> Response:
    """Keep it, unless something is missing."""
    if not signed_in(studio):
        return moved("/auth/login")
    given = form(request)
    title = given.get("work[title_en]").strip()
    if "work[image]" not in given.files:
        return _form(studio, None, "Your work could not be saved: it must have at least one image.")
    if not title or not given.get("rights_declaration"):
        return _form(studio, None, "Your work could not be saved.")
    tags = [*given.texts.get("work[main_tag_en]", []), *given.texts.get("work[tags_en][]", [])]
    made = studio.add(title, given.get("work[description_en]"), tags, given.files["work[image]"])
    return moved(f"/studio/promote?work={made.id}")


@ROUTES("GET HEAD", "/studio/promote")
def promote(studio: Studio, request: Request) -> Response:
    """What a seller sees after saving."""
    if not signed_in(studio):
        return moved("/auth/login")
    made = studio.designs.get(request.get("work"))
    link = f'<a href="/shop/ap/{made.id}">{escape(made.title)}</a>' if made else ""
    return framed(studio, "Promote your work", f"<h1>Your work is live</h1><p>{link}</p>")


@ROUTES("GET HEAD", "/studio/dashboard")
def dashboard(studio: Studio, request: Request) -> Response:
    """Earnings, none of them."""
    if not signed_in(studio):
        return moved("/auth/login")
    return framed(studio, "Dashboard", '<h1>Dashboard</h1><button data-testid="ds-select">Last 30 days</button>')
