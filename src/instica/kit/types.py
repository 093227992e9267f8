"""What shops hold and what we send them, in words that fit every marketplace. All values are immutable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from instica.core.money import Money
from instica.core.secrets import Secret

if TYPE_CHECKING:
    from instica.kit.ports import Budget

Row = TypeVar("Row")
Seen = Literal["absent", "hidden", "live", "sold_out", "ended"]
OrderState = Literal["open", "paid", "shipped", "completed", "cancelled", "merged"]
EventKind = Literal["changed", "revoked", "forget_buyer", "forget_shop", "tell_buyer_data"]
About = Literal["", "order", "listing"]


@dataclass(frozen=True, slots=True)
class Account:
    """Who a grant belongs to. ``remote_id`` never changes; ``username`` may."""

    remote_id: str
    username: str
    name: str = ""
    currency: str = ""
    url: str = ""
    country: str = ""
    warnings: tuple[str, ...] = ()
    listings: int | None = None


@dataclass(frozen=True, slots=True)
class App:
    """The installation's own credentials with a marketplace. ``origin`` replaces all of its hosts (the sandbox).

    ``agent`` is the User-Agent it calls itself; ``budget`` is what calls count against that are made for no shop.
    """

    slug: str
    redirect_uri: str
    client_id: str = ""
    client_secret: Secret = field(default_factory=lambda: Secret(""))
    extra: Mapping[str, Secret] = field(default_factory=dict)
    origin: str = ""
    agent: str = ""
    budget: Budget | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a marketplace gave us. ``secrets`` are stored encrypted; ``scopes`` empty means "everything"."""

    secrets: Mapping[str, Secret]
    account: Account | None = None
    scopes: tuple[str, ...] = ()
    expires_at: dt.datetime | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where to send the browser, and what to keep (encrypted) until it returns."""

    url: str
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A field to ask before consent, such as Shopify's shop domain or a personal token."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Ref:
    """Every id a shop gave a page (``listing``) or an offer on it (``offer``), and the details it told of it before."""

    listing: str
    offer: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a remote row cannot be taken in: a stable code and a sentence for a person."""

    code: Literal["missing_title", "invalid_price", "unknown_currency", "unsupported_category", "marketplace_error"]
    detail: str


@dataclass(frozen=True, slots=True)
class RemoteOffer:
    """One thing for sale on a page. ``quantity`` ``None`` is unlimited (made to order)."""

    id: str
    sku: str = ""
    price: Money | None = None
    quantity: int | None = 1
    options: Mapping[str, str] = field(default_factory=dict)
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class RemoteListing:
    """One page in a shop as it is now. Grades are our codes (``vg_plus``); ``release`` is ``discogs:123`` or empty.

    ``brief``: a list showed it that leaves things out. What is empty was not told, and there may be more pictures:
    see ``Connector.details``.
    ``digital`` is a design: what is sold is made to order from it, and its price may be the site's to set.
    """

    id: str
    title: str
    seen: Seen
    offers: tuple[RemoteOffer, ...]
    url: str = ""
    status: str = ""
    description: str = ""
    artist: str = ""
    label: str = ""
    catalog_number: str = ""
    format: str = ""
    year: int | None = None
    release: str = ""
    condition_item: str = ""
    condition_container: str = ""
    location: str = ""
    note: str = ""
    images: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    digital: bool = False
    listed_at: dt.datetime | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    brief: bool = False


@dataclass(frozen=True, slots=True)
class RemoteOrderLine:
    """One line of an order; ``listing`` and ``offer`` are the shop's ids."""

    id: str
    listing: str
    offer: str = ""
    title: str = ""
    sku: str = ""
    quantity: int = 1
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class RemoteOrder:
    """One order as it is now. ``fingerprint`` equal means nothing we use has changed. ``buyer`` is their id there.

    ``name`` is what people there call it, where that is not its id.
    """

    id: str
    state: OrderState
    status: str
    placed_at: dt.datetime
    updated_at: dt.datetime
    lines: tuple[RemoteOrderLine, ...]
    fingerprint: str
    name: str = ""
    url: str = ""
    buyer: str = ""
    buyer_name: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    total: Money | None = None
    shipping: Money | None = None
    fee: Money | None = None
    processing_fee: Money | None = None
    tracking_number: str = ""
    carrier: str = ""
    merged_into: str = ""
    restocked: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Part of a walk. ``ready_at``: not yet, costs no attempt. ``complete`` ``False`` proves no absence.

    ``next`` is the cursor of the following page, ``None`` at the end. ``total`` is what the shop claims to hold.
    ``unreachable`` counts rows that exist and cannot be read, said in ``notes``.
    """

    rows: tuple[Row, ...]
    next: str | None = None
    ready_at: dt.datetime | None = None
    complete: bool = True
    total: int | None = None
    unreachable: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a listing should be. ``fields`` follow the marketplace's ``fields.json``; ``offers`` carry our levels.

    ``placed`` is for a revision: which picture of the page each of ``images`` became (``kit.pictures.placed``). Without
    it, ``None``, a revision leaves the pictures of the page alone.
    """

    title: str
    offers: tuple[RemoteOffer, ...]
    description: str = ""
    release: str = ""
    condition_item: str = ""
    condition_container: str = ""
    images: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)
    hidden: bool = False
    placed: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a call that must not happen twice, stored before it is sent. ``key`` is ours and unique.

    ``begun`` is when the first step of its publish was sent, if that is known.
    """

    key: str
    step: str
    sent_at: dt.datetime
    title: str = ""
    draft: Draft | None = None
    begun: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One remote write of a publish is done. ``next`` is the following step's name, empty when the page is up."""

    next: str
    ref: Ref | None = None
    url: str = ""
    listing: RemoteListing | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """How many of one offer a shop should show. Levels, never deltas; ``expected`` allows compare-and-swap."""

    ref: Ref
    quantity: int
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one level. ``until``: it failed for now, and may be set from then on without anybody's help."""

    ref: Ref
    seen: int | None
    failure: str = ""
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The attempt succeeded after all. ``next`` is the step to go on with, as in ``Step``."""

    ref: Ref
    url: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """It certainly did not happen: it may be sent again."""


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Too early to tell."""

    after: dt.timedelta


Search = Found | Absent | LookAgain


@dataclass(frozen=True, slots=True)
class CatalogMatch:
    """An entry of a marketplace's own database that an item could be. ``release`` is ``discogs:123``."""

    release: str
    title: str
    artist: str = ""
    label: str = ""
    catalog_number: str = ""
    format: str = ""
    year: int | None = None
    country: str = ""
    barcodes: tuple[str, ...] = ()
    image: str = ""
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel. ``carrier`` is in the marketplace's words.

    ``parts`` names the lines in it and how many pieces of each; without any it holds whatever is left to ship.
    """

    tracking_number: str
    carrier: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quote:
    """What listing or selling this would cost, as the marketplace says; ``due`` is when it takes that."""

    fee: Money
    suggested: Mapping[str, Money] = field(default_factory=dict)
    due: Literal["listed", "sold"] = "listed"


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook, genuine. ``account`` names the shop; an empty ``event_id`` means it cannot be deduplicated.

    ``kind`` is what it asks of us: to look again, to know that access was taken back, or a duty of privacy. For those
    about a buyer ``object_id`` is the buyer's id (``RemoteOrder.buyer``); an empty ``account`` means every shop there.
    ``about`` is what ``object_id`` names, where it can be told.
    """

    account: str
    topic: str
    object_id: str
    event_id: str = ""
    kind: EventKind = "changed"
    about: About = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A webhook subscription held with a marketplace."""

    ids: Mapping[str, str]
    renew_at: dt.datetime | None = None
