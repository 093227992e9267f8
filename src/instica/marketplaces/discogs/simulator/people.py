"""The people of the simulated site: a shop, another seller, some buyers. None of them exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """An account. ``address`` is how it would stand on a parcel."""

    id: int
    username: str
    name: str
    location: str
    currency: str = "USD"
    email: str = ""
    address: str = ""
    token: str = ""


OWNER = User(
    7_203_114,
    "greenstreet_records",
    "Greenstreet Records",
    "Portland, Oregon, United States",
    email="shop@greenstreet.example",
    token="sandbox-token",  # noqa: S106 - the sandbox's public token
)
OTHER = User(
    9_155_820,
    "northside_vinyl",
    "Northside Vinyl",
    "Leeds, United Kingdom",
    currency="GBP",
    email="hello@northside.example",
    token="stranger-token",  # noqa: S106 - the sandbox's public token
)
BUYERS = (
    User(3_310_221, "needle.drop", "Ines Okafor", "Chicago", address="14 Larch Row\nChicago, IL 60699\nUnited States"),
    User(1_902_447, "mono_or_bust", "Theo Brandt", "Berlin", address="Ahornweg 3\n10999 Berlin\nGermany"),
    User(5_771_038, "gatefold", "Mika Saari", "Helsinki", address="Koivukuja 8\n00999 Helsinki\nFinland"),
    User(8_246_610, "runout-groove", "Lucía Prado", "Madrid", address="Calle Olmo 21\n28999 Madrid\nSpain"),
    User(2_650_093, "b_side_betty", "Betty Quill", "Boston", address="77 Alder Court\nBoston, MA 02999\nUnited States"),
    User(6_018_752, "obi.strip", "Haru Ito", "Osaka", address="2-4 Kaede\nOsaka 599-9999\nJapan"),
)
EVERYONE = (OWNER, OTHER, *BUYERS)
