"""The pictures of a page that is there already: added, taken off and put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instica.kit import pictures
from instica.kit.errors import Complaint, Refused, Unsure
from instica.kit.pictures import There
from instica.kit.ports import Session
from instica.kit.types import Draft
from instica.marketplaces.etsy.client import Etsy
from instica.marketplaces.etsy.reading import records, whole, words

MOST_IMAGES = 20


def arrange(api: Etsy, session: Session, number: str, draft: Draft) -> bool:
    """Make the page's pictures those of the draft, its own first; what the seller added there stays behind them.

    Pictures are added one after the other; then one call takes off what is no longer wanted and sets the order.
    Answers whether anything was changed.
    """
    if pictures.wants(draft) is None:
        return False
    there = shown(api.images(number))
    wanted = pictures.arranged(draft, there)
    if not pictures.changed(wanted, there):
        return False
    if len(wanted) > MOST_IMAGES:
        others = len(wanted) - len(draft.images)
        said = f"Etsy takes at most {MOST_IMAGES} pictures, and the page has {others} of its own"
        raise Refused([Complaint(said, "images")])
    fresh = [link for link in wanted if isinstance(link, str)]
    bodies = {link: session.photo(link) for link in fresh}
    kept = [each for each in wanted if isinstance(each, There)] or list(there[:1])
    if len(there) + len(fresh) > MOST_IMAGES:
        order(api, number, kept)
        there = kept
    added: dict[str, There] = {}
    for link in fresh:
        there = [*there, added.setdefault(link, upload(api, number, bodies[link], there))]
    order(api, number, [each if isinstance(each, There) else added[each] for each in wanted])
    return True


def upload(api: Etsy, number: str, body: bytes, there: Sequence[There]) -> There:
    """Add one behind those that are there. Where the answer is lost, the page says whether it came."""
    try:
        made = whole(api.upload_image(number, body, len(there) + 1).get("listing_image_id"))
    except Unsure:
        known = {each.id for each in there}
        new = [each for each in shown(api.images(number)) if each.id not in known]
        if len(new) != 1:
            raise
        return new[0]
    if not made:
        raise Unsure("Etsy did not say which picture it made")
    return There(str(made))


def order(api: Etsy, number: str, wanted: Sequence[There]) -> None:
    """These and no others, in this order."""
    api.update_listing(number, {"image_ids": [int(each.id) for each in wanted]})


def shown(rows: Sequence[Mapping[str, Any]]) -> list[There]:
    """The pictures of a page in their order."""
    ordered = sorted(records(rows), key=lambda each: whole(each.get("rank")))
    return [There(str(whole(each.get("listing_image_id"))), words(each.get("url_fullxfull"))) for each in ordered]
