"""Webhooks never lead into our own network: no spelling, no name, no second look-up."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from instica.core.errors import Invalid
from instica.notices import targets
from instica.notices.models import Delivery, Endpoint
from instica.notices.sending import post
from instica.notices.targets import NotAllowed, check, is_public, resolve
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from tests.features.hooking import endpoint, happened, states
from tests.features.receiver import receiving

PRIVATE = (
    "0.0.0.0 127.0.0.1 127.8.9.1 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1"
    " 192.0.0.1 192.0.2.1 198.18.0.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1"
    " ::ffff:169.254.169.254 ::ffff:10.0.0.1 ::127.0.0.1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1"
    " 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001:0:7f00:1:: ::ffff:0:7f00:1"
).split()
PUBLIC = "1.1.1.1 93.184.215.14 2606:4700:4700::1111 ::ffff:1.1.1.1".split()
REFUSED = [
    *(f"https://{f'[{each}]' if ':' in each else each}/" for each in PRIVATE if "%" not in each),
    *(
        f"https://{host}/hooks"
        for host in (
            "2130706433 0x7f000001 0x7f.1 0177.0.0.1 127.1 127.0.1 017700000001 1 0 [::ffff:7f00:1] localhost LOCALHOST"
            " localhost. sub.localhost printer.local metadata.google.internal metadata intranet 10.1 example.0x7f"
        ).split()
    ),
]
MALFORMED = (
    "example.com/hooks https:///hooks ftp://example.com/ file:///etc/passwd gopher://example.com/ https://a@example.com/"
    " https://a:b@example.com/ https://example.com/#part https://example.com:99999/ https://example.com:x/ https://[::1"
    " //example.com/ https://exämple.com/ https://example.com/ä"
).split()


@pytest.mark.parametrize("url", REFUSED)
def test_plainly_not_public(url: str) -> None:
    with pytest.raises(Invalid, match="no public address"):
        check(url)
    with pytest.raises((NotAllowed, targets.NotFoundThere)):
        resolve(url)


@pytest.mark.parametrize(
    "url", [*MALFORMED, "", "http://example.com/", "https://example.com/" + "a" * 500, "https://a b/"]
)
def test_no_address_to_send_to(url: str) -> None:
    with pytest.raises(Invalid):
        check(url)


def test_public_or_not() -> None:
    assert [address for address in PRIVATE if is_public(address)] == []
    assert [address for address in PUBLIC if not is_public(address)] == []
    assert check(" https://hooks.example.com:8443/a?b=c ") == "https://hooks.example.com:8443/a?b=c"
    assert resolve("https://1.1.1.1/").addresses == ("1.1.1.1",)


def test_what_the_operator_allows(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = frozenset({"nas.home:8080", "localhost", "[::1]:80"})
    for allowed in ("http://nas.home:8080/", "https://localhost/", "http://LOCALHOST:99/x", "http://[::1]/"):
        assert check(allowed) == allowed
    for other in ("http://nas.home/", "https://nas:8080/", "http://127.0.0.1/", "http://[::1]:81/"):
        with pytest.raises(Invalid):
            check(other)


class Names:
    """A name server that says something else every time; what is an address already is looked up as ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, int]]()
        self.plain = socket.getaddrinfo

    def __call__(self, host: str, port: int, *rest: Any, **how: Any) -> list[Any]:
        if not host.endswith((".com", ".example")):
            return self.plain(host, port, *rest, **how)
        self.asked.append((host, port))
        if not self.answers:
            raise socket.gaierror("nothing there")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self.answers.pop(0)]


@pytest.mark.parametrize(
    ("addresses", "trouble"),
    [
        (["127.0.0.1"], "hooks.example.com leads to 127.0.0.1, which is no public address."),
        (["1.1.1.1", "169.254.169.254"], "hooks.example.com leads to 169.254.169.254, which is no public address."),
        (["::ffff:10.0.0.1"], "hooks.example.com leads to ::ffff:10.0.0.1, which is no public address."),
        (None, "The name hooks.example.com cannot be found."),
    ],
)
def test_a_name_that_leads_inside(
    person: User, monkeypatch: pytest.MonkeyPatch, addresses: list[str] | None, trouble: str
) -> None:
    row, _ = endpoint(person, "https://hooks.example.com/hooks")
    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2].removesuffix("/hooks")
        Endpoint.objects.filter(pk=row.pk).update(url=f"https://hooks.example.com:{port}/hooks")
        names = Names(*([addresses] if addresses else []))
        monkeypatch.setattr(socket, "getaddrinfo", names)
        happened(person)
        run_until_idle()
        assert (receiver.came, names.asked) == ([], [("hooks.example.com", int(port))])
    assert (Delivery.objects.get().trouble, states()) == (trouble, [("waiting", 1)])


def test_a_name_that_leads_elsewhere_the_second_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2].removesuffix("/hooks")
        settings.WEBHOOK_HOSTS = frozenset({f"hooks.example:{port}"})
        names = Names(["127.0.0.1"], ["10.9.8.7"], ["10.9.8.7"])
        monkeypatch.setattr(socket, "getaddrinfo", names)
        reply = post(f"http://hooks.example:{port}/a?b=c", b"{}", {"webhook-id": "msg_1"})
        assert (reply.status, names.asked) == (204, [("hooks.example", int(port))])
        assert [(came.path, came.headers["host"]) for came in receiver.came] == [("/a?b=c", f"hooks.example:{port}")]


def test_a_redirect_is_not_followed(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    with receiving() as inside, receiving() as outside:
        for status in (301, 302, 303, 307, 308):
            outside.answer(status, Location=inside.url)
            reply = post(outside.url, b"{}", {})
            assert (reply.is_success, reply.status) == (False, status)
        assert (len(outside.came), inside.came) == (5, [])


def test_an_endless_answer_is_cut(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    with receiving() as receiver:
        receiver.answer(200, text=b"a" * 2_000_000)
        reply = post(receiver.url, b"{}", {})
    assert (reply.is_success, len(reply.text)) == (True, 1000)
