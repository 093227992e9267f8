"""What a marketplace's ``fields.json`` says about listing there, beside the fields themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from instica import marketplaces


@dataclass(frozen=True, slots=True)
class Facts:
    """``schema`` draws the form and checks the fields; ``needs`` are parts of a draft that must be there.

    ``single``: a page sells one piece. ``most`` is the highest quantity a page shows, ``endless`` what it shows for
    unlimited. ``costs``: going on sale costs money. ``links``: pictures are sent as public links, not as bytes.
    ``longest`` cuts texts.
    """

    schema: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    single: bool = False
    most: int | None = None
    endless: int | None = None
    costs: bool = False
    links: bool = False
    pictures: int = 20
    longest: Mapping[str, int] | None = None

    @property
    def fields(self) -> Mapping[str, Any]:
        """The schema of each field, by name."""
        properties: Mapping[str, Any] = self.schema.get("properties", {})
        return properties


@cache
def _read(slug: str) -> Facts:
    manifest = marketplaces.get(slug)
    path = manifest.folder / "fields.json" if manifest else None
    schema: dict[str, Any] = json.loads(path.read_text()) if path and path.is_file() else {"type": "object"}
    single: bool = schema.get("x-single-pieces", False)
    return Facts(
        schema=schema,
        needs=tuple(schema.get("x-needs", ())),
        single=single,
        most=1 if single else schema.get("x-most-pieces"),
        endless=schema.get("x-made-to-order"),
        costs="x-fee" in schema,
        links=schema.get("x-pictures") == "links",
        pictures=schema.get("x-most-pictures", 20),
        longest=schema.get("x-longest", {}),
    )


def facts(slug: str) -> Facts:
    """What listing on that marketplace takes."""
    return _read(slug)
