"""The people of the simulated site: a shop, another seller, some buyers. None of them exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """An account. ``id`` never changes; ``token`` is what a fresh sandbox accepts for it."""

    id: str
    username: str
    name: str
    market: str = "EBAY_US"
    token: str = ""
    refresh: str = ""
    lines: tuple[str, ...] = ()
    eias: str = ""


OWNER = User(
    "Gst7kQ2xR0u",
    "greenstreet-records",
    "Greenstreet Records",
    token="sandbox-token",  # noqa: S106 - the sandbox's public token
    refresh="sandbox-refresh",
    eias="nY+sHZ2PrBmdj6wVnY+sEZ2PrA2dj6AAlYGjDpWGpAidj6x9nY+seQ==",
)
OTHER = User(
    "Nv4mT9wLs1e",
    "northside-vinyl",
    "Northside Vinyl",
    "EBAY_GB",
    token="stranger-token",  # noqa: S106 - the sandbox's public token
    refresh="stranger-refresh",
    eias="nY+sHZ2PrBmdj6wVnY+sEZ2PrA2dj6AFmYGjC5OEqAqdj6x9nY+seQ==",
)
BUYERS = (
    User("bq1OkAfOr01", "needle.drop", "Ines Okafor", lines=("14 Larch Row", "Chicago", "IL", "60699", "US")),
    User("bq2BrAnDt02", "mono_or_bust", "Theo Brandt", lines=("Ahornweg 3", "Berlin", "", "10999", "DE")),
    User("bq3SaArI003", "gatefold", "Mika Saari", lines=("Koivukuja 8", "Helsinki", "", "00999", "FI")),
    User("bq4PrAdO004", "runout-groove", "Lucía Prado", lines=("Calle Olmo 21", "Madrid", "", "28999", "ES")),
    User("bq5QuIlL005", "b_side_betty", "Betty Quill", lines=("77 Alder Court", "Boston", "MA", "02999", "US")),
)
EVERYONE = (OWNER, OTHER, *BUYERS)
