"""A process that sends a webhook: ``begin`` tells something and is killed while it sends, ``again`` goes on."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from typing import Any


def main(what: str) -> None:
    """Do one of the two."""
    import django

    django.setup()
    print(json.dumps({"begin": begin, "again": again}[what]()))  # noqa: T201


def begin() -> dict[str, Any]:
    """An empty house with an endpoint and something to tell it; then tell it."""
    from django.core.management import call_command

    from instica.work.engines.threads import run_until_idle
    from tests import builders
    from tests.features.hooking import endpoint, happened

    call_command("migrate", verbosity=0, skip_checks=True)
    person = builders.person()
    endpoint(person, os.environ["RECEIVER"])
    assert happened(person)
    return {"ran": run_until_idle()}


def again() -> dict[str, Any]:
    """How it stands while the lane is leased to the dead, and two minutes later."""
    import time_machine

    from instica.notices.models import Delivery, Message
    from instica.work.engines.threads import run_until_idle

    def stands() -> list[Any]:
        return list(Delivery.objects.values_list("state", "attempts"))

    run_until_idle()
    leased = stands()
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2), tick=True):
        run_until_idle()
    return {"leased": leased, "later": stands(), "messages": Message.objects.count()}


if __name__ == "__main__":
    main(sys.argv[1])
