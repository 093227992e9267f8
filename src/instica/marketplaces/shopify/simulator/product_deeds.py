"""What can be done to products: made, changed, deleted, put on channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from instica.marketplaces.shopify.simulator import making, nodes, notices
from instica.marketplaces.shopify.simulator.making import Bad, bad
from instica.marketplaces.shopify.simulator.site import ONLINE_STORE, Site, gid, number_in
from instica.marketplaces.shopify.simulator.store import Level, Product, Variant, variant_id
from instica.marketplaces.shopify.simulator.visit import Visit, complaint, user_error

Deed = Callable[[Visit, dict[str, Any]], dict[str, Any]]
Args = dict[str, Any]
MOST_STOCK = 50_000


def product_set(visit: Visit, args: Args) -> Args:
    """Make or replace a product: lists that were sent replace what was there."""
    given, identifier = args["input"], args.get("identifier")
    try:
        if identifier and given.get("id"):
            raise bad("The id field is not allowed if identifier is provided.", "input", "id", code="ID_NOT_ALLOWED")
        product = _set(visit.site, given, _meant(visit.site, identifier, given), identifier or {})
    except Bad as trouble:
        return {"product": None, "productSetOperation": None, "userErrors": trouble.trouble}
    if args.get("synchronous", True):
        return {"product": product, "productSetOperation": None, "userErrors": []}
    number = visit.site.number()
    operation = {"id": gid("ProductSetOperation", number), "status": "COMPLETE", "product": product, "userErrors": []}
    visit.site.operations[number] = {**operation, "__typename": "ProductSetOperation"}
    return {
        "product": None,
        "productSetOperation": {**operation, "status": "CREATED", "product": None},
        "userErrors": [],
    }


def _meant(site: Site, identifier: Args | None, given: Args) -> Product | None:
    wanted = identifier or ({"id": given["id"]} if given.get("id") else {})
    if not wanted:
        return None
    found = nodes.of_handle(site, wanted)
    if found is None and wanted.get("id"):
        raise bad(
            "Product does not exist", "identifier" if identifier else "input", "id", code="PRODUCT_DOES_NOT_EXIST"
        )
    if wanted.get("customId"):
        raise bad("Metafield definition not found", "identifier", "customId", code="NOT_FOUND")
    return found


def _set(site: Site, given: Args, before: Product | None, identifier: Args) -> Product:
    if before is None and identifier.get("handle") and not given.get("handle"):
        given = {**given, "handle": identifier["handle"]}
    changes = making.content(site, given, before, "input")
    product = replace(before, **changes, updated=site.now) if before else making.new(site, changes)
    if given.get("files") is not None:
        product = replace(product, pictures=making.pictures(site, product, given["files"], "input", "files"))
    if given.get("variants") is not None:
        if given.get("productOptions") is None:
            message = "Product options input is required when updating variants"
            raise bad(message, "input", "productOptions", code="PRODUCT_OPTIONS_INPUT_MISSING")
        product = _with_variants(site, product, given, new=before is None)
    elif given.get("productOptions") is not None:
        message = "Variants input is required when updating product options"
        raise bad(message, "input", "variants", code="VARIANTS_INPUT_MISSING")
    kept = site.catalogue.put(product)
    notices.product_changed(site, kept, new=before is None)
    return kept


def _with_variants(site: Site, product: Product, given: Args, *, new: bool) -> Product:
    """The variants as sent, and only those."""
    wanted = making.options(given["productOptions"], product, "input", "productOptions")
    known = {variant.id: variant for variant in product.variants}
    by_options = {variant.options: variant for variant in product.variants} if not new else {}
    variants: list[Variant] = []
    number = product.next_variant
    for place, each in enumerate(given["variants"]):
        path = ("input", "variants", str(place))
        chosen = making.choice(each, wanted, *path)
        before = _known(each, known, by_options.get(chosen), *path)
        if before is None:
            before = _blank(site, product, 0 if new and not variants else number)
            number += 0 if new and not variants else 1
        made = replace(making.variant(site, each, before, *path), options=chosen)
        variants.append(_stocked(site, made, each.get("inventoryQuantities"), new or before.id not in known, *path))
    making.unique(variants, "input", "variants")
    if sum(max(0, level.available) for each in variants for _, level in each.levels) > MOST_STOCK and new:
        raise bad(
            "Inventory quantities limit exceeded", "input", "variants", code="INVENTORY_QUANTITIES_LIMIT_EXCEEDED"
        )
    return replace(product, options=wanted, variants=tuple(variants), next_variant=max(number, 1))


def _known(each: Args, known: dict[int, Variant], same: Variant | None, *path: str) -> Variant | None:
    if not each.get("id"):
        return same
    found = known.get(number_in(each["id"], "ProductVariant") or 0)
    if found is None:
        raise bad("Product variant does not exist", *path, "id", code="PRODUCT_VARIANT_DOES_NOT_EXIST")
    return found


def _blank(site: Site, product: Product, number: int) -> Variant:
    place = next(iter(site.locations))
    return Variant(variant_id(product.index, number), (), 0).with_level(place, Level(0, updated=site.now))


def _stocked(site: Site, variant: Variant, given: list[Args] | None, new: bool, *path: str) -> Variant:
    for number, each in enumerate(given or ()):
        where = (*path, "inventoryQuantities", str(number))
        place = number_in(each["locationId"], "Location") or 0
        if place not in site.locations or not site.locations[place].active:
            raise bad("The specified location could not be found.", *where, "locationId", code="INVALID_INPUT")
        if each["name"] not in ("available", "on_hand"):
            raise bad("The quantity name must be available or on_hand.", *where, "name")
        if not new and variant.level(place) is None:
            raise bad("The variant is not stocked at the location.", *where, "locationId")
        level = variant.level(place) or Level(0)
        variant = variant.with_level(place, replace(level, available=each["quantity"], updated=site.now))
    return variant


def product_create(visit: Visit, args: Args) -> Args:
    """A product with the first combination of its options, unpublished."""
    given = args.get("product") or args.get("input")
    if (args.get("product") is None) == (args.get("input") is None):
        message = "productCreate must include exactly one of the following arguments: input, product."
        raise complaint(message, "INVALID_FIELD_ARGUMENTS")
    site = visit.site
    try:
        product = making.new(site, making.content(site, given or {}, None))
        wanted = making.options((given or {}).get("productOptions"), product, "productOptions")
        pictures = making.pictures(site, product, args.get("media") or (), "media")
    except Bad as trouble:
        return {"product": None, "userErrors": trouble.trouble}
    first = replace(product.variants[0], options=tuple(values[0] for _, values in wanted))
    product = site.catalogue.put(replace(product, options=wanted, variants=(first,), pictures=pictures))
    notices.product_changed(site, product, new=True)
    return {"product": product, "userErrors": []}


def product_update(visit: Visit, args: Args) -> Args:
    """Change what a page says."""
    given = args.get("product") or args.get("input")
    if given is None or (args.get("product") is not None and args.get("input") is not None):
        message = "productUpdate must include exactly one of the following arguments: input, product."
        raise complaint(message, "INVALID_FIELD_ARGUMENTS")
    wanted = args.get("identifier") or {"id": given.get("id") or ""}
    product = nodes.of_handle(visit.site, wanted)
    if product is None:
        return {"product": None, "userErrors": [user_error("Product does not exist", "id")]}
    try:
        changes = making.content(visit.site, given, product)
        if args.get("media"):
            changes["pictures"] = (*product.pictures, *making.pictures(visit.site, product, args["media"], "media"))
    except Bad as trouble:
        return {"product": None, "userErrors": trouble.trouble}
    changed = visit.site.catalogue.change(product, **changes, updated=visit.site.now)
    notices.product_changed(visit.site, changed)
    return {"product": changed, "userErrors": []}


def product_delete(visit: Visit, args: Args) -> Args:
    """It is gone, with its ids."""
    number = number_in(args["input"]["id"], "Product")
    product = visit.site.catalogue.get(number) if number else None
    if product is None:
        errors = [user_error("Product does not exist", "id")]
        return {"deletedProductId": None, "productDeleteOperation": None, "userErrors": errors}
    visit.site.catalogue.drop(product)
    notices.product_gone(visit.site, product.id)
    return {"deletedProductId": gid("Product", product.id), "productDeleteOperation": None, "userErrors": []}


def tags_add(visit: Visit, args: Args) -> Args:
    """More tags on a product."""
    number = number_in(args["id"], "Product")
    product = visit.site.catalogue.get(number) if number else None
    if product is None:
        return {"node": None, "userErrors": [user_error("Product does not exist", "id")]}
    changed = visit.site.catalogue.change(
        product, tags=making.tags([*product.tags, *args["tags"]]), updated=visit.site.now
    )
    return {"node": changed, "userErrors": []}


def publish(visit: Visit, args: Args) -> Args:
    """Put a product on channels; doing it again changes nothing."""
    return _on_channels(visit, args, on=True)


def unpublish(visit: Visit, args: Args) -> Args:
    """Take a product off channels."""
    return _on_channels(visit, args, on=False)


def _on_channels(visit: Visit, args: Args, *, on: bool) -> Args:
    number = number_in(args["id"], "Product")
    product = visit.site.catalogue.get(number) if number else None
    if product is None:
        return {"publishable": None, "userErrors": [user_error("Resource does not exist", "id")]}
    known = {each.id for each in nodes.publications()}
    for place, each in enumerate(args["input"]):
        publication = number_in(each.get("publicationId"), "Publication")
        if publication not in known:
            message = "Publication does not exist or is not publishable"
            errors = [user_error(message, "input", str(place), "publicationId")]
            return {"publishable": product, "userErrors": errors}
        if publication == ONLINE_STORE:
            since = product.published if product.published is not None else visit.site.now
            product = visit.site.catalogue.change(product, published=since if on else None, updated=visit.site.now)
    notices.product_changed(visit.site, product)
    return {"publishable": product, "userErrors": []}


CONTENT: dict[str, Deed] = {
    "productSet": product_set,
    "productCreate": product_create,
    "productUpdate": product_update,
    "productDelete": product_delete,
    "tagsAdd": tags_add,
}
CHANNELS: dict[str, Deed] = {"publishablePublish": publish, "publishableUnpublish": unpublish}
DEEDS: dict[str, Deed] = {**CONTENT, **CHANNELS}
