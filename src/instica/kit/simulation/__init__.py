"""What a marketplace's simulator is made of: a WSGI shell, routes, a clock, faults, a limit, the control interface."""

from __future__ import annotations

from instica.kit.simulation.clock import Clock
from instica.kit.simulation.control import Control
from instica.kit.simulation.faults import ConnectionCut, Fault, Faults
from instica.kit.simulation.http import Refusal, Request, Response, json_response
from instica.kit.simulation.limits import MovingWindow
from instica.kit.simulation.routes import Routes
from instica.kit.simulation.shell import Simulation
from instica.kit.simulation.switches import Switch, Switches

__all__ = [
    "Clock",
    "ConnectionCut",
    "Control",
    "Fault",
    "Faults",
    "MovingWindow",
    "Refusal",
    "Request",
    "Response",
    "Routes",
    "Simulation",
    "Switch",
    "Switches",
    "json_response",
]
