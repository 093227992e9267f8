"""``instica demo --check``: the main job once, over real HTTP, saying at each step what was seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import httpx2
import typer

from instica.cli import selling
from instica.cli.calling import Api, NotSeen, must, name_of, saw, wait

if TYPE_CHECKING:
    from instica.cli.demo import Ready

TOKEN_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def run(ready: Ready) -> int:
    """Do every step; 0 only if all of them held."""
    with httpx2.Client(timeout=30) as browser:
        api = Api(ready.hub, ready.token)
        try:
            sign_in(browser, ready)
            for slug in ready.accounts:
                connect(browser, ready, slug)
            jobs = [import_shop(api, ready, slug) for slug in ready.accounts]
            resolve_a_conflict(api, jobs)
            see_inventory(api)
            selling.run(api, ready)
        except (NotSeen, httpx2.HTTPError) as error:
            typer.echo(f"✗ {error}")
            return 1
    return 0


def told(counts: Mapping[str, int]) -> str:
    """Counts as a person reads them."""
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def sign_in(browser: httpx2.Client, ready: Ready) -> None:
    """Through the sign-in page, as a person would."""
    page = browser.get(f"{ready.hub}/accounts/login/")
    form = {"login": ready.email, "password": ready.password, "csrfmiddlewaretoken": field(page.text)}
    answer = browser.post(f"{ready.hub}/accounts/login/", data=form, headers={"Referer": str(page.url)})
    must(answer.status_code == 302, f"Signing in answered {answer.status_code}")
    saw(f"signed in as {ready.email}")


def field(page: str) -> str:
    """The CSRF token of the first form on a page."""
    found = TOKEN_FIELD.search(page)
    must(found is not None, "A page has no form")
    return found.group(1) if found else ""


def connect(browser: httpx2.Client, ready: Ready, slug: str) -> None:
    """Through the marketplace's consent page and back, into the connection that is there."""
    from instica.cli import furniture

    start = browser.get(f"{ready.hub}/accounts/{slug}/login/", params=furniture.answers(slug))
    if start.status_code == 200:
        form = {"csrfmiddlewaretoken": field(start.text)}
        start = browser.post(str(start.url), data=form, headers={"Referer": str(start.url)})
    consent = start.headers.get("Location", "")
    must(consent.startswith(ready.sandbox[slug]), f"Connecting did not lead to the marketplace but to {consent!r}")
    page = browser.get(consent)
    must(page.status_code == 200, f"The consent page answered {page.status_code}")
    allowed = browser.post(consent, data=furniture.yes(page.text))
    back = browser.get(allowed.headers["Location"])
    must(back.status_code in (200, 302), f"The callback answered {back.status_code}")
    saw(f"connected the {name_of(slug)} shop through its consent page")


def import_shop(api: Api, ready: Ready, slug: str) -> str:
    """Create a job, see its plan, start it, and follow it to the end."""
    body = {"seller_account_uid": ready.accounts[slug], "marketplace": slug}
    job = api.post("/marketplace/import/jobs/create/", body)
    uid = job["id"]
    api.post("/marketplace/import/preview/", {"job_uid": uid})
    plan = wait(lambda: api.get(f"/marketplace/import/jobs/{uid}/plan/"), lambda seen: seen["state"] == "ready")
    saw(f"{name_of(slug)}: plan ready: {told(plan['counts'])}")
    before = api.get("/inventory/")["count"]
    api.post("/marketplace/import/start/", {"job_uid": uid, "skip_conflicts": False})
    done = wait(lambda: api.get(f"/marketplace/import/jobs/{uid}/"), lambda seen: seen["status"] == "completed")
    parts = ("imported", "skipped", "failed", "conflicted")
    numbers = {part: done[f"items_{part}"] for part in parts}
    must(sum(numbers.values()) == done["total_listings_found"], f"The counts do not add up: {done}")
    must(numbers["imported"] > 100, f"Unexpected: {numbers}")
    after = api.get("/inventory/")["count"]
    must(after > before, "The inventory did not grow")
    found = done["total_listings_found"]
    saw(f"{name_of(slug)}: imported: {found} found, {told(numbers)}; inventory {before} → {after} items")
    return str(uid)


def resolve_a_conflict(api: Api, jobs: list[str]) -> None:
    """Decide one conflict of the first import that has any, and see it leave the list."""
    seen = {job: api.get(f"/marketplace/import/jobs/{job}/issues/?status=conflict") for job in jobs}
    job = next((job for job, issues in seen.items() if issues["count"]), "")
    must(bool(job), "No import has a conflict")
    issues = seen[job]
    first = issues["results"][0]
    path = f"/marketplace/import/jobs/{job}/items/{first['id']}/resolve/"
    resolved = api.post(path, {"resolution": "create_new"})
    must(resolved["status"] == "imported", f"Resolving left it {resolved['status']}")
    left = api.get(f"/marketplace/import/jobs/{job}/issues/?status=conflict")["count"]
    must(left == issues["count"] - 1, f"There were {issues['count']} conflicts and now {left}")
    saw(f"resolved a conflict ({first['conflict_details']}); {left} left")


def see_inventory(api: Api) -> None:
    """The items are there, with a price and a grade."""
    page = api.get("/inventory/?page_size=100")
    must(len(page["results"]) == 100, "A page of 100 items is not full")
    graded = sum(1 for item in page["results"] if item["condition_item"])
    saw(f"inventory: {page['count']} items, {graded} of 100 on the first page graded")
