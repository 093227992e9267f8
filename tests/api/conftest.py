"""Fixtures of the API's tests: a client with a key, and one of another organization."""

from __future__ import annotations

import pytest

from instica.people.models import User
from tests.api.calling import Api, api_for


@pytest.fixture
def api(person: User) -> Api:
    """Ada's key, with every scope."""
    return api_for(person)


@pytest.fixture
def strange(stranger: User) -> Api:
    """Mallory's key, with every scope, in another organization."""
    return api_for(stranger)
