"""Redbubble: a work of a shop page as a listing. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from instica.kit import browser
from instica.kit.types import RemoteListing
from instica.marketplaces.redbubble import MARKETPLACE

IDS = re.compile(r"[1-9][0-9]{4,11}")
PICTURE = re.compile(r"(?P<before>.*/image\.[0-9]+\.(?P<tail>[0-9]{1,4})/)[^/?]+(\?.*)?")
ARTWORK = "flat,500x,075,f.u2.jpg"


def site(origin: str) -> browser.Site:
    """What its rows look like."""
    return browser.Site(MARKETPLACE.name, IDS, MARKETPLACE.page_hosts, MARKETPLACE.photo_hosts, origin.rstrip("/"))


def design(row: object, where: browser.Site, place: str) -> RemoteListing:
    """A work, with the whole artwork instead of what it is printed on, and without pictures of other works."""
    found = browser.listing(row, where, place)
    pictures = (artwork(link, found.id) for link in found.images)
    return replace(found, images=tuple(dict.fromkeys(filter(None, pictures))))


def artwork(link: str, work: str) -> str:
    """The whole artwork behind a preview. The second number of a picture's name is the end of its work's id."""
    found = PICTURE.fullmatch(link)
    if found is None or int(found["tail"]) != int(work[-4:]):
        return ""
    return found["before"] + ARTWORK
