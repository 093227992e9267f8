"""What a page says otherwise than both sides agreed, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from instica.core.money import Money
from instica.kit.types import RemoteListing, RemoteOffer
from instica.listings.pages import normal

WORDS = ("title", "description", "condition_item", "condition_container", "release")
Difference = Mapping[str, Any]


def words(agreed: Mapping[str, Any], remote: RemoteListing, *, whole: bool) -> Iterator[Difference]:
    """Both sides of every word. A row of a walk is not ``whole``: what it lacks says nothing, nor what it adds."""
    read, _ = normal(remote)
    for name in WORDS:
        if name in agreed and (name in read or whole):
            yield {"field": name, "ours": agreed[name], "theirs": read.get(name, "")}


def seen(before: str, remote: RemoteListing) -> Iterator[Difference]:
    """A page that was on sale and was hidden there by somebody."""
    if before == "live" and remote.seen == "hidden":
        yield {"field": "seen", "ours": "live", "theirs": "hidden"}


def price(offer: str, before: Money | None, there: RemoteOffer) -> Iterator[Difference]:
    """Both sides of an offer's price."""
    if before and there.price:
        yield {"field": "price", "offer": offer, "ours": _money(before), "theirs": _money(there.price)}


def quantity(offer: str, agreed: int | None, there: RemoteOffer) -> Iterator[Difference]:
    """More pieces than both sides agreed on. Fewer are a sale until its order does not come."""
    if agreed is not None and there.quantity is not None and there.quantity > agreed:
        yield {"field": "quantity", "offer": offer, "ours": agreed, "theirs": there.quantity}


def missing(offer: str, agreed: int, there: int) -> Difference:
    """Fewer pieces, and no order says why."""
    return {"field": "quantity", "offer": offer, "ours": agreed, "theirs": there}


def merged(known: Sequence[Difference] | None, found: Sequence[Difference]) -> list[Difference]:
    """What differs now: a later reading of a field replaces the earlier one, but for what was ours before it all."""
    rows = {_name(each): each for each in known or ()}
    for each in found:
        before = rows.get(_name(each))
        rows[_name(each)] = {**each, "ours": before["ours"]} if before else each
    return [each for each in rows.values() if each["ours"] != each["theirs"]]


def _name(difference: Difference) -> tuple[str, str]:
    return str(difference["field"]), str(difference.get("offer", ""))


def _money(money: Money) -> dict[str, str]:
    return {"amount": str(money), "currency": money.currency}
