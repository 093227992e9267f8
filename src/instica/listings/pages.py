"""The normal form in which a read page is stored and compared: as JSON, with a mark that tells equal ones."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from instica.catalog.bulk import document
from instica.core.clock import iso
from instica.kit.types import RemoteListing

WORDS = (
    "title url status description artist label catalog_number format release condition_item condition_container"
    " location note"
).split()


def normal(listing: RemoteListing) -> tuple[dict[str, Any], str]:
    """The page as it is stored, and the same as text. Offers are stored beside it; absent means empty."""
    page = _page(listing)
    if not listing.offers and not listing.faults:
        page["fault"] = ["marketplace_error", "The page offers nothing for sale"]
    words = document(page)
    if "\\u0000" in words or not _clean(words):
        page = washed(page)
        words = document(page)
    return page, words


def details(content: Mapping[str, Any]) -> dict[str, str]:
    """What the shop told beside the words of a stored page; handed back to the connector with the page's id."""
    return dict(content.get("details") or {})


def mark(words: str) -> str:
    """The fingerprint of a stored page: equal means that nothing there changed."""
    return blake2b(words.encode(), digest_size=16).hexdigest()


def _page(listing: RemoteListing) -> dict[str, Any]:
    page: dict[str, Any] = {name: value for name in WORDS if (value := getattr(listing, name))}
    page["seen"] = listing.seen
    if listing.year:
        page["year"] = listing.year
    if listing.images:
        page["images"] = list(listing.images)
    if listing.tags:
        page["tags"] = list(listing.tags)
    if listing.digital:
        page["digital"] = True
    if listing.listed_at:
        page["listed_at"] = iso(listing.listed_at)
    if listing.details:
        page["details"] = dict(listing.details)
    if listing.brief:
        page["brief"] = True
    if listing.faults:
        page["fault"] = [listing.faults[0].code, listing.faults[0].detail]
    elif not listing.title.strip():
        page["fault"] = ["missing_title", "The listing has no title"]
    return page


def _clean(words: str) -> bool:
    """Whether any database keeps it: no half characters."""
    if words.isascii():
        return True
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def text(value: str) -> str:
    """A text any database keeps."""
    return value if value.isascii() and "\0" not in value else value.replace("\0", "").encode(errors="replace").decode()


def washed(value: Any) -> Any:
    """The same with every text such that any database keeps it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return [washed(part) for part in value]
    if isinstance(value, dict):
        return {name: washed(part) for name, part in value.items()}
    return value
