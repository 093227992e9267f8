"""Talking to a shop from a handler: a connector with a live session, and what each failure means for the task."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from instica.connections import pausing
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection
from instica.connections.session import ShopSession
from instica.core.verdicts import Again, Dead, Sleep, Verdict
from instica.kit.contract import Connector
from instica.kit.errors import Refused, RemoteFailure, SignInAgain, Throttled, TryLater
from instica.kit.ports import Class
from instica.work import clock

NO_ANSWER = "The marketplace gave no answer that can be used"
LOOK_AGAIN = dt.timedelta(minutes=15)
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Talk:
    """What came of talking: no ``verdict`` means that all went well."""

    verdict: Verdict | None = None
    failure: RemoteFailure | None = None


def connector_for(connection: Connection, lane_class: Class, walk: str = "") -> Connector:
    """A connector for one run. ``walk`` names the folder of its bulk files (an import job, say)."""
    made: Connector = manifest_of(connection.marketplace).load("connector")(ShopSession(connection, lane_class, walk))
    return made


@contextmanager
def talking(connection: Connection) -> Iterator[Talk]:
    """Turn a remote failure in the block into ``Talk.verdict``; every other error passes."""
    talk = Talk()
    try:
        yield talk
    except RemoteFailure as failure:
        talk.failure = failure
        talk.verdict = verdict(connection, failure)


def verdict(connection: Connection, failure: RemoteFailure) -> Verdict:
    """What a task should do after that failure. A dead sign-in also pauses the shop and tells its owner."""
    match failure:
        case Throttled():
            return Sleep(failure.until, str(failure))
        case SignInAgain():
            pausing.pause(connection, str(failure))
            if pausing.is_back(connection):
                return Again(clock.now(), "Connected again", free=True)
            return Sleep(clock.now() + LOOK_AGAIN, "Waiting for this shop to be connected again")
        case Refused():
            return Dead(str(failure))
        case TryLater(after=after) if after is not None:
            return Again(clock.now() + after, str(failure))
        case _:
            log.info("talk.again", connection=connection.public_id, failure=type(failure).__name__)
            return Again(why=str(failure) or NO_ANSWER)
