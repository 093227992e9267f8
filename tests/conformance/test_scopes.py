"""What each call needs is asked for at the consent page."""

from __future__ import annotations

import pytest

from instica.marketplaces import every
from tests.contracts import recorder
from tests.contracts.specs import folder


@pytest.mark.parametrize("slug", sorted(slug for slug, each in every().items() if each.connector))
def test_every_scope_an_operation_needs_is_asked_for(slug: str) -> None:
    folder(slug)
    contract = recorder.contracts().get(slug)
    needed = {part for scope in contract.operations().values() for part in scope.split()} if contract else set()
    assert needed <= (recorder.asked(slug) if needed else set())
