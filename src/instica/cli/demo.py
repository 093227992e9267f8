"""``instica demo``: a hub, an account, connected shops and the sandbox, in one process and one folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import typer

from instica import marketplaces
from instica.cli.ready import wake
from instica.project.config import FILE

if TYPE_CHECKING:
    from instica.people.models import User

EMAIL = "demo@instica.example"
PASSWORD = "seven quiet records"  # noqa: S105  # the demo's, printed at every start
THROTTLE = "12000"


@dataclass(frozen=True, slots=True)
class Ready:
    """What a person or a program needs to use the demo."""

    hub: str
    email: str
    password: str
    token: str
    sandbox: dict[str, str]
    accounts: dict[str, str]


def run(*, port: int, base_port: int, keep: str, as_json: bool, check: bool) -> int:
    """Serve the demo until stopped, or check it once; the answer is the exit status."""
    ports = [port, base_port, *(base_port + number for number in range(1, len(marketplaces.every()) + 1))]
    taken = [number for number in ports if is_taken(number)]
    if taken:
        typer.echo(f"Port {taken[0]} is taken. Choose others with --port and --base-port.", err=True)
        return 2
    with ExitStack() as stack:
        folder = keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="instica-demo-"))
        ready = stack.enter_context(running(port, base_port, Path(folder)))
        if check:
            from instica.cli.check import run as run_check

            return run_check(ready)
        typer.echo(
            json.dumps(asdict(ready))
            if as_json
            else welcome(ready, Path(folder), f"http://localhost:{base_port}", keep=bool(keep))
        )
        wait()
    return 0


def is_taken(port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@contextmanager
def running(port: int, base_port: int, folder: Path) -> Iterator[Ready]:
    """The whole demo up and answering; everything stops when the block ends."""
    from instica import sandbox

    shops = sandbox.start(base_port=base_port)
    settle(port, folder, shops.urls)
    wake()
    from django.core.management import call_command

    from instica.cli import hub

    call_command("migrate", verbosity=0)
    engine, web = hub.engine(), hub.start_in_background("127.0.0.1", port)
    engine.start()
    try:
        yield furnish(f"http://localhost:{port}", shops.urls)
    finally:
        web.should_exit = True
        engine.stop()
        shops.stop()


def settle(port: int, folder: Path, shops: Mapping[str, str]) -> None:
    """Point the settings at this demo, before they are read; kept in its folder, so that other commands agree."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "INSTICA_URL": f"http://localhost:{port}",
        "INSTICA_DATABASE_URL": "",
        "INSTICA_ENGINE": "threads",
        "INSTICA_THROTTLE_PER_MINUTE": THROTTLE,
        "INSTICA_IMPORTS_PER_MINUTE": THROTTLE,
        "INSTICA_LOG_LEVEL": "WARNING",
        "INSTICA_WEBHOOK_HOSTS": "localhost,127.0.0.1",
    }
    for slug, url in shops.items():
        settings[f"INSTICA_{slug.upper()}_ORIGIN"] = url
        settings |= {f"INSTICA_{slug.upper()}_{name.upper()}": value for name, value in credentials(slug).items()}
    (folder / FILE).write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    os.environ |= {"INSTICA_DATA_DIR": str(folder), **settings}


def credentials(slug: str) -> dict[str, str]:
    """The app credentials that marketplace's simulator knows."""
    asked = [each.name for each in marketplaces.every()[slug].credentials if each.required]
    return {name: "sandbox" if name == "client_id" else f"sandbox-{name.removeprefix('client_')}" for name in asked}


def furnish(hub: str, shops: Mapping[str, str]) -> Ready:
    """The demo's account, items and connected shops, made at the first start and found at later ones."""
    from instica.cli import furniture
    from instica.people import tokens
    from instica.people.models import User

    user: User = User.objects.filter(email=EMAIL).first() or furniture.account(EMAIL, PASSWORD)
    house = furniture.house_of(user)
    accounts = {slug: furniture.connect(user, house, slug) for slug in shops if furniture.is_connectable(slug)}
    furniture.items(house)
    house.tokens.filter(name="Demo").delete()
    _, token = tokens.issue(user=user, organization=house, name="Demo")
    return Ready(hub, EMAIL, PASSWORD, token, dict(shops), accounts)


def welcome(ready: Ready, folder: Path, panel: str, *, keep: bool) -> str:
    """What a person reads when the demo is up."""
    shops = "\n".join(f"  {marketplaces.every()[slug].name:<12}{url}" for slug, url in ready.sandbox.items())
    first = next(iter(ready.accounts))
    return f"""
  Instica is ready:  {ready.hub}

  E-mail      {ready.email}
  Password    {ready.password}
  API token   {ready.token}

  The shops beside it are simulators; nothing leaves this machine:
{shops}
  Buy in them, edit in them, or make things go wrong:  {panel}

  Redbubble, TeePublic and Society6 come in by the browser extension. Where to get it, how to load and pair it:
  {ready.hub}/extension/

  Its data is in {folder.resolve()}. From another terminal:
  INSTICA_DATA_DIR={quote(str(folder.resolve()))} {quote(sys.argv[0])} import {first} --watch

  Ctrl-C stops everything{"" if keep else " and deletes the data; --keep FOLDER keeps it"}."""


def wait() -> None:
    """Until somebody asks the process to stop."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
