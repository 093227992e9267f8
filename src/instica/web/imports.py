"""The Imports page and one import's page: reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from instica.connections import queries as connections
from instica.connections.models import State
from instica.imports import deliveries, queries, sights
from instica.imports.models import Job
from instica.imports.progress import Progress
from instica.people.models import Organization
from instica.web import groups, pictures, sides, wording
from instica.web.choosing import unclear
from instica.web.door import page
from instica.web.groups import GROUPS, Tally
from instica.web.pictures import Part

ROWS_A_PAGE = 20
NEEDED = ("same", "undone")
"""Groups that have a tab only where there are rows in them."""
TAKEN = {wording.ACTIONS[action][1] for action in ("create", "link", "update")} | {wording.DECIDED_IN}
QUICK, SLOW = 1500, 5000
DIGITS = 9
CLOSED = ("done", "failed", "cancelled", "undone")


@dataclass(frozen=True, slots=True)
class Shown:
    """A job and how far it is."""

    job: Job
    progress: Progress
    parts: list[Part]
    is_overtaken: bool = False
    """Whether it is a plan, and a later import of the same shop was carried out."""

    @property
    def is_live(self) -> bool:
        """Whether it changes by itself, so that the page has to ask again."""
        job = self.job
        reading = job.stage == "fetching"
        planning = (job.plan or {}).get("state") == "building"
        return reading or planning or job.run is not None

    @property
    def in_a_browser(self) -> bool:
        """Whether what it waits for is the next page of a browser that reads on."""
        if self.job.stage != "fetching" or not deliveries.by_extension(self.job.marketplace):
            return False
        return self.job.waiting.startswith(sights.BEING_READ)

    @property
    def pace(self) -> int:
        """After how many milliseconds the page asks again; 0 is never."""
        if self.is_live and not self.job.waiting:
            return QUICK
        follows = self.job.enriched < self.job.to_enrich or bool(self.job.details_at and not self.job.details_until)
        return SLOW if self.is_live or follows else 0

    @property
    def tone(self) -> str:
        """How it looks in a list."""
        if self.job.waiting and not self.in_a_browser:
            return "warn"
        if self.is_live:
            return "calm"
        if self.job.stage == "done" and self.job.conflicted + self.job.failed:
            return "warn"
        return {"review": "warn", "failed": "bad", "done": "good"}.get(self.job.stage, "")

    @property
    def can_start(self) -> bool:
        """Whether rows are left, or may still come, and nothing is running."""
        if self.job.run or self.job.stage in ("cancelled", "undone"):
            return False
        return self.open > 0 or not self.job.fetched or (self.job.stage == "failed" and self.is_decided)

    @property
    def is_decided(self) -> bool:
        """Whether decisions wait to be carried out."""
        return any(part.label == groups.DECIDED for part in self.parts)

    @property
    def can_cancel(self) -> bool:
        """Whether there is anything to stop."""
        doing = (self.job.run or {}).get("what")
        return doing == "apply" or (doing is None and self.job.stage not in CLOSED)

    @property
    def can_undo(self) -> bool:
        """Whether it did something and rests."""
        return self.job.imported > 0 and not self.is_live and self.job.stage != "undone"

    @property
    def asks(self) -> bool:
        """Whether a person may decide now: nothing is running, and it was not taken back."""
        return not self.is_live and self.job.stage != "undone"

    @property
    def reading(self) -> list[Part]:
        """How much of the shop was read, where it says how much it holds."""
        expected = self.job.expected or 0
        return pictures.parts([("calm", "Read", min(self.job.found, expected))], expected) if expected else []

    @property
    def open(self) -> int:
        """Rows nobody has dealt with yet."""
        return max(0, self.job.found - sum(part.count for part in self.parts))

    @property
    def is_first(self) -> bool:
        """Whether nothing was ever done, so that the plan tells all there is to tell."""
        return self.job.stage == "review" and not self.job.run and self.job.started is None

    @property
    def phase(self) -> str:
        """What the rest of the page depends on; when it changes, the whole page is drawn again."""
        job = self.job
        plan = (job.plan or {}).get("state", "")
        doing = (job.run or {}).get("what", "")
        return "-".join(filter(None, (job.stage, "read" if job.fetched else "", plan, doing, str(job.runs))))

    @property
    def title(self) -> str:
        """What is going on, in words."""
        job, doing = self.job, (self.job.run or {}).get("what")
        if doing:
            return "Taking it back" if doing == "undo" else "Importing"
        if job.stage == "cancelled":
            return "Stopped" if job.started or not job.fetched else "Thrown away"
        left = job.stage == "done" and job.conflicted + job.failed
        return wording.STAGES.get(job.stage, job.get_stage_display()) + (", with open rows" if left else "")

    @property
    def told(self) -> str:
        """The bar in words."""
        return pictures.told(self.parts) or "nothing yet"

    @property
    def time_left(self) -> str:
        """How long it will take, where that is known."""
        return pictures.duration(self.progress.seconds_left)


def shown(job: Job, counted: Tally | None = None) -> Shown:
    """A job with its picture: by its rows where they were counted, else by the numbers the job keeps."""
    undone = job.stage == "undone"
    kept = (
        ("good", "Imported", job.imported),
        ("idle", "Taken back, left out or unchanged" if undone else "Left out or unchanged", job.skipped),
        ("warn", "Need your decision", job.conflicted),
        ("bad", "Cannot be imported", job.failed),
    )
    counts = counted.picture if counted else kept
    if undone:
        counts = tuple(
            ("idle", "Not decided", count) if tone == "warn" else (tone, label, count) for tone, label, count in counts
        )
    return Shown(job, queries.progress(job), pictures.parts(counts, job.found))


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Start one; the last fifty."""
    live = connections.live(organization)
    context = {
        "jobs": listed(queries.jobs(organization)),
        "shops": live.filter(state=State.CONNECTED),
        "expired": live.filter(state=State.EXPIRED),
    }
    return render(request, "web/imports.html", context)


def listed(jobs: list[Job]) -> list[Shown]:
    """The jobs, newest first; plans that a later import of the same shop has overtaken are marked."""
    carried_out, found = set(), []
    for job in jobs:
        found.append(replace(shown(job), is_overtaken=job.stage == "review" and job.connection_id in carried_out))
        if job.started and job.stage != "undone":
            carried_out.add(job.connection_id)
    return found


@page
def one(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """Everything about one import."""
    job = queries.job(organization, uid)
    return render(request, "web/import.html", whole(request, job))


@page
def progress(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """What the page asks for while it waits: the bar; or all of it when the rest of the page is out of date."""
    job = queries.job(organization, uid)
    now = shown(job)
    if request.GET.get("phase") == now.phase:
        counted = None if now.is_live else groups.tally(job)
        context = {"shown": shown(job, counted), "job": job, "counted": counted}
        return render(request, "web/import_progress.html", context)
    response = render(request, "web/import.html", whole(request, job))
    for name, value in {"Retarget": "#job", "Reselect": "#job", "Reswap": "outerHTML show:none"}.items():
        response.headers[f"HX-{name}"] = value
    return response


def whole(request: HttpRequest, job: Job) -> dict[str, Any]:
    """What the page of a job shows."""
    counted = groups.tally(job)
    tab = chosen_tab(request.GET.get("show", ""), counted)
    search = request.GET.get("search", "").strip()[:200]
    found = groups.rows(job, tab, search).select_related("job")
    rows = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    is_conflict = tab == "conflict"
    live = shown(job)
    now = live if live.is_live else shown(job, counted)
    return {
        "job": job,
        "shown": now,
        "counted": counted,
        "plan": plan(job, counted) if now.can_start and job.found else None,
        "newer": overtaken(job) if now.can_start else None,
        "tabs": tabs(counted),
        "tab": tab,
        "at": request.GET.get("at", ""),
        "link_to": request.GET.get("link_to", ""),
        "link_trouble": unclear(job.organization, request.GET.get("link_to")),
        "rows": rows,
        "cards": sides.cards(job, list(rows), with_evidence=is_conflict),
        "search": search,
        "retried": retried(request, counted),
        "kinds": kinds(job) if is_conflict else [],
        "resolutions": wording.RESOLUTIONS.items(),
    }


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of trying the failed rows again."""

    count: int
    was: int
    imported: int
    failed: int

    @property
    def others(self) -> int:
        """Neither in nor failed again: a person has to decide, or they are left out."""
        return max(0, self.count - self.imported - self.failed)


def retried(request: HttpRequest, counted: Tally) -> Retried | None:
    """How many were tried again, as the address says, and how the rows stand since."""
    given = [request.GET.get(name, "") for name in ("retried", "was")]
    if not all(text.isascii() and text.isdecimal() and len(text) < DIGITS for text in given):
        return None
    count, was = map(int, given)
    failed = min(count, counted.groups["failed"])
    return Retried(count, was, max(0, min(count - failed, counted.groups["imported"] - was)), failed)


def tabs(counted: Tally) -> list[tuple[str, str, int]]:
    """The groups that have a tab, with how many rows; of the conflicts those that are open."""
    return [
        (name, label, counted.undecided if name == "conflict" else counted.groups[name])
        for name, (label, _) in GROUPS.items()
        if name not in NEEDED or counted.groups[name]
    ]


def chosen_tab(asked: str, counted: Tally) -> str:
    """The rows asked for, else the first kind that needs somebody, else the first there are."""
    if asked in GROUPS:
        return asked
    return next((name for name in GROUPS if counted.groups[name]), "conflict")


def overtaken(job: Job) -> Job | None:
    """A later import of the same shop that was carried out."""
    later = Job.objects.filter(connection=job.connection_id, created__gt=job.created, started__isnull=False)
    return later.exclude(stage="undone").order_by("-created").first()


def kinds(job: Job) -> list[tuple[str, str, int]]:
    """The kinds of conflict that are open, with how many."""
    open_rows = groups.undecided(job).order_by().values_list("conflict_type").annotate(Count("uid"))
    found = sorted(open_rows)
    return [(kind, wording.CONFLICTS.get(kind, (kind, ""))[0], count) for kind, count in found]


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan as a picture."""

    state: str
    hash: str
    parts: list[Part]
    total: int

    @property
    def told(self) -> str:
        """In words."""
        return pictures.told(self.parts) or "nothing to do"

    @property
    def takes(self) -> int:
        """How many would come in."""
        return sum(part.count for part in self.parts if part.label in TAKEN)


def plan(job: Job, counted: Tally) -> Preview:
    """What would happen to the open rows, by action; conflicts that are decided count as what was decided."""
    found = queries.plan(job)
    shares = {**found.counts}
    if "conflict" in shares:
        shares["conflict"] = max(0, shares["conflict"] - counted.decided.total())
    counts = [(tone, label, shares.get(action, 0)) for action, (tone, label) in wording.ACTIONS.items()]
    decided = [("calm", wording.DECIDED_IN, counted.decided_in), ("idle", wording.DECIDED_OUT, counted.decided["skip"])]
    total = sum(found.counts.values())
    return Preview(found.state, found.hash, pictures.parts([*counts, *decided], total), total)
