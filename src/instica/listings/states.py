"""How a listing stands and what to do next, from what is wanted and what was seen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from instica.listings.models import Listing

State = Literal[
    "draft",
    "publishing",
    "updating",
    "live",
    "sold out",
    "ended there",
    "ending",
    "ended",
    "drifted",
    "refused",
    "checking",
]
Next = Literal["none", "publish", "show", "revise", "set_levels", "withdraw", "ask", "find"]
INACTIVE = frozenset({"ended", "ended there", "sold out"})


@dataclass(frozen=True, slots=True)
class Page:
    """A listing as far as its state goes.

    ``behind``: what is wanted is newer than what was sent. ``drifted``: what was read differs from what was agreed.
    ``refused`` names the step they said no to; ``attempt``: a call was sent and nobody knows yet what came of it.
    """

    wanted: str
    seen: str
    behind: bool = False
    drifted: bool = False
    refused: str = ""
    attempt: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """One offer's quantities: what we have for it and what the page shows; ``None`` is unlimited.

    ``most`` is how many the page may show at once: one where single pieces are sold (D14).
    """

    ours: int | None
    shown: int | None
    most: int | None = None

    @property
    def target(self) -> int | None:
        """What the page should show."""
        ours = None if self.ours is None else max(0, self.ours)
        return ours if self.most is None else self.most if ours is None else min(ours, self.most)


@dataclass(frozen=True, slots=True)
class Step:
    """The state, in the house's word, and the next step."""

    state: State
    next: Next


def next_step(page: Page, levels: Sequence[Level]) -> Step:
    """The one thing to do about a listing; nothing when it is at rest.

    Doubt comes first, for nothing may be sent twice. What stock forces waits for nobody: neither a difference nor
    another step's refusal may keep on sale what we do not have.
    """
    if page.attempt:
        return Step("checking", "find")
    forced = _forced(page, levels)
    if forced and page.refused != forced.next:
        return forced
    if page.refused:
        return Step("refused", "none")
    return Step("drifted", "ask") if page.drifted else _wanted(page, levels)


def _forced(page: Page, levels: Sequence[Level]) -> Step | None:
    """What must happen because stock says so: end a page none of whose offers may sell, lower one that shows more."""
    if page.seen != "live":
        return None
    if empty(levels):
        return Step("ending", "withdraw")
    return Step("updating", "set_levels") if any(map(too_high, levels)) and page.wanted != "ended" else None


def _wanted(page: Page, levels: Sequence[Level]) -> Step:
    if page.wanted == "draft":
        return Step("draft", "none")
    if page.wanted == "ended":
        return Step("ending", "withdraw") if page.seen == "live" else Step("ended", "none")
    return _live(page, levels)


def _live(page: Page, levels: Sequence[Level]) -> Step:
    if page.seen == "ended":
        return Step("ended there", "ask")
    if empty(levels) or (page.seen == "sold_out" and not levels):
        return Step("sold out", "none")
    away: dict[str, Step] = {
        "absent": Step("publishing", "publish"),
        "hidden": Step("publishing", "set_levels" if any(map(too_high, levels)) else "show"),
        "sold_out": Step("updating", "set_levels"),
    }
    if page.seen in away:
        return away[page.seen]
    if page.behind:
        return Step("updating", "revise")
    different = any(level.shown != level.target for level in levels)
    return Step("updating", "set_levels") if different else Step("live", "none")


def empty(levels: Sequence[Level]) -> bool:
    """Whether none of the offers may sell; nothing is known without them."""
    return bool(levels) and all(level.target == 0 for level in levels)


def too_high(level: Level) -> bool:
    """Whether the page offers more than we have."""
    return level.target is not None and (level.shown is None or level.shown > level.target)


def page_of(listing: Listing) -> Page:
    """A listing's row as far as its state goes."""
    problem = listing.problem
    refused = "" if problem is None else str(problem.get("step", "publish"))
    return Page(wanted=listing.wanted, seen=listing.seen, refused=refused)


def state(listing: Listing) -> State:
    """How a listing stands, as far as its own row tells."""
    return next_step(page_of(listing), ()).state


def word(state: State) -> str:
    """The API's word for a state (D19)."""
    if state == "draft":
        return "draft"
    if state == "refused":
        return "failed"
    return "inactive" if state in INACTIVE else "listed"
