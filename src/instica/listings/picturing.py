"""Which picture of a page each photo of ours became, so that a revision changes ours and leaves the seller's alone."""

from __future__ import annotations

from collections.abc import Mapping

from instica.kit.pictures import placed
from instica.kit.types import Draft, RemoteListing
from instica.listings.models import Listing


def sent(page: Listing, draft: Draft, remote: RemoteListing) -> None:
    """After a write that sent pictures: ours stand first there; what is still being made comes with a later reading."""
    found = placed(draft, remote)
    page.pictures = {"ours": list(draft.images), "theirs": None if found is None else list(found.values())}


def seen(page: Listing, remote: RemoteListing) -> None:
    """A reading shows what was still being made."""
    known = page.pictures
    if known and known["theirs"] is None and len(remote.images) >= len(known["ours"]):
        page.pictures = {**known, "theirs": list(remote.images[: len(known["ours"])])}


def known(page: Listing) -> Mapping[str, str] | None:
    """For a revision: ours by theirs. ``None`` where that is not known: then pictures are left alone."""
    pictures = page.pictures
    if not pictures or pictures["theirs"] is None:
        return None
    return dict(zip(pictures["ours"], pictures["theirs"], strict=True))
