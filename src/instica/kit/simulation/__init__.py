"""What a simulator is made of: a WSGI shell, routes, a clock, faults, a limit, pages, webhooks, the control calls."""

from __future__ import annotations

from instica.kit.simulation.clock import Clock
from instica.kit.simulation.control import Control
from instica.kit.simulation.faults import ConnectionCut, Fault, Faults
from instica.kit.simulation.http import Refusal, Request, Response, json_response
from instica.kit.simulation.limits import MovingWindow
from instica.kit.simulation.pages import Asking, Look
from instica.kit.simulation.routes import Routes
from instica.kit.simulation.sender import Delivery, Mishap, Sender
from instica.kit.simulation.shell import Simulation
from instica.kit.simulation.site import SITE_CONTROL, SiteSimulation
from instica.kit.simulation.switches import Switch, Switches

__all__ = [
    "SITE_CONTROL",
    "Asking",
    "Clock",
    "ConnectionCut",
    "Control",
    "Delivery",
    "Fault",
    "Faults",
    "Look",
    "Mishap",
    "MovingWindow",
    "Refusal",
    "Request",
    "Response",
    "Routes",
    "Sender",
    "Simulation",
    "SiteSimulation",
    "Switch",
    "Switches",
    "json_response",
]
