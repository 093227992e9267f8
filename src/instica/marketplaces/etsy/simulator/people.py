"""The people of the simulated site: a shop, another seller, some buyers. None of them exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seller:
    """A person with a shop. ``access`` and ``refresh`` are tokens the fresh simulator accepts."""

    user_id: int
    shop_id: int
    shop_name: str
    login: str
    name: str
    currency: str = "USD"
    country: str = "US"
    access: str = ""
    refresh: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody who buys, and where the parcel goes."""

    user_id: int
    name: str
    first_line: str
    city: str
    zip: str
    country: str
    state: str = ""
    second_line: str = ""


OWNER = Seller(
    48210077,
    21540033,
    "GreenStreetPrints",
    "greenstreetprints",
    "Green Street Prints",
    access="48210077.sandbox-token",
    refresh="48210077.sandbox-refresh",
)
OTHER = Seller(
    51200412,
    22770019,
    "NorthsidePaper",
    "northsidepaper",
    "Northside Paper",
    currency="GBP",
    country="GB",
    access="51200412.stranger-token",
    refresh="51200412.stranger-refresh",
)
SELLERS = (OWNER, OTHER)
BUYERS = (
    Buyer(70310221, "Ines Okafor", "14 Larch Row", "Chicago", "60699", "US", "IL"),
    Buyer(70902447, "Theo Brandt", "Ahornweg 3", "Berlin", "10999", "DE"),
    Buyer(70771038, "Mika Saari", "Koivukuja 8", "Helsinki", "00999", "FI"),
    Buyer(70246610, "Lucía Prado", "Calle Olmo 21", "Madrid", "28999", "ES", second_line="2º B"),
    Buyer(70650093, "Betty Quill", "77 Alder Court", "Boston", "02999", "US", "MA"),
    Buyer(70018752, "Haru Ito", "2-4 Kaede", "Osaka", "599-9999", "JP"),
)
