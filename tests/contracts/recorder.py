"""Listens between connectors and mounted simulators, and holds both sides to the official contract."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

from instica.kit.types import Redirect
from instica.marketplaces import every
from tests.contracts.exchange import Contract, Exchange
from tests.contracts.specs import SPECS
from tests.kit_session import app_for

Application = Callable[..., Iterable[bytes]]
OURS = "Instica/"
LARGEST = 32 * 1024 * 1024

REQUESTS: Counter[tuple[str, str]] = Counter()
ANSWERS: Counter[tuple[str, str]] = Counter()
BROKEN: list[str] = []
TOLD: dict[str, tuple[Contract, frozenset[str]]] = {}


@cache
def contracts() -> Mapping[str, Contract]:
    """The contracts that can be checked here, by marketplace."""
    if SPECS is None:
        return {}
    found = [slug for slug, each in every().items() if (each.folder / "tests" / "contract.py").is_file()]
    return {slug: import_module(f"instica.marketplaces.{slug}.tests.contract").contract(SPECS) for slug in found}


def told(slug: str, contract: Contract) -> frozenset[str]:
    """The names of what our client is said to send; read once for a contract."""
    if slug not in TOLD or TOLD[slug][0] is not contract:
        TOLD[slug] = contract, frozenset(contract.operations())
    return TOLD[slug][1]


@cache
def asked(slug: str) -> frozenset[str]:
    """The scopes we ask for at the consent page of that marketplace."""
    marketplace = every()[slug]
    auth = marketplace.load("auth")()
    answers = {question.name: "sandbox" for question in auth.asks if question.required}
    start = auth.begin(app_for(slug, f"http://127.0.0.1:{marketplace.port}"), answers)
    query = parse_qs(urlsplit(start.url).query) if isinstance(start, Redirect) else {}
    return frozenset(query.get("scope", [""])[0].replace(",", " ").split())


def judge(slug: str, exchange: Exchange) -> None:
    """Count what the contract allows, and remember what it does not."""
    contract = contracts()[slug]
    try:
        operation = contract.operation(exchange)
        assert operation in told(slug, contract), f"{operation} is not among the operations our client is said to send"
        contract.check_request(exchange)
        REQUESTS[slug, operation] += 1
        contract.check_answer(exchange)
        ANSWERS[slug, operation] += 1
    except (AssertionError, LookupError) as error:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
        BROKEN.append(f"{slug}: {exchange.method} {exchange.path}: {error} ({test})")


def listening(slug: str, application: Application) -> Application:
    """``application``, with every request of a connector and its answer judged. Everybody else's pass by."""
    if slug not in contracts():
        return application

    def heard(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        ours = str(environ.get("HTTP_USER_AGENT", "")).startswith(OURS) and not path.startswith("/_sandbox")
        return Overheard(slug, application, environ, start_response) if ours else application(environ, start_response)

    return heard


class Overheard:
    """One exchange: the request is read ahead, the answer is kept while it passes."""

    def __init__(
        self, slug: str, application: Application, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> None:
        self.slug = slug
        self.environ = environ
        self.start_response = start_response
        self.body = read_ahead(environ)
        self.status = 0
        self.answer_headers: dict[str, str] = {}
        self.kept: list[bytes] = []
        self.parts = application(environ, self.begin)

    def begin(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """What the application says before its body."""
        self.status = int(status.split(" ", 1)[0])
        self.answer_headers = {name.lower(): value for name, value in headers}
        return self.start_response(status, headers)

    def __iter__(self) -> Iterator[bytes]:
        """The answer's body; judged at its end, so a body that is cut is nobody's fault."""
        for part in self.parts:
            self.kept.append(part)
            yield part
        judge(self.slug, self.exchange())

    def exchange(self) -> Exchange:
        """What was said."""
        given = ((name, str(value)) for name, value in self.environ.items() if name.startswith("HTTP_"))
        names = {name[5:].replace("_", "-").lower(): value for name, value in given}
        names["content-type"] = str(self.environ.get("CONTENT_TYPE", ""))
        return Exchange(
            method=self.environ["REQUEST_METHOD"].upper(),
            path=self.environ.get("PATH_INFO", ""),
            query=self.environ.get("QUERY_STRING", ""),
            headers=names,
            body=self.body,
            status=self.status,
            answer_headers=self.answer_headers,
            answer=b"".join(self.kept),
        )


def read_ahead(environ: dict[str, Any]) -> bytes:
    """The request's body, still there for the application."""
    length = str(environ.get("CONTENT_LENGTH") or environ.get("HTTP_CONTENT_LENGTH") or "0")
    body = bytes(environ["wsgi.input"].read(min(int(length), LARGEST))) if length.isdigit() and int(length) else b""
    environ["wsgi.input"] = BytesIO(body)
    return body
