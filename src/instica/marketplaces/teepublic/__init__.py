"""TeePublic: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Manual, Marketplace

MARKETPLACE = Marketplace(
    slug="teepublic",
    name="TeePublic",
    url="https://teepublic.com",
    connection="extension",
    connector="instica.marketplaces.teepublic.connector:TeePublicConnector",
    simulator="instica.marketplaces.teepublic.simulator:TeePublicSimulator",
    port=8106,
    photo_hosts=("images.teepublic.com",),
    page_hosts=("www.teepublic.com",),
    manual=Manual("https://www.teepublic.com/design/quick_create"),
    folder=Path(__file__).parent,
)
