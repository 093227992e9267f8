"""What can be done to several variants of one product at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from instica.marketplaces.shopify.simulator import making, notices
from instica.marketplaces.shopify.simulator.making import Bad, bad
from instica.marketplaces.shopify.simulator.nodes import Sold
from instica.marketplaces.shopify.simulator.product_deeds import Deed
from instica.marketplaces.shopify.simulator.site import Site, number_in
from instica.marketplaces.shopify.simulator.store import Level, Product, Variant, variant_id
from instica.marketplaces.shopify.simulator.visit import Visit, user_error

Args = dict[str, Any]


def create(visit: Visit, args: Args) -> Args:
    """More variants; the one every product has goes, unless it is asked for."""
    product = _product(visit.site, args)
    if product is None:
        return _nothing("PRODUCT_DOES_NOT_EXIST")
    try:
        made = _made(visit.site, product, args["variants"])
        stays = () if product.is_simple or args.get("strategy") == "REMOVE_STANDALONE_VARIANT" else product.variants
        making.unique((*stays, *made), "variants")
    except Bad as trouble:
        return {"product": None, "productVariants": None, "userErrors": trouble.trouble}
    number = product.next_variant + len(made)
    kept = visit.site.catalogue.change(
        product, variants=(*stays, *made), options=_grown(product, made), next_variant=number, updated=visit.site.now
    )
    return _done(visit.site, kept, [variant.id for variant in made])


def _made(site: Site, product: Product, given: list[Args]) -> list[Variant]:
    made = []
    for place, each in enumerate(given):
        path = ("variants", str(place))
        sent = {str(one.get("optionName") or ""): str(one.get("name") or "") for one in each.get("optionValues") or ()}
        if set(sent) != {name for name, _ in product.options}:
            raise bad("You need to add option values", *path, "optionValues", code="NEED_TO_ADD_OPTION_VALUES")
        blank = Variant(
            variant_id(product.index, product.next_variant + place), tuple(sent[name] for name, _ in product.options), 0
        )
        variant = making.variant(site, each, blank, *path)
        for row in each.get("inventoryQuantities") or ():
            where = number_in(row["locationId"], "Location") or 0
            if where not in site.locations:
                raise bad("Location not found", *path, "inventoryQuantities", code="TRACKED_VARIANT_LOCATION_NOT_FOUND")
            variant = variant.with_level(where, Level(row["availableQuantity"], updated=site.now))
        made.append(variant)
    return made


def _grown(product: Product, made: list[Variant]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Options with the values that came in with new variants."""
    return tuple(
        (name, tuple(dict.fromkeys((*values, *(variant.options[place] for variant in made)))))
        for place, (name, values) in enumerate(product.options)
    )


def update(visit: Visit, args: Args) -> Args:
    """Change variants: all of them, or, where one is wrong, none unless that is allowed."""
    product = _product(visit.site, args)
    if product is None:
        return _nothing("PRODUCT_DOES_NOT_EXIST")
    known = {variant.id: variant for variant in product.variants}
    changed: dict[int, Variant] = {}
    trouble: list[dict[str, Any]] = []
    for place, each in enumerate(args["variants"]):
        try:
            one = _updated(visit.site, each, known, "variants", str(place))
            changed[one.id] = one
        except Bad as found:
            trouble += found.trouble
    if trouble and not args.get("allowPartialUpdates"):
        return {"product": product, "productVariants": None, "userErrors": trouble}
    variants = tuple(changed.get(variant.id, variant) for variant in product.variants)
    kept = visit.site.catalogue.change(product, variants=variants, updated=visit.site.now)
    return _done(visit.site, kept, list(changed), trouble)


def _updated(site: Site, each: Args, known: dict[int, Variant], *path: str) -> Variant:
    if not each.get("id"):
        raise bad("Product variant is missing ID attribute", *path, "id", code="PRODUCT_VARIANT_ID_MISSING")
    before = known.get(number_in(each["id"], "ProductVariant") or 0)
    if before is None:
        raise bad("Product variant does not exist", *path, "id", code="PRODUCT_VARIANT_DOES_NOT_EXIST")
    if each.get("inventoryQuantities") is not None:
        message = "Inventory quantities can only be provided during create."
        raise bad(message, *path, "inventoryQuantities", code="NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE")
    return making.variant(site, each, before, *path)


def delete(visit: Visit, args: Args) -> Args:
    """Variants go; the last one stays."""
    product = _product(visit.site, args)
    if product is None:
        return {
            "product": None,
            "userErrors": [user_error("Product does not exist", "productId", code="PRODUCT_DOES_NOT_EXIST")],
        }
    wanted = {number_in(each, "ProductVariant") for each in args["variantsIds"]}
    left = tuple(variant for variant in product.variants if variant.id not in wanted)
    if len(product.variants) - len(left) != len(wanted):
        message, code = (
            "At least one variant does not belong to the product",
            "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT",
        )
        return {"product": product, "userErrors": [user_error(message, "variantsIds", code=code)]}
    if not left:
        message = "Cannot delete default variant"
        return {
            "product": product,
            "userErrors": [user_error(message, "variantsIds", code="CANNOT_DELETE_LAST_VARIANT")],
        }
    kept = visit.site.catalogue.change(replace(product, variants=left), updated=visit.site.now)
    notices.product_changed(visit.site, kept)
    return {"product": kept, "userErrors": []}


def _product(site: Site, args: Args) -> Product | None:
    number = number_in(args["productId"], "Product")
    return site.catalogue.get(number) if number else None


def _nothing(code: str) -> Args:
    errors = [user_error("Product does not exist", "productId", code=code)]
    return {"product": None, "productVariants": None, "userErrors": errors}


def _done(site: Site, product: Product, numbers: list[int], trouble: list[dict[str, Any]] | None = None) -> Args:
    notices.product_changed(site, product)
    rows = [Sold(product, variant) for variant in product.variants if variant.id in numbers]
    return {"product": product, "productVariants": rows, "userErrors": trouble or []}


DEEDS: dict[str, Deed] = {
    "productVariantsBulkCreate": create,
    "productVariantsBulkUpdate": update,
    "productVariantsBulkDelete": delete,
}
