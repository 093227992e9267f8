"""Putting a listing up: a draft, its pictures, its inventory, and the step that costs the listing fee."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from instica.core import clock
from instica.kit.errors import Complaint, Refused, RemoteFailure, Unsure
from instica.kit.ports import Session
from instica.kit.types import Absent, Attempt, Draft, Found, LookAgain, Ref, RemoteListing, Search, Step
from instica.marketplaces.etsy import mapping, stock
from instica.marketplaces.etsy.client import PER_PAGE, Etsy
from instica.marketplaces.etsy.reading import moment, money, records, whole, words
from instica.marketplaces.etsy.words import ACTIVE, DRAFT

SKEW = dt.timedelta(minutes=2)
SETTLED_AFTER = dt.timedelta(seconds=90)
MOST_PAGES = 20
FRESH_FOR = dt.timedelta(minutes=15)
IMAGE, INVENTORY, ACTIVATE, READ = "image", "inventory", "activate", "read"
PROFILES = ("shipping_profile_id", "return_policy_id", "readiness_state_id")


class Publishing:
    """The steps of a publish, each one write. A step that is done already is passed over, so none is done twice.

    Nobody else has written to a draft that was made a moment ago, and after a lost answer ``find`` looks first: there
    nothing is read before a write, since a day has few calls.
    """

    def __init__(self, api: Etsy, session: Session) -> None:
        self.api = api
        self.session = session

    def step(self, draft: Draft, step: str, attempt: Attempt) -> Step:
        """Do ``step``: ``""``, then ``image:<listing>:<place>``, ``inventory:<listing>``, ``activate:<listing>``."""
        what, _, rest = step.partition(":")
        number, _, place = rest.partition(":")
        if what == IMAGE:
            return self._picture(draft, number, int(place), attempt)
        if what == INVENTORY:
            return self._inventory(draft, number, attempt)
        if what == ACTIVATE:
            return self._activate(number)
        return self._read(number) if what == READ else self._create(draft)

    def _create(self, draft: Draft) -> Step:
        if problems := mapping.unfit(draft, self.session.account.currency):
            raise Refused(problems)
        made = self.api.create_draft(mapping.to_draft(self._with_profiles(draft), clock.now().year))
        number = whole(made.get("listing_id"))
        if not number:
            raise Unsure("Etsy did not say which draft it made")
        return after(str(number), draft, 0, url=words(made.get("url")))

    def _with_profiles(self, draft: Draft) -> Draft:
        """The draft with the shop's only shipping profile, return policy and processing profile where it names none."""
        if draft.fields.get("type", "physical") != "physical":
            return draft
        reads = (self.api.shipping_profiles, self.api.return_policies, self.api.processing_profiles)
        chosen: dict[str, object] = {}
        problems = []
        for name, read in zip(PROFILES, reads, strict=True):
            if draft.fields.get(name):
                continue
            found = [number for row in read() if (number := whole(row.get(name))) and row.get("is_deleted") is not True]
            if len(found) == 1:
                chosen[name] = found[0]
            else:
                problems.append(Complaint(f"Choose one: the shop has {len(found)} of them on Etsy", name))
        if problems:
            raise Refused(problems)
        return replace(draft, fields={**draft.fields, **chosen})

    def _picture(self, draft: Draft, number: str, place: int, attempt: Attempt) -> Step:
        if is_fresh(attempt) or len(self.api.images(number)) <= place + pictured(draft):
            self.api.upload_image(number, self.session.photo(draft.images[place]), place + 1)
        return after(number, draft, place + 1)

    def _inventory(self, draft: Draft, number: str, attempt: Attempt) -> Step:
        ready = whole(draft.fields.get("readiness_state_id")) or None
        now = None if ready and is_fresh(attempt) else stock.as_sent(self.api.inventory(number))
        if now:
            ready = next((row["readiness_state_id"] for each in now["products"] for row in each["offerings"]), None)
        varied = any(offer.options for offer in draft.offers)
        anew = now is None or varied
        wanted = stock.built(draft.offers, ready) if anew else stock.with_offers(now or {}, draft.offers, ready)
        if wanted != now:
            self.api.put_inventory(number, wanted, stock.variations(wanted))
        return self._read(number) if draft.hidden else Step(f"{ACTIVATE}:{number}", Ref(number), page(number))

    def _activate(self, number: str) -> Step:
        """The step that costs: once only, since what is on sale already is left alone."""
        row = self.api.listing(number)
        if row.get("state") != ACTIVE:
            row = {**self.api.update_listing(number, {"state": ACTIVE}, "once"), "images": row.get("images")}
        try:
            listing = readable(row, self.api.inventory(number))
        except RemoteFailure:
            return Step(f"{READ}:{number}", Ref(number), page(number))
        return Step("", Ref(number), listing.url, listing)

    def _read(self, number: str) -> Step:
        listing = read_back(self.api, number)
        return Step("", Ref(number), listing.url, listing)

    def find(self, attempt: Attempt) -> Search:
        """Whether a step without an answer was done after all."""
        what, _, rest = attempt.step.partition(":")
        number, _, place = rest.partition(":")
        if attempt.draft is None or what in (INVENTORY, READ):
            return Absent()
        if what == IMAGE:
            there = len(self.api.images(number)) > int(place) + pictured(attempt.draft)
            return found(after(number, attempt.draft, int(place) + 1)) if there else Absent()
        if what == ACTIVATE:
            there = self.api.listing(number).get("state") == ACTIVE
            return Found(Ref(number), page(number), f"{READ}:{number}") if there else Absent()
        return self._draft_of(attempt, attempt.draft)

    def _draft_of(self, attempt: Attempt, draft: Draft) -> Search:
        """The draft of that title and price, made since, that carries no SKU but ours.

        Of two a person decides; and where there is none but such a page is on sale, which somebody may have put up.
        """
        since = attempt.sent_at - SKEW
        fits = [row for row in self._made_since(since, DRAFT, MOST_PAGES) if is_made_of(row, draft)]
        if len(fits) == 1:
            return found(after(str(whole(fits[0].get("listing_id"))), draft, 0))
        age = clock.now() - attempt.sent_at
        settled = not fits and age >= SETTLED_AFTER
        if settled and not any(is_made_of(row, draft) for row in self._made_since(since, ACTIVE, 1)):
            return Absent()
        return LookAgain(max(SETTLED_AFTER - age, SETTLED_AFTER / 3))

    def _made_since(self, since: dt.datetime, state: str, pages: int) -> Iterator[Mapping[str, Any]]:
        for page_number in range(pages):
            answer = self.api.listings(state, page_number * PER_PAGE, includes="Images,Inventory")
            rows = records(answer.get("results"))
            for row in rows:
                created = moment(row.get("created_timestamp")) or moment(row.get("creation_timestamp"))
                if created is None or created >= since:
                    yield row
            if (page_number + 1) * PER_PAGE >= whole(answer.get("count")) or not rows:
                return


def is_made_of(row: Mapping[str, Any], draft: Draft) -> bool:
    """Whether a draft on Etsy may be what that create made: nothing more was done to it yet."""
    prices = [offer.price for offer in draft.offers if offer.price]
    lowest = min(prices, key=lambda price: price.minor, default=None)
    listing = mapping.from_json(row)
    skus = {offer.sku for offer in listing.offers if offer.sku} if listing else set()
    ours = {offer.sku for offer in draft.offers}
    price = money(row.get("price"))
    return words(row.get("title")) == draft.title and skus <= ours and (price is None or price == lowest)


def is_fresh(attempt: Attempt) -> bool:
    """Whether its draft was made so lately that nobody can have worked on it by hand."""
    return attempt.begun is not None and clock.now() - attempt.begun < FRESH_FOR


def pictured(draft: Draft) -> int:
    """How many pictures the draft takes over from others when it is made."""
    return len(mapping.texts(draft.fields.get("image_ids")))


def after(number: str, draft: Draft, place: int, url: str = "") -> Step:
    """The step behind the creation and that many pictures."""
    following = f"{IMAGE}:{number}:{place}" if place < len(draft.images) else f"{INVENTORY}:{number}"
    return Step(following, Ref(number), url or page(number))


def found(step: Step) -> Found:
    """What was done, and how to go on."""
    if step.ref is None:
        raise Unsure("Etsy did not say which draft it made")
    return Found(step.ref, step.url, step.next)


def page(number: str) -> str:
    """Where buyers will see it."""
    return mapping.PAGE + number


def read_back(api: Etsy, number: str) -> RemoteListing:
    """A listing with its inventory, as it is now."""
    return readable(api.listing(number), api.inventory(number))


def readable(row: Mapping[str, Any], inventory: Mapping[str, Any]) -> RemoteListing:
    """A listing out of two answers."""
    listing = mapping.from_json(row, inventory)
    if listing is None:
        raise Refused([Complaint("Etsy shows this listing without an id")])
    return listing
