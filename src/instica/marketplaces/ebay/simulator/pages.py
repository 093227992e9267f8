"""The few pages of the site that a person meets: consent, a page on sale, a notice."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template

from instica.kit.simulation import Response

FRAME = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · eBay sandbox</title><link rel="icon" href="data:,"><style>
:root { color-scheme: light dark; --ink: #191919; --soft: #5c5c5c; --paper: #f3f5f9; --card: #fff; --line: #d5dae3;
  --go: #2a4fb5; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --soft: #aab; --paper: #14161b; --card: #1e2128;
  --line: #383d48; --go: #9db8ff; --on: #0d1633; } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
header { padding: 1rem 1.5rem; font-weight: 700; border-bottom: 1px solid var(--line) }
header small { font-weight: 400; color: var(--soft); margin-left: .5rem }
main { max-width: 34rem; margin: 3rem auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 1rem }
p, ul { margin: 0 0 1rem } li { margin: .25rem 0 } .soft { color: var(--soft) }
form { display: flex; gap: .75rem; margin-top: 1.5rem }
button { font: inherit; font-weight: 600; padding: .6rem 1.4rem; border-radius: 999px; cursor: pointer;
  border: 1px solid var(--line); background: none; color: inherit }
button.go { background: var(--go); color: var(--on); border-color: var(--go) }
button:focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem } dt { color: var(--soft) } dd { margin: 0 }
</style></head><body><header>eBay<small>sandbox: nothing here is real</small></header>
<main>$body</main></body></html>""")
CARRIED = ("client_id", "redirect_uri", "response_type", "scope", "state")


def _page(status: int, title: str, body: str) -> Response:
    text = FRAME.substitute(title=escape(title), body=body)
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    return Response(status, text.encode(), headers)


def notice(status: int, title: str, text: str) -> Response:
    """A page that says one thing."""
    return _page(status, title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")


def consent(app: str, name: str, username: str, asked: Mapping[str, str]) -> Response:
    """May this app act for me?"""
    fields = "".join(
        f'<input type="hidden" name="{escape(field)}" value="{escape(asked.get(field, ""))}">' for field in CARRIED
    )
    body = f"""<h1>Grant {escape(app)} access to your eBay account</h1>
<p>You are signed in as <strong>{escape(name)}</strong> <span class="soft">({escape(username)})</span>.</p>
<p>If you agree, {escape(app)} will be able to:</p>
<ul><li>see who you are on eBay</li><li>view and manage your inventory and offers</li>
<li>view and manage your order fulfillments</li><li>see your business policies</li></ul>
<p class="soft">You can take this back at any time in your account settings.</p>
<form method="post" action="/oauth2/authorize">{fields}
<button class="go" name="decision" value="allow">Agree and continue</button>
<button name="decision" value="deny">Not now</button></form>"""
    return _page(200, "Grant access", body)


def item(title: str, facts: Mapping[str, str], listing_id: int, *, for_sale: bool) -> Response:
    """A page on sale, with a button that buys it."""
    shown = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    buy = f'<form method="post" action="/itm/{listing_id}"><button class="go">Buy It Now</button></form>'
    body = f"<h1>{escape(title)}</h1><dl>{shown}</dl>"
    return _page(200, title, body + (buy if for_sale else '<p class="soft">This listing has ended or sold out.</p>'))
