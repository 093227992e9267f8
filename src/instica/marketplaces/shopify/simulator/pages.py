"""The few pages that a person meets: consent, a notice, a print on sale."""

from __future__ import annotations

from html import escape
from string import Template

from instica.kit.simulation import Response
from instica.marketplaces.shopify.simulator.site import Shop

ASKED = ("client_id", "scope", "redirect_uri", "state")
WORDS = {
    "products": "products, variants and pictures",
    "inventory": "stock",
    "locations": "locations",
    "publications": "sales channels",
    "orders": "orders",
    "all_orders": "orders older than 60 days",
    "customers": "customers",
}
FRAME = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · Shopify sandbox</title><link rel="icon" href="data:,"><style>
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #5c5c5c; --paper: #f1f2f0; --card: #fff; --line: #d9dcd6;
  --go: #2d5f3a; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --soft: #aaa; --paper: #151716; --card: #1f2321;
  --line: #3a403c; --go: #8fd19e; --on: #10241a; } }
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
</style></head><body><header>Shopify<small>sandbox: nothing here is real</small></header>
<main>$body</main></body></html>""")


def _page(status: int, title: str, body: str) -> Response:
    text = FRAME.substitute(title=escape(title), body=body)
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    return Response(status, text.encode(), headers)


def notice(status: int, title: str, text: str) -> Response:
    """A page that says one thing."""
    return _page(status, title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")


def consent(app: str, shop: Shop, scopes: list[str], asked: dict[str, str]) -> Response:
    """May this app be installed?"""
    wishes = "".join(f"<li>{escape(_wish(scope))}</li>" for scope in scopes)
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">' for name in ASKED)
    body = f"""<h1>Install {escape(app)}</h1>
<p>You are signed in to <strong>{escape(shop.name)}</strong> <span class="soft">({escape(shop.domain)})</span>.</p>
<p>{escape(app)} will be able to:</p><ul>{wishes}</ul>
<p class="soft">You can uninstall it at any time in your settings.</p>
<form method="post" action="/admin/oauth/authorize">{hidden}
<button class="go" name="decision" value="allow">Install</button>
<button name="decision" value="deny">Cancel</button></form>"""
    return _page(200, "Install app", body)


def _wish(scope: str) -> str:
    verb, _, noun = scope.partition("_")
    return f"{'edit' if verb == 'write' else 'view'} {WORDS.get(noun, noun.replace('_', ' '))}"
