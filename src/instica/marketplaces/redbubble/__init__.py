"""Redbubble: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Manual, Marketplace

MARKETPLACE = Marketplace(
    slug="redbubble",
    name="Redbubble",
    url="https://redbubble.com",
    connection="extension",
    connector="instica.marketplaces.redbubble.connector:RedbubbleConnector",
    simulator="instica.marketplaces.redbubble.simulator:RedbubbleSimulator",
    port=8105,
    photo_hosts=tuple(f"ih{number}.redbubble.net" for number in range(10)),
    page_hosts=("www.redbubble.com",),
    manual=Manual("https://www.redbubble.com/portfolio/images/new"),
    folder=Path(__file__).parent,
)
