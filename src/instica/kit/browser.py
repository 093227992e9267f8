"""What the browser extension read off a page: judged like any stranger's input, and turned into listings."""

from __future__ import annotations

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from instica.core import clock
from instica.core.money import CURRENCIES, Money, NotMoney
from instica.kit.contract import Connector
from instica.kit.errors import Complaint, Refused
from instica.kit.types import Account, Fault, Ref, RemoteListing, RemoteOffer

LONGEST_TITLE, LONGEST_TEXT, LONGEST_TAG, LONGEST_URL, LONGEST_ID = 500, 20_000, 100, 900, 100
MOST_TAGS, MOST_IMAGES, MOST_PRODUCTS = 50, 20, 100
SCRIPTS = re.compile(r"<(script|style)\b[^<>]*>.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
MARKUP = re.compile(r"<(?=[A-Za-z/!?])[^>]*(>|\Z)")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
LONGEST_READ = 50_000
Code = Literal["missing_title", "invalid_price", "unknown_currency", "unsupported_category", "marketplace_error"]


class BadRow(ValueError):
    """A row that cannot be taken in as it is: the code of a ``Fault`` and a sentence."""

    def __init__(self, detail: str, code: Code = "marketplace_error") -> None:
        super().__init__(detail)
        self.fault = Fault(code, detail)


@dataclass(frozen=True, slots=True)
class Site:
    """What rows of one site look like: ids, hosts of pages and pictures, the origin that stands in for all of them."""

    name: str
    ids: re.Pattern[str]
    page_hosts: tuple[str, ...]
    photo_hosts: tuple[str, ...]
    origin: str = ""

    def page(self, link: object) -> str:
        """An address of one of its own pages; empty for anything else."""
        parts = split(link)
        at_home = parts is not None and parts[0] == "https" and parts[1] in self.page_hosts
        return str(link) if at_home or self.stands_in(link) else ""

    def picture(self, link: object) -> str:
        """An address of a picture on its own hosts, moved to the origin where there is one; empty for anything else."""
        parts = split(link)
        if parts and parts[0] == "https" and parts[1] in (*self.photo_hosts, *self.page_hosts):
            return f"{self.origin}{parts[2]}" if self.origin else str(link)
        return str(link) if self.stands_in(link) else ""

    def stands_in(self, link: object) -> bool:
        """Whether it leads to the origin that stands in for the site."""
        return bool(self.origin) and isinstance(link, str) and link.startswith(f"{self.origin}/") and bool(split(link))


class PageConnector(Connector, ABC):
    """A shop that only its owner's browser can read."""

    name = ""

    @classmethod
    def can(cls, capability: str) -> bool:
        """Nothing but reading what is brought: what is answered from memory is no capability."""
        return capability == "read_page"

    @abstractmethod
    def design(self, row: object, place: str) -> RemoteListing:
        """One row as a listing; ``place`` stands for its id where it has none."""

    def read_page(self, payload: Mapping[str, object]) -> Sequence[RemoteListing]:
        """The designs of a page as they come; one that cannot be read has its fault."""
        key = str(payload.get("page_key", ""))
        found = payload.get("rows")
        rows = found if isinstance(found, list) else ()
        return [self.design(row, f"{key}#{number}"[-LONGEST_ID:]) for number, row in enumerate(rows, start=1)]

    def shop(self) -> Account:
        """As far as the extension told; nothing is called."""
        return self.session.account

    def listing(self, ref: Ref) -> RemoteListing:
        """Never: only the extension reads there."""
        raise Refused([Complaint(f"{self.name} is read by the browser extension; let it read the shop again")])


def split(link: object) -> tuple[str, str, str] | None:
    """Scheme, host and the rest of a plain address; ``None`` for what is none."""
    if not isinstance(link, str) or len(link) > LONGEST_URL or not link.isascii() or not link.isprintable():
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if any(letter in link for letter in " \"'<>\\`") or "@" in parts.netloc:
        return None
    return parts.scheme, parts.netloc, f"{parts.path}{'?' if parts.query else ''}{parts.query}"


def listing(row: object, site: Site, place: str) -> RemoteListing:
    """One row as a listing; what is wrong with it becomes a fault, and ``place`` its id where it has none."""
    number = row.get("id") if isinstance(row, dict) else None
    known = isinstance(number, str) and len(number) <= LONGEST_ID and site.ids.fullmatch(number) is not None
    try:
        if not isinstance(row, dict):
            raise BadRow(f"The page of {site.name} held something that is no design")
        if not known:
            raise BadRow(f"The page of {site.name} showed a design without a number that can be read")
        return _listing(row, site, str(number))
    except BadRow as bad:
        title = line(row.get("title"), LONGEST_TITLE) if isinstance(row, dict) else ""
        return RemoteListing(
            id=str(number) if known else place,
            title=title,
            seen="live",
            offers=(RemoteOffer(str(number) if known else place, quantity=None),),
            digital=True,
            faults=(bad.fault,),
        )


def _listing(row: Mapping[str, Any], site: Site, number: str) -> RemoteListing:
    title = line(row.get("title"), LONGEST_TITLE)
    if not title:
        raise BadRow("The page shows no title for this design", "missing_title")
    price = money(row.get("price"), row.get("currency"))
    status = row.get("status", "live")
    if status not in ("live", "hidden"):
        raise BadRow(f"The page of {site.name} showed a state nobody knows")
    products = [product(each) for each in listed(row, "products", MOST_PRODUCTS)]
    return RemoteListing(
        id=number,
        title=title,
        seen=status,
        offers=(RemoteOffer(number, price=price or lowest(products), quantity=None),),
        url=site.page(row.get("url")),
        status=str(status),
        description=paragraphs(row.get("description"), LONGEST_TEXT),
        tags=tags(listed(row, "tags", MOST_TAGS)),
        images=tuple(dict.fromkeys(filter(None, map(site.picture, listed(row, "images", MOST_IMAGES))))),
        digital=True,
        listed_at=moment(row.get("created")),
        details={"products": ", ".join(told(one) for one in products if one[2])} if products else {},
    )


def listed(row: Mapping[str, Any], name: str, most: int) -> list[Any]:
    """A list of the row, at most so long. Raises ``BadRow`` for anything else."""
    found = row.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise BadRow(f"What the page said of {name} is no list")
    return found[:most]


def product(one: object) -> tuple[str, Money | None, bool]:
    """One thing the design is sold as: its name, its price, whether it is on sale."""
    if not isinstance(one, dict):
        raise BadRow("What the page said of a product cannot be read")
    name = line(one.get("type"), LONGEST_TAG)
    return name, money(one.get("price"), one.get("currency")), one.get("enabled", True) is not False


def lowest(products: Sequence[tuple[str, Money | None, bool]]) -> Money | None:
    """The lowest price among what is on sale, where all are in one currency."""
    prices = [price for _, price, enabled in products if enabled and price]
    if len({price.currency for price in prices}) != 1:
        return None
    return min(prices, key=lambda price: price.minor)


def told(one: tuple[str, Money | None, bool]) -> str:
    """A product in words."""
    name, price, _ = one
    return f"{name} {price} {price.currency}" if price else name


def money(amount: object, currency: object) -> Money | None:
    """A price, where there is one. Raises ``BadRow`` for one that cannot be right."""
    if amount is None or amount == "":
        return None
    if not isinstance(amount, str) or not isinstance(currency, str):
        raise BadRow("The price is not told as an amount and a currency", "invalid_price")
    if currency not in CURRENCIES:
        raise BadRow(f"Prices there are in a currency that is not known: {line(currency, 10)}", "unknown_currency")
    try:
        found = Money.parse(amount, currency)
    except NotMoney:
        raise BadRow("The price is not an amount", "invalid_price") from None
    if found.minor <= 0:
        raise BadRow("The price is not above zero", "invalid_price")
    return found


def tags(found: Sequence[object]) -> tuple[str, ...]:
    """The words, each once, whatever its case."""
    known: dict[str, str] = {}
    for word in filter(None, (line(tag, LONGEST_TAG) for tag in found)):
        known.setdefault(word.casefold(), word)
    return tuple(known.values())


def line(value: object, longest: int) -> str:
    """One line of plain text: no markup, nothing unseen, at most so long."""
    return " ".join(plain(value).split())[:longest].rstrip()


def paragraphs(value: object, longest: int) -> str:
    """Plain text that keeps its line breaks."""
    lines = (" ".join(part.split()) for part in plain(value).replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:longest].rstrip()


def plain(value: object) -> str:
    """Text without tags and without characters nobody sees."""
    if not isinstance(value, str):
        return ""
    return UNSEEN.sub("", MARKUP.sub(" ", SCRIPTS.sub(" ", value[:LONGEST_READ])))


def moment(value: object) -> dt.datetime | None:
    """A time with its zone; none for anything else."""
    return clock.read(value) if isinstance(value, str) and len(value) <= 40 else None
