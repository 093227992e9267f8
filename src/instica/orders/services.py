"""Take in orders as they are now, and settle their lines."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable, Sequence

import structlog
from django.db import DataError, IntegrityError, transaction

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.errors import Conflict, NotFound
from instica.core.money import Money
from instica.inventory.adding import NewItem, add
from instica.inventory.models import Item
from instica.kit.types import RemoteOrder, RemoteOrderLine
from instica.listings import services as listings
from instica.listings.models import Offer
from instica.orders import announcing, counting, locks, looking, queries, settle, telling, values
from instica.orders.counting import Change
from instica.orders.doors import doors
from instica.orders.models import Line, Order, Settled
from instica.orders.privacy import PERSONAL
from instica.orders.queries import Known
from instica.work.lanes import commit
from instica.work.queue import enqueue

LONGEST_NAME = 120
UNFIT = (DataError, IntegrityError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What storing an order that makes no sense may raise; a database in trouble raises something else."""
log = structlog.get_logger(__name__)


def take_in(*, connection: Connection, orders: Sequence[RemoteOrder]) -> int:
    """Store what a shop says about its orders, and settle it; how many had news. Saying it again changes nothing.

    An order that cannot be stored holds up no other: its owner is told to look after it there.
    """
    with commit():
        fit = [order for order in orders if _has_names(order) or _unfit(connection, order, "its names")]
        news = _news(connection, fit)
        known = queries.offers(connection, {line.listing for order in news for line in order.lines})
        ours = Order.objects.filter(connection=connection, remote_id__in=[order.id for order in news])
        held = Line.objects.filter(order__in=ours)
        locks.items([*(offer.item_id for offer in known.values()), *held.values_list("item", flat=True)])
        changes = [_apart(connection, order, known) for order in sorted(news, key=lambda each: each.id)]
        happened = [change for change in changes if change]
        counting.keep(connection, happened)
        return len(happened)


def link(*, offer: Offer, item: Item) -> int:
    """A person says which item a page sells that stood without one; how many waiting sales count now.

    The item's stock is what the person says it is: it is moved by those sales only. Raises ``NotFound``, ``Conflict``.
    """
    if item.organization_id != offer.organization_id:
        raise NotFound("There is no such item.")
    with commit():
        locks.items([item.uid])
        row = Offer.objects.select_for_update(of=("self",)).select_related("listing__connection").get(pk=offer.pk)
        if row.item_id is not None:
            raise Conflict("This listing has its item already.", code="already_linked")
        row.item = item
        row.save(update_fields=["item"])
        listings.adopt(row.listing_id)
        count = settle_waiting(offer=row)
        listings.restate([item.uid])
    return count


def create(*, offer: Offer, actor: str = "") -> Item:
    """A person says that a sold page without an item is a thing of its own: take it in as it stood before its sales.

    Raises ``Conflict``, ``PaymentRequired``.
    """
    if offer.price is None or offer.agreed_quantity is None:
        raise Conflict("This listing shows no price or no quantity. Link it to an item of yours.", code="no_price")
    new = NewItem(
        title=offer.listing.title,
        price=Money(offer.price, offer.currency),
        sku=offer.sku,
        quantity=offer.agreed_quantity,
    )
    with commit():
        item = add(organization=offer.organization, new=new, actor=actor)
        link(offer=offer, item=item)
    return item


def settle_waiting(*, offer: Offer) -> int:
    """Settle the lines that waited for this offer; how many. Part of the transaction that adopts or links it."""
    return settle_waiting_all(connection=offer.listing.connection, offers=[offer])


def settle_waiting_all(*, connection: Connection, offers: Iterable[Offer]) -> int:
    """The same for many offers of one shop at once."""
    rows = list(offers)
    pages = {offer.listing_id: offer.listing.remote_id for offer in rows}
    lines = queries.waiting(connection).filter(listing_ref__in=pages.values())
    return _settle(connection, list(lines.values_list("uid", "listing_ref"))) if pages else 0


def settle_known(*, connection: Connection) -> int:
    """Settle every waiting line whose offer has become known: what two transactions just missed of each other."""
    with commit():
        return _settle(connection, list(queries.settleable(connection).values_list("uid", "listing_ref")))


def _settle(connection: Connection, waiting: list[tuple[uuid.UUID, str]]) -> int:
    if not waiting:
        return 0
    known = queries.offers(connection, {ref for _, ref in waiting})
    locks.items(offer.item_id for offer in known.values())
    uids = [uid for uid, ref in waiting]
    rows = Line.objects.select_for_update(of=("self",)).select_related("order", "order__organization")
    count = 0
    waiting_still = rows.filter(uid__in=uids, settled=Settled.WAITING).order_by("order__remote_id", "remote_id")
    for line in sorted(waiting_still, key=lambda each: (each.order.sold_at, each.uid)):
        _settle_line(line, queries.offer_of(line, known))
        if line.settled != Settled.WAITING:
            enqueue("order.search", str(line.order_id), lane=f"sales:{line.organization_id}")
            count += 1
    return count


def _settle_line(line: Line, offer: Offer | None) -> None:
    """Settle it; where the page was read at about the time of the sale, it is looked at again."""
    waited = line.settled == Settled.WAITING
    settle.settle(line, offer)
    if not waited or line.settled != Settled.MOVED or offer is None:
        return
    counting.ask(line.organization_id, line.connection_id, counting.day_of(line.order.sold_at))
    if looking.in_doubt(line, offer):
        looking.ask(line.connection_id, line.listing_ref)


def _apart(connection: Connection, remote: RemoteOrder, known: Known) -> Change | None:
    """Store one order whole or not at all; the others do not depend on it."""
    try:
        with transaction.atomic():
            return _store(connection, remote, known)
    except UNFIT as error:
        _unfit(connection, remote, f"{type(error).__name__}: {error}")
        return None


def _unfit(connection: Connection, remote: RemoteOrder, why: str) -> bool:
    log.error("order.unfit", connection=connection.public_id, order=remote.id, why=why)
    telling.unfit(remote.id, connection)
    return False


def _has_names(remote: RemoteOrder) -> bool:
    """Whether the order and its lines can be told apart by names we can keep."""
    names = [remote.id, *(name for line in remote.lines for name in (line.id, line.listing, line.offer))]
    return all(len(name) <= LONGEST_NAME and "\x00" not in name for name in names)


def _news(connection: Connection, orders: Sequence[RemoteOrder]) -> list[RemoteOrder]:
    """Those that are not here just as they are told, as most are that a round reads again."""
    held = Order.objects.filter(connection=connection, remote_id__in={order.id for order in orders})
    known = dict(held.values_list("remote_id", "fingerprint"))
    return [order for order in orders if known.get(order.id) != values.mark(order)]


def _store(connection: Connection, remote: RemoteOrder, known: Known) -> Change | None:
    """One order: its row, its lines, and what they mean for the stock. Nothing when somebody else just stored it."""
    columns = values.stored(remote, parcels_may_be_parts=doors(connection.marketplace).parts)
    blank = Order(organization_id=connection.organization_id, connection=connection, remote_id=remote.id, **columns)
    order, new = locks.order(connection, remote.id, blank)
    order.connection = connection
    state, before, days = order.state, counting.UNKNOWN, {counting.day_of(remote.placed_at)}
    if not new:
        if order.fingerprint == columns["fingerprint"] or remote.updated_at < order.changed_there:
            return None
        before, days = counting.place(order), days | {counting.day_of(order.sold_at)}
        _change(order, columns)
    _settle_lines(order, remote, known)
    if not new or looking.is_since_connected(order, connection):
        announcing.stored(order, new=new, before=state)
    return Change(before, counting.place(order), frozenset(days))


def _change(order: Order, columns: dict[str, object]) -> None:
    """The order as it is now; what was erased once does not come back."""
    for name, value in columns.items():
        setattr(order, name, value)
    if order.forgotten_at:
        _forget_again(order)
    order.updated = now()
    order.save()


def _settle_lines(order: Order, remote: RemoteOrder, known: Known) -> None:
    lines = _lines(order, remote)
    for line in lines:
        offer = queries.offer_of(line, known)
        if settle.is_over(order) or remote.restocked:
            settle.give_back(line, offer=offer)
        _settle_line(line, offer)
    _find_by_item(order, lines)
    if looking.is_news(order, order.connection):
        _strangers([line for line in lines if line.settled == Settled.WAITING], order.connection)


def _forget_again(order: Order) -> None:
    """What was erased once does not come back with the next reading."""
    for name, nothing in PERSONAL.items():
        setattr(order, name, nothing)


def _find_by_item(order: Order, lines: Iterable[Line]) -> None:
    """An order is found by what we call its things, too."""
    items = [line.item_id for line in lines if line.item_id]
    titles = Item.every.filter(pk__in=items).values_list("title", flat=True) if items else ()
    found = values.searched(*order.search.split("\n"), *(title.lower() for title in titles))
    if found != order.search:
        order.search = found
        Order.objects.filter(pk=order.pk).update(search=found)


def find_by_item(*, order: uuid.UUID) -> None:
    """The same for an order whose lines were settled late: apart, since whoever settles them holds them already."""
    with commit():
        row = Order.objects.select_for_update(of=("self",)).filter(pk=order).first()
        if row:
            _find_by_item(row, row.lines.all())


def _strangers(lines: list[Line], connection: Connection) -> None:
    """Pages that nobody imported were sold: the owner hears of it, and they are fetched (D24)."""
    for line in lines:
        telling.unknown(line, connection)
        looking.ask(connection.uid, line.listing_ref)


def _lines(order: Order, remote: RemoteOrder) -> list[Line]:
    """The order's lines as they are now; what is no longer ordered gives back its stock."""
    stored = {line.remote_id: line for line in order.lines.select_for_update().order_by("remote_id")}
    wanted = _together(remote.lines)
    if not settle.is_over(order) and not remote.restocked:
        _come_back(stored, wanted)
    for gone in stored.keys() - wanted.keys():
        settle.give_back(stored[gone])
    for remote_id, line in wanted.items():
        if remote_id in stored:
            stored[remote_id].order = order
            settle.resize(stored[remote_id], values.pieces(line))
        else:
            stored[remote_id] = _new_line(order, line)
    return [stored[remote_id] for remote_id in sorted(wanted)]


def _come_back(stored: dict[str, Line], wanted: Container[str]) -> None:
    """What was given back and is ordered again counts as a new line, once: the moves of the old one are history."""
    for remote_id in [name for name in stored if name in wanted]:
        if stored[remote_id].settled == Settled.GIVEN_BACK:
            stored.pop(remote_id).delete()


def _together(lines: Iterable[RemoteOrderLine]) -> dict[str, RemoteOrderLine]:
    """Lines by id; an id that stands twice is still one line."""
    return {line.id: line for line in lines}


def _new_line(order: Order, remote: RemoteOrderLine) -> Line:
    return Line.objects.create(
        organization_id=order.organization_id,
        order=order,
        connection_id=order.connection_id,
        remote_id=remote.id,
        listing_ref=remote.listing,
        offer_ref=remote.offer,
        title=values.text(remote.title, 600),
        sku=values.text(remote.sku, 200),
        quantity=values.pieces(remote),
        price=values.minor(remote.price, order.currency),
    )
