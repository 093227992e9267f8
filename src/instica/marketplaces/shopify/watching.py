"""Keeps webhook subscriptions standing: Shopify drops one after eight failures, without a word to the app."""

from __future__ import annotations

import datetime as dt

from instica.core import clock
from instica.kit.errors import Gone, Refused
from instica.kit.types import Watch
from instica.marketplaces.shopify.client import Shopify
from instica.marketplaces.shopify.mapping import words
from instica.marketplaces.shopify.words import TOPICS

RENEWED = dt.timedelta(days=1)
DENIED, TAKEN = "ACCESS_DENIED", "already been taken"


def watched(api: Shopify, url: str, have: Watch | None) -> Watch:
    """Every topic subscribed at ``url``, keeping what stands; what an earlier address held is ended."""
    rows = [(words(row.get("topic")), words(row.get("uri")), words(row.get("id"))) for row in api.hooks()]
    standing = {topic: number for topic, uri, number in rows if uri == url}
    for number in {number for _, uri, number in rows if uri != url} & set(have.ids.values() if have else ()):
        ended(api, number)
    found = {topic: standing.get(topic) or subscribed(api, topic, url) for topic in TOPICS}
    return Watch({topic: number for topic, number in found.items() if number}, clock.now() + RENEWED)


def subscribed(api: Shopify, topic: str, url: str) -> str:
    """A new subscription; empty where this app may not hear of that topic, or somebody else was faster."""
    try:
        return api.subscribe(topic, url)
    except Refused as refusal:
        if any(each.code == DENIED or TAKEN in each.message for each in refusal.complaints):
            return ""
        raise


def unwatched(api: Shopify, watch: Watch) -> None:
    """End every subscription of a watch."""
    for number in watch.ids.values():
        ended(api, number)


def ended(api: Shopify, number: str) -> None:
    """End one; one that is gone is ended."""
    try:
        api.unsubscribe(number)
    except Gone:
        return
