"""Part of a long list at an even price: keys first, from an index alone, then the few rows; deep pages from the end."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def window(wanted: QuerySet[Row, Any], rows: QuerySet[Row, Row], start: int, stop: int, count: int) -> list[Row]:
    """The rows of ``wanted[start:stop]``, fetched through ``rows``, which brings their joins; ``count`` is of all."""
    if start > count // 2:
        keys = list(wanted.reverse().values_list("pk", flat=True)[max(0, count - stop) : count - start])[::-1]
    else:
        keys = list(wanted.values_list("pk", flat=True)[start:stop])
    found = {row.pk: row for row in rows.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]
