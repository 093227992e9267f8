"""The sandbox: every simulator on a port of its own, a page for people, connections that are really cut."""

from __future__ import annotations

import http.client
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import httpx2
import pytest

from instica.sandbox import PortTaken, Sandbox, start

ME = "/oauth/identity?token=sandbox-token"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Running on free ports."""
    running = start(0)
    yield running
    running.stop()


@pytest.fixture
def discogs(sandbox: Sandbox) -> str:
    """Its Discogs, fresh."""
    httpx2.post(f"{sandbox.urls['discogs']}/_sandbox/reset", json={"listings": 20})
    return sandbox.urls["discogs"]


def test_every_simulator_is_at_the_root_of_its_origin(sandbox: Sandbox, discogs: str) -> None:
    """Links stay on that origin, whatever the Host."""
    answer = httpx2.get(f"{discogs}{ME}", headers={"Host": "api.discogs.com"})
    assert answer.json()["resource_url"] == f"{discogs}/users/greenstreet_records"
    assert sandbox.simulations["discogs"].fixed_origin == discogs


def test_the_control_page_names_all_of_them(sandbox: Sandbox, discogs: str) -> None:
    """As HTML, and as JSON."""
    page = httpx2.get(sandbox.panel)
    assert (page.status_code, f'data-url="{discogs}"' in page.text) == (200, True)
    assert httpx2.get(f"{sandbox.panel}/urls.json").json() == dict(sandbox.urls)


def test_the_control_page_reaches_the_simulators(sandbox: Sandbox, discogs: str) -> None:
    """Their control calls only, and only as JSON, which no other page can send."""
    listings = httpx2.get(f"{sandbox.panel}/discogs/_sandbox/listings").json()["listings"]
    bought = httpx2.post(f"{sandbox.panel}/discogs/_sandbox/buy", json={"listing_id": listings[0]["listing_id"]})
    assert bought.status_code == 201
    plain = httpx2.post(f"{sandbox.panel}/discogs/_sandbox/reset", content="{}", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415
    assert httpx2.get(f"{sandbox.panel}/discogs/oauth/identity").status_code == 404
    assert httpx2.get(f"{sandbox.panel}/nothing").status_code == 404
    assert len(httpx2.get(f"{discogs}/_sandbox/orders").json()["orders"]) == 1


def test_a_connection_is_kept(discogs: str) -> None:
    """Many requests, one socket, bodies of any kind between them."""
    connection = http.client.HTTPConnection(urlsplit(discogs).netloc)
    agent = {"User-Agent": "t/1"}
    connection.connect()
    held = connection.sock
    for method, path, status in (("GET", ME, 200), ("HEAD", ME, 405), ("DELETE", "/x", 404), ("GET", ME, 200)):
        connection.request(method, path, headers=agent)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
        assert connection.sock is held
    connection.close()


@pytest.mark.parametrize(("fault", "orders"), [("drop", 0), ("lost", 1)])
def test_a_cut_connection_is_cut(discogs: str, fault: str, orders: int) -> None:
    """Not one byte comes back; a lost answer belongs to a thing that was done."""
    listing = httpx2.get(f"{discogs}/_sandbox/listings").json()["listings"][0]["listing_id"]
    httpx2.post(f"{discogs}/_sandbox/faults", json=[{"match": "POST /sell/*", "times": 1, "do": fault}])
    with socket.create_connection(("127.0.0.1", urlsplit(discogs).port or 0)) as raw:
        raw.sendall(f"POST /sell/item/{listing} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
        assert raw.recv(100) == b""
    assert len(httpx2.get(f"{discogs}/_sandbox/orders").json()["orders"]) == orders


def test_a_chunked_body_is_read(discogs: str) -> None:
    """As some clients send it."""
    body = iter([b'{"release_id": 20000300, "condition": "Mint (M)",', b' "price": 4}'])
    made = httpx2.post(f"{discogs}/marketplace/listings?token=sandbox-token", content=body)
    assert made.status_code == 201


def test_the_last_piece_is_sold_once(discogs: str) -> None:
    """To one of twenty who want it at the same moment."""
    listing = httpx2.get(f"{discogs}/_sandbox/listings").json()["listings"][0]["listing_id"]

    def buy(_: int) -> int:
        return httpx2.post(f"{discogs}/_sandbox/buy", json={"listing_id": listing}).status_code

    with ThreadPoolExecutor(20) as people:
        assert sorted(people.map(buy, range(20))) == [201] + [409] * 19
    assert len(httpx2.get(f"{discogs}/_sandbox/orders").json()["orders"]) == 1


def test_slow_answers_hold_nobody_else_up(discogs: str) -> None:
    """They wait outside the lock."""
    httpx2.post(f"{discogs}/_sandbox/faults", json=[{"match": "GET /users/*", "times": 1, "do": "slow:1"}])
    with ThreadPoolExecutor(1) as people:
        slow = people.submit(httpx2.get, f"{discogs}/users/greenstreet_records")
        time.sleep(0.1)
        began = time.monotonic()
        assert httpx2.get(f"{discogs}{ME}").status_code == 200
        assert time.monotonic() - began < 0.8
        assert slow.result().status_code == 200


def test_a_taken_port_is_named_and_nothing_stays_open() -> None:
    """The first of them that is taken."""
    port = random.SystemRandom().randrange(12_000, 19_000)  # below those the system gives out by itself
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(PortTaken, match=f"Port {port} is taken"):
            start(port - 1, only=["discogs"])
    again = start(port - 1, only=["discogs"])
    assert again.urls == {"discogs": f"http://127.0.0.1:{port}"}
    again.stop()


def test_stopping_ends_it() -> None:
    """Nobody answers any more."""
    running = start(0, only=["discogs"])
    url = running.urls["discogs"]
    assert httpx2.get(f"{url}{ME}").status_code == 200
    running.stop()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{url}{ME}")


def free_neighbours() -> int:
    """A port that is free, as the next one is."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with suppress(OSError, OverflowError):
                two.bind(("127.0.0.1", port + 1))
                return port


def test_serving_prints_one_line_of_json_and_ends_on_a_signal() -> None:
    """As a process."""
    port = free_neighbours()
    code = f"from instica.sandbox import serve; serve({port}, as_json=True, only=['discogs'])"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told == {"control": f"http://127.0.0.1:{port}", "discogs": f"http://127.0.0.1:{port + 1}"}
        assert httpx2.get(f"{told['discogs']}{ME}").status_code == 200
        process.terminate()
        assert process.wait(10) == 0
        assert process.stdout.read() == ""
