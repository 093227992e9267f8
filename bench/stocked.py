"""A hub's database with one house whose items are on sale in four simulated shops, as imports and links leave it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from bench.market import SECRET, SHOPS
from instica.cli.demo import credentials

ROUND = dt.timedelta(hours=3)


def settle(*, folder: str, database: str, url: str, shops: Mapping[str, str]) -> None:
    """Point this process and its children at the hub, before settings are read; make its tables."""
    os.environ |= {
        "INSTICA_DATA_DIR": folder,
        "INSTICA_DATABASE_URL": database,
        "INSTICA_URL": url,
        "INSTICA_EMBEDDED_WORKER": "false",
        "INSTICA_LOG_LEVEL": "ERROR",
        "INSTICA_THROTTLE_PER_MINUTE": "1000000",
        "INSTICA_ETSY_WEBHOOK_SECRET": SECRET,
        "DJANGO_SETTINGS_MODULE": "instica.project.settings",
    }
    for slug, origin in shops.items():
        os.environ[f"INSTICA_{slug.upper()}_ORIGIN"] = origin
        os.environ |= {f"INSTICA_{slug.upper()}_{name.upper()}": value for name, value in credentials(slug).items()}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)


def connected() -> dict[str, Any]:
    """A person with an organization, and their shop on each marketplace, by slug."""
    from instica.connections.models import Connection
    from instica.core.clock import now
    from instica.people import services as people
    from instica.people.models import Organization, User

    user = User(username="bench", email="bench@example.com")
    user.set_unusable_password()
    people.sign_up(user=user, shop="Bench")
    house = Organization.objects.get()
    made = {}
    for slug in SHOPS:
        facts = import_module(f"instica.marketplaces.{slug}.tests.facts")
        made[slug] = Connection.objects.create(
            organization=house,
            marketplace=slug,
            secrets=facts.SECRETS,
            connected_by=user,
            confirmed_at=now(),
            **facts.ACCOUNT,
        )
    return made


def imported(shops: Mapping[str, Any]) -> None:
    """Take in every shop; what would be read on afterwards, photos and details, is let be."""
    from instica.imports import services
    from instica.imports.models import Job
    from instica.work.engines.threads import run_until_idle
    from instica.work.models import Task

    for slug, shop in shops.items():
        job = services.quick(organization=shop.organization, marketplace=slug, user=shop.connected_by)
        while Job.objects.get(pk=job.pk).run:
            run_until_idle(limit_seconds=1)
        Task.objects.all().delete()


def linked(shops: Mapping[str, Any], wanted: int) -> list[dict[str, str]]:
    """So many single pieces made one item on four pages each; the pages' numbers by shop."""
    from instica.inventory.models import Image, Item
    from instica.inventory.services import recount
    from instica.listings.models import Offer

    rows = {slug: single_pieces(shop) for slug, shop in shops.items()}
    together = list(zip(*(rows[slug] for slug in SHOPS), strict=False))[:wanted]
    moved = []
    for first, *others in together:
        for other in others:
            other.item_id = first.item_id
            moved.append(other)
    Offer.objects.bulk_update(moved, ["item"], batch_size=500)
    alone = Item.objects.filter(offers=None).values_list("pk", flat=True)
    Image.objects.filter(item__in=list(alone)).delete()
    Item.objects.filter(pk__in=list(alone)).delete()
    recount(organization=next(iter(shops.values())).organization)
    return [{slug: row.listing.remote_id for slug, row in zip(SHOPS, each, strict=True)} for each in together]


def single_pieces(shop: Any) -> list[Any]:
    """The offers of pages in that shop that sell one piece of one thing, of items on no other page."""
    from django.db.models import Count

    from instica.inventory.models import Item
    from instica.listings.models import Offer, Seen

    alone = Item.objects.annotate(pages=Count("offers")).filter(pages=1, quantity=1).values("pk")
    of_the_shop = Offer.objects.filter(listing__connection=shop, listing__seen=Seen.LIVE, item__in=alone)
    found = of_the_shop.filter(agreed_quantity=1, seen_quantity=1).select_related("listing").order_by("listing_id")
    many = set(
        Offer.objects.filter(listing__connection=shop)
        .values("listing")
        .annotate(count=Count("uid"))
        .filter(count__gt=1)
        .values_list("listing", flat=True)
    )
    return [offer for offer in found if offer.listing_id not in many]


def in_step(shops: Mapping[str, Any]) -> None:
    """Begin to read orders, and to listen where there are webhooks; the walk over all pages has just been made."""
    from django.db import connection, transaction

    from instica.connections import watching
    from instica.core.clock import now
    from instica.sync import services
    from instica.work.models import Schedule

    for shop in shops.values():
        services.start(connection=shop)
        with transaction.atomic():
            watching.start(shop)
    Schedule.objects.filter(kind="sync.reconcile").update(next_at=now() + ROUND)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def only_polled(shops: Mapping[str, Any]) -> dict[str, int]:
    """No shop tells anything any more, as where none can reach us; the seconds between two looks at each."""
    from django.db import transaction

    from instica.connections.credentials import manifest_of
    from instica.connections.models import Connection
    from instica.sync import pace
    from instica.work import schedules
    from instica.work.models import Schedule

    for shop in shops.values():
        Connection.objects.filter(pk=shop.pk).update(watch={}, watch_until=None, heard_at=None, silent_since=None)
        schedules.cancel("connection.watch", str(shop.pk))
        with transaction.atomic():
            pace.timetable(shop, manifest_of(shop.marketplace))
    rounds = Schedule.objects.filter(kind="orders.poll").values_list("key", "seconds")
    seconds = dict(rounds)
    return {slug: seconds[str(shop.pk)] for slug, shop in shops.items()}
