"""Which searches to try for what is known of a record, the surest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

NARROWING = ("format", "year", "country")


def tries(query: Mapping[str, str]) -> Iterator[dict[str, str | int]]:
    """Barcode; catalogue number with artist or label; artist and title; nothing for an empty query."""
    known = {name: text.strip() for name, text in query.items() if text.strip()}
    digits = "".join(filter(str.isdigit, known.get("barcode", "")))
    if digits:
        yield {"barcode": digits}
    if "catalog_number" in known:
        yield {"catno": known["catalog_number"], **chosen(known, "artist", "label")}
    if "title" in known or "artist" in known:
        title = {"release_title": known["title"]} if "title" in known else {}
        yield {**chosen(known, "artist"), **title, **chosen(known, *NARROWING)}


def chosen(known: Mapping[str, str], *names: str) -> dict[str, str | int]:
    """The entries of those names that are there."""
    return {name: known[name] for name in names if name in known}
