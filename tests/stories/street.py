"""Four shops of one seller on loopback ports, and a hub that is served too, so that webhooks come in by its door."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2
import time_machine
from django.conf import settings
from PIL import Image as Picture

from instica.connections import watching
from instica.connections.models import Connection
from instica.core.clock import now
from instica.inventory.models import Image, Item
from instica.kit.simulation.sender import Delivery, Sender, over_sockets
from instica.listings import services as listings
from instica.listings.wishes import By
from instica.marketplaces.etsy.tests import facts as etsy
from instica.sandbox.host import Sandbox
from instica.sync import services as sync
from instica.work.engines.threads import run_until_idle
from instica.work.models import Lane, Schedule, Task
from tests.features.listing import FIELDS, confirmed, item_for, on_sale
from tests.shops import Shops

SLUGS = ("discogs", "ebay", "etsy", "shopify")
TELLING = SLUGS[1:]
PATIENCE = 10


def waiting_time() -> float:
    """How many seconds it is to the next moment at which something is due."""
    due = [*Task.objects.filter(state=Task.State.QUEUED).values_list("run_at", flat=True)]
    due += [until for until in Lane.objects.values_list("rest_until", flat=True) if until]
    left = [(moment - now()).total_seconds() for moment in due]
    return min((seconds for seconds in left if seconds > 0), default=0) + 0.01


def photographed(item: Item) -> None:
    """A photo of it that every marketplace takes: a file of ours, and a public link for who wants that."""
    name = f"photos/{item.organization_id.hex}/{item.uid.hex}.jpg"
    (settings.MEDIA_ROOT / name).parent.mkdir(parents=True, exist_ok=True)
    Picture.new("RGB", (800, 800)).save(settings.MEDIA_ROOT / name)
    found = "https://i.ebayimg.com/images/g/CONFORM000000001/s-l1600.jpg"
    item.images.all().delete()
    Image.objects.create(organization=item.organization, item=item, file=name, url=found)


@dataclass
class Street:
    """``at`` are the connections by marketplace; ``hub`` calls the API over HTTP; ``clock`` is everybody's."""

    shop: Shops
    sandbox: Sandbox
    hub: httpx2.Client
    clock: time_machine.Traveller
    at: dict[str, Connection] = field(default_factory=dict)
    brought: dict[str, int] = field(default_factory=dict)

    def open(self, *slugs: str, listings: int = 5) -> None:
        """Connect those shops; their orders are read, and their webhooks asked for where they have any."""
        for slug in slugs:
            self.sandbox.simulations[slug].reset(seed=1, listings=listings)
            self.at[slug] = confirmed(self.shop(slug))
            sync.start(connection=self.at[slug])
            watching.start(self.at[slug])
        if "etsy" in slugs:
            portal = {"url": watching.address("etsy"), "secret": etsy.HOOK_SECRET}
            self.shop.control("etsy", "webhooks", portal)
        self.work()

    def item(self, quantity: int = 1, sku: str = "NEW-1") -> Item:
        """An item that every marketplace takes as it is; limits let us look for one like it."""
        self.clock.shift(10)
        item = item_for(self.at.get("discogs") or self.at["ebay"], quantity=quantity, sku=sku)
        photographed(item)
        return item

    def put_up(self, item: Item, *slugs: str) -> None:
        """A person lists it there, and it is on sale."""
        for slug in slugs:
            fields = FIELDS.get(slug)
            overrides = {"fields": fields} if fields else None
            listings.list_item(item=item, connection=self.at[slug], overrides=overrides, by=By())
        self.work()

    def buy(self, slug: str, number: str | None = None, quantity: int = 1) -> str:
        """A buyer takes it there; the order's number."""
        number = number or on_sale(self.shop, slug)[0]
        return str(self.shop.control(slug, "buy", {"listing_id": int(number), "quantity": quantity})["order_id"])

    def on_sale(self, sku: str = "NEW-1") -> dict[str, int]:
        """How many pages of it buyers can buy from, where there are any."""
        found = {slug: len(on_sale(self.shop, slug, sku)) for slug in self.at}
        return {slug: count for slug, count in found.items() if count}

    def work(self, rounds: int = 200) -> None:
        """Until nothing is to be done; time goes on to whatever is waited for."""
        for _ in range(rounds):
            run_until_idle()
            if not Task.objects.filter(state=Task.State.QUEUED).exists():
                return
            self.clock.shift(waiting_time())
        raise AssertionError([(task.kind, task.why) for task in Task.objects.all()])

    def poll(self, *slugs: str) -> None:
        """The next round of reading orders."""
        for slug in slugs or self.at:
            Schedule.objects.filter(kind="orders.poll", key=str(self.at[slug].uid)).update(next_at=now())
        run_until_idle()

    def senders(self) -> dict[str, Sender]:
        """What brings each marketplace's webhooks."""
        sites = {slug: getattr(self.sandbox.simulations[slug], "site", None) for slug in self.at}
        places = {"ebay": "post", "etsy": "portal", "shopify": "hooks"}
        return {slug: getattr(site, places[slug]).sender for slug, site in sites.items() if slug in places}

    def delivered(self) -> None:
        """Wait until the marketplaces have brought everything."""
        end = time.monotonic() + PATIENCE
        while any(not each.status for sender in self.senders().values() for each in list(sender.outbox)):
            assert time.monotonic() < end, "a webhook does not arrive"
            time.sleep(0.02)

    def keep_mail(self) -> None:
        """From now on webhooks are brought by ``bring`` alone."""
        for slug, sender in self.senders().items():
            sender.reach = lambda url, headers, body: 200
            self.brought[slug] = len(sender.outbox)

    def bring(self, dice: random.Random, times: int) -> Counter[int]:
        """Bring what was sent since, each so many times and in any order; how the hub answered."""
        letters: list[Delivery] = []
        for slug, sender in self.senders().items():
            letters += list(sender.outbox)[self.brought[slug] :] * times
            self.brought[slug] = len(sender.outbox)
        dice.shuffle(letters)
        return Counter(over_sockets(each.url, each.headers, each.body) for each in letters)

    def get(self, path: str) -> Any:
        """Read something from the API."""
        return self.hub.get(path).raise_for_status().json()
