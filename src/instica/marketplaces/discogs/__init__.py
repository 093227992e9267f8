"""Discogs: the manifest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from instica.kit.contract import Credential, LimitSpec, Marketplace

MARKETPLACE = Marketplace(
    slug="discogs",
    name="Discogs",
    url="https://discogs.com",
    connection="oauth",
    auth="instica.marketplaces.discogs.auth:DiscogsAuth",
    connector="instica.marketplaces.discogs.connector:DiscogsConnector",
    simulator="instica.marketplaces.discogs.simulator:DiscogsSimulator",
    port=8101,
    limits=(LimitSpec("discogs.calls", rate=55, per=60, burst=5, scope="egress"),),
    poll_seconds=(60, 900),
    credentials=(
        Credential("client_id", "Consumer key of your Discogs application"),
        Credential("client_secret", "Consumer secret of your Discogs application", secret=True),
    ),
    notices=(
        "This application uses Discogs' API but is not affiliated with, sponsored or endorsed by Discogs.",
        "Data provided by Discogs.",
    ),
    photo_hosts=("i.discogs.com", "img.discogs.com"),
    fresh_for=dt.timedelta(hours=6),
    folder=Path(__file__).parent,
)
