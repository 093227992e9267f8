"""What a marketplace lets us do with its orders: as its connector says, without asking it."""

from __future__ import annotations

from dataclasses import dataclass

from instica import marketplaces
from instica.kit.contract import Connector


@dataclass(frozen=True, slots=True)
class Doors:
    """Whether orders there can be shipped, in several parcels, and cancelled from here; the carriers it knows."""

    ship: bool = False
    parts: bool = False
    cancel: bool = False
    carriers: tuple[tuple[str, str], ...] = ()


def doors(marketplace: str) -> Doors:
    """Those of a marketplace; none where it has no connector."""
    manifest = marketplaces.get(marketplace)
    if manifest is None or not manifest.connector:
        return Doors()
    connector: type[Connector] = manifest.load("connector")
    return Doors(
        ship=connector.can("ship"),
        parts=connector.ships_parts,
        cancel=connector.can("cancel"),
        carriers=tuple(connector.carriers),
    )
