"""What the tests of this folder do with a connected shop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.conformance.place import Place

from instica.core import clock
from instica.kit.types import (
    Attempt,
    Draft,
    Ref,
    RemoteListing,
    Step,
)
from instica.kit.wire import mounted
from instica.marketplaces.etsy.tests import facts

API = "/v3/application"


def attempt_for(draft: Draft, step: str = "", key: str = "attempt-1", begun: dt.datetime | None = None) -> Attempt:
    return Attempt(key, step, clock.now(), draft.title, draft, begun)


def steps(place: Place, draft: Draft, until: str = "", start: str = "", begun: dt.datetime | None = None) -> Step:
    """The publish up to the step ``until``, which is not done yet."""
    step = place.connector.publish(draft, start, attempt_for(draft, start, begun=begun))
    while step.next and not (until and step.next.startswith(until)):
        step = place.connector.publish(draft, step.next, attempt_for(draft, step.next, begun=begun))
    return step


def put_up(place: Place, **changes: Any) -> RemoteListing:
    step = steps(place, replace(facts.draft(place.on_sale()), **changes))
    assert step.listing
    return step.listing


def varied(place: Place, what: str = "variations") -> RemoteListing:
    number = next(str(odd["listing_id"]) for odd in place.sandbox("shop")["odd"] if odd["odd"] == what)
    return place.connector.listing(Ref(number))


def fees(place: Place) -> list[tuple[int, str]]:
    return [(fee["listing_id"], fee["what"]) for fee in place.sandbox("shop")["fees"]]


def meddling(place: Place, match: str, what: Callable[[], object]) -> Any:
    """Somebody does ``what`` on the site right before the first call that matches."""
    done: list[object] = []

    def application(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Any:
        if not done and f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}".startswith(match):
            done.append(what())
        return place.simulator(environ, start_response)

    return mounted(place.session.app.origin, application)
