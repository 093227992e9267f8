"""The few pages of the site that a person meets: consent, a print on sale, a word."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from html import escape
from string import Template

from instica.kit.simulation import Response

FRAME = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · Etsy sandbox</title><link rel="icon" href="data:,"><style>
:root { color-scheme: light dark; --ink: #222; --soft: #595959; --paper: #faf6f1; --card: #fff; --line: #e0d8ce;
  --go: #a8410f; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --soft: #aaa; --paper: #171512; --card: #23201c;
  --line: #3e3933; --go: #f3a477; --on: #2a1206; } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
header { padding: 1rem 1.5rem; font-weight: 700; border-bottom: 1px solid var(--line) }
header small { font-weight: 400; color: var(--soft); margin-left: .5rem }
main { max-width: 34rem; margin: 3rem auto; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 1rem }
p, ul { margin: 0 0 1rem } li { margin: .25rem 0 } .soft { color: var(--soft) }
form { display: flex; gap: .75rem; margin-top: 1.5rem }
button { font: inherit; font-weight: 600; padding: .6rem 1.4rem; border-radius: 24px; cursor: pointer;
  border: 1px solid var(--line); background: none; color: inherit }
button.go { background: var(--go); color: var(--on); border-color: var(--go) }
button:focus-visible { outline: 3px solid var(--go); outline-offset: 2px } img { width: 100%; border-radius: 8px }
</style></head><body><header>Etsy<small>sandbox: nothing here is real</small></header>
<main>$body</main></body></html>""")
MEANING = {
    "listings_r": "see all your listings",
    "listings_w": "create and edit your listings",
    "listings_d": "delete your listings",
    "transactions_r": "see your orders",
    "transactions_w": "mark orders as shipped",
    "shops_r": "see your shop's settings",
    "shops_w": "change your shop's settings",
}


def _page(status: int, title: str, body: str) -> Response:
    text = FRAME.substitute(title=escape(title), body=body)
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    return Response(status, text.encode(), headers)


def notice(status: int, title: str, text: str) -> Response:
    """A page that says one thing."""
    return _page(status, title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")


def consent(app: str, name: str, asked: Mapping[str, str]) -> Response:
    """May this app act for me?"""
    wants = "".join(f"<li>{escape(MEANING.get(each, each))}</li>" for each in asked["scope"].split())
    kept = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">' for key, value in asked.items()
    )
    body = f"""<h1>{escape(app)} would like to access your Etsy account</h1>
<p>You are signed in as <strong>{escape(name)}</strong>. {escape(app)} would like to:</p><ul>{wants}</ul>
<p class="soft">You can take this back at any time in your account settings.</p>
<form method="post" action="/oauth/connect">{kept}
<button class="go" name="decision" value="allow">Grant access</button>
<button name="decision" value="deny">Cancel</button></form>"""
    return _page(200, "Grant access", body)


def item(title: str, picture: str, price: str, listing_id: int, *, for_sale: bool) -> Response:
    """A print on sale, with a button that buys it."""
    buy = f'<form method="post" action="/listing/{listing_id}"><button class="go">Buy it now</button></form>'
    shown = f'<img src="{escape(picture)}" alt="">' if picture else ""
    body = f"<h1>{escape(title)}</h1>{shown}<p>{escape(price)}</p>"
    return _page(200, title, body + (buy if for_sale else '<p class="soft">Sorry, this item is unavailable.</p>'))


def picture(seed: int, side: int = 48) -> bytes:
    """A PNG of two colours that follow from the number."""
    inner, outer = ((seed * step % 200 + 40, seed * step // 7 % 200 + 40, seed // step % 200 + 40) for step in (31, 57))
    border = side // 6
    rows = b"".join(
        b"\0" + b"".join(bytes(inner if border <= x < side - border > y >= border else outer) for x in range(side))
        for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
