"""A limit that is nearly used up lets one call through at a time: an import still comes forward, and wastes none."""

from __future__ import annotations

import datetime as dt

import time_machine

from instica.connections.session import ShopBudget
from instica.connections.tasks import describe
from instica.core.clock import now
from instica.core.verdicts import Done, Sleep
from instica.imports import queries, services
from instica.imports.models import Job
from instica.kit.errors import Throttled
from instica.kit.ports import Class
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from instica.work.handlers import Task
from instica.work.urgency import Urgency
from tests import builders
from tests.shops import Shops

MOMENT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def use_up(budget: ShopBudget) -> None:
    """Take what is left at this moment."""
    while True:
        try:
            budget.admit({"discogs.calls": 1})
        except Throttled:
            return


def test_an_import_comes_forward_one_call_at_a_time(shop: Shops, person: User) -> None:
    with time_machine.travel(MOMENT, tick=False) as clock:
        connection = shop("discogs", listings=700)
        shop.control("discogs", "reset", {"seed": 1, "listings": 700, "limits": False})
        use_up(ShopBudget(connection, "bulk"))
        job = services.quick(organization=builders.house(person), marketplace="discogs", user=person)
        while queries.progress(Job.objects.get(pk=job.pk)).status == "in_progress" and now() < MOMENT + dt.timedelta(
            minutes=1
        ):
            clock.shift(1)
            run_until_idle()
        asked = [row["path"] for row in shop.control("discogs", "requests")["requests"]]
    done = Job.objects.get(pk=job.pk)
    assert (queries.progress(done).status, done.found) == ("completed", 700)
    export = asked[2]
    assert asked[:4] == ["/users/greenstreet_records/inventory", "/inventory/export", export, f"{export}/download"]


def test_a_run_of_two_calls_waits_until_both_fit(shop: Shops) -> None:
    with time_machine.travel(MOMENT, tick=False) as clock:
        connection = shop("discogs")
        task = Task(connection.uid, "connection.describe", str(connection.uid), "house", {}, 0, Urgency.READ)
        use_up(ShopBudget(connection, "bulk"))
        clock.shift(1.2)
        verdict = describe(task)
        assert isinstance(verdict, Sleep)
        clock.move_to(verdict.until)
        assert describe(task) == Done()


def test_two_runs_of_two_calls_do_not_take_each_others_units_for_ever(shop: Shops) -> None:
    with time_machine.travel(MOMENT, tick=False) as clock:
        connection, done = shop("discogs"), []
        use_up(ShopBudget(connection, "stock"))
        due: dict[Class, dt.datetime] = {"stock": now(), "bulk": now()}
        for _ in range(9):
            lane_class = min(due, key=lambda each: due[each])
            clock.move_to(max(now(), due[lane_class]))
            budget = ShopBudget(connection, lane_class)
            try:
                budget.admit({"discogs.calls": 1})
                budget.admit({"discogs.calls": 1})
            except Throttled as refusal:
                due[lane_class] = refusal.until
                continue
            done.append(lane_class)
            due[lane_class] = MOMENT + dt.timedelta(days=1)
    assert done[:2] == ["stock", "bulk"]
