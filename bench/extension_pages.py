"""How fast pages of the browser extension are taken: ``python -m bench.extension_pages``, over HTTP, hub and worker."""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import tempfile
import time
from typing import Any

ROWS, A_PAGE, ROUNDS, PORT, PATIENCE = 10_000, 100, 3, 9890, 300.0


def prepare(folder: str, url: str) -> None:
    """A fresh installation in a folder of its own, with its server and its worker."""
    os.environ["INSTICA_DATA_DIR"] = folder
    os.environ["INSTICA_DATABASE_URL"] = url
    os.environ["INSTICA_URL"] = f"http://localhost:{PORT}"
    os.environ["INSTICA_THROTTLE_PER_MINUTE"] = "1000000"
    os.environ["INSTICA_LOG_LEVEL"] = "ERROR"
    os.environ["DJANGO_SETTINGS_MODULE"] = "instica.project.settings"
    import django
    from django.core.management import call_command

    django.setup()

    call_command("migrate", verbosity=0)


def rows(start: int, round_: int) -> list[dict[str, Any]]:
    """A page of designs, as the extension reads them off a shop."""
    return [
        {
            "id": str(40_000_000 + round_ * 1_000_000 + number),
            "url": f"https://www.redbubble.com/shop/ap/{40_000_000 + round_ * 1_000_000 + number}",
            "title": f"Design {number} of round {round_}",
            "tags": [f"tag {number % 97}", "moth", "lamp", "night", "line art"],
            "images": [f"https://ih1.redbubble.net/image.5{number:09}.{number % 10_000:04}/flat,750x,075,f-pad.jpg"],
        }
        for number in range(start, start + A_PAGE)
    ]


def measure(client: Any, account: str, round_: int) -> dict[str, float]:
    """Post a shop page by page on one connection; rows a second until the last answer, and until all are compared."""
    from instica.imports.models import Job

    made = client.post("extension/connections/", json={"platform": "redbubble", "account": account}).json()
    job = client.post(f"extension/connections/{made['uid']}/jobs/", json={}).json()["id"]
    pages = [rows(start, round_) for start in range(0, ROWS, A_PAGE)]
    began = time.perf_counter()
    for number, page in enumerate(pages):
        last = number == len(pages) - 1
        body = {"page_key": f"{number}", "pack": "redbubble/1", "account": account, "rows": page, "last": last}
        answer = client.post(f"marketplace/import/jobs/{job}/pages/", json=body)
        if answer.status_code != 202:
            raise SystemExit(f"{answer.status_code} {answer.text}")
    posted = time.perf_counter() - began
    while not Job.objects.filter(connection__username=account, fetched=True).exists():
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit("The pages were not taken in.")
        time.sleep(0.02)
    taken = time.perf_counter() - began
    return {"posted": ROWS / posted, "taken_in": ROWS / taken}


def main() -> int:
    """Print the figures as JSON."""
    with tempfile.TemporaryDirectory(prefix="instica-bench-") as folder:
        prepare(folder, os.environ.get("INSTICA_BENCH_DATABASE_URL", ""))
        import httpx2

        from instica.cli import hub
        from instica.people import services, tokens
        from instica.people.models import User
        from instica.people.queries import organization_of

        user = services.sign_up(user=User(username="bench", email="bench@example.com"), shop="Bench")
        house = organization_of(user)
        if house is None:
            raise SystemExit("There is no organization.")
        _, token = tokens.issue(user=user, organization=house, name="bench", scopes=["extension"])
        engine, web = hub.engine(), hub.start_in_background("127.0.0.1", PORT)
        engine.start()
        try:
            with httpx2.Client(
                base_url=f"http://localhost:{PORT}/api/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=60
            ) as client:
                found = [measure(client, f"bench{number}", number) for number in range(ROUNDS)]
        finally:
            web.should_exit = True
            engine.stop()
    told = {
        "rows": ROWS,
        "rows_a_page": A_PAGE,
        "rows_a_second_posted": round(statistics.median(each["posted"] for each in found)),
        "rows_a_second_taken_in": round(statistics.median(each["taken_in"] for each in found)),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
