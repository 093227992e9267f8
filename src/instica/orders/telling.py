"""What the owner is told about orders: sold twice, and sold without a listing we know."""

from __future__ import annotations

from instica.connections.models import Connection
from instica.listings.models import Listing
from instica.notices.models import LONGEST_KEY, Notice
from instica.notices.services import forget, one_line, tell
from instica.orders import announcing
from instica.orders.models import Errand, Line, Order, Settled
from instica.work.queue import enqueue
from instica.work.urgency import Urgency


def settled(line: Line) -> None:
    """After a line was settled or changed: raise the alarm when it is short, or take it back."""
    forget(line.order.organization, _key(line))
    if line.settled != Settled.MOVED or line.allocated >= line.quantity:
        forget(line.order.organization, f"oversold:{line.uid}")
        return
    rival = _rival(line)
    if rival is None:
        oversold(line)
        return
    lane = f"shop:{line.connection_id}:watch"
    enqueue("order.read", str(rival.order_id), lane=lane, urgency=Urgency.ORDER)
    enqueue("order.oversold", str(line.uid), lane=lane, urgency=Urgency.ORDER)


def oversold(line: Line) -> None:
    """There is less in stock than was sold: somebody must act."""
    name = line.title or line.listing_ref
    told = tell(
        organization=line.order.organization,
        key=f"oversold:{line.uid}",
        title=f"Sold twice: {name}",
        body=f"Order {line.order.number} asks for {line.quantity} of {name}; {line.allocated} could be kept for it."
        " Find another copy or cancel one of the orders.",
        tone="danger",
        link=page_of(line.order),
        mail=True,
    )
    if told:
        announcing.oversold(line)


def refused(errand: Errand, name: str) -> None:
    """The marketplace will not do what a person asked."""
    what = "Shipping" if errand.kind == Errand.Kind.SHIP else "Cancelling"
    tell(
        organization=errand.order.organization,
        key=f"errand:{errand.uid}",
        title=f"{what} order {errand.order.number} was refused",
        body=f"{name} says: {errand.trouble} Change what it objects to and try again, or do it on {name}:"
        " it is seen here by itself.",
        tone="danger",
        link=page_of(errand.order),
    )


def stuck(errand: Errand, name: str) -> None:
    """Nobody knows whether it was done."""
    what = "shipped" if errand.kind == Errand.Kind.SHIP else "cancelled"
    tell(
        organization=errand.order.organization,
        key=f"errand:{errand.uid}",
        title=f"Look whether order {errand.order.number} is {what}",
        body=f"{name} gave no answer that settles it ({errand.trouble}). Look there, then try again here: what was done"
        " is found and not done twice.",
        tone="danger",
        link=page_of(errand.order),
        mail=True,
    )


def done(errand: Errand) -> None:
    """What was said of an errand is settled."""
    forget(errand.order.organization, f"errand:{errand.uid}")


def taken_again(line: Line) -> None:
    """What had come back in stock is sold again: nothing is left to put back on sale."""
    forget(line.order.organization, f"relist:{line.item_id}")


def page_of(order: Order) -> str:
    """Where a person sees the order."""
    return f"/orders/{order.public_id}/"


def unfit(order: str, connection: Connection) -> None:
    """An order cannot be stored as it came: only a person can look after it."""
    number = one_line(order)[:60]
    tell(
        organization=connection.organization,
        key=f"unfit:{connection.uid}:{number}",
        title=f"An order of {connection.username} cannot be read: {number}",
        body=f"Order {number} came with values that cannot be kept, so it moved no stock. All other orders are read as"
        " ever. Look at it in the shop and set the stock of what it sold by hand.",
        tone="danger",
        mail=True,
    )


def unknown(line: Line, connection: Connection) -> None:
    """An order names a listing that we do not know."""
    _not_ours(line, connection, line.title, "names a listing that was not imported.")


def kept(line: Line, page: Listing, connection: Connection) -> None:
    """That listing was fetched: somebody must say which item it is."""
    what = f"names a listing without an item; it was fetched and is {page.status_there or page.seen} there."
    _again(line, connection, page.title, what, "/sold/")


def gone(line: Line, connection: Connection) -> None:
    """That listing is not there any more, so it cannot be fetched."""
    _again(line, connection, line.title, "names a listing that was not imported and is gone there.")


def _again(line: Line, connection: Connection, name: str, what: str, link: str = "/imports/") -> None:
    """The same notice, now that more is known; what was read stays read."""
    had = Notice.objects.filter(organization=connection.organization, key=_key(line)[:LONGEST_KEY], read=None)
    if had.exists():
        had.delete()
        _not_ours(line, connection, name, what, link)


def _not_ours(line: Line, connection: Connection, name: str, what: str, link: str = "/imports/") -> None:
    tell(
        organization=connection.organization,
        key=_key(line),
        title=f"Sold, and not in your inventory yet: {name or line.title or line.listing_ref}",
        body=f"Order {line.order.number} of {connection.username} {what} The sale is kept, and counts as soon as the"
        " listing is linked to an item of yours or to a new one.",
        tone="warning",
        link=link,
    )


def _key(line: Line) -> str:
    return f"unknown:{line.connection_id}:{line.listing_ref}"


def _rival(line: Line) -> Line | None:
    """Another order that took the same page's stock: a marketplace sells its own page twice only when orders merge."""
    same = Line.objects.filter(connection_id=line.connection_id, listing_ref=line.listing_ref, settled=Settled.MOVED)
    return same.exclude(order=line.order).filter(allocated__gt=0).first()
