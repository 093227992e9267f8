"""The installation's own token, for what belongs to no shop: kept in this process until it ends."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.errors import SignInAgain, TryLater
from instica.kit.types import App, Grant
from instica.marketplaces.ebay.auth import granted, minted
from instica.marketplaces.ebay.client import SCOPE

EARLY = dt.timedelta(minutes=5)


@dataclass
class Tokens:
    """The tokens held, by installation; a thousand a day may be minted, so each is used up."""

    held: dict[tuple[str, str], Grant] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def grant(self, app: App) -> Grant:
        """One that lives for some minutes more."""
        key = (app.client_id, app.origin)
        with self.lock:
            known = self.held.get(key)
            if known is None or known.expires_at is None or known.expires_at <= clock.now() + EARLY:
                form = {"grant_type": "client_credentials", "scope": SCOPE}
                try:
                    told = minted(app, form, "ebay.app-tokens")
                except SignInAgain as failure:
                    raise TryLater(f"eBay gives this installation no token: {failure}") from failure
                known = self.held[key] = granted(told, Secret(""), (SCOPE,))
            return known

    def forget(self, app: App) -> None:
        """It was refused."""
        with self.lock:
            self.held.pop((app.client_id, app.origin), None)


TOKENS = Tokens()
