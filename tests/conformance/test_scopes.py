"""What each call needs is asked for at the consent page, no more and no less."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from instica.kit.types import Redirect
from instica.marketplaces import every
from tests.contracts import recorder
from tests.contracts.specs import folder
from tests.kit_session import app_for


@pytest.mark.parametrize("slug", sorted(slug for slug, each in every().items() if each.connector))
def test_every_scope_an_operation_needs_is_asked_for(slug: str) -> None:
    folder(slug)
    contract = recorder.contracts().get(slug)
    needed = {scope for scope in contract.operations().values() if scope} if contract else set()
    marketplace = every()[slug]
    auth = marketplace.load("auth")()
    answers = {question.name: "sandbox" for question in auth.asks if question.required}
    start = auth.begin(app_for(slug, f"http://127.0.0.1:{marketplace.port}"), answers) if needed else None
    asked = parse_qs(urlsplit(start.url).query).get("scope", [""])[0] if isinstance(start, Redirect) else ""
    assert needed <= set(asked.replace(",", " ").split())
