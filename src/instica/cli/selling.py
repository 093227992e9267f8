"""The second half of ``instica demo --check``: list, sell, watch it end elsewhere, ship, and see an edit made there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx2

from instica.cli.calling import Api, must, name_of, saw, wait

if TYPE_CHECKING:
    from instica.cli.demo import Ready

HOME, AWAY = "discogs", ("ebay", "etsy", "shopify")
SOLD_ON = "shopify"
PRICE = "38.00"


def run(api: Api, ready: Ready) -> None:
    """Every step; raises ``NotSeen`` at the first that does not hold."""
    sites = {slug: Site(ready.sandbox[slug]) for slug in (HOME, *AWAY)}
    item = record(api)
    pages = list_everywhere(api, item)
    order = sell(api, sites, pages)
    ship(api, sites, order)
    edit_there(api, sites[SOLD_ON])


class Site:
    """A simulated marketplace as people on it see it."""

    def __init__(self, origin: str) -> None:
        self.client = httpx2.Client(base_url=f"{origin}/_sandbox", timeout=30)

    def do(self, verb: str, body: object) -> Any:
        """Something done on the site itself."""
        answer = self.client.post(f"/{verb}", json=body)
        must(answer.is_success, f"{answer.request.url} answered {answer.status_code}: {answer.text}")
        return answer.json()

    def listing(self, number: str) -> Mapping[str, Any]:
        """One page as the site holds it; empty when it is not there."""
        rows = self.client.get("/listings").json()["listings"]
        return next((row for row in rows if str(row["listing_id"]) == number), {})

    def order(self, number: str) -> Mapping[str, Any]:
        """One order as the site holds it."""
        rows = self.client.get("/orders").json()["orders"]
        return next((row for row in rows if str(row["order_id"]) == number), {})


def record(api: Api) -> str:
    """A record with a picture, one piece, on sale at one place only."""
    for item in api.get("/inventory/?status=listed&page_size=100&search=GSR-")["results"]:
        rows = [row for row in api.get(f"/inventory/{item['uid']}/listings/") if row["status"] == "listed"]
        if [row["platform"]["slug"] for row in rows] == [HOME] and item["quantity"] == 1 and item["assets"]:
            saw(f"chose {item['title']}: one piece, on sale on {name_of(HOME)}")
            return str(item["uid"])
    must(False, "No record is on sale at one place only")
    return ""


def list_everywhere(api: Api, item: str) -> dict[str, str]:
    """On three more platforms by one call each; the page's number on every one."""
    for slug in AWAY:
        api.post(f"/inventory/{item}/platforms/{slug}/list/", {"price": PRICE})
    rows = wait(
        lambda: api.get(f"/inventory/{item}/listings/"),
        lambda seen: len([row for row in seen if row["state"] == "live"]) == len(AWAY) + 1,
    )
    saw(f"listed it on {', '.join(name_of(slug) for slug in AWAY)}")
    return {row["platform"]["slug"]: row["listing_id"] for row in rows if row["state"] == "live"}


def sell(api: Api, sites: Mapping[str, Site], pages: Mapping[str, str]) -> str:
    """A buyer takes it at one place; the seconds until each other place held it no more. The order's number there."""
    before = {slug: sites[slug].listing(number) for slug, number in pages.items() if slug != SOLD_ON}
    order = str(sites[SOLD_ON].do("buy", {"listing_id": pages[SOLD_ON], "quantity": 1})["order_id"])
    sold, closed = time.monotonic(), dict[str, float]()

    def look() -> dict[str, float]:
        for slug in before.keys() - closed.keys():
            if is_closed(before[slug], sites[slug].listing(pages[slug])):
                closed[slug] = time.monotonic() - sold
        return closed

    wait(look, lambda seen: len(seen) == len(before))
    told = ", ".join(f"{name_of(slug)} after {seconds:.1f} s" for slug, seconds in sorted(closed.items()))
    saw(f"sold on {name_of(SOLD_ON)}; ended on {told}")
    return order


def is_closed(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether nobody can buy it there any more."""
    return not now or now["quantity"] == 0 or now["status"] != before["status"]


def ship(api: Api, sites: Mapping[str, Site], number: str) -> None:
    """Its order is here; it is shipped with tracking, and the marketplace knows."""
    found = wait(lambda: [row for row in orders(api) if str(row["order_id"]) == number], bool)
    order = found[0]
    before = sites[SOLD_ON].order(number)["status"]
    api.post(f"/orders/{order['uid']}/ship/", {"tracking_number": "1Z999AA10123456784", "carrier": "UPS"})
    wait(lambda: api.get(f"/orders/{order['uid']}/"), lambda seen: seen["status"] == "shipped")
    after = sites[SOLD_ON].order(number)["status"]
    must(after != before, f"{name_of(SOLD_ON)} still says {before}")
    saw(f"shipped the order with tracking; {name_of(SOLD_ON)} says {after.lower()}")


def orders(api: Api) -> list[dict[str, Any]]:
    """The latest orders."""
    rows: list[dict[str, Any]] = api.get("/orders/?page_size=100")["results"]
    return rows


def edit_there(api: Api, site: Site) -> None:
    """The seller changes a price on the site; it is shown here, and nothing is overwritten."""
    item = api.get("/inventory/?status=listed&page_size=100&search=GSP-")["results"][0]
    rows = api.get(f"/inventory/{item['uid']}/listings/")
    page = next(row for row in rows if row["platform"]["slug"] == SOLD_ON and row["state"] == "live")
    site.do("edit", {"listing_id": page["listing_id"], "price": "99.00"})
    seen = wait(
        lambda: [row for row in api.get("/drift/")["results"] if row["listing_id"] == page["listing_id"]],
        bool,
    )
    price = next(each for each in seen[0]["differences"] if each["field"] == "price")
    here, there = price["ours"]["amount"], price["theirs"]["amount"]
    saw(f"a price changed on {name_of(SOLD_ON)} is shown: {here} here, {there} there")
