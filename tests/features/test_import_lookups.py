"""What an import looks up again and again is found by an index, however much there is."""

from __future__ import annotations

import pytest
from django.db import connection

from instica.imports import lookups
from instica.people.models import User
from tests import builders


@pytest.mark.django_db
def test_the_newest_item_is_found_by_its_index(person: User) -> None:
    builders.item(builders.house(person))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("seqscan", "bitmapscan", "sort"):  # a table of one row tempts the planner to any
                cursor.execute(f"SET LOCAL enable_{way} = off")
        plan = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(plan + lookups.NEWEST.sql, ["0" * 32])
        told = " ".join(str(row) for row in cursor.fetchall())
    assert ("items_by_creation" in told, "SCAN" in told, "TEMP B-TREE" in told) == (True, False, False), told
