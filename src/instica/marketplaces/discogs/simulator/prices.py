"""Fees, suggested prices and what a release goes for."""

from __future__ import annotations

import re

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.answers import Call, found, message, number
from instica.marketplaces.discogs.simulator.catalogue import mix
from instica.marketplaces.discogs.simulator.seed import WORTH
from instica.marketplaces.discogs.simulator.site import Site

ROUTES = Routes()
RATE = 0.09
DECIMAL = re.compile(r"\d+(\.\d+)?\Z")
TWO = re.compile(r"\d+\.\d\d\Z")


@ROUTES("GET", "/marketplace/fee/{price}")
def fee(site: Site, call: Call, price: str) -> Response:
    """What selling at that price costs, in dollars."""
    return _fee(site, call, price, "USD")


@ROUTES("GET", "/marketplace/fee/{price}/{currency}")
def fee_in(site: Site, call: Call, price: str, currency: str) -> Response:
    """What selling at that price costs."""
    return _fee(site, call, price, currency)


def _fee(site: Site, call: Call, price: str, currency: str) -> Response:
    call.signed_in()
    pattern = TWO if site.switches["fee_decimals"] else DECIMAL
    if not pattern.match(price) or currency not in words.CURRENCIES:
        raise message(404, words.NOT_FOUND)
    return found(200, {"value": round(float(price) * RATE, 4), "currency": currency})


@ROUTES("GET", "/marketplace/price_suggestions/{release_id}")
def suggestions(site: Site, call: Call, release_id: str) -> Response:
    """A price for every grade; none for a release that never sold."""
    user = call.signed_in()
    if user.username not in site.shops or not site.switches["seller_settings"]:
        raise message(404, "You must fill out your seller settings first.")
    release = site.catalogue.get(number(release_id))
    if release is None:
        raise message(404, words.NO_RELEASE)
    if not release.master_id:
        return found(200, {})
    base = 9 + mix(release.id) % 4200 / 101
    currency = site.shops[user.username].user.currency
    prices = {
        grade: {"currency": currency, "value": base * worth} for grade, worth in zip(words.MEDIA, WORTH, strict=True)
    }
    return found(200, prices)


@ROUTES("GET", "/marketplace/stats/{release_id}")
def stats(site: Site, call: Call, release_id: str) -> Response:
    """How many are on sale, and the cheapest."""
    release = site.catalogue.get(number(release_id))
    if release is None:
        raise message(404, words.NO_RELEASE)
    currency = call.get("curr_abbr") or "USD"
    prices = [
        (row.cents or 0) * words.IN_USD.get(shop.user.currency, 1.0) / words.IN_USD.get(currency, 1.0) / 100
        for shop in site.shops.values()
        for row in shop.inventory.snapshot().rows([words.FOR_SALE])
        if row.release_id == release.id
    ]
    lowest = {"currency": currency, "value": round(min(prices), 2)} if prices else None
    content = {"lowest_price": lowest, "num_for_sale": len(prices), "blocked_from_sale": release.blocked}
    return found(200, content)
