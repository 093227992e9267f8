"""The next step of a listing: the house's table row by row, and every order of events."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from instica.listings.states import AT_REST, Level, Page, State, next_step, word

ONE, SOLD = Level(1, 1), Level(0, 1)
TABLE = [
    (Page("draft", "absent"), [], "draft", "none"),
    (Page("live", "absent"), [Level(1, 0)], "publishing", "publish"),
    (Page("live", "hidden"), [Level(1, 0)], "publishing", "show"),
    (Page("live", "live", behind=True), [ONE], "updating", "revise"),
    (Page("live", "live"), [Level(5, 3)], "updating", "set_levels"),
    (Page("live", "live"), [Level(3, 5)], "updating", "set_levels"),
    (Page("live", "live"), [Level(None, 3)], "updating", "revise"),
    (Page("live", "live"), [ONE, Level(7, 7), Level(None, None)], "live", "none"),
    (Page("live", "live"), [], "live", "none"),
    (Page("live", "sold_out"), [Level(0, 0)], "sold out", "none"),
    (Page("live", "sold_out"), [Level(2, 0)], "updating", "set_levels"),
    (Page("live", "ended"), [Level(1, 0)], "ended there", "ask"),
    (Page("ended", "live"), [ONE], "ending", "withdraw"),
    (Page("ended", "hidden"), [ONE], "ended", "none"),
    (Page("ended", "ended"), [ONE], "ended", "none"),
    (Page("ended", "absent"), [], "ended", "none"),
    *((Page(wanted, "live", drifted=True), [ONE], "drifted", "ask") for wanted in ("draft", "live")),
    (Page("ended", "live", drifted=True), [ONE], "ending", "withdraw"),
    (Page("ended", "hidden", drifted=True), [ONE], "ended", "none"),
    *((Page(wanted, "live", refused="revise"), [ONE], "refused", "none") for wanted in ("draft", "live", "ended")),
    *((Page(wanted, "absent", attempt=True), [ONE], "checking", "find") for wanted in ("draft", "live", "ended")),
]
BESIDE = [
    (Page("live", "live"), [Level(5, 1, most=1)], "live", "none"),
    (Page("live", "live"), [Level(None, 1, most=1)], "live", "none"),
    (Page("live", "live"), [Level(None, 3, endless=10)], "updating", "set_levels"),
    (Page("live", "live"), [Level(4, 4, endless=10)], "live", "none"),
    (Page("live", "sold_out", single=True), [Level(2, 0, most=1)], "updating", "replace"),
    (Page("live", "sold_out", single=True), [Level(0, 0, most=1)], "sold out", "none"),
    (Page("live", "sold_out", single=True, waits=True), [Level(1, 0)], "off sale", "ask"),
    (Page("live", "hidden", waits=True), [Level(1, 1)], "off sale", "ask"),
    (Page("live", "hidden", waits=True), [Level(0, 1)], "sold out", "none"),
    (Page("live", "absent", waits=True), [Level(1, 0)], "off sale", "ask"),
    (Page("live", "live", waits=True), [Level(1, 1)], "live", "none"),
    (Page("live", "ended"), [Level(0, 0)], "sold out", "none"),
    (Page("live", "absent", attempt=True, lost=True), [ONE], "checking", "ask"),
    (Page("live", "live"), [Level(-2, 0), ONE], "live", "none"),
    (Page("live", "live"), [SOLD], "ending", "withdraw"),
    (Page("live", "live"), [SOLD, ONE], "updating", "set_levels"),
    (Page("live", "live", behind=True), [SOLD, ONE], "updating", "set_levels"),
    (Page("live", "live", drifted=True), [SOLD], "ending", "withdraw"),
    (Page("live", "live", drifted=True), [Level(2, 3)], "updating", "set_levels"),
    (Page("live", "live", refused="revise"), [SOLD], "ending", "withdraw"),
    (Page("live", "live", refused="withdraw"), [SOLD], "refused", "none"),
    (Page("live", "live", attempt=True, refused="revise", drifted=True), [SOLD], "checking", "find"),
    (Page("live", "hidden"), [Level(0, 0)], "sold out", "none"),
    (Page("live", "hidden", doubted=True), [Level(0, 0)], "sold out", "look"),
    (Page("live", "live", doubted=True), [ONE], "live", "look"),
    (Page("live", "sold_out", single=True, doubted=True), [Level(2, 0, most=1)], "updating", "look"),
    (Page("live", "live", doubted=True), [SOLD], "ending", "withdraw"),
    (Page("live", "live", doubted=True, refused="revise"), [ONE], "refused", "look"),
    (Page("live", "hidden"), [Level(1, 2)], "publishing", "set_levels"),
    (Page("live", "absent"), [Level(0, 0)], "sold out", "none"),
    (Page("ended", "sold_out"), [Level(0, 0)], "ended", "none"),
    (Page("live", "sold_out"), [], "sold out", "none"),
]


@pytest.mark.parametrize(("page", "levels", "state", "following"), TABLE + BESIDE)
def test_the_table(page: Page, levels: list[Level], state: str, following: str) -> None:
    step = next_step(page, levels)
    assert (step.state, step.next) == (state, following)


def test_the_contracts_words() -> None:
    assert {state: word(state) for state in get_args(State)} == {
        **dict.fromkeys(["publishing", "updating", "live", "checking", "drifted", "ending"], "listed"),
        **dict.fromkeys(["ended", "ended there", "off sale", "sold out"], "inactive"),
        "draft": "draft",
        "refused": "failed",
    }


class Shop(RuleBasedStateMachine):
    """A page as it truly is, what we know of it, and a worker that does what it is told until there is no more.

    A publish takes two writes: the first leaves something unseen there, the second puts it on sale.
    """

    @initialize(stock=st.lists(st.integers(0, 3), min_size=1, max_size=3), single=st.booleans(), costs=st.booleans())
    def begin(self, stock: list[int], single: bool, costs: bool) -> None:
        self.stock, self.single, self.costs = stock[: 1 if single else 3], single, costs
        self.most = 1 if single else None
        self.shown = [0] * len(self.stock)
        self.there, self.pages = "absent", 0
        self.page = Page("draft", "absent", single=single or costs, waits=costs)
        self.trouble: list[str] = []

    def levels(self) -> list[Level]:
        return [Level(ours, shown, self.most) for ours, shown in zip(self.stock, self.shown, strict=True)]

    @rule(wanted=st.sampled_from(["live", "ended"]))
    def a_person_wants(self, wanted: str) -> None:
        self.page = replace(self.page, wanted=wanted, refused="", waits=self.page.waits and wanted == "ended")

    @rule()
    def a_person_edits(self) -> None:
        self.page = replace(self.page, behind=True, refused="")

    @rule()
    def a_person_decides_about_a_difference(self) -> None:
        self.page = replace(self.page, drifted=False)

    @precondition(lambda self: self.page.lost)
    @rule()
    def a_person_looks_there(self) -> None:
        self.page = replace(self.page, lost=False)

    @rule(data=st.data())
    def stock_moves(self, data: st.DataObject) -> None:
        self.stock[data.draw(st.integers(0, len(self.stock) - 1))] = data.draw(st.integers(-1, 3))

    @rule(data=st.data())
    def an_order_is_cancelled(self, data: st.DataObject) -> None:
        self.stock[data.draw(st.integers(0, len(self.stock) - 1))] += 1
        if self.page.seen in {"hidden", "sold_out", "ended"}:
            self.page = replace(self.page, waits=True)

    @precondition(lambda self: self.there == "live" and any(self.shown))
    @rule()
    def somebody_buys_there(self) -> None:
        which = next(index for index, shown in enumerate(self.shown) if shown)
        self.shown[which] -= 1
        self.stock[which] -= 1
        self.there = "live" if any(self.shown) else "sold_out"
        self.page = replace(self.page, seen=self.there)

    @precondition(lambda self: self.page.seen != "absent")
    @rule(there=st.sampled_from(["hidden", "live", "ended"]), drifted=st.booleans())
    def somebody_changes_it_on_the_site(self, there: str, drifted: bool) -> None:
        self.there = there
        self.page = replace(self.page, seen=there, drifted=drifted)

    @rule(trouble=st.lists(st.sampled_from(["", "lost", "never sent", "refused", "never found"]), max_size=4))
    def the_worker_works(self, trouble: list[str]) -> None:
        """Every order of what can go wrong on the way, then none."""
        self.trouble = trouble
        for _ in range(16):
            step = next_step(self.page, self.levels())
            if step.next in AT_REST:
                break
            assert not self.page.lost, "what a person must look for is never sent again"
            self.does(step.next)
        self.at_rest()

    def does(self, what: str) -> None:
        went = self.trouble.pop() if self.trouble else ""
        if what == "find":
            self.find(never=went == "never found")
            return
        if went == "refused":
            self.page = replace(self.page, refused=what)
            self.read_back()
            return
        if went != "never sent":
            before = self.there
            getattr(self, what)()
            if self.there == "live" and before != "live":
                assert not self.page.waits, "a person has to say so first"
            if what in {"publish", "show", "set_levels"}:
                self.offers_what_there_is()
        if went in {"lost", "never sent"} and what == "publish":
            self.page = replace(self.page, attempt=True)
        elif went != "never sent":
            self.read_back()

    def publish(self) -> None:
        if not self.page.begun:
            self.there = "begun"
            self.pages += 1
            return
        self.page = replace(self.page, behind=False)
        self.there = "live"
        self.set_levels()

    def find(self, *, never: bool) -> None:
        self.page = replace(self.page, attempt=never, lost=never)
        if not never:
            self.read_back()

    def replace(self) -> None:
        """The page is over: its follower begins where every page begins."""
        assert self.page.seen == "sold_out"
        self.there, self.pages = "absent", 0
        self.shown = [0] * len(self.stock)
        self.page = Page("live", "absent", single=self.page.single)

    def show(self) -> None:
        self.there = "live"

    def revise(self) -> None:
        self.page = replace(self.page, behind=False)

    def withdraw(self) -> None:
        self.there = "hidden"

    def set_levels(self) -> None:
        self.shown = [level.target or 0 for level in self.levels()]
        if self.there != "hidden":
            self.there = "live" if any(self.shown) else "sold_out"

    def read_back(self) -> None:
        begun = self.there == "begun"
        self.page = replace(self.page, begun=begun, seen="absent" if begun else self.there)
        if self.there == "live":
            self.page = replace(self.page, waits=False)

    def at_rest(self) -> None:
        step = next_step(self.page, self.levels())
        assert step.next in AT_REST
        if self.there != "live" or self.page.refused in {"withdraw", "set_levels"} or self.page.attempt:
            return
        assert any(level.target for level in self.levels())
        if self.page.wanted == "live":
            self.offers_what_there_is()

    def offers_what_there_is(self) -> None:
        assert all(shown <= max(0, ours) for shown, ours in zip(self.shown, self.stock, strict=True))

    @invariant()
    def one_page(self) -> None:
        assert getattr(self, "pages", 0) <= 1


TestEveryOrderOfEvents: Any = Shop.TestCase
