"""The control interface every simulator answers under ``/_sandbox/``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from instica.core import clock
from instica.kit.simulation.http import Refusal, Request, Response, json_response
from instica.kit.simulation.routes import NoMethod, NoPath, Routes

if TYPE_CHECKING:
    from instica.kit.simulation.shell import Simulation

PREFIX = "/_sandbox"
BATCH = 500
Rows = Iterable[Mapping[str, Any]]


class Control(Routes):
    """The calls under ``/_sandbox/``; a marketplace adds its own. Handlers get the simulation and a JSON body."""

    def answer(self, simulation: Simulation, request: Request) -> Response:
        """Do one control call."""
        try:
            handler, parts = self.find(request.method, request.path.removeprefix(PREFIX).rstrip("/") or "/")
            with simulation.lock:
                answer = handler(simulation, request, **parts)
        except Refusal as refusal:
            return refusal.response
        except (NoPath, NoMethod) as error:
            return refused(404 if isinstance(error, NoPath) else 405, f"No such control call: {request.path}").response
        except (ValueError, KeyError, TypeError) as error:
            return refused(400, str(error)).response
        return answer if isinstance(answer, Response) else json_response(200, answer)


CONTROL = Control()


def body(request: Request) -> dict[str, Any]:
    """The JSON object sent; ``{}`` when nothing was."""
    given = request.json() if request.body.strip() else {}
    if not isinstance(given, dict):
        raise ValueError("The body must be a JSON object")
    return given


def refused(status: int, detail: str) -> Refusal:
    """A control call that will not be done."""
    return Refusal(json_response(status, {"detail": detail}))


def streamed(key: str, rows: Rows) -> Response:
    """``{"key": [row, …]}`` without holding it whole."""

    def parts() -> Iterator[bytes]:
        yield f'{{"{key}":['.encode()
        batch: list[str] = []
        first = True
        for row in rows:
            batch.append(json.dumps(row, ensure_ascii=False))
            if len(batch) == BATCH:
                yield ("" if first else ",").encode() + ",".join(batch).encode()
                batch, first = [], False
        yield ("" if first or not batch else ",").encode() + ",".join(batch).encode() + b"]}"

    return Response(200, parts(), [("Content-Type", "application/json")])


@CONTROL("POST", "/reset")
def reset(simulation: Simulation, request: Request) -> Any:
    """A fresh shop."""
    return simulation.reset(**body(request))


@CONTROL("GET", "/requests")
def requests(simulation: Simulation, request: Request) -> Any:
    """What was asked of us since the reset."""
    return simulation.journal.as_json(bodies=request.get("bodies") == "1")


@CONTROL("GET", "/listings")
def listings(simulation: Simulation, request: Request) -> Response:
    """The shop's listings, whatever their status; ``?search=`` and ``?limit=`` for people who look at them."""
    rows: Rows = simulation.listings()
    if wanted := request.get("search").lower():
        rows = (row for row in rows if wanted in f"{row['title']} {row['sku']} {row['listing_id']}".lower())
    return streamed("listings", islice(rows, int(request.get("limit")) if request.get("limit") else None))


@CONTROL("GET", "/orders")
def orders(simulation: Simulation, request: Request) -> Response:
    """The shop's orders."""
    return streamed("orders", simulation.orders())


@CONTROL("POST", "/buy")
def buy(simulation: Simulation, request: Request) -> Response:
    """A buyer buys there."""
    return json_response(201, simulation.buy(**body(request)))


@CONTROL("POST", "/cancel")
def cancel(simulation: Simulation, request: Request) -> Any:
    """An order is cancelled on the site."""
    return simulation.cancel(**body(request))


@CONTROL("POST", "/edit")
def edit(simulation: Simulation, request: Request) -> Any:
    """The seller edits a listing on the site."""
    return simulation.edit(**body(request))


@CONTROL("POST", "/end")
def end(simulation: Simulation, request: Request) -> Any:
    """The seller takes a listing down on the site."""
    return simulation.end(**body(request))


@CONTROL("POST", "/faults")
def faults(simulation: Simulation, request: Request) -> Any:
    """Things go wrong; ``[]`` ends all faults."""
    wanted = request.json()
    if not isinstance(wanted, list):
        raise ValueError("The body must be a JSON list of faults")
    simulation.faults.add(wanted)
    if not wanted:
        simulation.faults.clear()
    return {"faults": simulation.faults.as_json()}


@CONTROL("GET", "/faults")
def faults_left(simulation: Simulation, request: Request) -> Any:
    """The faults not used up yet."""
    return {"faults": simulation.faults.as_json()}


@CONTROL("POST", "/clock")
def move_clock(simulation: Simulation, request: Request) -> Any:
    """Move the simulator's clock."""
    simulation.clock.advance(float(body(request)["advance"]))
    return {"now": clock.iso(simulation.clock.now())}


@CONTROL("GET", "/switches")
def switches(simulation: Simulation, request: Request) -> Any:
    """The behaviours that can be chosen."""
    return {"switches": simulation.switches.as_json()}


@CONTROL("POST", "/switches")
def set_switches(simulation: Simulation, request: Request) -> Any:
    """Choose behaviours."""
    simulation.switches.set(body(request))
    return {"switches": simulation.switches.as_json()}
