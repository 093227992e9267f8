"""Many pages go up on one shop together: one call a step, each told by itself, and never one of them twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.verdicts import Again, Done
from instica.kit import wire
from instica.kit.simulation.mounted import Mounted
from instica.listings import batching
from instica.listings import services as listings
from instica.listings.models import Attempt, Listing
from instica.listings.stepping import Run
from instica.listings.wishes import By
from instica.work.models import Task
from instica.work.urgency import Urgency
from tests.features.listing import confirmed, item_for, on_sale, worked
from tests.shops import Shops

SKUS = [f"NEW-{number}" for number in range(1, 5)]
WRITES = ("bulk_create_or_replace_inventory_item", "bulk_create_offer", "bulk_publish_offer")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


@pytest.fixture
def here(shop: Shops) -> Connection:
    return confirmed(shop("ebay", listings=5))


def asked(here: Connection) -> list[Listing]:
    """Four items listed at once."""
    return [listings.list_item(item=item_for(here, sku=sku), connection=here, by=By()) for sku in SKUS]


def called(shop: Shops) -> Counter[str]:
    """What was written, by the last word of its path."""
    rows = shop.control("ebay", "requests")["requests"]
    return Counter(row["path"].rpartition("/")[2] for row in rows if row["method"] != "GET" and "/sell/" in row["path"])


def up(shop: Shops) -> list[int]:
    """How many pages each SKU has on sale."""
    return [len(on_sale(shop, "ebay", sku)) for sku in SKUS]


def test_one_call_a_step_for_all_of_them(here: Connection, shop: Shops, clock: time_machine.Traveller) -> None:
    pages = asked(here)
    assert set(Task.objects.filter(lane=f"shop:{here.uid}:write").values_list("kind", flat=True)) == {"listing.publish"}
    worked(clock)
    assert (up(shop), called(shop)) == ([1, 1, 1, 1], Counter(WRITES))
    assert {
        (page.seen, page.problem is None) for page in Listing.objects.filter(pk__in=[page.pk for page in pages])
    } == {("live", True)}
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("write", "do"), [(WRITES[0], "lost"), (WRITES[1], "drop"), (WRITES[2], "lost"), (WRITES[2], "status:500")]
)
def test_an_answer_that_is_lost_makes_none_of_them_twice(
    here: Connection, shop: Shops, clock: time_machine.Traveller, write: str, do: str
) -> None:
    shop.control("ebay", "faults", [{"match": f"POST /sell/inventory/v1/{write}", "times": 1, "do": do}])
    asked(here)
    worked(clock, rounds=80)
    assert (up(shop), called(shop)[write] >= 1, Attempt.objects.count()) == ([1, 1, 1, 1], True, 0)
    assert not Listing.objects.filter(problem__isnull=False).exists()


@pytest.mark.parametrize("write", WRITES)
def test_a_worker_that_dies_after_the_call_leaves_nothing_double(
    here: Connection, shop: Shops, clock: time_machine.Traveller, write: str
) -> None:
    address, simulator, died = next(iter(wire.MOUNTED)), shop.simulators["ebay"], []

    def dying(environ: Any, start_response: Any) -> Any:
        answer = list(simulator(environ, start_response))
        if environ["PATH_INFO"].endswith(write) and not died:
            died.append(write)
            raise KeyboardInterrupt
        return answer

    wire.MOUNTED[address] = Mounted(dying)  # type: ignore[arg-type]
    asked(here)
    with pytest.raises(KeyboardInterrupt):
        worked(clock)
    assert Attempt.objects.exclude(sent_at=None).count() == 4, "written down before the call"
    clock.shift(60)
    worked(clock, rounds=80)
    assert (up(shop), died, Attempt.objects.count()) == ([1, 1, 1, 1], [write], 0)


def test_one_that_is_refused_holds_up_none_of_the_others(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    pages = asked(here)
    Listing.objects.filter(pk=pages[1].pk).update(overrides={"fields": {"category_id": "1"}})
    worked(clock)
    assert up(shop) == [1, 0, 1, 1]
    refused = Listing.objects.get(pk=pages[1].pk)
    assert refused.problem
    assert "ategory" in refused.problem["message"]
    assert Listing.objects.filter(problem__isnull=False).count() == 1


def test_in_doubt_each_is_looked_for_before_anything_is_sent_again(
    here: Connection, shop: Shops, clock: time_machine.Traveller
) -> None:
    runs = [Run(page.pk, "", Urgency.PERSON, 0) for page in asked(here)]
    assert isinstance(batching.publish(runs), Done)
    shop.control("ebay", "faults", [{"match": "POST /sell/inventory/v1/bulk_create_offer", "times": 1, "do": "lost"}])
    assert isinstance(batching.publish(runs), Again)
    assert Attempt.objects.exclude(sent_at=None).count() == 4
    assert isinstance(batching.publish(runs), Done)
    assert called(shop)["bulk_create_offer"] == 1, "they are asked for one by one, as what is looked for"
    assert set(Task.objects.filter(run_at__lte=now()).values_list("kind", flat=True)) >= {"listing.step"}
    worked(clock, rounds=80)
    assert (up(shop), called(shop)["bulk_create_offer"], called(shop)["offer"]) == ([1, 1, 1, 1], 1, 0)
