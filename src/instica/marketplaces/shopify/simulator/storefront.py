"""The page behind a product's link: look at it, buy it."""

from __future__ import annotations

from instica.kit.simulation import Request, Response, Routes
from instica.marketplaces.shopify.simulator import pages, trade
from instica.marketplaces.shopify.simulator.site import Site
from instica.marketplaces.shopify.simulator.store import Product, Variant

ROUTES = Routes()


@ROUTES("GET", "/products/{handle}")
def look(site: Site, request: Request, handle: str) -> Response:
    """One product, as a buyer sees it."""
    product = _found(site, handle)
    if product is None:
        return pages.notice(404, "404", "The page you were looking for does not exist.")
    chosen = _for_sale(site, product)
    variant = chosen or product.variants[0]
    facts = {"Price": f"{variant.cents / 100:.2f} {site.shop.currency}", "Seller": site.shop.name}
    if not product.is_simple:
        facts["Variant"] = " / ".join(variant.options)
    button = "Buy it now" if chosen else ""
    return pages.LOOK.item(product.title, facts, f"/products/{product.handle}", buy=button, sorry="Sold out")


@ROUTES("POST", "/products/{handle}")
def buy(site: Site, request: Request, handle: str) -> Response:
    """A buyer takes one of the first variant that is left."""
    product = _found(site, handle)
    variant = _for_sale(site, product) if product else None
    if product is None or variant is None:
        return pages.notice(409, "Too late", "This product is sold out.")
    order = trade.place(site, [(product, variant, 1)])
    return pages.notice(201, "Thank you for your purchase", f"Order {order.name} was sent to {site.shop.name}.")


def _found(site: Site, handle: str) -> Product | None:
    """A product that the online store shows."""
    product = site.catalogue.of_handle(handle)
    return product if product and trade.is_shown(site, product) else None


def _for_sale(site: Site, product: Product) -> Variant | None:
    return next((each for each in product.variants if trade.can_sell(site, product, each, 1)), None)
