"""Whatever a shop holds becomes a row that any database keeps."""

from __future__ import annotations

import json

from instica.imports.found import read
from instica.kit.types import Fault, RemoteListing, RemoteOffer
from tests.features.importing import listing


def only(remote: RemoteListing) -> tuple[object, str]:
    [(found, text)] = read(remote)
    return found, text


def test_equal_pages_have_equal_prints_whatever_the_order() -> None:
    one, two = listing(details={"a": "1", "b": "2"}), listing(details={"b": "2", "a": "1"})
    [(first, _)], [(second, _)] = read(one), read(two)
    assert first.print == second.print
    [(third, _)] = read(listing(details={"a": "1", "b": "3"}))
    assert third.print != first.print


def test_price_is_not_part_of_the_page() -> None:
    [(cheap, _)], [(dear, _)] = read(listing(price=100)), read(listing(price=200))
    assert (cheap.print == dear.print, cheap.price, dear.price) == (True, 100, 200)


def test_text_no_database_keeps_is_washed() -> None:
    [(found, text)] = read(listing(title="A\x00B \ud800 ☮", note="\x00"))
    assert found.title == "AB ? ☮"
    assert json.loads(text)["page"]["title"] == "AB ? ☮"
    text.encode()


def test_a_long_title_is_kept_whole_in_the_page() -> None:
    [(found, text)] = read(listing(title="x" * 5000))
    assert (len(found.title), len(json.loads(text)["page"]["title"])) == (500, 5000)


def test_faults() -> None:
    told = Fault("unknown_currency", "Unknown currency: XXX")
    cases = {
        "missing_title": listing(title="  "),
        "invalid_price": listing(price=0),
        "unknown_currency": listing(price=0, faults=(told,)),
        "marketplace_error": listing(offers=()),
    }
    assert {code: found.fault[0] for code, remote in cases.items() for found, _ in read(remote) if found.fault} == {
        code: code for code in cases
    }
    [(found, _)] = read(listing(quantity=10**9))
    assert found.fault == ("marketplace_error", "A quantity of 1000000000 cannot be right")


def test_every_variation_is_a_row() -> None:
    offers = tuple(RemoteOffer(name, sku=name, price=listing().offers[0].price) for name in ("s", "m"))
    assert [(one.remote_id, one.part, one.sku) for one, _ in read(listing(offers=offers))] == [
        ("1", "s", "s"),
        ("1", "m", "m"),
    ]
