"""Etsy: the manifest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from instica.kit.contract import Credential, LimitSpec, Marketplace

NOTICE = (
    "The term 'Etsy' is a trademark of Etsy, Inc. This application uses the Etsy API but is not endorsed or"
    " certified by Etsy, Inc."
)

DAY = 86_400

MARKETPLACE = Marketplace(
    slug="etsy",
    name="Etsy",
    url="https://etsy.com",
    connection="oauth",
    auth="instica.marketplaces.etsy.auth:EtsyAuth",
    connector="instica.marketplaces.etsy.connector:EtsyConnector",
    webhooks="instica.marketplaces.etsy.webhooks:EtsyWebhooks",
    simulator="instica.marketplaces.etsy.simulator:EtsySimulator",
    port=8103,
    limits=(
        LimitSpec("etsy.second", rate=4.75, per=1, burst=1, scope="app", published=5),
        LimitSpec("etsy.day", rate=5_000, per=DAY, burst=5_000, scope="app", published=5_000, sliding=True),
    ),
    poll_seconds=(60, 900),
    credentials=(
        Credential("client_id", "Keystring of your Etsy app"),
        Credential("client_secret", "Shared secret of your Etsy app", secret=True),
        Credential("webhook_secret", "Signing secret of your webhook endpoint", secret=True, required=False),
    ),
    notices=(NOTICE,),
    photo_hosts=("i.etsystatic.com",),
    fresh_for=dt.timedelta(hours=6),
    folder=Path(__file__).parent,
)
