"""The one HTTP client on real sockets: bounded in time and size, sent again only where that is safe."""

from __future__ import annotations

import datetime as dt
import gzip
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.addresses import Site
from instica.kit.answers import Dialect
from instica.kit.errors import Complaint, Gone, Refused, SignInAgain, Throttled, TryLater, Unsure
from instica.kit.http import Call, Http
from instica.kit.types import Account, App, Grant
from instica.kit.wire import mounted, transport_for
from tests.kit.lines import Say, answer, saying
from tests.kit_session import FolderSpool, MemoryBudget, MemorySession

JSON = b"Content-Type: application/json"
DIALECT = Dialect("shop.calls", {"shop.calls": 1}, lambda answer, budget: None, lambda answer: [Complaint("no")])


def sign(app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {grant.secrets['token'].reveal()}"} if grant else {}


@pytest.fixture
def session(tmp_path: Path) -> MemorySession:
    grant = Grant({"token": Secret("hush-hush")})
    return MemorySession(App("shop", "http://localhost/"), Account("1", "ada"), FolderSpool(tmp_path), grant)


def client(session: MemorySession, origin: str, dialect: Dialect = DIALECT) -> Http:
    site = Site("Shop", {"api": "https://api.shop.example", "www": "https://www.shop.example"}, origin)
    return Http(site, dialect, sign, app=session.app, session=session)


def call(http: Http, effect: Any = "read", **more: Any) -> Any:
    method = "GET" if effect == "read" else "POST"
    return http.send(Call(method, http.site.url("/thing"), effect, **more))


class Turnstile(MemoryBudget):
    """Opens after a moment."""

    opens_at: dt.datetime = dt.datetime.max.replace(tzinfo=dt.UTC)

    def admit(self, costs: Mapping[str, float]) -> None:
        self.closed_until = self.opens_at if clock.now() < self.opens_at else None
        super().admit(costs)


@pytest.mark.parametrize(("patience", "wait", "passes"), [(1.0, 0.15, True), (0.1, 5.0, False), (0.0, 0.15, False)])
def test_a_call_waits_for_its_turn_as_long_as_its_dialect_says(
    session: MemorySession, patience: float, wait: float, passes: bool
) -> None:
    session.budget = Turnstile()
    session.budget.opens_at = clock.now() + dt.timedelta(seconds=wait)
    with saying([answer(b"{}", JSON)]) as server:
        http = client(session, server.origin, replace(DIALECT, patience=patience))
        if not passes:
            with pytest.raises(Throttled):
                call(http)
        else:
            assert call(http).status == 200
            assert clock.now() >= session.budget.opens_at
    assert len(server.heard) == passes


def test_a_call_is_signed_named_admitted_and_leased(session: MemorySession) -> None:
    with saying([answer(b'{"a": 1}', JSON)]) as server:
        assert call(client(session, server.origin), query={"q": "a b"}).data == {"a": 1}
    lines = server.heard[0].split(b"\r\n")
    assert lines[0] == b"GET /thing?q=a+b HTTP/1.1"
    assert b"Authorization: Bearer hush-hush" in lines
    assert b"User-Agent: Instica/0.1.0" in lines
    assert b"Accept-Encoding: gzip" in lines
    assert (session.budget.admitted, session.leases) == ([{"shop.calls": 1}], [30.0])


def test_an_installation_has_a_name_and_a_limit_before_it_has_a_shop(session: MemorySession) -> None:
    app = App("shop", "http://localhost/", agent="Spin/2 +https://spin.example", budget=session.budget)
    with saying([answer(b"{}", JSON)]) as server:
        http = client(session, server.origin)
        call(Http(http.site, http.dialect, http.sign, app=app))
    assert b"User-Agent: Spin/2 +https://spin.example" in server.heard[0].split(b"\r\n")
    assert (session.budget.admitted, session.leases) == ([{"shop.calls": 1}], [])


@pytest.mark.parametrize(
    "script",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: 1\r\n", 0.1] * 8],
        [answer(b"x" * 100)[:-90], *[b"x", 0.1] * 8],
        [0.8],
    ],
)
@pytest.mark.parametrize(("effect", "word"), [("read", TryLater), ("set", TryLater), ("once", Unsure)])
def test_a_call_ends_with_its_deadline_however_slowly_it_trickles(
    session: MemorySession, script: list[Say], effect: str, word: type[Exception]
) -> None:
    with saying(script) as server:
        started = time.monotonic()
        with pytest.raises(word, match=r"nothing within 0\.3 seconds"):
            call(client(session, server.origin), effect, seconds=0.3, expect="text")
        assert time.monotonic() - started < 0.7
    assert len(server.heard) == 1


@pytest.mark.parametrize(("effect", "sent"), [("read", 2), ("set", 2), ("once", 1)])
def test_only_what_is_safe_is_sent_again_after_a_cut(session: MemorySession, effect: str, sent: int) -> None:
    word = Unsure if effect == "once" else TryLater
    with saying([], []) as server:
        with pytest.raises(word, match="the connection was cut"):
            call(client(session, server.origin), effect)
        assert len(server.heard) == sent
        assert len(session.budget.admitted) == sent


@pytest.mark.parametrize("effect", ["read", "once"])
def test_what_could_not_even_be_sent_is_tried_later(session: MemorySession, effect: str) -> None:
    with saying() as server:
        origin = server.origin
    with pytest.raises(TryLater, match="no connection"):
        call(client(session, origin), effect)


@pytest.mark.parametrize(
    "body",
    [answer(b"x" * 2_000), answer(gzip.compress(b"x" * 2_000_000), b"Content-Encoding: gzip")],
)
def test_an_answer_beyond_the_cap_is_cut_off(session: MemorySession, body: bytes) -> None:
    with saying([body]) as server, pytest.raises(TryLater, match="more than"):
        call(client(session, server.origin), largest=1_000)


def test_an_answer_beyond_the_cap_leaves_no_file(session: MemorySession, tmp_path: Path) -> None:
    with saying([answer(b"x" * 2_000)]) as server, pytest.raises(TryLater):
        client(session, server.origin).download("/file", tmp_path / "file", largest=1_000, seconds=5)
    assert list(tmp_path.iterdir()) == []


def test_a_download_is_there_whole(session: MemorySession, tmp_path: Path) -> None:
    with saying([answer(b"x" * 200_000)]) as server:
        client(session, server.origin).download("/file", tmp_path / "file", largest=300_000, seconds=5)
    assert (tmp_path / "file").read_bytes() == b"x" * 200_000
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("body", "effect", "word"),
    [
        (answer(b"", b"Location: https://evil.example/", status=b"302 Found"), "read", TryLater),
        (answer(b"", b"Location: https://evil.example/", status=b"302 Found"), "once", Unsure),
        (answer(b"<html>busy", b"Content-Type: text/html"), "read", TryLater),
        (answer(b"<!DOCTYPE html>"), "once", Unsure),
        (answer(b"{", JSON), "read", TryLater),
        (answer(b"", JSON), "read", TryLater),
        (answer(b"[" * 100_000, JSON), "read", TryLater),
        (answer(b"no", status=b"500 Oops"), "set", TryLater),
        (answer(b"no", status=b"500 Oops"), "once", Unsure),
        (answer(b"no", status=b"404 No"), "once", Gone),
        (answer(b"no", status=b"410 No"), "read", Gone),
        (answer(b"no", status=b"422 No"), "once", Refused),
        (answer(b"no", status=b"429 No"), "once", Throttled),
        (b"nonsense\r\n\r\n", "read", TryLater),
    ],
)
def test_every_answer_is_classified_once(
    session: MemorySession, body: bytes, effect: str, word: type[Exception]
) -> None:
    with saying([body], [body]) as server, pytest.raises(word) as failure:
        call(client(session, server.origin), effect)
    assert type(failure.value) is word


def test_a_wait_they_name_is_kept(session: MemorySession) -> None:
    body = answer(b"", b"Retry-After: 7", status=b"503 Busy")
    with saying([body]) as server, pytest.raises(TryLater) as later:
        call(client(session, server.origin))
    assert later.value.after
    assert later.value.after.total_seconds() == 7


@pytest.mark.parametrize("text", [b"soon", b"-1", b"99999999999999999999", b"1.5"])
def test_a_wait_that_is_none_is_ignored(session: MemorySession, text: bytes) -> None:
    with saying([answer(b"", b"Retry-After: " + text, status=b"503 Busy")]) as server, pytest.raises(TryLater) as later:
        call(client(session, server.origin))
    assert later.value.after is None


def test_a_refused_grant_is_refreshed_once_and_used(session: MemorySession) -> None:
    session.fresh = Grant({"token": Secret("new-one")})
    with saying([answer(b"", status=b"401 No")], [answer(b"{}", JSON)]) as server:
        assert call(client(session, server.origin), "once").data == {}
    assert [b"hush-hush" in server.heard[0], b"new-one" in server.heard[1]] == [True, True]


def test_a_grant_refused_twice_is_dead(session: MemorySession) -> None:
    session.fresh = Grant({"token": Secret("new-one")})
    refusal = answer(b"", status=b"401 No")
    with saying([refusal], [refusal], [answer(b"{}", JSON)]) as server, pytest.raises(SignInAgain):
        call(client(session, server.origin))
    assert (len(server.heard), session.rejections) == (2, 1)


def test_what_a_marketplace_says_in_its_body_counts_as_a_status_would(session: MemorySession) -> None:
    session.fresh = Grant({"token": Secret("new-one")})
    said = replace(
        DIALECT, rejected=lambda given: b"expired" in given.body, throttled=lambda given: b"too many" in given.body
    )
    with saying([answer(b'"expired"', JSON)], [answer(b'"too many"', JSON)]) as server, pytest.raises(Throttled):
        call(client(session, server.origin, said))
    assert (len(server.heard), session.rejections, session.budget.learned[-1][:2]) == (2, 1, ("shop.calls", 0))


def test_a_used_up_limit_lasts_as_long_as_they_say_in_their_own_way(session: MemorySession) -> None:
    said = replace(DIALECT, throttled=lambda given: given.body == b'"day"', wait=lambda given: dt.timedelta(hours=1))
    with saying([answer(b'"day"', JSON)]) as server, pytest.raises(Throttled) as throttled:
        call(client(session, server.origin, said))
    assert dt.timedelta(minutes=59) < throttled.value.until - clock.now() <= dt.timedelta(hours=1)


def test_a_call_says_what_it_sends_and_what_it_costs(session: MemorySession) -> None:
    xml = {"content_type": "text/xml", "headers": {"X-Call": "Add"}, "costs": {"shop.adds": 2.0}, "expect": "text"}
    with saying([answer(b"<?xml version='1.0'?><a/>", b"Content-Type: text/xml")]) as server:
        assert call(client(session, server.origin), "set", body=b"<a/>", **xml).body.endswith(b"<a/>")
    assert b"Content-Type: text/xml" in server.heard[0]
    assert b"X-Call: Add" in server.heard[0]
    assert session.budget.admitted == [{"shop.adds": 2.0}]


def test_a_cookie_of_one_shop_never_reaches_the_next(session: MemorySession) -> None:
    with saying([answer(b"{}", JSON, b"Set-Cookie: who=ada; Path=/")], [answer(b"{}", JSON)]) as server:
        http = client(session, server.origin)
        call(http)
        call(http)
    assert b"cookie" not in server.heard[1].lower()


def test_a_secret_they_repeat_is_blotted_out(session: MemorySession) -> None:
    said = Dialect("shop.calls", {}, DIALECT.learn, lambda answer: [Complaint(answer.body.decode())])
    words = b"Token hush-hush is bad; oauth_signature=abc%26def, key: k1"
    with saying([answer(words, status=b"403 No")]) as server, pytest.raises(Refused) as refusal:
        call(client(session, server.origin, said))
    assert str(refusal.value) == "Token ••• is bad; oauth_signature=•••, key: •••"


def test_their_words_are_cut_to_a_readable_length(session: MemorySession) -> None:
    said = replace(DIALECT, complaints=lambda answer: [Complaint("x" * 10_000)])
    with saying([answer(b"", status=b"400 No")]) as server, pytest.raises(Refused) as refusal:
        call(client(session, server.origin, said))
    assert len(str(refusal.value)) == 500


def test_every_host_becomes_the_origin() -> None:
    hosts = {"api": "https://api.shop.example", "www": "https://www.shop.example"}
    real, sandbox = Site("Shop", hosts), Site("Shop", hosts, "http://127.0.0.1:8101/")
    assert (real.url("/a"), real.url("/a", "www")) == ("https://api.shop.example/a", "https://www.shop.example/a")
    assert {sandbox.url("/a", host) for host in hosts} == {"http://127.0.0.1:8101/a"}
    assert real.rebase("https://www.shop.example/a?b=c") == "https://www.shop.example/a?b=c"
    assert sandbox.rebase("https://www.shop.example/a?b=c") == "http://127.0.0.1:8101/a?b=c"
    assert sandbox.rebase("http://127.0.0.1:8101/a") == "http://127.0.0.1:8101/a"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/a",
        "http://api.shop.example/a",
        "https://api.shop.example.evil.example/",
        "https://api.shop.example@evil.example/",
        "https://api.shop.example:444/",
        "//evil.example/",
        "file:///etc/passwd",
        "http://127.0.0.1:8101/",
        "http://169.254.169.254/",
    ],
)
def test_a_link_that_leads_outside_is_not_followed(link: str) -> None:
    with pytest.raises(Refused):
        Site("Shop", {"api": "https://api.shop.example"}).rebase(link)


@pytest.mark.parametrize("path", ["https://evil.example/", "evil", "@evil.example/", ""])
def test_a_path_cannot_change_the_host(path: str) -> None:
    with pytest.raises(ValueError, match="Not a path"):
        Site("Shop", {"api": "https://api.shop.example"}).url(path)


@pytest.mark.parametrize(
    ("hosts", "origin"),
    [({"api": "http://api.shop.example"}, ""), ({"api": "https://api.shop.example"}, "ftp://x")],
)
def test_plain_http_is_for_the_origin_alone(hosts: dict[str, str], origin: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        Site("Shop", hosts, origin)


def test_a_mount_ends_with_its_block(session: MemorySession) -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'"' + environ["PATH_INFO"].encode() + b'"']

    with saying([answer(b'"socket"', JSON)]) as server:
        http = client(session, server.origin)
        with mounted(server.origin, application):
            assert call(http).data == "/thing"
        assert call(http).data == "socket"


def test_who_borrows_the_sockets_does_not_close_them_for_others(session: MemorySession) -> None:
    with saying([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n", 0.3, b"\r\nnull"]) as server:
        url = httpx2.URL(server.origin)
        with ThreadPoolExecutor(1) as other:
            running = other.submit(call, client(session, server.origin))
            time.sleep(0.1)
            httpx2.Client(transport=transport_for(url)).close()
            with httpx2.Client(transport=transport_for(url)):
                pass
            assert running.result().data is None
