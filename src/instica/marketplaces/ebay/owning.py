"""Whose a listing is: the Inventory API's, which alone may revise it, or everything else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from instica.kit.errors import Gone
from instica.kit.types import Ref, RemoteListing
from instica.marketplaces.ebay import mapping
from instica.marketplaces.ebay.client import Ebay
from instica.marketplaces.ebay.trading import Door, Item


@dataclass(frozen=True, slots=True)
class Owned:
    """A page as it is now. ``offer`` is the Inventory API's, empty for what Trading owns; ``item`` is its own view."""

    listing: RemoteListing
    offer: Mapping[str, Any]
    page: Item | None = None

    @property
    def offer_id(self) -> str:
        """The offer's id."""
        return mapping.words(self.offer.get("offerId"))

    @property
    def sku(self) -> str:
        """The SKU the offer is for."""
        return mapping.words(self.offer.get("sku"))

    @property
    def is_published(self) -> bool:
        """Whether the offer is on sale."""
        return self.offer.get("status") == "PUBLISHED"

    @property
    def is_active(self) -> bool:
        """Whether the page can be revised."""
        return self.page.is_active if self.page else self.is_published


def look(api: Ebay, door: Door, ref: Ref) -> Owned:
    """The page behind a ref, and whose it is. Raises ``Gone``."""
    if ref.listing.startswith(mapping.UNLISTED):
        return _unlisted(api, ref.listing.removeprefix(mapping.UNLISTED))
    page = door.item(ref.listing)
    offers = _offers(api, page, ref.offer)
    offer = _offer_of(offers, page)
    if not offer and ref.extra.get("model") == "inventory" and (anew := _put_up_anew(offers, page)):
        return look(api, door, Ref(anew, ref.offer))
    if not offer:
        return Owned(marked(page.listing, "trading"), {}, page)
    listing = _as_walked(api, marked(page.listing, "inventory"), offer)
    if not page.is_active and listing.seen == "ended" and offer.get("status") == "UNPUBLISHED":
        listing = replace(listing, seen="hidden")
    return Owned(listing, offer, page)


def look_by_sku(api: Ebay, door: Door, ref: Ref) -> Owned:
    """The same, without Trading where the ref names a SKU that the Inventory API owns: its calls are few."""
    sku = ref.extra.get("sku", "")
    if sku and not ref.offer and api.may("sell.inventory"):
        for offer in api.offers(sku):
            if mapping.record(offer.get("listing")).get("listingId") == ref.listing:
                listing = mapping.from_offer(offer, api.inventory_item(sku))
                return Owned(listing, offer) if listing else look(api, door, ref)
    return look(api, door, ref)


def ref_of(listing: RemoteListing) -> Ref:
    """A page's ref, with the SKU by which the Inventory API knows it."""
    sku = listing.offers[0].sku if len(listing.offers) == 1 and listing.details.get("model") == "inventory" else ""
    return Ref(listing.id, extra={"sku": sku} if sku else {})


def _as_walked(api: Ebay, listing: RemoteListing, offer: Mapping[str, Any]) -> RemoteListing:
    """In the words of the item behind it, as the walk of the shop tells it: both readings must be equal."""
    if len(listing.offers) != 1:
        return listing
    try:
        return mapping.with_item(listing, api.inventory_item(mapping.words(offer.get("sku"))))
    except Gone:
        return listing


def _unlisted(api: Ebay, offer_id: str) -> Owned:
    """An offer that was never on sale; once it is, its page is what counts."""
    offer = api.offer(offer_id)
    item = api.inventory_item(mapping.words(offer.get("sku")))
    listing = mapping.from_offer(offer, item)
    if listing is None:
        raise Gone("eBay shows this offer without an id")
    return Owned(listing, offer)


def _offers(api: Ebay, page: Item, variation: str) -> dict[str, Mapping[str, Any]]:
    """The offers of its SKU, of the variation that is meant on a page of many, by the listing each of them names.

    The only one that names none, as one that was withdrawn may, goes by an empty name.
    """
    if page.is_auction or not page.skus or not api.may("sell.inventory"):
        return {}
    meant = next((offer.sku for offer in page.listing.offers if offer.sku and offer.id == variation), page.skus[0])
    offers = api.offers(meant)
    named: dict[str, Mapping[str, Any]] = {
        mapping.words(mapping.record(offer.get("listing")).get("listingId")): offer for offer in offers
    }
    nameless = [offer for offer in offers if not offer.get("listing") and offer.get("status") == "UNPUBLISHED"]
    named.pop("", None)
    return {**named, "": nameless[0]} if len(nameless) == 1 else named


def _offer_of(offers: Mapping[str, Mapping[str, Any]], page: Item) -> Mapping[str, Any]:
    """The offer whose listing this is. One that does not name its last listing is taken for it when it must be."""
    return offers.get(page.listing.id) or ({} if page.is_active else offers.get("", {}))


def _put_up_anew(offers: Mapping[str, Mapping[str, Any]], page: Item) -> str:
    """The number its offer has now, on sale or over again: an offer that is published anew gets a new listing."""
    numbers = [number for number in offers if number]
    return numbers[0] if len(numbers) == 1 and not page.is_active else ""


def marked(listing: RemoteListing, model: str) -> RemoteListing:
    """A listing that says whose it is."""
    return replace(listing, details={**listing.details, "model": model})
