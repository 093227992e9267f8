"""The few pages of the site that a person meets: consent, a code, a record on sale, an order."""

from __future__ import annotations

from html import escape

from instica.kit.simulation import Asking, Look, Response

LOOK = Look(
    "Discogs",
    light="#1b1b1b #5c5c5c #f4f2ee #fff #dcd8d0 #1f6f4a #fff",
    dark="#eee #aaa #16171a #202226 #3a3d43 #7fd1a5 #10241a",
)
notice = LOOK.notice


def consent(app: str, name: str, username: str, token: str) -> Response:
    """May this app act for me?"""
    return LOOK.consent(
        Asking(
            title="Allow access",
            heading=f"{app} wants to use your Discogs account",
            person=name,
            account=username,
            leads=f"If you allow it, {app} will be able to:",
            wishes=(
                "see your profile, inventory and orders",
                "create, edit and delete your listings",
                "answer buyers and change your orders",
            ),
            taken_back="You can take this back at any time in your settings.",
            action="/oauth/authorize",
            kept={"oauth_token": token},
            allow="Allow",
            deny="Deny",
        )
    )


def code(app: str, verifier: str) -> Response:
    """The verifier, to be typed into the app."""
    body = f"<h1>Access allowed</h1><p>Enter this code in {escape(app)}:</p><p><code>{escape(verifier)}</code></p>"
    return LOOK.page(200, "Your code", body)


def item(title: str, picture: str, facts: dict[str, str], listing_id: int, *, for_sale: bool) -> Response:
    """A record on sale, with a button that buys it."""
    button, sorry = "Buy it" if for_sale else "", "It is not for sale (any more)."
    return LOOK.item(title, facts, f"/sell/item/{listing_id}", picture=picture, buy=button, sorry=sorry)
