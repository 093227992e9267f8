"""Who is calling, and the shop's own settings: policies, programs, privileges, rate limits."""

from __future__ import annotations

from instica.core import clock
from instica.kit.simulation import Response, Routes
from instica.marketplaces.ebay.simulator.limits import BY_DAY, DAY_SECONDS, TRADING
from instica.marketplaces.ebay.simulator.rest import Body, Call, amount, answer, demand, error
from instica.marketplaces.ebay.simulator.words import MARKETS

ROUTES, IDENTITY, ANALYTICS = Routes(), Routes(), Routes()
READ, WRITE = ("sell.account", "sell.account.readonly"), ("sell.account",)
SHOWN = ("GetItem", "GetMyeBaySelling", "GetSellerList", "AddFixedPriceItem", "ReviseInventoryStatus")
LISTS = {"fulfillment": "fulfillmentPolicies", "payment": "paymentPolicies", "return": "returnPolicies"}


@IDENTITY("GET", "/user/")
def user(call: Call) -> Response:
    """The person behind the token."""
    demand(call.token, "commerce.identity.readonly")
    who = call.user
    return answer(
        200,
        {
            "userId": who.id,
            "username": who.username,
            "accountType": "BUSINESS",
            "registrationMarketplaceId": who.market,
            "status": "CONFIRMED",
        },
    )


@ROUTES("GET", "/fulfillment_policy")
def fulfillment_policies(call: Call) -> Response:
    """How this seller ships."""
    return _policies(call, "fulfillment")


@ROUTES("GET", "/payment_policy")
def payment_policies(call: Call) -> Response:
    """How this seller is paid."""
    return _policies(call, "payment")


@ROUTES("GET", "/return_policy")
def return_policies(call: Call) -> Response:
    """What this seller takes back."""
    return _policies(call, "return")


def _policies(call: Call, kind: str) -> Response:
    demand(call.token, *READ)
    market = call.get("marketplace_id")
    if market not in MARKETS:
        raise error(400, 20403, "API_ACCOUNT", "Invalid marketplace ID.", "marketplace_id is missing or unknown.")
    if not call.site.switches["business_policies"]:
        raise error(400, 20403, "API_ACCOUNT", "User is not eligible for Business Policy.")
    rows = [body for body in call.site.policies[kind].values() if body["marketplaceId"] == market]
    path = f"/{kind}_policy?marketplace_id={market}"
    return answer(200, {"total": len(rows), "href": call.url(path), "limit": 20, "offset": 0, LISTS[kind]: rows})


@ROUTES("GET", "/program/get_opted_in_programs")
def programs(call: Call) -> Response:
    """What the seller takes part in."""
    demand(call.token, *READ)
    opted = ["SELLING_POLICY_MANAGEMENT"] if call.site.switches["business_policies"] else []
    opted += ["OUT_OF_STOCK_CONTROL"] if call.site.switches["out_of_stock_control"] else []
    return answer(200, {"programs": [{"programType": each} for each in opted]})


@ROUTES("POST", "/program/opt_in")
def opt_in(call: Call) -> Response:
    """Take part."""
    demand(call.token, *WRITE)
    switch = {"SELLING_POLICY_MANAGEMENT": "business_policies", "OUT_OF_STOCK_CONTROL": "out_of_stock_control"}
    name = switch.get(str(call.body().get("programType")))
    if name is None:
        raise error(400, 25803, "API_ACCOUNT", "Invalid program type.")
    call.site.switches.set({name: True})
    return answer(200, {})


@ROUTES("GET", "/privilege")
def privilege(call: Call) -> Response:
    """What the seller may do."""
    demand(call.token, *READ)
    limit = {"amount": amount(50_000_00, "USD"), "quantity": 200_000}
    return answer(200, {"sellerRegistrationCompleted": True, "sellingLimit": limit})


@ANALYTICS("GET", "/rate_limit/")
def rate_limits(call: Call) -> Response:
    """What the application may still call today."""
    demand(call.token, "")
    now, rows = call.site.clock.now(), []
    for path, most in BY_DAY.items():
        context, name = path.strip("/").split("/")
        rows.append(_rate(call, context, name.title(), "v1", name, most, call.site.limits.used(path, now)))
    rows += [
        _rate(call, "TradingAPI", "TradingAPI", "v1", name, TRADING, call.site.limits.used(name, now)) for name in SHOWN
    ]
    wanted = call.get("api_context").lower()
    return answer(200, {"rateLimits": [row for row in rows if wanted in ("", row["apiContext"].lower())]})


@ANALYTICS("GET", "/user_rate_limit/")
def user_rate_limits(call: Call) -> Response:
    """Nothing here is limited by user."""
    return answer(204)


def _rate(call: Call, context: str, api: str, version: str, name: str, most: int, used: int) -> Body:
    day = call.site.epoch() // DAY_SECONDS + 1
    reset = clock.iso(call.site.clock.now().fromtimestamp(day * DAY_SECONDS, call.site.clock.now().tzinfo))
    rate = {"count": used, "limit": most, "remaining": max(0, most - used), "reset": reset, "timeWindow": DAY_SECONDS}
    resource = {"name": name, "rates": [rate]}
    return {"apiContext": context, "apiName": api, "apiVersion": version, "resources": [resource]}
