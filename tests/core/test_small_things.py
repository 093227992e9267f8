"""The clock's format, secrets that do not print, problems and their status."""

from __future__ import annotations

import datetime as dt

import pytest

from instica.core import errors
from instica.core.clock import iso, read
from instica.core.secrets import Secret


def test_datetimes_are_written_in_utc_to_the_second() -> None:
    east = dt.timezone(dt.timedelta(hours=2))
    assert iso(dt.datetime(2026, 2, 15, 11, 0, 5, 999_999, east)) == "2026-02-15T09:00:05Z"
    assert iso(None) is None


def test_times_that_others_wrote() -> None:
    noon = dt.datetime(2026, 2, 15, 12, 0, tzinfo=dt.UTC)
    assert read("2026-02-15T12:00:00Z") == read("2026-02-15T14:00:00+02:00") == noon
    assert (read("2026-02-15T12:00:00", dt.UTC), read("2026-02-15T12:00:00")) == (noon, None)
    for wrong in ("", "yesterday", None, 5, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert read(wrong, dt.UTC) is None


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("hush")
    assert (repr(secret), str(secret), f"{secret}", secret.reveal()) == ("Secret()", "••••••", "••••••", "hush")
    assert "hush" not in f"{[secret]!r}"
    assert not Secret("")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Invalid, 400),
        (errors.PaymentRequired, 402),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.Stale, 412),
        (errors.Unprocessable, 422),
    ],
)
def test_every_refusal_has_its_status(kind: type[errors.Problem], status: int) -> None:
    problem = kind("Say what to do.", code="why", faults=[errors.Fault("too long", "#/name")], item="inv_1")
    assert (problem.status, problem.detail, problem.code) == (status, "Say what to do.", "why")
    assert (problem.faults, problem.extra) == ((errors.Fault("too long", "#/name"),), {"item": "inv_1"})
