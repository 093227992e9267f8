"""Society6: a shop that the browser extension reads in its owner's own browser."""

from __future__ import annotations

from instica.kit import browser
from instica.kit.types import RemoteListing
from instica.marketplaces.society6 import MARKETPLACE, mapping


class Society6Connector(browser.PageConnector):
    """Pages as they come; nothing is called."""

    name = MARKETPLACE.name

    def design(self, row: object, place: str) -> RemoteListing:
        """A design of a page."""
        return mapping.design(row, mapping.site(self.session.app.origin), place)
