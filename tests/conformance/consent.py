"""A person on a simulated consent page: finds the form, agrees, and is sent back."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import httpx2


class Form(HTMLParser):
    """The page's first form: where it goes, its fields, and the buttons it offers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what matters."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = found.get("action", "")
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"]] = found.get("value", "")
        if tag == "button" and found.get("name"):
            self.buttons.append((found["name"], found.get("value", "")))


def agree(simulator: Callable[..., Any], url: str, back_to: str) -> str:
    """Press the first button; the raw query of the address one is sent back to."""
    return press(simulator, url, back_to, 0)


def refuse(simulator: Callable[..., Any], url: str, back_to: str) -> str:
    """Press the last button."""
    return press(simulator, url, back_to, -1)


def press(simulator: Callable[..., Any], url: str, back_to: str, which: int) -> str:
    """Open the page and press a button of its form."""
    with httpx2.Client(transport=httpx2.WSGITransport(simulator)) as browser:
        page = browser.get(url, headers={"User-Agent": "Mozilla/5.0"})
        assert page.status_code == 200, page.text
        form = Form(page.text)
        target = str(page.url.join(form.action)) if form.action else url
        name, value = form.buttons[which]
        answer = browser.post(target, data={**form.fields, name: value}, follow_redirects=False)
    location = answer.headers["location"]
    assert location.startswith(back_to)
    return urlsplit(location).query
