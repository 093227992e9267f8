"""Makes a repeated request harmless: one key, one effect, the same answer.

Within: the key's row commits in the same transaction as what the request does. Around: for requests that wait for a
marketplace the row commits first, so that no transaction is open meanwhile. Until settled: around, but an answer that
says "still at work" is not kept: the same key asks again, which changes nothing twice, and is told what is true then.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import re
from collections.abc import Callable
from http import HTTPStatus

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from instica.api.models import Intent, Window
from instica.core.clock import now
from instica.core.errors import Conflict, Invalid, Unprocessable
from instica.core.secrets import Secret
from instica.people.models import Organization
from instica.work.lanes import commit
from instica.work.models import Schedule
from instica.work.schedules import every

LEASE = dt.timedelta(seconds=90)
KEPT_FOR = dt.timedelta(hours=48)
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
BARE = re.compile(r"[\x21\x23-\x7e]+")
Run = Callable[[], HttpResponse]


class Keyed(enum.Enum):
    """How an operation treats the Idempotency-Key header."""

    NO = "no"
    WITHIN = "within"
    AROUND = "around"
    UNTIL_SETTLED = "until settled"


def once(request: HttpRequest, organization: Organization, route: str, keyed: Keyed, run: Run) -> HttpResponse:
    """Run unless the same key was answered before; without a key just run."""
    text = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if text is None or keyed is Keyed.NO:
        return run()
    intent = Intent(
        organization=organization,
        route=route,
        key=read_key(text),
        fingerprint=fingerprint(request),
        running_until=now() + LEASE,
    )
    return within(intent, run) if keyed is Keyed.WITHIN else around(intent, run, keyed)


def read_key(text: str) -> str:
    """The key: a quoted string as the draft standard has it, or bare."""
    quoted = QUOTED.fullmatch(text.strip())
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text.strip()
    if not 0 < len(key) <= 255 or not (quoted or BARE.fullmatch(key)) or not key.isascii() or not key.isprintable():
        raise Invalid("Idempotency-Key takes 1 to 255 printable characters; a UUID is best.", code="validation_error")
    return key


def fingerprint(request: HttpRequest) -> str:
    """What makes two requests the same: address and document, whatever its spacing or order of keys."""
    try:
        payload = json.dumps(json.loads(request.body or b"null"), sort_keys=True).encode()
    except (ValueError, RecursionError):
        payload = request.body
    return hashlib.sha256(request.get_full_path().encode() + b"\n" + payload).hexdigest()


def within(intent: Intent, run: Run) -> HttpResponse:
    """Row and effect in one transaction; a refusal rolls both back, so nothing of it is kept."""
    with transaction.atomic():
        replay = claim(intent)
        if replay is not None:
            return replay
        response = run()
        keep(intent, response)
    return response


def around(intent: Intent, run: Run, keyed: Keyed) -> HttpResponse:
    """Row first, effect outside any transaction; a refusal removes the row, a crash leaves it to its lease."""
    with transaction.atomic():
        replay = claim(intent)
    if replay is not None:
        return replay
    try:
        response = run()
    except BaseException:
        Intent.objects.filter(pk=intent.pk, status=None).delete()
        raise
    if keyed is Keyed.UNTIL_SETTLED and response.status_code == HTTPStatus.ACCEPTED:
        Intent.objects.filter(pk=intent.pk).update(running_until=now())
    else:
        keep(intent, response)
    return response


def claim(intent: Intent) -> HttpResponse | None:
    """Take the key, or find its answer. Raises ``Unprocessable`` for another request, ``Conflict`` while running."""
    lock(intent)
    known = Intent.objects.filter(organization=intent.organization, route=intent.route, key=intent.key).first()
    if known is None:
        intent.save(force_insert=True)
        remember_to_forget()
        return None
    if known.fingerprint != intent.fingerprint:
        raise Unprocessable("This Idempotency-Key came with another request before.", code="key_reused")
    if known.status is not None:
        return replayed(known)
    if known.running_until > now():
        raise Conflict("A request with this Idempotency-Key is at work.", code="request_running")
    intent.pk = known.pk
    intent.save(force_update=True)
    return None


def remember_to_forget() -> None:
    """Old keys are dropped every hour from the first one on."""
    if not Schedule.objects.filter(kind="api.forget").exists():
        every("api.forget", lane="house", seconds=3600)


def lock(intent: Intent) -> None:
    """Nobody else holds this key now. SQLite's immediate transactions already queue; PostgreSQL says so at once."""
    if connection.vendor != "postgresql":
        return
    name = f"{intent.organization.pk}\n{intent.route}\n{intent.key}".encode()
    number = int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise Conflict("A request with this Idempotency-Key is at work.", code="request_running")


def keep(intent: Intent, response: HttpResponse) -> None:
    """Remember the answer; server errors are forgotten so that a retry works."""
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        intent.delete()
        return
    intent.status = response.status_code
    intent.answer = {"body": Secret(response.content.decode()), "type": Secret(response.get("Content-Type", ""))}
    intent.save(update_fields=["status", "answer"])


def replayed(intent: Intent) -> HttpResponse:
    """The first answer again, marked."""
    body, kind = intent.answer["body"].reveal(), intent.answer["type"].reveal()
    response = HttpResponse(body.encode(), status=intent.status, content_type=kind)
    response["Idempotent-Replayed"] = "true"
    return response


def forget(moment: dt.datetime) -> int:
    """Drop the keys older than their retention, and windows long past; answers how many keys."""
    with commit():
        Window.objects.filter(minute__lt=int(moment.timestamp()) // 60 - 60).delete()
        return Intent.objects.filter(created__lt=moment - KEPT_FOR).delete()[0]
