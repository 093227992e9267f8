"""How fast deliveries of marketplaces are stored and answered: ``python -m bench.webhooks``; hub and caller apart."""

from __future__ import annotations

import argparse
import gc
import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from bench import stocked
from bench.market import SECRET
from bench.postgresql import database
from bench.processes import Market, free_port, process, processor_seconds, served

RATE, SECONDS, CALLERS, PROCESSES, REACH_MILLISECONDS = 200.0, 20.0, 16, 2, 100.0
Delivery = tuple[str, dict[str, str], bytes]


def main() -> None:
    """Print the figures as JSON: at a steady rate, then as fast as so many callers get answers."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=float, default=RATE)
    options.add_argument("--seconds", type=float, default=SECONDS)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--processes", type=int, default=PROCESSES, help="of the hub")
    given = options.parse_args()
    url = f"http://127.0.0.1:{given.port or free_port()}"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="instica-bench-"))
        place = stack.enter_context(database())
        market = Market(stack.enter_context(process("bench.market")))
        stocked.settle(folder=folder, database=place, url=url, shops=market("fill", sizes={}))
        shops = stocked.connected()
        hub = stack.enter_context(served(url, given.processes))
        every = deliveries(shops, url)
        posted(url, [next(every) for _ in range(100)], rate=50.0, callers=4)
        before = processor_seconds(hub.pid)
        steady = [next(every) for _ in range(int(given.rate * given.seconds))]
        took = posted(url, steady, rate=given.rate, callers=CALLERS)
        cost = processor_seconds(hub.pid) - before
        flood = [next(every) for _ in range(int(given.rate * given.seconds))]
        began = time.perf_counter()
        posted(url, flood, rate=0.0, callers=CALLERS)
        most = len(flood) / (time.perf_counter() - began)
        print(json.dumps(figures(took, given.rate, most, cost, stored() - 100 - len(flood))), flush=True)


def figures(took: Sequence[float], rate: float, most: float, cost: float, kept: int) -> dict[str, Any]:
    """What was measured; times from when a delivery was due, so that a queue before the door counts."""
    cuts = statistics.quantiles(took, n=100)
    return {
        "bench": "webhooks",
        "a_second": rate,
        "answered": len(took),
        "stored": kept,
        "p50_milliseconds": round(1000 * cuts[49], 1),
        "p95_milliseconds": round(1000 * cuts[94], 1),
        "p99_milliseconds": round(1000 * cuts[98], 1),
        "cpu_milliseconds_each": round(1000 * cost / len(took), 2),
        "most_a_second": round(most),
    }


def stored() -> int:
    """Events in the database."""
    from django.db import connections

    from instica.sync.models import Event

    count = Event.objects.count()
    connections.close_all()
    return count


def deliveries(shops: dict[str, Any], url: str) -> Iterator[Delivery]:
    """Genuine orders told by eBay, Etsy and Shopify in turn, each of them a new one."""
    from instica.core.clock import now
    from instica.marketplaces.ebay.simulator import post
    from instica.marketplaces.etsy.simulator.portal import signed
    from instica.marketplaces.shopify.simulator import hooks

    number = 0
    while True:
        number += 1
        about = {"user": {"userId": shops["ebay"].remote_id}, "order": {"orderId": f"12-{number}"}}
        told = {"notificationId": f"bench-{number}", "data": about}
        said = json.dumps({"metadata": {"topic": "ORDER_CONFIRMATION"}, "notification": told}).encode()
        yield "ebay", {"Content-Type": "application/json", "X-EBAY-SIGNATURE": post.sign(said)}, said
        receipt = f"https://openapi.etsy.com/v3/application/shops/{shops['etsy'].remote_id}/receipts/{number}"
        paid = {"event_type": "order.paid", "resource_url": receipt, "shop_id": int(shops["etsy"].remote_id)}
        said = json.dumps(paid).encode()
        yield "etsy", signed(SECRET, f"msg_bench_{number}", int(now().timestamp()), said), said
        made = hooks.made(
            topic="orders/create",
            uri=f"{url}/webhooks/shopify/",
            payload={"id": number, "line_items": [{"id": number, "quantity": 1}] * 3, "note": "x" * 2_000},
            secret="sandbox-secret",  # the simulator's
            shop=shops["shopify"].remote_id,
            at=now(),
        )
        yield "shopify", made.headers, made.body


def posted(url: str, every: Sequence[Delivery], *, rate: float, callers: int) -> list[float]:
    """Seconds until each was answered, counted from its turn in a stream of so many a second (0: from its sending)."""
    took: list[float] = []
    turns = iter(enumerate(every))
    lock, began = threading.Lock(), time.perf_counter() + 0.1

    def call() -> None:
        line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        while True:
            with lock:
                number, delivery = next(turns, (0, None))
            if delivery is None:
                return
            due = began + number / rate if rate else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            slug, headers, body = delivery
            line.request("POST", f"/webhooks/{slug}/", body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{slug} was answered with {answer.status}")
            took.append(time.perf_counter() - due)

    gc.collect()
    gc.freeze()  # a caller that stops to look through its memory measures itself
    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


if __name__ == "__main__":
    main()
