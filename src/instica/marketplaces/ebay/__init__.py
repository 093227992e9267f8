"""eBay: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Credential, LimitSpec, Marketplace

DAY = 24 * 3600
TRADING = (
    "GetMyeBaySelling",
    "GetSellerList",
    "GetSellerEvents",
    "GetItem",
    "AddFixedPriceItem",
    "VerifyAddFixedPriceItem",
    "ReviseFixedPriceItem",
    "ReviseInventoryStatus",
    "RelistFixedPriceItem",
    "EndFixedPriceItem",
    "EndItem",
)

MARKETPLACE = Marketplace(
    slug="ebay",
    name="eBay",
    url="https://ebay.com",
    connection="oauth",
    auth="instica.marketplaces.ebay.auth:EbayAuth",
    connector="instica.marketplaces.ebay.connector:EbayConnector",
    webhooks="instica.marketplaces.ebay.webhooks:EbayWebhooks",
    simulator="instica.marketplaces.ebay.simulator:EbaySimulator",
    port=8102,
    limits=(
        LimitSpec("ebay.inventory", rate=1_990_000, per=DAY, burst=10_000, scope="app", polls=False),
        LimitSpec("ebay.fulfillment", rate=95_000, per=DAY, burst=5_000, scope="app"),
        LimitSpec("ebay.account", rate=23_000, per=DAY, burst=2_000, scope="app", polls=False),
        LimitSpec("ebay.notification", rate=9_000, per=DAY, burst=1_000, scope="app", polls=False),
        LimitSpec("ebay.identity", rate=4_000, per=DAY, burst=1_000, scope="app", polls=False),
        LimitSpec("ebay.taxonomy", rate=4_000, per=DAY, burst=1_000, scope="app", polls=False),
        LimitSpec("ebay.metadata", rate=4_000, per=DAY, burst=1_000, scope="app", polls=False),
        LimitSpec("ebay.tokens", rate=9_000, per=DAY, burst=1_000, scope="app", polls=False),
        LimitSpec("ebay.app-tokens", rate=900, per=DAY, burst=100, scope="app", polls=False),
        LimitSpec("ebay.lists", rate=290, per=15, burst=10, scope="connection", polls=False),
        LimitSpec("ebay.revisions", rate=200, per=DAY, burst=50, scope="listing", polls=False),
        *(
            LimitSpec(
                *(f"ebay.trading.{name}", 3_000, DAY, 2_000, "app"), polls=False, changes=name == "GetSellerEvents"
            )
            for name in TRADING
        ),
    ),
    poll_seconds=(60, 900),
    credentials=(
        Credential("client_id", "App ID (Client ID) of your eBay production keyset"),
        Credential("client_secret", "Cert ID (Client Secret) of your eBay production keyset", secret=True),
        Credential("ru_name", "RuName (eBay Redirect URL name) of that keyset", required=False),
        Credential(
            "verification_token",
            "Your verification token for notifications; made up if left out",
            secret=True,
            required=False,
        ),
        Credential("alert_email", "Where eBay warns you when notifications cannot be delivered", required=False),
    ),
    notices=("This application uses eBay's APIs but is not endorsed or certified by eBay Inc.",),
    photo_hosts=("i.ebayimg.com",),
    folder=Path(__file__).parent,
)
