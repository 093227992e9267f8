"""Builds products and variants out of what was sent, or says in Shopify's words why not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from instica.marketplaces.shopify.simulator import store
from instica.marketplaces.shopify.simulator.seed import slug
from instica.marketplaces.shopify.simulator.site import Site, number_in
from instica.marketplaces.shopify.simulator.store import Level, Picture, Product, Variant
from instica.marketplaces.shopify.simulator.visit import user_error

Given = Mapping[str, Any]
Trouble = list[dict[str, Any]]
LONGEST = 255
MOST_TAGS = 250
MOST_OPTIONS = 3
MOST_VARIANTS = 2_048
LARGEST_PRICE = Decimal("10000000000")
SCRIPTS = re.compile(r"(?is)<script\b.*?</script>|\son\w+\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)")
GRAMS = {"GRAMS": 1.0, "KILOGRAMS": 1000.0, "OUNCES": 28.3495, "POUNDS": 453.592}
TEXTS = {"title": "title", "vendor": "vendor", "productType": "kind"}


class Bad(Exception):
    """What was sent cannot be; the complaints of the payload."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def bad(message: str, *path: str, code: str = "INVALID_INPUT") -> Bad:
    """One complaint."""
    return Bad([user_error(message, *path, code=code)])


def cents(text: Any, *path: str) -> int:
    """A price. Raises ``Bad``."""
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        raise bad("Price must be a number", *path) from None
    if not value.is_finite() or value < 0:
        raise bad("Price must be greater than or equal to 0", *path)
    if value >= LARGEST_PRICE:
        raise bad("Price must be less than 10000000000", *path)
    return int(value.quantize(Decimal("0.01")) * 100)


def content(site: Site, given: Given, before: Product | None, *path: str) -> dict[str, Any]:
    """The fields of a product page that were sent. Raises ``Bad``."""
    changes: dict[str, Any] = {}
    for name, ours in TEXTS.items():
        if given.get(name) is not None:
            if len(given[name]) > LONGEST:
                label = {"productType": "Product type"}.get(name, name.capitalize())
                raise bad(f"{label} is too long (maximum is {LONGEST} characters)", *path, name)
            changes[ours] = given[name].strip()
    if ("title" in given or before is None) and not (changes.get("title") or "").strip():
        raise bad("Title can't be blank", *path, "title")
    if given.get("descriptionHtml") is not None:
        changes["html"] = SCRIPTS.sub("", given["descriptionHtml"])
    if given.get("status"):
        changes["status"] = given["status"]
    if given.get("tags") is not None:
        changes["tags"] = tags(given["tags"], *path)
    if given.get("handle"):
        changes["handle"] = _handle(site, given["handle"], before, *path)
    return changes


def tags(given: Sequence[str], *path: str) -> tuple[str, ...]:
    """Each once, sorted whatever their case. Raises ``Bad``."""
    known = {tag.strip().lower(): tag.strip() for tag in reversed(given) if tag.strip()}
    if len(known) > MOST_TAGS or any(len(tag) > LONGEST for tag in known):
        raise bad("Product tags is invalid", *path, "tags")
    return tuple(sorted(known.values(), key=str.lower))


def _handle(site: Site, text: str, before: Product | None, *path: str) -> str:
    wanted = slug(text)
    taken = site.catalogue.of_handle(wanted)
    if taken and (before is None or taken.id != before.id):
        raise bad(
            f"Handle '{wanted}' already in use. Please provide a new handle.", *path, "handle", code="HANDLE_NOT_UNIQUE"
        )
    return wanted


def free_handle(site: Site, title: str) -> str:
    """A handle out of a title that nobody has: its number grows until it is free."""
    base = wanted = slug(title)
    number = 0
    while site.catalogue.of_handle(wanted):
        number += 1
        wanted = f"{base}-{number}"
    return wanted


def new(site: Site, changes: dict[str, Any]) -> Product:
    """A product that was not there: active, on no channel, with the variant every product has."""
    index = site.catalogue.count
    first = Variant(store.variant_id(index, 0), (store.DEFAULT_VALUE,), 0, updated=site.now)
    place = next(iter(site.locations))
    product = Product(
        index=index,
        id=store.product_id(index),
        title="",
        handle="",
        status="ACTIVE",
        variants=(first.with_level(place, Level(0, updated=site.now)),),
        vendor=site.shop.name,
        created=site.now,
        updated=site.now,
        next_variant=1,
    )
    handle = changes.get("handle") or free_handle(site, changes["title"])
    return replace(product, **{**changes, "handle": handle})


def pictures(site: Site, product: Product, files: Sequence[Given], *path: str) -> tuple[Picture, ...]:
    """Pictures as sent: known ones by id, new ones by where they lie. Raises ``Bad``."""
    known = {picture.id: picture for picture in product.pictures}
    found = []
    for place, each in enumerate(files):
        number = number_in(each.get("id"), "MediaImage") if each.get("id") else None
        if number is not None and number in known:
            found.append(replace(known[number], alt=each.get("alt") or known[number].alt))
            continue
        source = each.get("originalSource") or ""
        if not source.startswith(("https://", "http://")):
            raise bad("Original source is invalid", *path, str(place), "originalSource")
        if site.uploads.get(urlsplit(source).path.strip("/")) == b"":
            message = "Image upload failed. No file was found at the staged location."
            raise bad(message, *path, str(place), "originalSource")
        ready = site.now + site.switches["media_polls"]
        found.append(Picture(site.number(), source, each.get("alt") or "", ready_at=ready))
    return tuple(found)


def options(given: Sequence[Given] | None, product: Product, *path: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Option names and values as sent, or as they were. Raises ``Bad``."""
    if given is None:
        return product.options
    if len(given) > MOST_OPTIONS:
        raise bad(f"Options count is over the allowed limit ({MOST_OPTIONS})", *path, code="OPTIONS_OVER_LIMIT")
    found = tuple(
        (str(each.get("name") or ""), tuple(str(value["name"]) for value in each.get("values") or ())) for each in given
    )
    for place, (name, values) in enumerate(found):
        if not values:
            raise bad("Option values cannot be empty", *path, str(place), "values", code="OPTION_VALUES_MISSING")
        if not name:
            raise bad("Option name can't be blank", *path, str(place), "name")
    if len({name for name, _ in found}) != len(found):
        raise bad("Option names must be unique", *path, code="DUPLICATED_OPTION_NAME")
    return found


def _values(option: Given) -> tuple[str, ...]:
    return tuple(str(value.get("name") or "") for value in option.get("values") or ())


def choice(given: Given, wanted: Sequence[tuple[str, tuple[str, ...]]], *path: str) -> tuple[str, ...]:
    """A variant's value for each option. Raises ``Bad``."""
    sent = {str(each.get("optionName") or ""): str(each.get("name") or "") for each in given.get("optionValues") or ()}
    for name, value in sent.items():
        values = dict(wanted).get(name)
        if values is None:
            raise bad(f"Option '{name}' does not exist", *path, "optionValues", code="OPTION_DOES_NOT_EXIST")
        if value not in values:
            raise bad(
                f"Option value '{value}' does not exist", *path, "optionValues", code="OPTION_VALUE_DOES_NOT_EXIST"
            )
    if set(sent) != {name for name, _ in wanted}:
        raise bad("You need to add option values for every option", *path, "optionValues", code="INVALID_VARIANT")
    return tuple(sent[name] for name, _ in wanted)


def variant(site: Site, given: Given, before: Variant, *path: str) -> Variant:
    """A variant with what was sent. Raises ``Bad``."""
    item = given.get("inventoryItem") or {}
    changes: dict[str, Any] = {"updated": site.now, **_prices(given, item, *path)}
    sku = given.get("sku") if given.get("sku") is not None else item.get("sku")
    if sku is not None:
        if len(sku) > LONGEST:
            raise bad(f"SKU is too long (maximum is {LONGEST} characters)", *path, "sku")
        changes["sku"] = sku
    for sent, name, ours in (
        (given, "barcode", "barcode"),
        (given, "inventoryPolicy", "policy"),
        (item, "tracked", "tracked"),
        (item, "requiresShipping", "ships"),
    ):
        if sent.get(name) is not None:
            changes[ours] = sent[name]
    if weight := (item.get("measurement") or {}).get("weight"):
        changes["grams"] = round(weight["value"] * GRAMS[weight["unit"]])
    return replace(before, **changes)


def _prices(given: Given, item: Given, *path: str) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if given.get("price") is not None:
        changes["cents"] = cents(given["price"], *path, "price")
    if "compareAtPrice" in given:
        compared = given["compareAtPrice"]
        changes["compare_cents"] = None if compared is None else cents(compared, *path, "compareAtPrice")
    if item.get("cost") is not None:
        changes["cost_cents"] = cents(item["cost"], *path, "inventoryItem", "cost")
    return changes


def unique(variants: Sequence[Variant], *path: str) -> None:
    """No two variants may have the same values. Raises ``Bad``."""
    if len(variants) > MOST_VARIANTS:
        raise bad(f"Variants count is over the allowed limit ({MOST_VARIANTS})", *path, code="VARIANTS_OVER_LIMIT")
    seen: set[tuple[str, ...]] = set()
    for place, each in enumerate(variants):
        if each.options in seen:
            title = " / ".join(each.options)
            raise bad(f"The variant '{title}' already exists.", *path, str(place), code="INVALID_VARIANT")
        seen.add(each.options)
