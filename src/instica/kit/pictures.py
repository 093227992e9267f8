"""How the pictures of a page become those of a draft, and nothing is lost of what the seller put there; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from instica.kit.types import Draft, RemoteListing


@dataclass(frozen=True, slots=True)
class There:
    """A picture of the page: its id and its link, ``""`` where it has none (a film, one that is not ready)."""

    id: str
    link: str = ""


def placed(draft: Draft, listing: RemoteListing) -> dict[str, str] | None:
    """Which picture of the page each of the draft's became: after a publish or a revision ours come first there.

    ``None`` while some are still being made: read the page again.
    """
    ready = len(listing.images) >= len(draft.images)
    return dict(zip(draft.images, listing.images, strict=False)) if ready else None


def arranged(draft: Draft, there: Sequence[There]) -> list[There | str]:
    """What the page should show: a picture it has, or the link of one to be added.

    First the draft's, in its order; then what is there and was never ours, as it stands. Ours that the draft no longer
    names are left out. Links differ by what follows a question mark, which counts changes.
    """
    by_link = {bare(each.link): each for each in there if each.link}
    known = {link: bare(theirs) for link, theirs in (draft.placed or {}).items()}
    ours = [by_link.get(bare(link)) or by_link.get(known.get(link, "")) or link for link in draft.images]
    taken = {each.id for each in ours if isinstance(each, There)}
    was_ours = set(known.values())
    others = [each for each in there if each.id not in taken and not (each.link and bare(each.link) in was_ours)]
    return [*dict.fromkeys(ours), *others]


def bare(link: str) -> str:
    """A link without its query."""
    return urlsplit(link)._replace(query="", fragment="").geturl()


def changed(wanted: Sequence[There | str], there: Sequence[There]) -> bool:
    """Whether anything is to be done."""
    return list(wanted) != list(there)


def wants(draft: Draft) -> Mapping[str, str] | None:
    """What was placed, where the draft's pictures are to be revised at all: an empty list never empties a page."""
    return draft.placed if draft.images else None
