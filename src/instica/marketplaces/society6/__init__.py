"""Society6: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Manual, Marketplace

MARKETPLACE = Marketplace(
    slug="society6",
    name="Society6",
    url="https://society6.com",
    connection="extension",
    connector="instica.marketplaces.society6.connector:Society6Connector",
    simulator="instica.marketplaces.society6.simulator:Society6Simulator",
    port=8107,
    photo_hosts=("cdn.shopify.com", "ctl.s6img.com"),
    page_hosts=("society6.com", "www.society6.com"),
    manual=Manual(
        "https://studio.society6.com/upload",
        notice="Society6 is curated since March 2025: only artists it chose can upload, each design is reviewed for up"
        " to 30 business days, and picture, title and tags cannot be changed afterwards.",
    ),
    folder=Path(__file__).parent,
)
