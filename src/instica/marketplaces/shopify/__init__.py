"""Shopify: the manifest."""

from __future__ import annotations

from pathlib import Path

from instica.kit.contract import Credential, LimitSpec, Marketplace

MARKETPLACE = Marketplace(
    slug="shopify",
    name="Shopify",
    url="https://shopify.com",
    connection="oauth",
    auth="instica.marketplaces.shopify.auth:ShopifyAuth",
    connector="instica.marketplaces.shopify.connector:ShopifyConnector",
    webhooks="instica.marketplaces.shopify.webhooks:ShopifyWebhooks",
    simulator="instica.marketplaces.shopify.simulator:ShopifySimulator",
    port=8104,
    limits=(LimitSpec("shopify.points", rate=95, per=1, burst=1_900, scope="connection", published=100),),
    poll_seconds=(30, 900),
    credentials=(
        Credential("client_id", "Client ID of your Shopify app"),
        Credential("client_secret", "Client secret of your Shopify app", secret=True),
        Credential("previous_secret", "The secret before the last rotation, for an hour", secret=True, required=False),
    ),
    photo_hosts=("cdn.shopify.com",),
    consent_hosts=("*.myshopify.com",),
    folder=Path(__file__).parent,
)
