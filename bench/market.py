"""The four simulated marketplaces in a process of its own, with buyers and a watch to the millisecond.

Commands come as lines of JSON on standard input, each answered by one on standard output: see ``COMMANDS``.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import httpx2

from instica.kit.simulation import Fault, Faults
from instica.kit.simulation.http import Request
from instica.kit.simulation.journal import Journal
from instica.kit.simulation.shell import Simulation
from instica.marketplaces.shopify.simulator import trade
from instica.sandbox import host

SHOPS = ("discogs", "ebay", "etsy", "shopify")
TELLING = ("ebay", "etsy", "shopify")
"""Those that tell of a sale by a webhook."""
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBiZW5jaA=="
TROUBLES = ("status:429", "status:500", "lost")
ORDERS = ["order.paid", "order.canceled", "order.shipped"]


class Weather(Faults):
    """A share of all calls goes wrong, at random but alike in every run; webhooks can be silenced."""

    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0
        self.silent = False
        self.met = 0
        self.random = random.Random(1)

    def take(self, call: str, *, webhook: bool = False) -> Fault | None:
        """What goes wrong with this call."""
        if webhook:
            return Fault("*", 1, "webhook", "drop") if self.silent else None
        with self.lock:
            if self.random.random() >= self.share:
                return None
            self.met += 1
            kind, _, detail = self.random.choice(TROUBLES).partition(":")
        return Fault("*", 1, kind, detail)


class Watched(Journal):
    """A journal that looks, after every call it notes, which of the watched pages cannot be bought any more."""

    def __init__(self, is_open: Callable[[int], bool]) -> None:
        super().__init__()
        self.is_open = is_open
        self.waiting: dict[int, Callable[[float, str], None]] = {}

    def add(self, call: str, request: Request, status: int, time_: str, answer: bytes) -> None:
        """Note one request, and what it closed."""
        super().add(call, request, status, time_, answer)
        moment = time.time()
        for number in list(self.waiting):
            if not self.is_open(number) and (told := self.waiting.pop(number, None)):
                told(moment, call)


class Market:
    """All shops, and what buyers do in them."""

    def __init__(self) -> None:
        self.sandbox = host.start(base_port=0, only=set(SHOPS))
        self.shops: Mapping[str, Any] = {**self.sandbox.simulations}
        self.weather = Weather()
        for slug, shop in self.shops.items():
            shop.faults = self.weather
            shop.journal = Watched(partial(OPEN[slug], shop.site))
        self.shops["etsy"].site.portal.faults = self.shops["shopify"].site.faults = self.weather
        for slug, sender in zip(TELLING, senders(self.shops), strict=True):
            sender.reach = partial(over_one_client, httpx2.Client(timeout=10, trust_env=False), slug)

    def fill(self, sizes: Mapping[str, int]) -> dict[str, str]:
        """Fresh shops of so many pages without oddities, one piece of each where there is but one kind."""
        for slug, size in sizes.items():
            self.shops[slug].reset(seed=1, listings=size, limits=False, odd=False)
        for slug in ("etsy", "shopify"):
            shop = self.shops[slug]
            for row in list(shop.listings()):
                if row["status"] in ("active", "ACTIVE") and is_simple(slug, shop, row["listing_id"]):
                    shop.edit(row["listing_id"], quantity=1)
        return dict(self.sandbox.urls)

    def tell(self, url: str) -> None:
        """What an app's owner sets up in Etsy's portal; the others are subscribed to by calls."""
        self.shops["etsy"].site.portal.register(f"{url}/webhooks/etsy/", SECRET, tuple(ORDERS))

    def be(self, share: float, silent: bool) -> int:
        """How the weather is from now on; how many calls went wrong before."""
        met, self.weather.met = self.weather.met, 0
        self.weather.share, self.weather.silent = share, silent
        return met

    def sell(self, sales: list[dict[str, Any]], rate: float, patience: float) -> list[dict[str, Any]]:
        """Buy one after the other, so many a second, and wait until every other page is closed, or for so long."""
        began = time.monotonic()
        for number, sale in enumerate(sales):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            self._buy(sale)
        end = time.monotonic() + patience
        while time.monotonic() < end and any(len(sale["closed"]) + 1 < len(sale["pages"]) for sale in sales):
            time.sleep(0.1)
        for slug in SHOPS:
            self.shops[slug].journal.waiting.clear()
        return sales

    def _buy(self, sale: dict[str, Any]) -> None:
        sale["closed"], sale["by"] = {}, {}
        for slug, number in sale["pages"].items():
            if slug != sale["shop"]:
                self.shops[slug].journal.waiting[number] = partial(closed, sale, slug)
        shop: Simulation = self.shops[sale["shop"]]
        with shop.lock:
            sale["at"] = time.time()
            shop.buy(sale["pages"][sale["shop"]])


def closed(sale: dict[str, Any], slug: str, moment: float, call: str) -> None:
    """One of the other pages is off sale."""
    sale["closed"][slug], sale["by"][slug] = moment, call


def over_one_client(client: httpx2.Client, slug: str, url: str, headers: dict[str, str], body: bytes) -> int:
    """The status an address answers with, 0 for none; over connections that stay open."""
    try:
        return client.post(url, content=body, headers=headers).status_code
    except httpx2.HTTPError as error:
        print(f"{slug}: {error}", file=sys.stderr)
        return 0


def senders(shops: Mapping[str, Any]) -> list[Any]:
    """Who brings the webhooks out, in the order of ``TELLING``."""
    return [shops["ebay"].site.post.sender, shops["etsy"].site.portal.sender, shops["shopify"].site.hooks.sender]


def is_simple(slug: str, shop: Any, number: int) -> bool:
    """Whether a page sells one kind of thing."""
    if slug == "etsy":
        return len(shop.site.owner.inventory.get(number).stock.products) == 1
    product = shop.site.catalogue.get(number)
    return bool(product.is_simple and product.variants[0].tracked)


def etsy_is_open(site: Any, number: int) -> bool:
    """Whether it is active, which a page without stock never is."""
    row = site.owner.inventory.get(number)
    return bool(row and row.state == "active")


def shopify_is_open(site: Any, number: int) -> bool:
    """Whether the online store would take an order."""
    row = site.catalogue.get(number)
    return any(trade.can_sell(site, row, variant, 1) for variant in row.variants) if row else False


OPEN: dict[str, Callable[[Any, int], bool]] = {
    "discogs": lambda site, number: site.owner.inventory.get(number).status == "For Sale",
    "ebay": lambda site, number: site.shelf.get(number).is_live,
    "etsy": etsy_is_open,
    "shopify": shopify_is_open,
}
COMMANDS = ("fill", "tell", "be", "sell")


def main() -> None:
    """Obey until there are no more commands."""
    market = Market()
    for line in sys.stdin:
        asked = json.loads(line)
        assert asked["do"] in COMMANDS
        print(json.dumps(getattr(market, asked.pop("do"))(**asked)), flush=True)
    market.sandbox.stop()


if __name__ == "__main__":
    main()
