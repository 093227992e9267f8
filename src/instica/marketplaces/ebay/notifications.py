"""The calls of eBay's Notification API, as the installation or as a seller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from instica.kit.answers import Effect
from instica.kit.errors import SignInAgain
from instica.kit.http import Call, Http, Query
from instica.kit.ports import Session
from instica.kit.types import App, Grant
from instica.marketplaces.ebay.apptoken import TOKENS
from instica.marketplaces.ebay.client import JSON, an_object, dialect, objects, part, sign, site

BASE = "/commerce/notification/v1"
MOST = 100


class Notifications:
    """``session`` makes it a seller's; without one it is the installation's own."""

    def __init__(self, app: App, session: Session | None = None) -> None:
        self.app = app
        self.http = Http(site(app), dialect("ebay.notification"), sign if session else as_app, app=app, session=session)

    def config(self) -> dict[str, Any]:
        """Where eBay warns. Raises ``Gone`` where nothing was said."""
        return self._read("/config")

    def set_config(self, email: str) -> None:
        """Say where to warn."""
        self._write("PUT", "/config", {"alertEmail": email}, "set")

    def public_key(self, key_id: str) -> dict[str, Any]:
        """The key behind a signature."""
        return self._read(f"/public_key/{part(key_id)}")

    def topic(self, name: str) -> dict[str, Any]:
        """What a topic is, and who may hear it."""
        return self._read(f"/topic/{part(name)}")

    def destinations(self) -> list[dict[str, Any]]:
        """Where the installation hears."""
        return objects(self._read("/destination", {"limit": MOST}).get("destinations"))

    def create_destination(self, name: str, endpoint: str, token: str) -> str:
        """A new address; its id. eBay asks that address before it answers."""
        delivery = {"endpoint": endpoint, "verificationToken": token}
        return self._write(
            "POST", "/destination", {"name": name, "status": "ENABLED", "deliveryConfig": delivery}, "set"
        )

    def subscriptions(self) -> list[dict[str, Any]]:
        """What is heard."""
        return objects(self._read("/subscription", {"limit": MOST}).get("subscriptions"))

    def subscribe(self, topic: str, destination: str, version: str) -> str:
        """Hear of a topic; the subscription's id."""
        payload = {"format": "JSON", "schemaVersion": version, "deliveryProtocol": "HTTPS"}
        body = {"topicId": topic, "status": "ENABLED", "destinationId": destination, "payload": payload}
        return self._write("POST", "/subscription", body, "set")

    def enable(self, subscription: str) -> None:
        """Hear of it again."""
        self._write("POST", f"/subscription/{part(subscription)}/enable", None, "set")

    def unsubscribe(self, subscription: str) -> None:
        """Hear of it no more."""
        self._write("DELETE", f"/subscription/{part(subscription)}", None, "set")

    def _read(self, path: str, query: Query | None = None) -> dict[str, Any]:
        call = Call("GET", self.http.site.url(BASE + path), query=query or {}, headers=JSON)
        return an_object(self._sent(call).data)

    def _write(self, method: str, path: str, data: Mapping[str, object] | None, effect: Effect) -> str:
        """The id at the end of where eBay says the new thing is."""
        body = b"" if data is None else json.dumps(data).encode()
        call = Call(method, self.http.site.url(BASE + path), effect, body=body, headers=JSON, expect="text")
        return str(self._sent(call).headers.get("location", "")).rpartition("/")[2]

    def _sent(self, call: Call) -> Any:
        """The installation's token is minted once more when eBay refuses it."""
        try:
            return self.http.send(call)
        except SignInAgain:
            if self.http.session:
                raise
            TOKENS.forget(self.app)
            return self.http.send(call)


def as_app(app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """The header of the installation's own calls."""
    return sign(app, TOKENS.grant(app), method, url)
