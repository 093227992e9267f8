"""What a person does at the marketplace while connecting."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from instica.kit import wire


def consent(address: str, decision: str = "allow") -> str:
    """Open the consent page, decide, and answer where the marketplace sends the browser (path and query)."""
    with httpx2.Client(transport=wire.transport_for(httpx2.URL(address))) as site:
        token = parse_qs(urlsplit(address).query)["oauth_token"][0]
        assert site.get(address).status_code == 200
        page = address.partition("?")[0]
        answer = site.post(page, data={"oauth_token": token, "decision": decision})
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def connect(browser: Any, query: str = "") -> Any:
    """The whole way through the consent page; the answer to the callback."""
    begun = browser.get(f"/accounts/discogs/login/{query}")
    assert begun.status_code == 302, begun.content
    return browser.get(consent(begun["Location"]))
