"""What an item lacks before it can be listed in a shop, each with the page on which that is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from instica.connections.credentials import manifest_of
from instica.connections.models import Connection
from instica.core.errors import Fault
from instica.inventory.models import Item
from instica.listings import prerequisites

ASKED_IN_THE_FORM = ("#/price", "#/title", "#/description")


@dataclass(frozen=True, slots=True)
class Lack:
    """What is said; where it is mended, and the words of that link."""

    said: str
    link: str = ""
    label: str = ""


def of(item: Item, connection: Connection) -> list[Lack]:
    """What listing it there lacks now."""
    return elsewhere(item, connection, prerequisites.lacking(item, connection))


def elsewhere(item: Item, connection: Connection, faults: Sequence[Fault]) -> list[Lack]:
    """Of those, what the form of that shop does not ask for: it is mended on another page first."""
    return [_lack(item, connection, fault) for fault in faults if not in_the_form(fault.pointer)]


def in_the_form(pointer: str) -> bool:
    """Whether the listing form has a field for it."""
    return pointer.startswith("#/fields/") or pointer in ASKED_IN_THE_FORM


def _lack(item: Item, connection: Connection, fault: Fault) -> Lack:
    here, name = reverse("web:item", args=[item.public_id]), manifest_of(connection.marketplace).name
    known = {
        "#/images": Lack(f"{name} lists nothing without a photo.", f"{here}#photos", "Add a photo"),
        "#/release": Lack(
            f"{name} must know which release of its database it is.",
            f"{reverse('web:product', args=[item.product.public_id])}#id_release",
            "Say which release",
        ),
        "#/condition_item": Lack(f"{name} lists nothing without a grade.", f"{here}#id_condition_item", "Grade it"),
        "not_available": Lack(fault.detail, f"{here}#stock", "Look at its stock"),
        "primary_address_required": Lack(fault.detail, f"{reverse('web:organization')}#addresses", "Set the address"),
    }
    return known.get(fault.pointer, Lack(fault.detail))
