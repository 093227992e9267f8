"""Shopify's Admin API as one shop: one method per document in ``operations``, in Shopify's words."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from instica.kit.addresses import Site
from instica.kit.answers import Answer, Effect
from instica.kit.errors import Gone, TryLater
from instica.kit.http import Call, Http, Sign
from instica.kit.ports import Session
from instica.kit.types import App, Grant
from instica.marketplaces.shopify import verdicts
from instica.marketplaces.shopify.operations import OPERATIONS, document
from instica.marketplaces.shopify.verdicts import LIMIT, record
from instica.marketplaces.shopify.words import DOMAIN, VERSION

PATH = f"/admin/api/{VERSION}/graphql.json"
STORAGE = "https://storage.googleapis.com"
STAGED = "https://shopify-staged-uploads.storage.googleapis.com"
LARGEST_EXPORT = 4 * 1024 * 1024 * 1024
DOWNLOAD_SECONDS = 600.0
EXPORT_SECONDS = 60.0
UPLOAD_SECONDS = 120.0
MOST_PAGES = 1_000
log = structlog.get_logger(__name__)


def site(app: App, shop: str) -> Site:
    """Where that shop is, for this installation. ``shop`` is its permanent domain and nothing else."""
    if not DOMAIN.fullmatch(shop):
        raise ValueError(f"Not a shop's domain: {shop!r}")
    return Site("Shopify", {"api": f"https://{shop}"}, app.origin)


def sign(app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """The header that proves who calls."""
    token = grant.secrets.get("access_token") if grant else None
    return {"X-Shopify-Access-Token": token.reveal()} if token else {}


def unsigned(app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """Files are addressed by a signed link: our token has no business there."""
    return {}


class Shopify:
    """The API as one shop. ``version`` is the one that answered last: Shopify replaces a retired one silently."""

    def __init__(self, session: Session) -> None:
        shop = session.account.remote_id
        self.http = Http(site(session.app, shop), verdicts.DIALECT, sign, app=session.app, session=session)
        storage = Site("Shopify", {"api": STORAGE, "staged": STAGED}, session.app.origin)
        self.files = Http(storage, verdicts.FILES, unsigned, app=session.app, session=session)
        self.version = VERSION

    def ask(
        self, name: str, effect: Effect = "read", *, cost: float = 0, seconds: float = 30.0, **variables: Any
    ) -> Any:
        """Send a document and answer what is at its root, ``None`` where there is no such thing."""
        answer, value = asked(self.http, name, effect, cost=cost, seconds=seconds, **variables)
        self._notice_version(answer)
        return value

    def do(
        self, name: str, effect: Effect, *, errors: str = "userErrors", cost: float = 0, **variables: Any
    ) -> Mapping[str, Any]:
        """Send a mutation; its payload. Raises what its complaints mean."""
        return verdicts.payload(self.ask(name, effect, cost=cost, **variables), errors)

    def _notice_version(self, answer: Answer) -> None:
        self.version = answer.headers.get("x-shopify-api-version", VERSION)
        if self.version != VERSION:
            log.warning("shopify.version", asked=VERSION, answered=self.version)

    def who(self) -> Mapping[str, Any]:
        """The shop and the scopes granted there."""
        return an_object(self._whole("who"))

    def size(self) -> tuple[int, int]:
        """How many products and how many variants there are."""
        data = self._whole("size")
        return count(data.get("productsCount")), count(data.get("productVariantsCount"))

    def _whole(self, name: str) -> Mapping[str, Any]:
        """Everything a document with several roots asks for."""
        answer = sent(self.http, name, "read")
        self._notice_version(answer)
        verdicts.root(answer.data, OPERATIONS[name].root, name, "read")
        return record(record(answer.data).get("data"))

    def product_page(self, after: str | None) -> Mapping[str, Any]:
        """A page of products, by id."""
        return an_object(self.ask("product_page", after=after))

    def product(self, number: str) -> Mapping[str, Any]:
        """One product, whole. Raises ``Gone``."""
        return self.completed(there(self.ask("product", id=gid("Product", number))))

    def completed(self, product: Mapping[str, Any]) -> Mapping[str, Any]:
        """A product with the variants and pictures that did not fit onto its page."""
        number = str(product.get("id"))
        return {
            **product,
            "variants": {"nodes": list(self._all(product, "variants", "more_variants", number))},
            "media": {"nodes": list(self._all(product, "media", "more_media", number))},
        }

    def _all(self, found: Mapping[str, Any], key: str, further: str, number: str) -> Iterator[Any]:
        """The rows of an inner list, page after page: to stop at the first would lose the rest silently."""
        page = record(found.get(key))
        for _ in range(MOST_PAGES):
            yield from rows(page)
            after = following(page)
            if after is None:
                return
            page = record(there(self.ask(further, id=number, after=after)).get(key))
        raise TryLater(f"Shopify's list of {key} has no end")

    def product_by_handle(self, handle: str) -> Mapping[str, Any] | None:
        """The product of a handle."""
        found = self.ask("product_by_handle", handle=handle)
        return an_object(found) if found is not None else None

    def start_export(self) -> str:
        """Have all products written to a file; the operation's id. Asking twice harms nobody."""
        made = self.do("start_export", "set", query=document("every_product"))
        return text_id(record(made.get("bulkOperation")))

    def export(self, number: str) -> Mapping[str, Any]:
        """How a bulk operation is. Raises ``Gone``."""
        return there(self.ask("export", id=number, seconds=EXPORT_SECONDS))

    def download(self, url: str, to: Path) -> Answer:
        """Spool the file of a finished one."""
        link = self.files.site.rebase(url)
        path = link.removeprefix(self.files.site.url("/").rstrip("/"))
        return self.files.download(path, to, largest=LARGEST_EXPORT, seconds=DOWNLOAD_SECONDS)

    def stage(self, wishes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Places to put files, one for each wish."""
        found = self.do("stage", "set", input=wishes).get("stagedTargets")
        return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []

    def upload(self, url: str, body: bytes, kind: str, parameters: Mapping[str, str]) -> None:
        """Put a file where Shopify said."""
        link = self.files.site.rebase(url)
        call = Call("PUT", link, "set", body=body, content_type=kind, headers=parameters, expect="text")
        self.files.send(replace(call, seconds=UPLOAD_SECONDS))

    def set_product(self, identifier: Mapping[str, str], fields: Mapping[str, Any], effect: Effect) -> str:
        """Make or replace a product; its number."""
        pieces = len(fields.get("variants") or ()) * 0.2 + len(fields.get("files") or ()) * 1.9
        cost = OPERATIONS["set_product"].cost + pieces
        made = self.do("set_product", effect, cost=cost, identifier=identifier, input=fields)
        return tail(text_id(record(made.get("product"))))

    def set_status(self, number: str, status: str) -> None:
        """Show or hide a product."""
        self.do("set_status", "set", product={"id": gid("Product", number), "status": status})

    def set_variants(self, product: str, variants: Sequence[Mapping[str, Any]]) -> None:
        """Change variants of one product."""
        self.do("set_variants", "set", productId=product, variants=variants)

    def publish(self, number: str, channel: str) -> None:
        """Put a product onto a sales channel."""
        self.do("publish", "set", id=gid("Product", number), input=[{"publicationId": channel}])

    def channels(self) -> list[Mapping[str, Any]]:
        """The shop's sales channels."""
        return rows(record(self.ask("channels")))

    def locations(self) -> list[Mapping[str, Any]]:
        """Where stock lies."""
        return rows(record(self.ask("locations")))

    def categories(self, search: str) -> list[Mapping[str, Any]]:
        """Categories of the taxonomy."""
        return rows(record(record(self.ask("categories", search=search)).get("categories")))

    def levels(self, variants: Sequence[str]) -> list[Mapping[str, Any]]:
        """The stock of variants, those that are gone left out."""
        cost = OPERATIONS["levels"].cost * len(variants)
        found = self.ask("levels", cost=cost, ids=[gid("ProductVariant", each) for each in variants])
        return [row for row in found if isinstance(row, Mapping) and row.get("id")] if isinstance(found, list) else []

    def product_variants(self, number: str) -> list[str]:
        """The numbers of a product's variants. Raises ``Gone``."""
        product = gid("Product", number)
        page = record(there(self.ask("product_variants", id=product, after=None)).get("variants"))
        return [tail(row.get("id")) for row in self._all({"variants": page}, "variants", "product_variants", product)]

    def set_quantities(self, changes: Sequence[Mapping[str, Any]], reference: str) -> None:
        """Set available stock where it still is what was read: all rows or none."""
        fields = {"name": "available", "reason": "correction", "referenceDocumentUri": reference, "quantities": changes}
        self.do("set_quantities", "set", input=fields, key=str(uuid.uuid4()))

    def track_item(self, item: str) -> None:
        """Have an item counted."""
        self.do("track_item", "set", id=item, input={"tracked": True})

    def order_page(self, since: str, after: str | None) -> Mapping[str, Any]:
        """A page of orders with activity since a moment, the earliest first."""
        return an_object(self.ask("order_page", since=f"updated_at:>='{since}'", after=after))

    def order(self, number: str) -> Mapping[str, Any]:
        """One order, whole. Raises ``Gone``."""
        return self.completed_order(there(self.ask("order", id=gid("Order", number))))

    def completed_order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """An order with the lines that did not fit onto its page."""
        lines = list(self._all(order, "lineItems", "more_lines", str(order.get("id"))))
        return {**order, "lineItems": {"nodes": lines}}

    def work(self, number: str) -> list[Mapping[str, Any]]:
        """The fulfilment orders of an order. Raises ``Gone``."""
        return rows(record(there(self.ask("work", id=gid("Order", number))).get("fulfillmentOrders")))

    def ship(self, fulfillment: Mapping[str, Any]) -> None:
        """Mark as shipped; the buyer is told."""
        self.do("ship", "once", fulfillment=fulfillment)

    def track(self, fulfillment: str, tracking: Mapping[str, str]) -> None:
        """Another tracking number for a parcel; the buyer is told."""
        self.do("track", "once", id=fulfillment, tracking=tracking)

    def cancel_order(self, number: str, reason: str) -> None:
        """Cancel; pieces and money go back."""
        self.do("cancel_order", "once", errors="orderCancelUserErrors", id=gid("Order", number), reason=reason)

    def hooks(self) -> list[Mapping[str, Any]]:
        """All webhook subscriptions this app holds here."""
        found: list[Mapping[str, Any]] = []
        after: str | None = None
        for _ in range(MOST_PAGES):
            page = record(self.ask("hooks", after=after))
            found += rows(page)
            after = following(page)
            if after is None:
                return found
        raise TryLater("Shopify's list of subscriptions has no end")

    def subscribe(self, topic: str, url: str) -> str:
        """Hear of a topic; the subscription's id."""
        made = self.do("subscribe", "set", topic=topic, subscription={"uri": url, "format": "JSON"})
        return text_id(record(made.get("webhookSubscription")))

    def unsubscribe(self, number: str) -> None:
        """Hear of it no more."""
        self.do("unsubscribe", "set", id=number)


def sent(http: Http, name: str, effect: Effect, *, cost: float = 0, seconds: float = 30.0, **variables: Any) -> Answer:
    """Send one document."""
    operation = OPERATIONS[name]
    body = {"query": operation.text, "variables": variables, "operationName": operation.title}
    call = Call(
        "POST",
        http.site.url(PATH),
        effect,
        body=json.dumps(body).encode(),
        headers={"Accept": "application/json"},
        costs={LIMIT: cost or operation.cost},
        seconds=seconds,
    )
    return http.send(call)


def asked(http: Http, name: str, effect: Effect, **more: Any) -> tuple[Answer, Any]:
    """Send one document; the answer, and what is at its root."""
    answer = sent(http, name, effect, **more)
    return answer, verdicts.root(answer.data, OPERATIONS[name].root, name, effect)


def connected(app: App, shop: str, how: Sign) -> Http:
    """Calls to a shop that is not connected yet."""
    return Http(site(app, shop), verdicts.DIALECT, how, app=app)


def gid(kind: str, number: str) -> str:
    """``gid://shopify/Product/1``. Raises ``Gone`` for what cannot be a number of theirs."""
    if not (number.isascii() and number.isdigit() and len(number) <= 19):
        raise Gone(f"{number!r} is not a {kind} on Shopify")
    return f"gid://shopify/{kind}/{number}"


def tail(found: object) -> str:
    """The number at the end of a global id, empty when it is none."""
    number = found.partition("?")[0].rpartition("/")[2] if isinstance(found, str) else ""
    return number if number.isascii() and number.isdigit() and len(number) <= 19 else ""


def text_id(row: Mapping[str, Any]) -> str:
    """The global id of what was made."""
    found = row.get("id")
    if not isinstance(found, str) or not tail(found):
        raise TryLater("Shopify did not say what it made")
    return found


def an_object(data: Any) -> Mapping[str, Any]:
    """What should be an object."""
    if not isinstance(data, Mapping):
        raise TryLater("Shopify answered with something else than an object")
    return data


def there(data: Any) -> Mapping[str, Any]:
    """What may be gone. Raises ``Gone``."""
    if data is None:
        raise Gone("Shopify has nothing there")
    return an_object(data)


def rows(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The nodes of a list."""
    found = page.get("nodes")
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def following(page: Mapping[str, Any]) -> str | None:
    """Where a list goes on, ``None`` at its end."""
    info = record(page.get("pageInfo"))
    cursor = info.get("endCursor")
    return cursor if info.get("hasNextPage") is True and isinstance(cursor, str) else None


def count(value: object) -> int:
    """A count."""
    found = record(value).get("count")
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
