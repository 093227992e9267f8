"""TeePublic: a design of a store page as a listing. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from instica.kit import browser
from instica.kit.types import RemoteListing
from instica.marketplaces.teepublic import MARKETPLACE

IDS = re.compile(r"[1-9][0-9]{3,9}")
PAGE = re.compile(r".*/[a-z0-9-]+/(?P<id>[0-9]+)-[^/?#]+")


def site(origin: str) -> browser.Site:
    """What its rows look like."""
    return browser.Site(MARKETPLACE.name, IDS, MARKETPLACE.page_hosts, MARKETPLACE.photo_hosts, origin.rstrip("/"))


def design(row: object, where: browser.Site, place: str) -> RemoteListing:
    """A design, its address without the store it was seen in, and without pictures of other designs."""
    found = browser.listing(row, where, place)
    address = found.url.partition("?")[0]
    page = PAGE.fullmatch(address)
    own = tuple(link for link in found.images if f"/designs/{found.id}_" in link)
    return replace(found, url=address if page and page["id"] == found.id else "", images=own)
