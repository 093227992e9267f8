"""Carrying out errands: the call is stored before it is made, made once, looked after when in doubt, and told."""

from __future__ import annotations

import datetime as dt
import uuid

from instica.connections import activity, brakes
from instica.connections.credentials import manifest_of
from instica.connections.models import Outcome
from instica.connections.models import State as Standing
from instica.connections.talk import LOOK_AGAIN, Talk, connector_for, talking
from instica.core.clock import now
from instica.core.verdicts import Again, Done, Sleep, Verdict
from instica.kit.contract import Connector
from instica.kit.errors import Gone, Refused, Unsure
from instica.kit.types import Attempt, LookAgain, RemoteOrder, Shipment
from instica.orders import services, telling
from instica.orders.models import Errand
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

SETTLES = dt.timedelta(seconds=30)
"""How long after a call without an answer a marketplace may still show the order as it was."""
SHIPPED = ("shipped", "completed")


def carry(uid: uuid.UUID) -> Verdict:
    """One step of an errand."""
    errand = Errand.objects.select_related("order__connection__organization", "actor").filter(uid=uid).first()
    if errand is None or errand.state in (Errand.State.DONE, Errand.State.REFUSED):
        return Done()
    connection = errand.order.connection
    if connection.state == Standing.REVOKED:
        return refused(errand, "The shop was disconnected before this could be done.")
    if brake := brakes.on(connection, forced=True):
        return _held(errand, brake)
    connector = connector_for(connection, "stock")
    if errand.state == Errand.State.ACCEPTED:
        return _confirm(errand, connector)
    if errand.sent_at and (verdict := _doubt(errand, connector)):
        return verdict
    return _send(errand, connector)


def _held(errand: Errand, why: str) -> Verdict:
    """Somebody stopped everything: it waits, and says so. Letting go wakes the lane."""
    with commit():
        errand.trouble = f"{why}."
        errand.save(update_fields=["trouble"])
    return Sleep(now() + LOOK_AGAIN, why)


def _doubt(errand: Errand, connector: Connector) -> Verdict | None:
    """It may have been sent: look, once the marketplace had time to show it. Nothing: send it (again)."""
    assert errand.sent_at
    if now() < errand.sent_at + SETTLES:
        return Again(errand.sent_at + SETTLES, "No answer came: looking whether it was done.", free=True)
    with talking(errand.order.connection) as talk:
        found = connector.find(_attempt(errand))
        remote = connector.order(errand.order.remote_id)
    if talk.verdict:
        return _failed(errand, talk)
    if shows(remote, errand):
        return _done(errand, remote)
    return (
        Again(now() + found.after, "Too early to tell whether it was done.") if isinstance(found, LookAgain) else None
    )


def _send(errand: Errand, connector: Connector) -> Verdict:
    """The attempt is committed before the call; whoever finds it open later looks before calling again."""
    with commit():
        errand.state, errand.sent_at = Errand.State.SENT, now()
        errand.save(update_fields=["state", "sent_at"])
    with talking(errand.order.connection) as talk:
        remote = _call(errand, connector)
    if talk.verdict:
        return _failed(errand, talk)
    if shows(remote, errand) or errand.kind == Errand.Kind.SHIP:
        return _done(errand, remote)
    return _accepted(errand, remote)


def _call(errand: Errand, connector: Connector) -> RemoteOrder:
    number = errand.order.remote_id
    if errand.kind == Errand.Kind.CANCEL:
        return connector.cancel(number, errand.reason)
    return connector.ship(number, Shipment(errand.tracking_number, errand.carrier, errand.parts), _attempt(errand))


def _attempt(errand: Errand) -> Attempt:
    return Attempt(key=str(errand.uid), step=errand.kind, sent_at=errand.sent_at or now())


def shows(remote: RemoteOrder, errand: Errand) -> bool:
    """Whether the order, as it is there, says that the errand was done."""
    if errand.kind == Errand.Kind.CANCEL:
        return remote.state == "cancelled"
    return remote.state in SHIPPED and plain(errand.tracking_number) in ("", plain(remote.tracking_number))


def plain(number: str) -> str:
    """A tracking number without what marketplaces drop of it."""
    return "".join(letter for letter in number.casefold() if letter.isalnum())


def _failed(errand: Errand, talk: Talk) -> Verdict:
    """A refusal is final unless it was done after all; without an answer the attempt stays open."""
    assert talk.verdict
    if isinstance(talk.failure, Gone):
        return refused(errand, f"{_name(errand)} does not know this order any more.")
    if isinstance(talk.failure, Refused):
        return _refused_or_done(errand, str(talk.failure))
    with commit():
        errand.trouble = str(talk.failure)
        if not isinstance(talk.failure, Unsure):
            errand.state, errand.sent_at = Errand.State.WAITING, None
        errand.save(update_fields=["trouble", "state", "sent_at"])
    if isinstance(talk.failure, Unsure):
        return Again(now() + SETTLES, str(talk.failure))
    return talk.verdict


def _refused_or_done(errand: Errand, why: str) -> Verdict:
    """Look how the order stands: it may have been done by an earlier call or on the site, or allow something else."""
    with talking(errand.order.connection) as talk:
        remote = connector_for(errand.order.connection, "stock").order(errand.order.remote_id)
    if talk.verdict:
        return refused(errand, why)
    return _done(errand, remote) if shows(remote, errand) else refused(errand, why, remote)


def refused(errand: Errand, why: str, remote: RemoteOrder | None = None) -> Verdict:
    """They said no: kept in their words, and its owner is told."""
    with commit():
        if remote:
            services.take_in(connection=errand.order.connection, orders=[remote])
        errand.state, errand.trouble, errand.settled_at = Errand.State.REFUSED, why, now()
        errand.save(update_fields=["state", "trouble", "settled_at"])
        _record(errand, errand.order.status, Outcome.REFUSED)
        telling.refused(errand, _name(errand))
    return Done()


def _done(errand: Errand, remote: RemoteOrder) -> Verdict:
    """The order as it is now, and the end of the errand, at once."""
    before = errand.order.status
    with commit():
        services.take_in(connection=errand.order.connection, orders=[remote])
        errand.state, errand.trouble, errand.settled_at = Errand.State.DONE, "", now()
        errand.save(update_fields=["state", "trouble", "settled_at"])
        _record(errand, before, Outcome.DONE)
        telling.done(errand)
    return Done()


def _record(errand: Errand, before: str, outcome: Outcome) -> None:
    """The activity log is kept for ever, so that it names a parcel by its last signs alone."""
    after: dict[str, object] = {"reason": errand.reason}
    if errand.kind == Errand.Kind.SHIP:
        number = errand.tracking_number
        after = {"carrier": errand.carrier, "tracking_number": f"…{number[-4:]}" if number else ""}
    errand.order.refresh_from_db(fields=["status"])
    activity.record(
        connection=errand.order.connection,
        action=errand.kind,
        subject=errand.order.public_id,
        before={"status": before},
        after={"status": errand.order.status, **after},
        cause=f"somebody asked to {errand.kind} it",
        request_id=errand.request_id,
        actor=errand.actor,
        outcome=outcome,
    )


def _accepted(errand: Errand, remote: RemoteOrder) -> Verdict:
    """They said yes and it does not show yet: look again in a moment, and send nothing more."""
    with commit():
        services.take_in(connection=errand.order.connection, orders=[remote])
        errand.state, errand.trouble = Errand.State.ACCEPTED, ""
        errand.save(update_fields=["state", "trouble"])
        lane, later = f"shop:{errand.order.connection_id}:write", now() + SETTLES
        enqueue("order.errand", str(errand.uid), lane=lane, urgency=Urgency.PERSON, run_at=later)
    return Done()


def _confirm(errand: Errand, connector: Connector) -> Verdict:
    with talking(errand.order.connection) as talk:
        remote = connector.order(errand.order.remote_id)
    if talk.verdict:
        return talk.verdict
    return _done(errand, remote) if shows(remote, errand) else Again(now() + SETTLES, "It does not show there yet.")


def give_up(uid: uuid.UUID, why: str) -> None:
    """No answer again and again: a person looks. Part of the transaction that says so."""
    errand = Errand.objects.select_related("order__connection__organization", "actor").filter(uid=uid).first()
    if errand and errand.state not in (Errand.State.DONE, Errand.State.REFUSED):
        errand.state, errand.trouble = Errand.State.STUCK, why
        errand.save(update_fields=["state", "trouble"])
        _record(errand, errand.order.status, Outcome.UNSURE)
        telling.stuck(errand, _name(errand))


def _name(errand: Errand) -> str:
    return manifest_of(errand.order.connection.marketplace).name
