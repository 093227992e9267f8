"""A simulation made of a site (its state) and deeds (what people do there): what is the same for every marketplace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instica.kit.simulation.control import CONTROL, Control, Rows
from instica.kit.simulation.http import Request, Response
from instica.kit.simulation.shell import Simulation

SITE_CONTROL = Control(CONTROL)


class SiteSimulation(Simulation):
    """``deeds`` is a module of functions that take the ``site`` first: ``shop listings orders buy cancel edit end``.

    ``site.fill(seed=, listings=, limits=, odd=)`` makes a fresh shop.
    """

    control = SITE_CONTROL
    site: Any
    deeds: Any
    title: str

    def page(self, request: Request, status: int) -> Response:
        """What the edge shows on a bad day."""
        text = f"<!DOCTYPE html><html><head><title>{self.title} | {status}</title></head><body><h1>Error {status}</h1>"
        return Response(status, f"{text}</body></html>".encode(), [("Content-Type", "text/html; charset=UTF-8")])

    def reset(
        self, seed: int = 1, listings: int = 150, limits: bool = False, odd: bool = True, **more: Any
    ) -> Mapping[str, Any]:
        """A fresh shop; apps and their grants stay, since an installed app stays installed."""
        self.start_over()
        self.site.fill(seed=int(seed), listings=int(listings), limits=bool(limits), odd=bool(odd), **more)
        return self.shop()

    def shop(self) -> Mapping[str, Any]:
        """What the last reset made."""
        told: Mapping[str, Any] = self.deeds.shop(self.site)
        return told

    def listings(self) -> Rows:
        """Everything in the shop."""
        rows: Rows = self.deeds.listings(self.site)
        return rows

    def orders(self) -> Rows:
        """All of the shop's orders."""
        rows: Rows = self.deeds.orders(self.site)
        return rows

    def buy(self, listing_id: Any, quantity: int = 1, **more: Any) -> Mapping[str, Any]:
        """A buyer orders it."""
        made: Mapping[str, Any] = self.deeds.buy(self.site, listing_id, quantity, **more)
        return made

    def cancel(self, order_id: Any, reason: str = "", **more: Any) -> Mapping[str, Any]:
        """An order is cancelled on the site."""
        done: Mapping[str, Any] = self.deeds.cancel(self.site, order_id, reason, **more)
        return done

    def edit(self, listing_id: Any, **changes: Any) -> Mapping[str, Any]:
        """The seller edits it on the site."""
        done: Mapping[str, Any] = self.deeds.edit(self.site, listing_id, changes)
        return done

    def end(self, listing_id: Any, **more: Any) -> Mapping[str, Any]:
        """The seller takes it down on the site."""
        done: Mapping[str, Any] = self.deeds.end(self.site, listing_id, **more)
        return done


@SITE_CONTROL("GET", "/shop")
def shop(simulation: SiteSimulation, request: Request) -> Any:
    """What the last reset made, and which of its rows are odd on purpose."""
    return simulation.shop()
