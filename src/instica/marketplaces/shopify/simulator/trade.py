"""What a sale does to the stock, and what shipping and cancelling do to a sale."""

from __future__ import annotations

from dataclasses import replace

from instica.marketplaces.shopify.simulator import notices
from instica.marketplaces.shopify.simulator.ledger import (
    BUYERS,
    FIRST_ORDER,
    ORDER_STEP,
    Line,
    Order,
    Parcel,
    Refund,
    Refunded,
)
from instica.marketplaces.shopify.simulator.site import Site
from instica.marketplaces.shopify.simulator.store import Level, Product, Variant

LINE_OFFSET = 8_900_000_000_000
DAY = 24 * 3600


def sellable(site: Site, variant: Variant) -> int:
    """What the online store may sell: available pieces at active locations that ship online orders."""
    return sum(level.available for place, level in variant.levels if level.active and _online(site, place))


def stock(site: Site, variant: Variant) -> int:
    """Available pieces at all active locations."""
    return sum(level.available for place, level in variant.levels if level.active and site.locations[place].active)


def _online(site: Site, place: int) -> bool:
    return site.locations[place].active and site.locations[place].online


def is_shown(site: Site, product: Product) -> bool:
    """Whether buyers see it in the online store now."""
    live = product.status in ("ACTIVE", "UNLISTED") and product.published is not None
    return live and (product.published or 0) <= site.now


def can_sell(site: Site, product: Product, variant: Variant, quantity: int) -> bool:
    """Whether the online store would take an order for so many."""
    if not is_shown(site, product):
        return False
    return not variant.tracked or variant.policy == "CONTINUE" or sellable(site, variant) >= quantity


def place(site: Site, wanted: list[tuple[Product, Variant, int]], *, test: bool = False) -> Order:
    """A buyer orders; pieces become committed."""
    order = _record(site, wanted, site.now)
    order.test = test
    for line in order.lines:
        _shift(site, line, available=-line.quantity, committed=line.quantity)
    notices.order_changed(site, order, "ORDERS_CREATE", "ORDERS_PAID")
    return order


def _record(site: Site, wanted: list[tuple[Product, Variant, int]], at: int) -> Order:
    """The order alone, without what it does to the stock."""
    count = len(site.orders)
    order = Order(
        id=FIRST_ORDER + count * ORDER_STEP,
        number=1001 + count,
        at=at,
        updated=at,
        lines=[_line(site, count, place, *each) for place, each in enumerate(wanted)],
        buyer=BUYERS[count % len(BUYERS)],
        routed=at + int(site.switches["routing"]),
    )
    site.orders[order.id] = order
    return order


def _line(site: Site, order: int, place: int, product: Product, variant: Variant, quantity: int) -> Line:
    return Line(
        id=FIRST_ORDER + LINE_OFFSET + order * ORDER_STEP + place,
        title=product.title,
        quantity=quantity,
        cents=variant.cents,
        sku=variant.sku,
        variant_title="" if product.is_simple else " / ".join(variant.options),
        vendor=product.vendor,
        product=product.id,
        variant=variant.id,
        location=_best(site, variant),
        current=quantity,
        ships=variant.ships,
    )


def _best(site: Site, variant: Variant) -> int:
    """Where most of it lies."""
    places = [(level.available, place) for place, level in variant.levels if level.active and _online(site, place)]
    return max(places)[1] if places else next(iter(site.locations))


def _shift(site: Site, line: Line, *, available: int = 0, committed: int = 0) -> None:
    """Move the stock behind a line, where it is tracked and still there."""
    found = site.catalogue.of_variant(line.variant) if line.variant else None
    if found is None or not found[1].tracked:
        return
    product, variant = found
    level = variant.level(line.location) or Level(0)
    moved = replace(
        level,
        available=level.available + available,
        committed=max(0, level.committed + committed),
        updated=site.now,
    )
    changed = variant.with_level(line.location, moved)
    site.catalogue.put_variant(product, changed, updated=site.now)
    notices.level_changed(site, changed, line.location)


def fulfil(site: Site, order: Order, pieces: list[tuple[Line, int]], *, company: str, number: str, url: str) -> Parcel:
    """Ship so many of each line."""
    for line, quantity in pieces:
        line.fulfilled += quantity
        _shift(site, line, committed=-quantity)
    parcel = Parcel(
        id=site.number(),
        name=f"{order.name}-F{len(order.parcels) + 1}",
        at=site.now,
        lines=[(line.id, quantity) for line, quantity in pieces],
        location=pieces[0][0].location,
        company=company,
        number=number,
        url=url,
    )
    order.parcels.append(parcel)
    touch(site, order)
    notices.order_changed(
        site, order, "ORDERS_FULFILLED" if order.fulfilment == "FULFILLED" else "ORDERS_PARTIALLY_FULFILLED"
    )
    return parcel


def cancel(site: Site, order: Order, reason: str, *, restock: bool, refund: bool) -> None:
    """Cancel what is not shipped; what was committed goes back where that is wanted."""
    back = [(line, line.current - line.fulfilled) for line in order.lines if line.current > line.fulfilled]
    for line, quantity in back:
        line.current -= quantity
        _shift(site, line, available=quantity if restock else 0, committed=-quantity)
    kind = "CANCEL" if restock else "NO_RESTOCK"
    rows = [Refunded(line.id, quantity, kind, line.location) for line, quantity in back]
    order.refunds.append(Refund(site.number(), site.now, order.total if refund else 0, rows))
    order.cancelled, order.reason = site.now, reason
    order.financial = "REFUNDED" if refund else "VOIDED"
    touch(site, order)
    notices.order_changed(site, order, "ORDERS_CANCELLED")


def give_back(site: Site, order: Order, line: Line, quantity: int, restock: str) -> Refund:
    """Refund some pieces of a line: ``restock`` of ``CANCEL RETURN NO_RESTOCK``."""
    line.current -= quantity
    if restock == "CANCEL":
        _shift(site, line, available=quantity, committed=-quantity)
    elif restock == "RETURN":
        _shift(site, line, available=quantity)
    refund = Refund(
        site.number(), site.now, line.cents * quantity, [Refunded(line.id, quantity, restock, line.location)]
    )
    order.refunds.append(refund)
    order.financial = "REFUNDED" if order.refunded >= order.subtotal else "PARTIALLY_REFUNDED"
    touch(site, order)
    notices.order_changed(site, order)
    return refund


def touch(site: Site, order: Order) -> None:
    """Something about the order changed."""
    order.updated = max(site.now, order.updated)


def old_orders(site: Site, count: int, days: int = 90) -> None:
    """So many orders of the last ``days``, shipped and closed: their stock is gone already."""
    for number in range(count):
        product = site.catalogue.at(number % max(1, site.catalogue.count))
        if product is None:
            continue
        at = site.now - days * DAY + number * days * DAY // max(count, 1)
        order = _record(site, [(product, product.variants[0], 1)], at)
        line = order.lines[0]
        line.fulfilled = line.quantity
        parcel = Parcel(site.number(), f"{order.name}-F1", at + DAY, [(line.id, 1)], line.location)
        parcel.company, parcel.number = "USPS", f"94{number:020d}"
        order.parcels.append(parcel)
        order.updated = order.closed = at + DAY
