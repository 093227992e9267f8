"""Whether this process lives, and whether it can serve: for load balancers and supervisors."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from instica.work.metrics import gauge

MIGRATED = "web.health.migrated"


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """It answers, so it lives."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 with the reason while the database cannot be reached or its tables are behind the code."""
    checks = {"database": "ok", "migrations": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not migrated():
            checks["migrations"] = "run `instica migrate`"
    except DatabaseError:
        checks |= {"database": "cannot be reached", "migrations": "unknown"}
    fine = set(checks.values()) == {"ok"}
    return JsonResponse({"status": "ok" if fine else "not ready", "checks": checks}, status=200 if fine else 503)


def migrated() -> bool:
    """Whether every migration was applied; a yes is remembered, since looking costs several queries."""
    if cache.get(MIGRATED):
        return True
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not behind:
        cache.set(MIGRATED, True, 300)
    return not behind


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What this process counted, and the work that waits, for whoever holds the token of the settings; else 404."""
    token = settings.CONFIG.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        raise Http404
    gauge()
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
