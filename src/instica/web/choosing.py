"""The item a person means when they type its id, its SKU or words of its title."""

from __future__ import annotations

from collections.abc import Sequence

from instica.core import ids
from instica.core.errors import Invalid
from instica.inventory import queries
from instica.inventory.models import Item
from instica.people.models import Organization

MOST_NAMED = 3
LONGEST = 200


def meant(organization: Organization, text: str) -> Item:
    """The one item of theirs it names. Raises ``Invalid``, in words that help to name it better."""
    name = " ".join(text.split())[:LONGEST]
    if not name:
        raise Invalid("Say which item: its SKU, its id (inv_…) or words of its title.", code="item_unnamed")
    mine = Item.objects.filter(organization=organization)
    uid = ids.read(Item.prefix, name)
    ways = {"": mine.filter(pk=uid)} if uid else {"have the SKU": mine.filter(sku=name)}
    if not uid:
        ways["match"] = queries.items(organization, search=name)
    for how, rows in ways.items():
        found = list(rows[: MOST_NAMED + 1])
        if len(found) == 1:
            return found[0]
        if found:
            raise Invalid(_several(f"{how} {name}", found), code="item_unclear")
    raise Invalid(f"You have no item {name}.", code="item_unclear")


def _several(how: str, found: Sequence[Item]) -> str:
    listed = "; ".join(f"{item.title[:60]} ({item.public_id})" for item in found[:MOST_NAMED])
    more = " and more" if len(found) > MOST_NAMED else ""
    return f"Several items {how}: {listed}{more}. Name one by its id."


def unclear(organization: Organization, text: str | None) -> str:
    """What is wrong with such a name; nothing when none was given, or it names one item."""
    if text is None:
        return ""
    try:
        meant(organization, text)
    except Invalid as problem:
        return problem.detail
    return ""
