"""Society6: a design, which is a product in several formats there, as one listing. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from instica.kit import browser
from instica.kit.types import RemoteListing
from instica.marketplaces.society6 import MARKETPLACE

IDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PAGE = re.compile(r".*/products/(?P<slug>[a-z0-9-]+)_(?P<format>[a-z0-9-]+)(?:\?variant=[0-9]+)?")


def site(origin: str) -> browser.Site:
    """What its rows look like."""
    return browser.Site(MARKETPLACE.name, IDS, MARKETPLACE.page_hosts, MARKETPLACE.photo_hosts, origin.rstrip("/"))


def design(row: object, where: browser.Site, place: str) -> RemoteListing:
    """A design by its slug; its address is one of its formats'."""
    found = browser.listing(row, where, place)
    page = PAGE.fullmatch(found.url)
    return replace(found, url=found.url.partition("?")[0] if page and page["slug"] == found.id else "")
