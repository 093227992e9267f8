"""Turns Discogs' listings into ours and our drafts into theirs; touches nothing outside its arguments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from instica.core import clock
from instica.core.money import Money, NotMoney
from instica.kit.errors import Complaint, Refused
from instica.kit.types import Account, CatalogMatch, Draft, Fault, RemoteListing, RemoteOffer
from instica.marketplaces.discogs.words import CURRENCIES, DRAFT, FOR_SALE, GRADES, MEDIA, PACIFIC, SEEN, SLEEVE, SOLD

PAGE = "https://www.discogs.com/sell/item/"
LONGEST_SKU = 64
NUMBERED = re.compile(r" \(\d+\)(?=$|[ ,/&;])")
ARTICLE = re.compile(r"^([^,]+), (The)$")
OPTIONAL = ("comments", "allow_offers", "external_id", "location", "weight", "format_quantity")
NO_TITLE = Fault(
    "missing_title", "The release has no title on Discogs. Choose another release for the listing there, then retry"
)


def from_json(row: Mapping[str, Any]) -> RemoteListing | None:
    """A listing as the API shows it; ``None`` when not even its id can be read."""
    number = row.get("id")
    if not isinstance(number, int):
        return None
    release = record(row.get("release"))
    price, faults = json_price(row)
    title = words(release.get("title"))
    artist = artist_name(words(release.get("artist")))
    status = words(row.get("status"))
    private = words(row.get("external_id"))
    return RemoteListing(
        id=str(number),
        title=title,
        seen=SEEN.get(status, "hidden"),
        offers=(RemoteOffer("", sku_in(private), price, amount(status, row.get("quantity"))),),
        url=words(row.get("uri")) or f"{PAGE}{number}",
        status=status,
        description=words(row.get("comments")),
        artist=artist,
        label=unnumbered(words(release.get("label"))),
        catalog_number=words(release.get("catalog_number")),
        format=words(release.get("format")),
        year=whole(release.get("year")) or None,
        release=release_ref(release.get("id")),
        condition_item=GRADES.get(words(row.get("condition")), ""),
        condition_container=GRADES.get(words(row.get("sleeve_condition")), ""),
        location=words(row.get("location")),
        note=private,
        images=images(release),
        listed_at=moment(row.get("posted")),
        details=details(row.get("weight"), row.get("format_quantity"), row.get("allow_offers") is True),
        faults=faults if title else (NO_TITLE, *faults),
    )


def from_csv(row: Mapping[str, str], currency: str) -> RemoteListing:
    """A line of the export. It has no currency, no pictures, no year."""
    get = row.get
    number, status = get("listing_id", ""), get("status", "")
    title, private = clean(get("title", "")), clean(get("external_id", ""))
    price, faults = priced(get("price", ""), currency)
    return RemoteListing(
        id=number,
        title=title,
        seen=SEEN.get(status, "hidden"),
        offers=(RemoteOffer("", sku_in(private), price, line_amount(status, get("quantity"))),),
        url=PAGE + number,
        status=status,
        description=clean(get("comments", "")),
        artist=artist_name(clean(get("artist", ""))),
        label=unnumbered(clean(get("label", ""))),
        catalog_number=clean(get("catno", "")),
        format=clean(get("format", "")),
        release=release_ref(get("release_id")),
        condition_item=GRADES.get(get("media_condition", ""), ""),
        condition_container=GRADES.get(get("sleeve_condition", ""), ""),
        location=clean(get("location", "")),
        note=private,
        listed_at=pacific(get("listed", "")),
        details=line_details(get("weight"), get("format_quantity"), get("accept_offer") == "Y"),
        faults=faults if title else (NO_TITLE, *faults),
    )


def json_price(row: Mapping[str, Any]) -> tuple[Money | None, tuple[Fault, ...]]:
    """The seller's exact figure, never the converted one when both are there."""
    exact, shown = record(row.get("original_price")), record(row.get("price"))
    if exact.get("value") is not None and exact.get("curr_abbr"):
        return priced(scalar(exact["value"]), words(exact["curr_abbr"]))
    return priced(scalar(shown.get("value")), words(shown.get("currency")))


def currency_of(row: Mapping[str, Any]) -> str:
    """The currency a listing is priced in."""
    return words(record(row.get("original_price")).get("curr_abbr")) or words(record(row.get("price")).get("currency"))


def money(row: object) -> Money | None:
    """``{"value", "currency"}`` as money, zero included; ``None`` when it is not."""
    try:
        return Money.parse(scalar(record(row).get("value")), words(record(row).get("currency")))
    except NotMoney:
        return None


def scalar(value: object) -> str | int | float:
    """A number or a text; anything else reads as no amount."""
    return value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


@lru_cache(maxsize=4096)
def priced(amount: str | float, currency: str) -> tuple[Money | None, tuple[Fault, ...]]:
    """An amount above zero in a currency of Discogs; else none, and why."""
    if currency not in CURRENCIES:
        said = f"Unknown currency: {currency[:40]}" if currency else "It has no currency"
        return None, (Fault("unknown_currency", f"{said}. Enter this item by hand"),)
    try:
        money = Money.parse(amount, currency)
    except NotMoney:
        said = f"Not a price: {str(amount)[:40]}" if str(amount) else "It has no price"
        return None, (Fault("invalid_price", f"{said}. Set one on Discogs, then retry"),)
    if money.minor <= 0:
        return None, (
            Fault("invalid_price", f"The price must be above zero: {money} {currency}. Set one on Discogs, then retry"),
        )
    return money, ()


def amount(status: str, quantity: object) -> int:
    """Pieces behind a listing: one, unless it is sold or deleted, or Discogs says more."""
    if status in (SOLD, "Deleted"):
        return 0
    return max(1, min(whole(quantity), 10**6))


def details(weight: object, counts_as: object, offers: bool) -> dict[str, str]:
    """What a seller can change beside the usual, written alike from both sources."""
    return {
        "weight": str(whole(weight)),
        "format_quantity": str(whole(counts_as) or 1),
        "allow_offers": "yes" if offers else "no",
    }


line_amount = lru_cache(maxsize=1024)(amount)
line_details = lru_cache(maxsize=4096)(details)


def images(release: Mapping[str, Any]) -> tuple[str, ...]:
    """The catalogue's pictures of the release, largest form first, or its thumbnail."""
    rows = release.get("images")
    found = [words(record(row).get("uri")) for row in rows] if isinstance(rows, list) else []
    return tuple(link for link in found if link) or tuple(filter(None, [words(release.get("thumbnail"))]))


def release_ref(number: object) -> str:
    """``discogs:123``, or empty."""
    text = str(number) if isinstance(number, (int, str)) else ""
    return f"discogs:{text}" if text.isascii() and text.isdigit() and text != "0" else ""


@lru_cache(maxsize=4096)
def artist_name(text: str) -> str:
    """A name as people write it: ``Sun (5)`` is Sun, ``Beatles, The`` is The Beatles."""
    return ARTICLE.sub(r"\2 \1", unnumbered(text))


@lru_cache(maxsize=4096)
def unnumbered(text: str) -> str:
    """A name without the number that tells namesakes apart on Discogs."""
    return NUMBERED.sub("", text) if "(" in text else text


def sku_in(private: str) -> str:
    """The private comment where it can be a SKU: one short word. A sentence is a note, not a key."""
    return private if private and len(private) <= LONGEST_SKU and len(private.split(None, 1)) == 1 else ""


def moment(text: object) -> dt.datetime | None:
    """A time with its offset, in UTC. One without an offset is Pacific."""
    return clock.read(text, PACIFIC)


def pacific(text: str) -> dt.datetime | None:
    """A Pacific wall time, in UTC."""
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=PACIFIC).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def clean(text: str) -> str:
    """Text any database keeps: no NUL, no half characters, no blanks around."""
    if text.isascii():
        return text.replace("\x00", "").strip()
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()


def words(value: object) -> str:
    """Text, from whatever was sent."""
    return clean(value) if isinstance(value, str) else ""


def whole(value: object) -> int:
    """A whole number, 0 when it is none."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
    if isinstance(value, float):
        value = round(value) if abs(value) < 1e9 else 0
    return value if isinstance(value, int) and abs(value) < 10**9 else 0


def record(value: object) -> Mapping[str, Any]:
    """An object, empty when it is none."""
    return value if isinstance(value, Mapping) else {}


def account(identity: Mapping[str, Any], profile: Mapping[str, Any]) -> Account:
    """Who is connected."""
    suspended = profile.get("marketplace_suspended") is True
    username = words(profile.get("username")) or words(identity.get("username"))
    return Account(
        remote_id=str(identity.get("id", "")),
        username=username,
        name=words(profile.get("name")),
        currency=words(profile.get("curr_abbr")),
        url=words(profile.get("uri")) or f"https://www.discogs.com/user/{username}",
        warnings=("Discogs has suspended this account's marketplace",) if suspended else (),
        listings=whole(profile.get("num_for_sale")),
    )


def to_listing(draft: Draft, status: str, currency: str) -> dict[str, object]:
    """What to send for a draft. Optional fields that are absent are not sent: Discogs keeps them as they are."""
    problems = list(unfit(draft, currency))
    if problems:
        raise Refused(problems)
    price = draft.offers[0].price
    fields: dict[str, object] = {
        "release_id": int(draft.release.removeprefix("discogs:")),
        "condition": MEDIA[draft.condition_item],
        "price": number(price) if price else 0,
        "status": status,
    }
    if draft.condition_container:
        fields["sleeve_condition"] = SLEEVE[draft.condition_container]
    if draft.description:
        fields["comments"] = draft.description
    fields.update({name: draft.fields[name] for name in OPTIONAL if draft.fields.get(name) is not None})
    return fields


def unfit(draft: Draft, currency: str) -> list[Complaint]:
    """Everything that keeps a draft from being a Discogs listing, at once."""
    price = draft.offers[0].price if len(draft.offers) == 1 else None
    rules = (
        (len(draft.offers) == 1, "offers", "Discogs sells single pieces: one offer a listing"),
        (release_ref(draft.release.removeprefix("discogs:")), "release", "Discogs needs a release of its database"),
        (draft.condition_item in MEDIA, "condition_item", "Discogs needs a grade for the record"),
        (draft.condition_container in {"", *SLEEVE}, "condition_container", "Discogs does not know that sleeve grade"),
        (price and price.minor > 0, "price", "Discogs needs a price above zero"),
        (not price or not currency or price.currency == currency, "price", f"This shop sells in {currency}"),
        (whole(draft.fields.get("format_quantity", 1)) >= 0, "format_quantity", "This cannot be negative"),
    )
    codes = {"release": "release_required"}
    return [Complaint(text, field, codes.get(field, "")) for fits, field, text in rules if not fits]


def same_listing(row: Mapping[str, Any], status: str) -> dict[str, object]:
    """What to send to change nothing but the status."""
    price, faults = json_price(row)
    if price is None:
        raise Refused([Complaint(fault.detail, "price") for fault in faults])
    return {
        "release_id": record(row.get("release")).get("id"),
        "condition": row.get("condition"),
        "price": number(price),
        "status": status,
    }


def number(price: Money) -> int | float:
    """An amount as JSON carries it."""
    return float(price.decimal) if price.decimal % 1 else int(price.decimal)


def own_mark(draft: Draft, key: str) -> str:
    """The private comment of a listing we create, never empty: what the draft says, the SKU, or the attempt's key."""
    return words(draft.fields.get("external_id")) or clean(draft.offers[0].sku) or key


def status_for(draft: Draft) -> str:
    """Whether buyers shall see it."""
    return DRAFT if draft.hidden else FOR_SALE


def match(row: Mapping[str, Any]) -> CatalogMatch | None:
    """A row of the database search."""
    release = release_ref(row.get("id"))
    if not release:
        return None
    artist, dash, title = words(row.get("title")).partition(" - ")
    labels, formats, codes = row.get("label"), row.get("format"), row.get("barcode")
    return CatalogMatch(
        release=release,
        title=title if dash else artist,
        artist=artist_name(artist) if dash else "",
        label=unnumbered(words(labels[0])) if isinstance(labels, list) and labels else "",
        catalog_number=words(row.get("catno")),
        format=", ".join(map(words, formats)) if isinstance(formats, list) else "",
        year=whole(row.get("year")) or None,
        country=words(row.get("country")),
        barcodes=tuple(dict.fromkeys(filter(None, map(barcode, codes if isinstance(codes, list) else [])))),
        image=words(row.get("cover_image")) or words(row.get("thumb")),
    )


def entry(row: Mapping[str, Any]) -> CatalogMatch | None:
    """A release of the database, whole."""
    release, label, form = release_ref(row.get("id")), first(row.get("labels")), first(row.get("formats"))
    if not release:
        return None
    codes = [code.get("value") for code in records(row.get("identifiers")) if code.get("type") == "Barcode"]
    descriptions = form.get("descriptions")
    kinds = [form.get("name"), *(descriptions if isinstance(descriptions, list) else [])]
    return CatalogMatch(
        release=release,
        title=words(row.get("title")),
        artist=artist_name(words(row.get("artists_sort")) or words(first(row.get("artists")).get("name"))),
        label=unnumbered(words(label.get("name"))),
        catalog_number=words(label.get("catno")),
        format=", ".join(filter(None, map(words, kinds))),
        year=whole(row.get("year")) or None,
        country=words(row.get("country")),
        barcodes=tuple(dict.fromkeys(filter(None, map(barcode, codes)))),
        image=cover(records(row.get("images"))) or words(row.get("thumb")),
        blocked=row.get("blocked_from_sale") is True,
    )


def cover(pictures: list[Mapping[str, Any]]) -> str:
    """The front where one is marked, else the first picture."""
    ordered = sorted(pictures, key=lambda picture: picture.get("type") != "primary")
    return next(filter(None, (words(picture.get("uri")) for picture in ordered)), "")


def records(rows: object) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [record(row) for row in rows] if isinstance(rows, list) else []


def first(rows: object) -> Mapping[str, Any]:
    """The first object of a list, empty when there is none."""
    return next(iter(records(rows)), {})


def barcode(text: object) -> str:
    """The digits of a barcode; empty for the matrix texts that stand among them."""
    digits = re.sub(r"[\s-]", "", words(text))
    return digits if digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 14 else ""
