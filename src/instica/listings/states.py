"""How a listing stands and what to do next, from what is wanted and what was seen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal[
    "draft",
    "publishing",
    "updating",
    "live",
    "sold out",
    "off sale",
    "ended there",
    "ending",
    "ended",
    "drifted",
    "refused",
    "checking",
]
Next = Literal["none", "publish", "show", "revise", "set_levels", "withdraw", "replace", "ask", "find", "look"]
FORCED = ("withdraw", "set_levels")
INACTIVE = frozenset({"ended", "ended there", "off sale", "sold out"})
AT_REST = frozenset({"none", "ask"})
LEAVES_IT = AT_REST | {"replace"}
"""Steps that write nothing to the page: what became of an earlier write must be known first."""


@dataclass(frozen=True, slots=True)
class Page:
    """A listing as far as its state goes.

    ``behind``: what is wanted is newer than what was sent. ``drifted``: what was read differs from what was agreed.
    ``refused`` names the step they said no to; ``attempt``: a call was sent and nobody knows yet what came of it;
    ``lost``: it was looked for three times in vain, so a person decides; ``begun``: part of a publish stands there.
    ``waits``: it goes on sale (again) only when a person says so, because that costs money or because an order was
    cancelled (D25). ``single``: a page there is over once it is sold out: because it sells one piece (D14), or because
    coming back would cost as much as a new one. ``doubted``: a write that may have put more on sale was not answered.
    """

    wanted: str
    seen: str
    behind: bool = False
    drifted: bool = False
    refused: str = ""
    attempt: bool = False
    lost: bool = False
    begun: bool = False
    waits: bool = False
    single: bool = False
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """One offer's quantities: what we have for it and what the page shows; ``None`` is unlimited.

    ``most`` is how many the page may show at once: one where single pieces are sold (D14). ``endless`` is what stands
    for unlimited where a page must name a number.
    """

    ours: int | None
    shown: int | None
    most: int | None = None
    endless: int | None = None

    @property
    def target(self) -> int | None:
        """What the page should show."""
        ours = self.endless if self.ours is None else max(0, self.ours)
        return ours if self.most is None else self.most if ours is None else min(ours, self.most)


@dataclass(frozen=True, slots=True)
class Step:
    """The state, in the house's word, and the next step."""

    state: State
    next: Next


def next_step(page: Page, levels: Sequence[Level]) -> Step:
    """The one thing to do about a listing; nothing when it is at rest.

    Doubt comes first, for nothing may be sent twice. What stock forces waits for nobody: neither a difference nor
    another step's refusal may keep on sale what we do not have. A page that shall end ends, whatever it says.
    """
    if page.attempt:
        return Step("checking", "ask" if page.lost else "find")
    step = _known(page, levels)
    return Step(step.state, "look") if page.doubted and step.next in LEAVES_IT else step


def _known(page: Page, levels: Sequence[Level]) -> Step:
    forced = _forced(page, levels)
    if forced and page.refused != forced.next:
        return forced
    if page.refused:
        return Step("refused", "none")
    return Step("drifted", "ask") if page.drifted and page.wanted != "ended" else _wanted(page, levels)


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
    if empty(levels) or (page.seen == "sold_out" and not levels):
        return Step("sold out", "none")
    if page.seen == "ended":
        return Step("ended there", "ask")
    if page.seen != "live":
        return _away(page, levels)
    if page.behind or any(level.target is None and level.shown is not None for level in levels):
        return Step("updating", "revise")
    different = any(level.shown != level.target for level in levels)
    return Step("updating", "set_levels") if different else Step("live", "none")


def _away(page: Page, levels: Sequence[Level]) -> Step:
    """A page that shall be on sale and is not. A hidden one must not show more than there is when it comes back."""
    if page.waits:
        return Step("off sale", "ask")
    if page.seen == "absent":
        return Step("publishing", "revise" if page.begun and page.behind else "publish")
    if page.seen == "sold_out":
        return Step("updating", "replace" if page.single else "set_levels")
    return Step("publishing", "set_levels" if any(map(too_high, levels)) else "show")


def empty(levels: Sequence[Level]) -> bool:
    """Whether none of the offers may sell; nothing is known without them."""
    return bool(levels) and all(level.target == 0 for level in levels)


def too_high(level: Level) -> bool:
    """Whether the page offers more than we have."""
    return level.target is not None and (level.shown is None or level.shown > level.target)


def stand(page: Page) -> State:
    """How a page stands, as far as its own row tells."""
    return next_step(page, ()).state


def word(state: State) -> str:
    """The API's word for a state (D19)."""
    if state == "draft":
        return "draft"
    if state == "refused":
        return "failed"
    return "inactive" if state in INACTIVE else "listed"
