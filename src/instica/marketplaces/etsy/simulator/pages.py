"""The few pages of the site that a person meets: consent, a print on sale, a word."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from instica.kit.simulation import Asking, Look, Response

LOOK = Look(
    "Etsy",
    light="#222 #595959 #faf6f1 #fff #e0d8ce #a8410f #fff",
    dark="#eee #aaa #171512 #23201c #3e3933 #f3a477 #2a1206",
    corner="24px",
)
notice = LOOK.notice
MEANING = {
    "listings_r": "see all your listings",
    "listings_w": "create and edit your listings",
    "listings_d": "delete your listings",
    "transactions_r": "see your orders",
    "transactions_w": "mark orders as shipped",
    "shops_r": "see your shop's settings",
    "shops_w": "change your shop's settings",
}


def consent(app: str, name: str, asked: Mapping[str, str]) -> Response:
    """May this app act for me?"""
    return LOOK.consent(
        Asking(
            title="Grant access",
            heading=f"{app} would like to access your Etsy account",
            person=name,
            account="",
            leads=f"{app} would like to:",
            wishes=[MEANING.get(each, each) for each in asked["scope"].split()],
            action="/oauth/connect",
            kept=asked,
            allow="Grant access",
            deny="Cancel",
        )
    )


def item(title: str, picture: str, price: str, listing_id: int, *, for_sale: bool) -> Response:
    """A print on sale, with a button that buys it."""
    button, sorry = "Buy it now" if for_sale else "", "Sorry, this item is unavailable."
    return LOOK.item(title, {"Price": price}, f"/listing/{listing_id}", picture=picture, buy=button, sorry=sorry)


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
