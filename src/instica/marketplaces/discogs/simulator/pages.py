"""The few pages of the site that a person meets: consent, a code, a record on sale, an order."""

from __future__ import annotations

from html import escape
from string import Template

from instica.kit.simulation import Response

FRAME = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · Discogs sandbox</title><link rel="icon" href="data:,"><style>
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #5c5c5c; --paper: #f4f2ee; --card: #fff; --line: #dcd8d0;
  --go: #1f6f4a; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --soft: #aaa; --paper: #16171a; --card: #202226;
  --line: #3a3d43; --go: #7fd1a5; --on: #10241a; } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
header { padding: 1rem 1.5rem; font-weight: 700; border-bottom: 1px solid var(--line) }
header small { font-weight: 400; color: var(--soft); margin-left: .5rem }
main { max-width: 34rem; margin: 3rem auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 1rem }
p, ul { margin: 0 0 1rem } li { margin: .25rem 0 } .soft { color: var(--soft) }
form { display: flex; gap: .75rem; margin-top: 1.5rem }
button { font: inherit; font-weight: 600; padding: .6rem 1.4rem; border-radius: 8px; cursor: pointer;
  border: 1px solid var(--line); background: none; color: inherit }
button.go { background: var(--go); color: var(--on); border-color: var(--go) }
button:focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
code { font-size: 1.6rem; letter-spacing: .1em } img { width: 100%; height: auto; border-radius: 8px }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem } dt { color: var(--soft) } dd { margin: 0 }
</style></head><body><header>Discogs<small>sandbox: nothing here is real</small></header>
<main>$body</main></body></html>""")


def _page(status: int, title: str, body: str) -> Response:
    text = FRAME.substitute(title=escape(title), body=body)
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    return Response(status, text.encode(), headers)


def notice(status: int, title: str, text: str) -> Response:
    """A page that says one thing."""
    return _page(status, title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")


def consent(app: str, name: str, username: str, token: str) -> Response:
    """May this app act for me?"""
    body = f"""<h1>{escape(app)} wants to use your Discogs account</h1>
<p>You are signed in as <strong>{escape(name)}</strong> <span class="soft">({escape(username)})</span>.</p>
<p>If you allow it, {escape(app)} will be able to:</p>
<ul><li>see your profile, inventory and orders</li>
<li>create, edit and delete your listings</li><li>answer buyers and change your orders</li></ul>
<p class="soft">You can take this back at any time in your settings.</p>
<form method="post" action="/oauth/authorize"><input type="hidden" name="oauth_token" value="{escape(token)}">
<button class="go" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button></form>"""
    return _page(200, "Allow access", body)


def code(app: str, verifier: str) -> Response:
    """The verifier, to be typed into the app."""
    body = f"<h1>Access allowed</h1><p>Enter this code in {escape(app)}:</p><p><code>{escape(verifier)}</code></p>"
    return _page(200, "Your code", body)


def item(title: str, picture: str, facts: dict[str, str], listing_id: int, *, for_sale: bool) -> Response:
    """A record on sale, with a button that buys it."""
    shown = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    buy = f'<form method="post" action="/sell/item/{listing_id}"><button class="go">Buy it</button></form>'
    body = f'<h1>{escape(title)}</h1><p><img src="{escape(picture)}" alt=""></p><dl>{shown}</dl>'
    return _page(200, title, body + (buy if for_sale else '<p class="soft">It is not for sale (any more).</p>'))
