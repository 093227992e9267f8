"""Everything the connector does, against Shopify's own schema: what we send, and what the simulator answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import build_schema, validate
from tests.conformance.place import Place, connected
from tests.contracts import driving
from tests.contracts.specs import folder

from instica.core import clock
from instica.core.money import Money
from instica.kit.types import Attempt, Draft, Level, Ref, RemoteListing, RemoteOffer, Shipment
from instica.marketplaces.shopify import MARKETPLACE
from instica.marketplaces.shopify.auth import ShopifyAuth
from instica.marketplaces.shopify.operations import FOLDER, OPERATIONS, document
from instica.marketplaces.shopify.tests import facts
from instica.marketplaces.shopify.tests.contract import ShopifyContract, contract, official, operation_in, roots

PICTURES = ("https://photos.example/a.jpg", "photos/mine.jpg")
CONTRACT: ShopifyContract = contract(folder("shopify").parent)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that went over the wire, each judged in both directions."""
    return driving.judged(monkeypatch, CONTRACT)


def attempt_for(draft: Draft, step: str = "") -> Attempt:
    return Attempt("contract", step, clock.now(), draft.title, draft)


def published(place: Place, draft: Draft) -> RemoteListing:
    step = place.connector.publish(draft, "", attempt_for(draft))
    while step.next:
        step = place.connector.publish(draft, step.next, attempt_for(draft, step.next))
    assert step.listing
    return step.listing


def test_every_call_of_the_connector_keeps_the_contract(heard: list[str], tmp_path: Path) -> None:
    with connected(MARKETPLACE, tmp_path) as place:
        connector = place.connector
        connector.shop()
        found = place.walk()
        stock(place, found)
        writing(place, found)
        selling(place, found)
        watch = connector.watch("https://hub.example/webhooks/shopify/", None)
        connector.unwatch(watch)
        auth = ShopifyAuth()
        fresh = auth.refresh(place.session.app, place.session.current)
        auth.revoke(place.session.app, fresh)
    with connected(MARKETPLACE, tmp_path / "large", listings=300) as place:
        (tmp_path / "large").mkdir(exist_ok=True)
        place.walk()
    assert set(heard) == set(CONTRACT.operations())


def stock(place: Place, found: list[RemoteListing]) -> None:
    """Levels of one variant, of a whole page, of what is not counted, and of what sells on at nothing."""
    odd = {row["odd"]: str(row["listing_id"]) for row in place.sandbox("shop")["odd"]}
    by_id = {listing.id: listing for listing in found}
    first = by_id[odd["untracked"]].offers[0].id
    place.connector.set_levels(
        [
            Level(Ref(found[1].id), 7),
            Level(Ref(odd["untracked"], first), 2),
            Level(Ref(odd["continue"]), 0),
        ]
    )


def writing(place: Place, found: list[RemoteListing]) -> None:
    """A product made, changed, hidden, shown, and one looked for."""
    draft = replace(
        facts.draft(found[0]), images=("https://photos.example/a.jpg", "photos/mine.jpg"), fields={"tags": "one, two"}
    )
    place.connector.find(attempt_for(draft))
    listing = published(place, draft)
    dearer = replace(draft, offers=(RemoteOffer("", "CONFORM-1", Money(3333, "USD")),))
    place.connector.revise(Ref(listing.id), dearer)
    place.connector.withdraw(Ref(listing.id))
    place.connector.show(Ref(listing.id))
    place.connector.choices()
    assert place.connector.categories("vinyl")


def selling(place: Place, found: list[RemoteListing]) -> None:
    """Orders read, shipped, told of late, cancelled."""
    numbers = [place.sandbox("buy", {"listing_id": int(found[place_].id)})["order_id"] for place_ in (1, 2, 3)]
    place.connector.orders(clock.now() - dt.timedelta(days=1), None)
    attempt = Attempt("ship", "ship", clock.now())
    place.connector.ship(numbers[0], Shipment("1Z999", "UPS"), attempt)
    place.connector.ship(numbers[1], Shipment(""), attempt)
    place.connector.ship(numbers[1], Shipment("1Z998", "UPS"), attempt)
    place.connector.cancel(numbers[2], "CUSTOMER")
    long = [[int(listing.id), None, 1] for listing in found if listing.seen == "live" and not listing.faults][4:70]
    number = place.sandbox("buy", {"listing_id": int(found[4].id), "also": long})["order_id"]
    assert len(place.connector.order(number).lines) == 67


def test_every_document_is_a_file_that_fits_the_schema() -> None:
    names = {path.stem for path in FOLDER.glob("*.graphql")}
    fragments = {name for name in names if name.endswith("_fields")}
    assert names - fragments == OPERATIONS.keys() | {"every_product"}
    for name in names - fragments:
        CONTRACT.document(document(name))


def test_every_operation_says_its_root_and_its_name() -> None:
    for name, operation in OPERATIONS.items():
        found = operation_in(CONTRACT.document(document(name)))
        assert found.name
        assert (found.name.value, next(roots(CONTRACT.schema, found))[0]) == (operation.title, operation.root)


def test_the_simulators_schema_is_a_part_of_shopifys() -> None:
    theirs = official(CONTRACT.folder / "admin_2026-10.graphql")
    text = "\n".join(path.read_text() for path in (MARKETPLACE.folder / "simulator" / "schema").glob("*.graphql"))
    ours = build_schema(text)
    assert validate(ours, CONTRACT.document(document("product_page"))) == []
    for name, kind in ours.type_map.items():
        if name.startswith("__"):
            continue
        for label, found in getattr(kind, "fields", {}).items():
            official_field = theirs.type_map[name].fields[label]  # type: ignore[attr-defined]
            assert str(found.type) == str(official_field.type), f"{name}.{label}"
            sent = {key: str(arg.type) for key, arg in getattr(found, "args", {}).items()}
            known = {key: str(arg.type) for key, arg in getattr(official_field, "args", {}).items()}
            assert sent.items() <= known.items(), f"{name}.{label}"
        for label in getattr(kind, "values", {}):
            assert label in theirs.type_map[name].values, f"{name}.{label}"  # type: ignore[attr-defined]
