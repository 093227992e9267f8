"""Redbubble: a shop that the browser extension reads in its owner's own browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from instica.kit import browser
from instica.kit.types import RemoteListing
from instica.marketplaces.redbubble import MARKETPLACE, mapping


class RedbubbleConnector(browser.PageConnector):
    """Pages as they come; nothing is called."""

    name = MARKETPLACE.name

    def read_page(self, payload: Mapping[str, object]) -> Sequence[RemoteListing]:
        """The designs of a page; one that cannot be read has its fault."""
        site = mapping.site(self.session.app.origin)
        place = str(payload.get("page_key", ""))
        return [
            mapping.design(row, site, f"{place}#{number}"[-100:])
            for number, row in enumerate(browser.rows(payload), start=1)
        ]
