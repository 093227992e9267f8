"""The few pages of the site that a person meets: consent, a page on sale, a notice."""

from __future__ import annotations

from collections.abc import Mapping

from instica.kit.simulation import Asking, Look, Response

LOOK = Look(
    "eBay",
    light="#191919 #5c5c5c #f3f5f9 #fff #d5dae3 #2a4fb5 #fff",
    dark="#eee #aab #14161b #1e2128 #383d48 #9db8ff #0d1633",
    corner="999px",
)
notice = LOOK.notice
CARRIED = ("client_id", "redirect_uri", "response_type", "scope", "state")


def consent(app: str, name: str, username: str, asked: Mapping[str, str]) -> Response:
    """May this app act for me?"""
    return LOOK.consent(
        Asking(
            title="Grant access",
            heading=f"Grant {app} access to your eBay account",
            person=name,
            account=username,
            leads=f"If you agree, {app} will be able to:",
            wishes=(
                "see who you are on eBay",
                "view and manage your inventory and offers",
                "view and manage your order fulfillments",
                "see your business policies",
            ),
            action="/oauth2/authorize",
            kept={field: asked.get(field, "") for field in CARRIED},
            allow="Agree and continue",
            deny="Not now",
        )
    )


def item(title: str, facts: Mapping[str, str], listing_id: int, *, for_sale: bool) -> Response:
    """A page on sale, with a button that buys it."""
    button, sorry = "Buy It Now" if for_sale else "", "This listing has ended or sold out."
    return LOOK.item(title, facts, f"/itm/{listing_id}", buy=button, sorry=sorry)
