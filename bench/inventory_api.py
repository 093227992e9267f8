"""How long the inventory list takes with 1 000 and with 100 000 items: ``python -m bench.inventory_api``."""

from __future__ import annotations

import datetime as dt
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

FEW, MANY, CALLS, WARM, BATCH, ITEMS_A_PRODUCT = 1_000, 100_000, 60, 5, 2_000, 3
REACH = 2.0
QUERIES = {
    "first page": "page_size=100",
    "last page": "page_size=100&page={last}",
    "by price": "page_size=100&ordering=price_total_usd",
    "by status": "page_size=100&status=listed",
    "search": "page_size=100&search=record+77",
}
BAR = "first page"


def prepare(url: str) -> None:
    """A fresh installation in a folder of its own."""
    os.environ["INSTICA_DATA_DIR"] = tempfile.mkdtemp(prefix="instica-bench-")
    os.environ["INSTICA_DATABASE_URL"] = url
    os.environ["INSTICA_THROTTLE_PER_MINUTE"] = "1000000"
    os.environ["INSTICA_LOG_LEVEL"] = "ERROR"
    os.environ["DJANGO_SETTINGS_MODULE"] = "instica.project.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def rows(organization: Any, count: int) -> Iterator[tuple[list[Any], list[Any]]]:
    """Products and their items, in batches."""
    from instica.catalog.models import Artist, Product
    from instica.inventory.models import Item, Status

    artist = Artist.objects.create(organization=organization, name="The Bench")
    began, statuses = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), (Status.READY, Status.LISTED, Status.SOLD)
    products: list[Any] = []
    items: list[Any] = []
    for number in range(count):
        title = f"Record {number:06}"
        if number % ITEMS_A_PRODUCT == 0:
            search = f"{title}\nthe bench".lower()
            products.append(Product(organization=organization, title=title, artist=artist, search=search))
        moment = began + dt.timedelta(seconds=number)
        items.append(
            Item(
                organization=organization,
                product=products[-1],
                title=f"{title} - VG+",
                condition_item="vg_plus",
                grade=2,
                status=statuses[number % 3],
                quantity=1,
                price=number * 7919 % 100_000,
                sku=f"SKU-{number}",
                search=f"{title} - vg+\nsku-{number}".lower(),
                created=moment,
                updated=moment,
            )
        )
        if len(items) == BATCH or number == count - 1:
            yield products, items
            products, items = products[-1:], []


def fill(count: int) -> str:
    """An organization with so many items; answers a key of it."""
    from instica.catalog.models import Product
    from instica.inventory.models import Item, Tally
    from instica.people.models import Membership, Organization, Role, Subscription, User
    from instica.people.tokens import issue

    user = User.objects.create_user(username=f"bench{count}", email=f"bench{count}@example.com")
    organization = Organization.objects.create(display_name="Bench", slug=f"bench-{count}")
    Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
    Subscription.objects.create(organization=organization)
    for products, items in rows(organization, count):
        Product.objects.bulk_create(products, ignore_conflicts=True)
        Item.objects.bulk_create(items)
    Tally.objects.create(organization=organization, items=count, products=-(-count // ITEMS_A_PRODUCT))
    return issue(user=user, organization=organization, name="bench")[1]


def measure(token: str, query: str) -> dict[str, float]:
    """Milliseconds of calls through the whole application, in this process."""
    from django.test import Client

    client, taken = Client(), []
    for _ in range(WARM + CALLS):
        began = time.perf_counter()
        answer = client.get(f"/api/v1/inventory/?{query}", headers={"X-API-Key": token}, SERVER_NAME="localhost")
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{query}: {answer.status_code} {answer.content!r}")
    taken = taken[WARM:]
    return {"p50": round(statistics.median(taken), 1), "p95": round(statistics.quantiles(taken, n=20)[-1], 1)}


def measure_all() -> dict[str, dict[str, Any]]:
    """Every query at both sizes, and how much the larger costs."""
    tokens = {count: fill(count) for count in (FEW, MANY)}
    found: dict[str, dict[str, Any]] = {}
    for name, query in QUERIES.items():
        at = {count: measure(token, query.format(last=count // 100)) for count, token in tokens.items()}
        found[name] = {str(count): figures for count, figures in at.items()}
        found[name]["ratio of p95"] = round(at[MANY]["p95"] / at[FEW]["p95"], 2)
    return found


def main() -> int:
    """Print the figures as JSON; fails when the first page with many items exceeds its reach."""
    prepare(os.environ.get("INSTICA_BENCH_DATABASE_URL", ""))
    found = measure_all()
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0 if found[BAR]["ratio of p95"] <= REACH else 1


if __name__ == "__main__":
    raise SystemExit(main())
