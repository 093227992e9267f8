"""Etsy: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Marketplace

MARKETPLACE = Marketplace(
    slug="etsy",
    name="Etsy",
    url="https://etsy.com",
    connection="oauth",
    port=8103,
    folder=Path(__file__).parent,
)
