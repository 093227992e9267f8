"""A shop paused, everything stopped, an owner who has not said yes: what each holds back, and what not."""

from __future__ import annotations

import datetime as dt

import pytest

from instica.connections import brakes, services
from instica.connections.models import Connection, Stop
from instica.core.clock import now
from instica.work.models import Lane


def resting(connection: Connection) -> None:
    Lane.objects.create(name=f"shop:{connection.uid}:write", rest_until=now() + dt.timedelta(hours=1))


def test_before_the_first_yes_only_a_sale_writes(pretend: Connection) -> None:
    assert brakes.on(pretend, forced=False) == brakes.UNCONFIRMED
    assert brakes.on(pretend, forced=True) == ""
    services.confirm(connection=pretend)
    assert brakes.on(pretend, forced=False) == ""


def test_a_paused_shop(pretend: Connection) -> None:
    services.confirm(connection=pretend)
    brakes.pause(connection=pretend)
    assert (brakes.on(pretend, forced=False), brakes.on(pretend, forced=True)) == (brakes.PAUSED, "")
    resting(pretend)
    brakes.resume(connection=pretend)
    assert (brakes.on(pretend, forced=False), Lane.objects.get().rest_until) == ("", None)


@pytest.mark.parametrize("forced", [True, False])
def test_everything_is_stopped(pretend: Connection, forced: bool) -> None:
    services.confirm(connection=pretend)
    for _ in range(2):
        brakes.stop(organization=pretend.organization, by=pretend.connected_by)
    assert (brakes.on(pretend, forced=forced), Stop.objects.count()) == (brakes.STOPPED, 1)
    resting(pretend)
    brakes.release(organization=pretend.organization)
    assert (brakes.on(pretend, forced=forced), Lane.objects.get().rest_until) == ("", None)
