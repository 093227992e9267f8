"""When they fail: each failure gets its one word, nothing is repeated that must not be, and no secret leaks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from instica.core import clock
from instica.kit.contract import Marketplace
from instica.kit.errors import Gone, RemoteFailure, SignInAgain, Throttled, TryLater
from instica.kit.types import Attempt, Ref
from tests.conformance.place import Place, connected


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("status:429", Throttled),
        ("status:500", TryLater),
        ("status:502", TryLater),
        ("status:503", TryLater),
        ("html:200", TryLater),
        ("html:502", TryLater),
        ("html:403", TryLater),
        ("html:404", TryLater),
        ("drop", TryLater),
        ("status:404", Gone),
    ],
)
def test_each_failure_has_its_word(place: Place, fault: str, word: type[RemoteFailure]) -> None:
    number = place.on_sale().id
    place.fault("*", fault, times=2)
    with pytest.raises(word) as failure:
        place.connector.listing(Ref(number))
    assert type(failure.value) is word
    assert place.writes() == []


def test_a_connection_cut_once_is_not_even_noticed(place: Place) -> None:
    listing = place.on_sale()
    place.fault("*", "drop")
    assert place.as_walked(place.connector.listing(Ref(listing.id))) == listing


def test_a_throttle_closes_the_limit_and_waits_longer_each_time(place: Place) -> None:
    number = place.on_sale().id
    place.fault("*", "status:429", times=4)
    waits = []
    for _ in range(4):
        with pytest.raises(Throttled) as throttled:
            place.connector.listing(Ref(number))
        waits.append((throttled.value.until - clock.now()).total_seconds())
        limit, remaining, until = place.session.budget.learned[-1]
        assert (limit, remaining, until) == (throttled.value.limit, 0, throttled.value.until)
    longest = (4, 8, 16, 32)
    assert [most / 2 - 1 < wait <= most for wait, most in zip(waits, longest, strict=True)] == [True] * 4


def test_every_call_is_admitted_and_leased_first(place: Place) -> None:
    before = len(place.requests())
    place.on_sale()
    place.connector.shop()
    calls = len(place.requests()) - before
    assert (len(place.session.budget.admitted), len(place.session.leases)) == (calls, calls)


def test_nothing_is_called_while_the_limit_is_closed(place: Place) -> None:
    number, before = place.on_sale().id, len(place.requests())
    place.session.budget.closed_until = clock.now()
    with pytest.raises(Throttled):
        place.connector.withdraw(Ref(number))
    assert len(place.requests()) == before


def test_a_revoked_grant_asks_to_sign_in_again_and_changes_nothing(place: Place) -> None:
    number, truth = place.on_sale().id, place.truth()
    place.fault("*", "revoke")
    with pytest.raises(SignInAgain):
        place.connector.withdraw(Ref(number))
    assert place.session.rejections == 1
    assert (place.writes(), place.truth()) == ([], truth)


def test_only_the_origin_is_called_and_we_say_who_we_are(place: Place) -> None:
    place.walk()
    host = place.session.app.origin.removeprefix("http://")
    assert {visit["HTTP_HOST"] for visit in place.visits} == {host}
    assert {visit["HTTP_USER_AGENT"].split("/")[0] for visit in place.visits} == {"Instica"}


@pytest.mark.parametrize("listings", [150, 420])
def test_a_page_that_shifts_while_the_shop_is_read_hides_nothing(
    marketplace: Marketplace, tmp_path: Path, listings: int
) -> None:
    with connected(marketplace, tmp_path, listings=listings) as place:
        gone, found, cursor = "", set(), None
        while not found or cursor is not None:
            page = place.connector.listings(cursor)
            found |= {listing.id for listing in page.rows}
            live = [listing.id for listing in page.rows if listing.seen == "live" and not listing.faults]
            if live and not gone:
                gone = live[0]
                place.sandbox("end", {"listing_id": int(gone)})
            if page.ready_at:
                place.sandbox("clock", {"advance": 60})
            cursor = page.next
        assert gone
        assert place.truth().keys() - found == set()


def failing_ways(place: Place) -> list[Callable[[], object]]:
    """Calls that fail in every way."""
    connector, ref = place.connector, Ref(place.on_sale().id)
    draft = place.facts.draft(connector.listing(ref))
    attempt = Attempt("secret-test", "", clock.now(), draft.title, draft)
    return [
        lambda: connector.listing(ref),
        lambda: connector.withdraw(ref),
        lambda: connector.publish(draft, "", attempt),
        lambda: connector.listings(None),
    ]


def test_no_secret_is_in_an_error_or_a_log(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    with capture_logs() as events:
        for fault in ("status:429", "status:403", "html:502", "drop", "revoke"):
            for call in failing_ways(place) if fault != "revoke" else [place.connector.shop]:
                place.fault("*", fault, times=2)
                with pytest.raises(RemoteFailure) as failure:
                    call()
                said += [str(failure.value), repr(failure.value)]
                place.sandbox("faults", [])
                drained(place)
    secrets = [place.session.app.client_secret, *place.session.current.secrets.values()]
    written = "\n".join([*said, *map(str, events), caplog.text, repr(place.session)])
    assert len(said) > 8
    assert [secret for secret in secrets if secret.reveal() in written] == []


def drained(place: Place) -> None:
    """Use up what is left of a fault."""
    for _ in range(3):
        try:
            place.connector.shop()
        except RemoteFailure:
            continue
        return
