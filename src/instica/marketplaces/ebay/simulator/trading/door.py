"""The one address of Trading: who calls what, and an answer that is 200 whatever came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instica.kit.simulation import Request, Response
from instica.marketplaces.ebay.simulator.limits import BURST_SECONDS, BURSTS, TRADING
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.trading import reading, writing
from instica.marketplaces.ebay.simulator.trading.reading import Calendar
from instica.marketplaces.ebay.simulator.trading.wire import VERSION, Asked, Tree, Trouble, read, stamp, write

PATH = "/ws/api.dll"
NAME = "x-ebay-api-call-name"
WRITES: dict[str, Callable[[Site, Asked], Tree]] = {
    "AddFixedPriceItem": writing.add,
    "AddItem": writing.add,
    "VerifyAddFixedPriceItem": writing.verify,
    "VerifyAddItem": writing.verify,
    "ReviseFixedPriceItem": writing.revise,
    "ReviseItem": writing.revise,
    "ReviseInventoryStatus": writing.set_stock,
    "EndFixedPriceItem": writing.end,
    "EndItem": writing.end,
    "EndItems": writing.end_many,
    "RelistFixedPriceItem": writing.relist,
    "RelistItem": writing.relist,
    "CompleteSale": writing.complete,
    "SetUserPreferences": writing.prefer,
    "GetOrders": reading.orders,
}


class Door:
    """Trading, for one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.calendar = Calendar()

    def answer(self, request: Request) -> Response:
        """Do a call: failures are told inside, with status 200."""
        name = request.headers.get(NAME, "")
        try:
            asked = read(request.body)
            name = name or asked.root.tag.removesuffix("Request")
            self._admit(name, request)
            tree = self._do(name, request.origin, asked)
        except Trouble as trouble:
            return self._said(name or "Error", "Failure", [], trouble.errors)
        return self._said(name, "Success", [("CorrelationID", asked.text("MessageID") or None), *tree], [])

    def _admit(self, name: str, request: Request) -> None:
        token = request.headers.get("x-ebay-api-iaf-token", "")
        held = self.site.grants.access.get(token)
        if not token:
            raise Trouble(
                931, "Auth token is invalid.", "Validation of the authentication token in API request failed."
            )
        if held is None or not held.user:
            raise Trouble(21916984, "Invalid IAF token.", "IAF token supplied is invalid.")
        if held.until and held.until <= self.site.clock.now():
            raise Trouble(21917053, "Expired IAF token.", "IAF token supplied is expired.")
        now, limits = self.site.clock.now(), self.site.limits
        fits = limits.take(name, TRADING, now)
        if not fits or not limits.take(f"{name} burst", BURSTS.get(name, TRADING), now, BURST_SECONDS):
            text = (
                "Your application has exceeded usage limit on this call, please make call to Developer Analytics API."
            )
            raise Trouble(518, "Call usage limit has been reached.", text)

    def _do(self, name: str, origin: str, asked: Asked) -> Tree:
        reads: dict[str, Callable[[], Tree]] = {
            "GetMyeBaySelling": lambda: reading.my_ebay_selling(self.site, origin, asked),
            "GetSellerList": lambda: reading.seller_list(self.site, origin, asked, self.calendar),
            "GetSellerEvents": lambda: reading.seller_events(self.site, origin, asked, self.calendar),
            "GetItem": lambda: reading.item(self.site, origin, asked),
            "GetUser": lambda: reading.user(self.site),
            "GetUserPreferences": lambda: reading.preferences(self.site),
            "GeteBayOfficialTime": list,
        }
        if name in reads:
            return reads[name]()
        if name not in WRITES:
            text = f'The API call "{name}" is invalid or not supported in this release.'
            raise Trouble(2, "Unsupported API call.", text, name)
        return WRITES[name](self.site, asked)

    def _said(self, name: str, ack: str, tree: Tree, errors: list[tuple[Any, ...]]) -> Response:
        frame: Tree = [("Timestamp", stamp(self.site.clock.now().timestamp())), ("Ack", ack)]
        for code, short, long, parameters, severity in errors:
            said: Tree = [
                ("ShortMessage", short),
                ("LongMessage", long),
                ("ErrorCode", code),
                ("SeverityCode", severity),
                *(("ErrorParameters", [("Value", each)]) for each in parameters),
                ("ErrorClassification", "RequestError"),
            ]
            frame.append(("Errors", said))
        frame += [("Version", VERSION), ("Build", f"E{VERSION}_CORE_API_19146280_R1")]
        return Response(200, write(f"{name}Response", [*frame, *tree]), [("Content-Type", "text/xml;charset=utf-8")])
