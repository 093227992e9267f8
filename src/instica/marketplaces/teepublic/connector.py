"""TeePublic: a shop that the browser extension reads in its owner's own browser."""

from __future__ import annotations

from instica.kit import browser
from instica.kit.types import RemoteListing
from instica.marketplaces.teepublic import MARKETPLACE, mapping


class TeePublicConnector(browser.PageConnector):
    """Pages as they come; nothing is called."""

    name = MARKETPLACE.name

    def design(self, row: object, place: str) -> RemoteListing:
        """A design of a page."""
        return mapping.design(row, mapping.site(self.session.app.origin), place)
