"""What an app does for itself: subscriptions, bulk operations, leaving the shop."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from instica.kit.simulation.sender import NEAR
from instica.marketplaces.shopify.simulator import bulk, notices
from instica.marketplaces.shopify.simulator.hooks import Subscription
from instica.marketplaces.shopify.simulator.ledger import BulkJob
from instica.marketplaces.shopify.simulator.product_deeds import Deed
from instica.marketplaces.shopify.simulator.site import gid, number_in
from instica.marketplaces.shopify.simulator.visit import Visit, complaint, user_error

Args = dict[str, Any]
MOST_BULK = 5
TOPIC_SCOPES = {
    "ORDERS": "read_orders",
    "REFUNDS": "read_orders",
    "PRODUCTS": "read_products",
    "INVENTORY": "read_inventory",
    "LOCATIONS": "read_locations",
    "FULFILLMENTS": "read_fulfillments",
}


def subscribe(visit: Visit, args: Args) -> Args:
    """Hear of a topic at an address."""
    given, site = args["webhookSubscription"], visit.site
    uri = given.get("uri") or given.get("callbackUrl") or ""
    if trouble := _address(visit, uri):
        return _refused(trouble)
    scope = TOPIC_SCOPES.get(args["topic"].partition("_")[0])
    if scope and not visit.may((scope,)):
        topic = args["topic"].lower()
        message = f"You do not have permission to create or update webhooks with {topic} topic. It requires {scope}."
        raise complaint(message, "ACCESS_DENIED")
    rule = given.get("filter") or ""
    same = (args["topic"], uri, rule)
    if any((each.topic, each.uri, each.filter) == same for each in site.hooks.subscriptions.values()):
        return _refused("Address for this topic has already been taken")
    made = Subscription(
        id=site.number(),
        topic=args["topic"],
        uri=uri,
        created=site.now,
        updated=site.now,
        format=given.get("format") or "JSON",
        filter=rule,
        include=tuple(given.get("includeFields") or ()),
        name=given.get("name") or "",
    )
    site.hooks.subscriptions[made.id] = made
    return {"webhookSubscription": made, "userErrors": []}


def _address(visit: Visit, uri: str) -> str:
    parts = urlsplit(uri)
    if not uri:
        return "Address can't be blank"
    if parts.scheme in ("https", "pubsub", "arn"):
        return ""
    near = visit.site.switches["http_hooks"] and parts.hostname in NEAR
    return "" if parts.scheme == "http" and near else f"Address protocol {parts.scheme}:// is not supported"


def _refused(message: str) -> Args:
    return {"webhookSubscription": None, "userErrors": [user_error(message, "webhookSubscription", "callbackUrl")]}


def resubscribe(visit: Visit, args: Args) -> Args:
    """Another address for a subscription."""
    found = visit.site.hooks.subscriptions.get(number_in(args["id"], "WebhookSubscription") or 0)
    if found is None:
        return _unknown()
    given = args["webhookSubscription"]
    uri = given.get("uri") or given.get("callbackUrl")
    if uri:
        if trouble := _address(visit, uri):
            return _refused(trouble)
        found.uri = uri
    if given.get("includeFields") is not None:
        found.include = tuple(given["includeFields"])
    found.updated = visit.site.now
    return {"webhookSubscription": found, "userErrors": []}


def unsubscribe(visit: Visit, args: Args) -> Args:
    """Hear no more."""
    number = number_in(args["id"], "WebhookSubscription") or 0
    if visit.site.hooks.subscriptions.pop(number, None) is None:
        return {"deletedWebhookSubscriptionId": None, "userErrors": _unknown()["userErrors"]}
    return {"deletedWebhookSubscriptionId": args["id"], "userErrors": []}


def _unknown() -> Args:
    return {"webhookSubscription": None, "userErrors": [user_error("Webhook subscription does not exist", "id")]}


def run_bulk(visit: Visit, args: Args) -> Args:
    """Have a query answered as a file."""
    site = visit.site
    running = [job for job in site.bulk.values() if job.status in ("CREATED", "RUNNING")]
    if site.switches["bulk_busy"] or len(running) >= MOST_BULK:
        number = running[0].id if running else 1
        message = (
            f"A bulk query operation for this app and shop is already in progress: {gid('BulkOperation', number)}."
        )
        return {"bulkOperation": None, "userErrors": [user_error(message, code="OPERATION_IN_PROGRESS")]}
    try:
        bulk.checked(args["query"])
    except bulk.NotForBulk as error:
        return {"bulkOperation": None, "userErrors": [user_error(str(error), "query", code="INVALID")]}
    job = BulkJob(site.number(), args["query"], site.now, secret=site.secret("bulk"))
    site.bulk[job.id] = job
    return {"bulkOperation": job, "userErrors": []}


def cancel_bulk(visit: Visit, args: Args) -> Args:
    """Stop one that runs."""
    job = visit.site.bulk.get(number_in(args["id"], "BulkOperation") or 0)
    if job is None:
        return {"bulkOperation": None, "userErrors": [user_error("Bulk operation does not exist", "id")]}
    if job.status not in ("CREATED", "RUNNING"):
        message = f"A bulk operation cannot be canceled when it is {job.status.lower()}"
        return {"bulkOperation": job, "userErrors": [user_error(message)]}
    job.status, job.completed = "CANCELED", visit.site.now
    return {"bulkOperation": job, "userErrors": []}


def stage(visit: Visit, args: Args) -> Args:
    """Places to put files: by PUT with headers, to a link that is signed."""
    targets = []
    for each in args["input"]:
        place = f"staged/{visit.site.shop.id}/files/{visit.site.secret('stage')}/{each['filename']}"
        visit.site.uploads[place] = b""
        targets.append(
            {
                "url": f"{visit.origin}/{place}?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=sandbox",
                "resourceUrl": f"{visit.origin}/{place}",
                "parameters": [
                    {"name": "content_type", "value": each["mimeType"]},
                    {"name": "acl", "value": "private"},
                ],
            }
        )
    return {"stagedTargets": targets, "userErrors": []}


def uninstall(visit: Visit, args: Args) -> Args:
    """The app leaves the shop: its tokens die at once."""
    site, held = visit.site, visit.grant
    notices.uninstalled(site)
    site.grants = {token: grant for token, grant in site.grants.items() if grant.app != held.app}
    site.hooks.subscriptions = {}
    app = {"id": gid("App", 9_100_200_301), "title": site.apps[held.app].name, "handle": "instica"}
    return {"app": app, "userErrors": []}


DEEDS: dict[str, Deed] = {
    "webhookSubscriptionCreate": subscribe,
    "webhookSubscriptionUpdate": resubscribe,
    "webhookSubscriptionDelete": unsubscribe,
    "bulkOperationRunQuery": run_bulk,
    "bulkOperationCancel": cancel_bulk,
    "stagedUploadsCreate": stage,
    "appUninstall": uninstall,
}
