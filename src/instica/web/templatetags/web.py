"""Tags and filters the pages share: money, tones, links that keep the query, the current page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from babel.core import UnknownLocaleError
from babel.numbers import format_currency
from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from instica import marketplaces
from instica.catalog.models import Product
from instica.core import markup
from instica.core.clock import now
from instica.core.money import CURRENCIES, Money
from instica.imports.models import Row
from instica.inventory import grades, photos
from instica.inventory.models import Image, Item
from instica.listings.models import Listing
from instica.orders.models import Order
from instica.people import preferences
from instica.people.models import User
from instica.web import wording

register = template.Library()
BELONGS = {
    "web:marketplaces": ("web:connect_login", "web:connect_callback", "web:extension"),
    "web:inventory": ("web:sold", "web:product"),
}
"""Pages that stand elsewhere and belong to a main page all the same."""
OWN = ("/account/", "/accounts/", "/organization/")
DATES = {"ymd": "Y-m-d", "dmy": "j M Y", "mdy": "M j, Y"}
CODE_AFTER_TOWN = frozenset({"US", "CA", "AU", "GB", "United States", "Canada", "Australia", "United Kingdom"})
ORDER_WORDS = {"awaiting_shipment": "To ship", "shipped": "Shipped", "completed": "Completed"}
THEMES = ("light", "dark", "auto")
STANDING = {
    "live": "good",
    "listed": "good",
    "ready-to-sell": "calm",
    "received": "calm",
    "updating": "calm",
    "publishing": "calm",
    "ending": "calm",
    "refused": "bad",
    "ended there": "warn",
    "off sale": "warn",
    "drifted": "warn",
    "checking": "warn",
    "returned": "warn",
}
TONES = {
    "success": "good",
    "warning": "warn",
    "error": "bad",
    "danger": "bad",
    "good": "good",
    "info": "calm",
    "debug": "calm",
}


@register.filter
def called(user: User) -> str:
    """What a person wants to be called; else the first name, else the address."""
    return str(preferences.read(user)["preferred_name"]) or user.email


@register.filter
def theme(value: str | None) -> str:
    """The chosen colours, ``auto`` when the cookie says nothing we know."""
    return value if value in THEMES else "auto"


@register.filter
def words(value: str) -> list[str]:
    """The words of a text."""
    return value.split()


@register.filter
def value(parameters: QueryDict, name: str) -> str:
    """One parameter of an address."""
    return parameters.get(name, "")


@register.filter
def tone(value: str) -> str:
    """The tone of a component for a message level or a notice's tone."""
    return TONES.get(value, "calm")


@register.filter
def money(minor: int | None, currency: str) -> str:
    """An amount as a person reads it: ``€34.99``; a dash when there is none."""
    if minor is None:
        return "–"
    if currency not in CURRENCIES:
        return f"{minor} {currency}".strip()
    try:
        return str(format_currency(Money(minor, currency).decimal, currency, locale="en_US"))
    except (UnknownLocaleError, ValueError):
        return f"{Money(minor, currency)} {currency}"


@register.filter
def plain(text: str) -> str:
    """Markup from elsewhere as its words."""
    return markup.plain(text)


@register.filter
def grade(code: str) -> str:
    """A grade as people write it."""
    return grades.display(code)


@register.filter
def origins(item: Item, how: str = "") -> str:
    """Artist, label, number and year of what an item is, as far as they are known."""
    product = item.product
    artist = product.artist.name[:80] if product.artist else ""
    names: list[object] = [artist, product.catalog_number[:40]]
    if not how:
        names = [artist, product.label.name if product.label else "", product.catalog_number, product.year]
    return " · ".join(str(name) for name in names if name)


@register.filter
def made_by(product: Product) -> str:
    """Artist, label, number, year and format of a product, as far as they are known."""
    artist, label = product.artist, product.label
    names = (artist.name[:80] if artist else "", label.name[:60] if label else "", product.catalog_number[:40])
    return " · ".join(str(name) for name in (*names, product.year, product.format[:60]) if name)


@register.filter
def named(names: dict[str, str], key: str) -> str:
    """The name behind a key; the key where there is none."""
    return names.get(key, key)


@register.filter
def platform(slug: str) -> str:
    """A marketplace's name."""
    manifest = marketplaces.get(slug)
    return manifest.name if manifest else slug


@register.filter
def standing(listing: Listing) -> str:
    """A listing's state in the house's words, as whoever read it found out."""
    return str(getattr(listing, "stands", ""))


@register.filter
def standing_tone(word: str) -> str:
    """The tone of a listing's or an item's state."""
    return STANDING.get(word, "")


@register.filter
def is_old(listing: Listing) -> bool:
    """Whether what was read is older than the marketplace's terms allow to show without saying so."""
    manifest = marketplaces.get(listing.connection.marketplace)
    if manifest is None or manifest.fresh_for is None or listing.seen_at is None:
        return False
    return now() - listing.seen_at > manifest.fresh_for


@register.filter
def order_word(order: Order) -> str:
    """An order's status for people: ours in words, else the marketplace's own."""
    if order.state == "cancelled":
        return "Cancelled"
    return ORDER_WORDS.get(order.status) or order.status[:60]


@register.filter
def order_tone(order: Order) -> str:
    """The tone of an order's status."""
    return {"awaiting_shipment": "calm", "shipped": "good", "completed": "good"}.get(order.status, "")


@register.filter
def reason_word(reason: str) -> str:
    """A marketplace's reason to cancel; one that shouts is said calmly."""
    return reason.replace("_", " ").capitalize() if reason.isupper() else reason


@register.filter
def has_several_pieces(order: Order) -> bool:
    """Whether it could go in several parcels."""
    return sum(line.quantity for line in order.lines.all()) > 1


@register.filter
def address_lines(address: dict[str, str]) -> list[str]:
    """An address as it is written on a parcel."""
    code, city, state = (address.get(name, "") for name in ("postal_code", "city", "state"))
    after = address.get("country") in CODE_AFTER_TOWN
    place = " ".join(filter(None, (city, state, code) if after else (code, city, state)))
    names = (address.get("full_name"), address.get("company"), address.get("line1"), address.get("line2"), place)
    return [part for part in (*names, address.get("country")) if part]


@register.filter
def drawn(number: float) -> str:
    """A number as SVG takes it, whatever the language."""
    return f"{number:g}"


@register.filter
def pace(seconds: int) -> str:
    """How often something comes again: ``every 90 seconds``, ``every minute``, ``every 15 minutes``."""
    units = ((3600, "hour"), (60, "minute"), (1, "second"))
    size, unit = next(each for each in units if seconds % each[0] == 0 or seconds >= 10 * each[0])
    count = round(seconds / size)
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"


@register.filter
def seconds(milliseconds: int) -> str:
    """A short time: ``0.4 s``, ``12 s``."""
    value = milliseconds / 1000
    return f"{value:.1f} s" if value < 10 else f"{value:,.0f} s"


@register.filter
def picture(image: Image) -> str:
    """Where a photo is: our copy once there is one, else where it was found."""
    return photo(photos.address(image))


@register.filter
def photo(address: str) -> str:
    """An address a page may show a photo from; nothing for anything else."""
    return address if address.startswith(("https://", "http://", "/")) else ""


@register.filter
def failure(row: Row) -> tuple[str, str]:
    """Why a row cannot come in, and what to do about it."""
    return wording.failure(row.error_code, row.error or row.conflict_details)


@register.filter
def fields_named(details: str) -> str:
    """The details of a conflict in the pages' words."""
    return wording.fields_named(details)


@register.filter
def around(page: Page[Any]) -> Iterator[int | None]:
    """The page numbers to show; ``None`` stands for a gap."""
    shown = {1, page.paginator.num_pages, page.number - 1, page.number, page.number + 1}
    before = 0
    for number in sorted(number for number in shown if 1 <= number <= page.paginator.num_pages):
        if number > before + 1:
            yield None
        yield number
        before = number


@register.simple_tag(takes_context=True)
def day(context: Context, value: dt.datetime | None) -> str:
    """A date, written as the person likes it; never broken over two lines."""
    return format_html('<span class="whole">{}</span>', _day(context, value)) if value else ""


@register.simple_tag(takes_context=True)
def moment(context: Context, value: dt.datetime | None) -> str:
    """A date and the time of day, in the person's time zone."""
    if value is None:
        return ""
    return format_html('<span class="whole">{}, {}</span>', _day(context, value), date_format(localtime(value), "H:i"))


def _day(context: Context, value: dt.datetime) -> str:
    return date_format(localtime(value), DATES[preference(context, "date_format")])


def preference(context: Context, name: str) -> Any:
    """What the person who looks prefers."""
    user = context.get("user")
    return preferences.read(user)[name] if user and user.is_authenticated else preferences.KNOWN[name][0]


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The query string of this page with ``changes``; an empty value takes a parameter away."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value not in ("", None):
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def here(context: Context, name: str) -> SafeString:
    """``aria-current`` when this page, or one below it, is the named one."""
    path, at = reverse(name), context["request"].path
    if not at.startswith(path) and _view(context) not in BELONGS.get(name, ()):
        return SafeString("")
    return format_html(' aria-current="{}"', "page" if at == path else "true")


@register.simple_tag(takes_context=True)
def at_home(context: Context) -> SafeString:
    """``aria-current`` for the menu of a person's own pages: account, signing in, organization."""
    own = context["request"].path.startswith(OWN) and _view(context) not in BELONGS["web:marketplaces"]
    return SafeString(' aria-current="true"' if own else "")


def _view(context: Context) -> str:
    match = context["request"].resolver_match
    return match.view_name if match else ""
