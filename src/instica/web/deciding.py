"""The buttons of an import's page: each calls one verb and goes back to the page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from instica.connections import queries as connections
from instica.core.errors import Invalid
from instica.imports import deliveries, queries, services
from instica.imports.models import Job, Row, RowStatus
from instica.people.models import Organization, User
from instica.web import groups, wording
from instica.web.choosing import LONGEST, meant
from instica.web.door import act
from instica.web.imports import ROWS_A_PAGE

LONGEST_LIMIT = 7


def address(job: Job, show: str = "") -> str:
    """The page of a job, or its rows of one status."""
    page = reverse("web:import", args=[job.public_id])
    return f"{page}?{urlencode({'show': show})}#rows" if show else page


def onward(job: Job, place: int) -> str:
    """The next conflict nobody has decided, from that place on and then from the start; without one, the rows."""
    left = groups.undecided(job)
    row = left.filter(position__gt=place).first() or left.first()
    if row is None:
        return address(job, RowStatus.CONFLICT)
    return at(job, row)


def at(job: Job, row: Row, **more: str) -> str:
    """The page with that conflict on it, leading to it."""
    number = 1 + groups.rows(job, "conflict").filter(position__lt=row.position).count() // ROWS_A_PAGE
    asked = {"show": "conflict", "at": row.public_id} | ({"page": str(number)} if number > 1 else {}) | more
    return f"{reverse('web:import', args=[job.public_id])}?{urlencode(asked)}#{row.public_id}"


def told(row: Row) -> str:
    """What a decision did, or will do."""
    title = row.title[:80] or "The listing"
    if row.status in (RowStatus.CONFLICT, RowStatus.PENDING):
        return f"{title}: decided. It is carried out when the import runs."
    return f"{title}: {wording.OUTCOMES.get(row.resolution, 'Done')}."


@act
def create(request: HttpRequest, organization: Organization) -> str:
    """Begin to read a shop, for a plan that binds: what no longer fits it is not carried out unasked."""
    connection = connections.get(organization, request.POST.get("connection", ""))
    assert isinstance(request.user, User)
    if deliveries.by_extension(connection.marketplace):
        job, _ = deliveries.begin(organization=organization, connection=connection, user=request.user)
        return address(job)
    with transaction.atomic():
        job = services.create(organization=organization, connection=connection, user=request.user)
        services.preview(job=job)
    return address(job)


@act
def preview(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Make the plan."""
    job = queries.job(organization, uid)
    return address(services.preview(job=job, limit=limit(request)))


@act
def start(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Do it, as the plan said when there is one."""
    job = queries.job(organization, uid)
    skip = "skip_conflicts" in request.POST
    plan = request.POST.get("plan") or None
    return address(services.start(job=job, limit=limit(request), skip_conflicts=skip, plan_hash=plan))


@act
def cancel(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Stop; what came in stays."""
    job = services.cancel(job=queries.job(organization, uid))
    what = "The import was stopped" if job.started or not job.fetched else "Thrown away"
    kept = "What had come in stays; undo takes it back."
    stays = kept if job.imported else "Nothing had come in: nothing has changed."
    messages.success(request, f"{what}. {stays}")
    return address(job)


@act
def undo(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Take it back."""
    return address(services.undo(job=queries.job(organization, uid)))


@act
def retry(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Try the failed rows again; their tab says afterwards what came of it."""
    job = queries.job(organization, uid)
    before = {"retried": groups.rows(job, "failed").count(), "was": job.imported}
    job = services.retry_failed(job=job)
    return f"{reverse('web:import', args=[job.public_id])}?{urlencode({'show': 'failed'} | before)}#rows"


@act
def skip_all(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Leave all conflicts out."""
    job = services.skip_all_conflicts(job=queries.job(organization, uid))
    messages.success(request, "The conflicts you had not decided are left out. Nothing here is changed for them.")
    return address(job)


@act
def resolve(request: HttpRequest, organization: Organization, uid: str, row: str) -> str:
    """Decide one conflict, field by field if wanted."""
    job = queries.job(organization, uid)
    found = queries.row(job, row)
    fields = {
        name.removeprefix("field-"): value
        for name, value in request.POST.items()
        if name.startswith("field-") and isinstance(value, str)
    }
    if "price" in fields:
        fields["currency"] = fields["price"]
    resolution = known(request.POST.get("resolution", ""))
    matched = resolution in ("link_existing", "overwrite")
    place = found.position
    found = services.resolve(
        row=found,
        resolution=resolution,
        item=(request.POST.get("item") or None) if matched else None,
        fields=fields if resolution == "link_existing" else None,
    )
    messages.success(request, told(found))
    return onward(job, place)


@act
def link_other(request: HttpRequest, organization: Organization, uid: str, row: str) -> str:
    """It is another item of theirs than the one it was matched with; its fields stay as they are.

    A name that says no item comes back with the page, which says what is wrong with it beside the row.
    """
    job = queries.job(organization, uid)
    found = queries.row(job, row)
    if found.conflict_type == "changed_both_sides":
        raise Invalid("This listing has its item already.", code="already_linked")
    named = request.POST.get("link_to", "")[:LONGEST]
    try:
        item = meant(organization, named)
    except Invalid:
        return at(job, found, link_to=named)
    found = services.resolve(row=found, resolution="link_existing", item=item.public_id)
    done = found.status == RowStatus.IMPORTED
    messages.success(request, f"Linked to {item.title}." if done else f"The import will link it to {item.title}.")
    return onward(job, found.position)


@act
def resolve_all(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Decide alike every conflict of a kind that nobody has decided yet."""
    job = queries.job(organization, uid)
    kind, resolution = request.POST.get("conflict_type", ""), known(request.POST.get("resolution", ""))
    before = groups.undecided(job).filter(conflict_type=kind).count()
    job = services.resolve_all(job=job, conflict_type=kind, resolution=resolution)
    left = groups.undecided(job).filter(conflict_type=kind).count()
    cannot = f", {left} cannot be linked: decide {'it' if left == 1 else 'them'} below" if left else ""
    messages.success(request, f"{before - left} decided{cannot}. What was decided before stays as it was.")
    return address(job, RowStatus.CONFLICT)


def known(resolution: str) -> str:
    """One of the four decisions. Raises ``Invalid``."""
    if resolution not in wording.RESOLUTIONS:
        raise Invalid("Choose what to do with it.", code="resolution_invalid")
    return resolution


def limit(request: HttpRequest) -> int | None:
    """How many at most; empty means all. Raises ``Invalid``."""
    text = request.POST.get("limit", "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_LIMIT or int(text) < 1:
        raise Invalid("How many at most must be a number from 1.", code="limit_invalid")
    return int(text)
