"""What each sale looks up is found by an index, however many orders there are."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection as database

from instica.orders.models import Line, Settled

pytestmark = pytest.mark.django_db


def test_the_sales_of_a_page_are_found_by_its_index() -> None:
    of_page = Line.objects.filter(connection=uuid.uuid4(), listing_ref="1", settled=Settled.HISTORY)
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "lines_of_page" in of_page.explain()
