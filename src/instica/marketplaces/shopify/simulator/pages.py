"""The few pages that a person meets: consent, a notice."""

from __future__ import annotations

from instica.kit.simulation import Asking, Look, Response
from instica.marketplaces.shopify.simulator.site import Shop

ASKED = ("client_id", "scope", "redirect_uri", "state")
WORDS = {
    "products": "products, variants and pictures",
    "inventory": "stock",
    "locations": "locations",
    "publications": "sales channels",
    "orders": "orders",
    "all_orders": "orders older than 60 days",
    "customers": "customers",
}
LOOK = Look(
    "Shopify",
    light="#1b1b1b #5c5c5c #f1f2f0 #fff #d9dcd6 #2d5f3a #fff",
    dark="#eee #aaa #151716 #1f2321 #3a403c #8fd19e #10241a",
)
notice = LOOK.notice


def consent(app: str, shop: Shop, scopes: list[str], asked: dict[str, str]) -> Response:
    """May this app be installed?"""
    return LOOK.consent(
        Asking(
            title="Install app",
            heading=f"Install {app}",
            person=shop.name,
            account=shop.domain,
            leads=f"{app} will be able to:",
            wishes=[_wish(scope) for scope in scopes],
            taken_back="You can uninstall it at any time in your settings.",
            action="/admin/oauth/authorize",
            kept={name: asked.get(name, "") for name in ASKED},
            allow="Install",
            deny="Cancel",
        )
    )


def _wish(scope: str) -> str:
    verb, _, noun = scope.partition("_")
    return f"{'edit' if verb == 'write' else 'view'} {WORDS.get(noun, noun.replace('_', ' '))}"
