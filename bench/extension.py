"""The extension on shops of 1 000 designs: ``python -m bench.extension``."""

from __future__ import annotations

import argparse
import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DESIGNS = 1_000
PATIENCE = 900.0
OPENED = {
    "redbubble": "https://www.redbubble.com/people/gsprints/shop",
    "teepublic": "https://www.teepublic.com/user/gsprints",
    "society6": "https://society6.com/collections/all",
}


def main() -> None:
    """Print one JSON line a shop."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--designs", type=int, default=DESIGNS)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="instica-bench-") as folder, hub(Path(folder) / "data") as address:
        for line in shops(Path(folder), address, given.designs):
            print(json.dumps(line), flush=True)


@contextmanager
def hub(folder: Path) -> Iterator[str]:
    """A fresh installation with the embedded engine, and where it answers."""
    folder.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    os.environ |= {"INSTICA_DATA_DIR": str(folder), "INSTICA_DATABASE_URL": "", "INSTICA_URL": address}
    os.environ |= {"INSTICA_THROTTLE_PER_MINUTE": "1000000", "INSTICA_LOG_LEVEL": "ERROR"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "instica.project.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from instica.cli import hub as serving

    engine, web = serving.engine(), serving.start_in_background("127.0.0.1", port)
    engine.start()
    try:
        yield address
    finally:
        web.should_exit = True
        engine.stop()


def code() -> str:
    """A pairing code of the one person there is."""
    from tests import builders

    from instica.people import pairing
    from instica.people.models import User

    person = User.objects.first() or builders.person()
    return pairing.offer(organization=builders.house(person), user=person)[1]


def shops(folder: Path, address: str, designs: int) -> Iterator[dict[str, Any]]:
    """Each shop read at the pace that is set when the extension is installed."""
    from playwright.sync_api import sync_playwright
    from tests.extension.chromium import Extension
    from tests.extension.sites import Sites

    sites = Sites(folder)
    with sync_playwright() as playwright:
        extension = Extension(playwright, folder, sites)
        popup = extension.popup()
        popup.get_by_label("Address of your hub").fill(f"{address} {code()}")
        popup.get_by_role("button", name="Pair with this hub").click()
        popup.locator("#read-redbubble").wait_for()
        pace = popup.evaluate("async () => (await import('/walking.js')).PACE")
        for slug, opened in OPENED.items():
            sites.fresh(designs)
            yield {"bench": "extension", "pace": pace, **read(extension, slug, opened)}
        extension.stop()
    sites.server.stop()


def read(extension: Any, slug: str, opened: str) -> dict[str, Any]:
    """One shop: how long beside the least its pace allows, requests, the most memory of the extension's process."""
    tab = extension.context.new_page()
    tab.goto(opened)
    number = extension.tab(opened)
    tab.bring_to_front()
    popup = next(page for page in extension.context.pages if "popup.html" in page.url)
    extension.sites.asked.clear()
    process = extension_process(str(extension.folder))
    Path(f"/proc/{process}/clear_refs").write_text("5")
    began = time.monotonic()
    asking = "async (pending) => { for (const verb of ['intend', 'carryOut'])"
    asking += " await chrome.runtime.sendMessage({ verb, pending }); }"
    popup.evaluate(asking, {"verb": "read", "site": slug, "tab": number})
    run = finished(extension, tab, slug)
    seconds = time.monotonic() - began
    visits = run["page"] + 1
    pace = popup.evaluate("async () => (await import('/walking.js')).PACE")
    tab.close()
    least = (visits - 1) * pace
    return {
        "site": slug,
        "designs": run["accepted"],
        "pages": visits,
        "seconds": round(seconds, 1),
        "least_seconds": least,
        "beside_the_least": round(seconds / least, 3),
        "requests_to_the_site": len(extension.sites.asked),
        "peak_megabytes": peak(process),
    }


def finished(extension: Any, tab: Any, slug: str) -> dict[str, Any]:
    """The run once the hub has everything."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        run: dict[str, Any] = extension.kept(f"run:{slug}") or {}
        if run.get("state") == "finished":
            return run
        assert run.get("state") in (None, "reading", "sending"), run
        tab.wait_for_timeout(250)
    raise TimeoutError(slug)


def extension_process(profile: str) -> int:
    """The process that runs the extension in the Chromium of that profile."""
    tables = {int(path.name): path for path in Path("/proc").iterdir() if path.name.isdigit()}
    told: dict[int, tuple[int, str]] = {}
    for number, path in tables.items():
        try:
            parent = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            told[number] = parent, path.joinpath("cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    ours = {number for number, (_, command) in told.items() if profile in command}
    for number, (parent, command) in told.items():
        above = parent
        while above in told and above not in ours:
            above = told[above][0]
        if "--extension-process" in command and above in ours:
            return number
    raise LookupError("the extension has no process")


def peak(process: int) -> int:
    """The most memory it held, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


if __name__ == "__main__":
    main()
