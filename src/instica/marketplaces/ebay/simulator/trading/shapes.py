"""An item as Trading shows it: in lists with little, by itself with everything."""

from __future__ import annotations

from instica.marketplaces.ebay.simulator.seed import MONTH
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.store import Listing, Variation
from instica.marketplaces.ebay.simulator.trading.wire import Amount, Tree, duration, stamp
from instica.marketplaces.ebay.simulator.words import ACTIVE, AUCTION, CATEGORIES, CONDITION_NAMES, FIXED, SITES


def end_of(listing: Listing, now: int) -> int:
    """When it ends: a fixed price is renewed every month as long as it is active."""
    if listing.status != ACTIVE or listing.kind == AUCTION or listing.ends > now:
        return listing.ends
    return listing.ends + MONTH * (1 + (now - listing.ends) // MONTH)


def brief(site: Site, origin: str, listing: Listing) -> Tree:
    """A row of ActiveList: no condition, no specifics, no description, one picture."""
    now = site.epoch()
    tree: Tree = [
        ("BuyItNowPrice", _price(listing) if listing.kind == FIXED else Amount(0, listing.currency)),
        ("ItemID", listing.id),
        ("ListingDetails", [("StartTime", stamp(listing.started)), ("ViewItemURL", f"{origin}/itm/{listing.id}")]),
        ("ListingDuration", _duration(listing)),
        ("ListingType", listing.kind),
        ("Quantity", listing.left + listing.sold_in_all),
        ("SellingStatus", _selling(listing, in_list=True)),
        ("StartPrice", _price(listing)),
        ("TimeLeft", duration(end_of(listing, now) - now)),
        ("Title", listing.title or None),
        ("QuantityAvailable", listing.left),
        ("SKU", listing.sku or None),
        ("PictureDetails", [("GalleryURL", listing.pictures[0])] if listing.pictures else None),
        ("SellerProfiles", _profiles(listing)),
        ("Variations", _variations(listing)),
        *_hidden(listing),
    ]
    return tree


def whole(site: Site, origin: str, listing: Listing, *, specifics: bool, description: bool) -> Tree:
    """Everything there is to say."""
    market, now = SITES[listing.site], site.epoch()
    pictures: Tree = [("GalleryType", "Gallery"), *(("PictureURL", url) for url in listing.pictures)]
    if listing.pictures:
        pictures.insert(1, ("GalleryURL", listing.pictures[0]))
    name, _ = CATEGORIES.get(listing.category, (listing.category, ()))
    return [
        ("Country", market.country),
        ("Currency", listing.currency),
        ("Description", listing.description if description else None),
        ("ItemID", listing.id),
        ("ListingDetails", _details(listing, origin, now)),
        ("ListingDuration", _duration(listing)),
        ("ListingType", listing.kind),
        ("Location", market.place),
        ("PrimaryCategory", [("CategoryID", listing.category), ("CategoryName", name)]),
        ("Quantity", listing.left + listing.sold_in_all),
        ("Seller", [("UserID", site.owner.username)]),
        ("SellingStatus", _selling(listing, in_list=False)),
        ("ShippingDetails", [("ShippingType", "Flat")]),
        ("Site", listing.site),
        ("StartPrice", _price(listing)),
        ("TimeLeft", duration(end_of(listing, now) - now) if listing.status == ACTIVE else "PT0S"),
        ("Title", listing.title or None),
        ("BestOfferDetails", [("BestOfferCount", 0), ("BestOfferEnabled", listing.best_offer)]),
        ("SKU", listing.sku or None),
        ("PostalCode", market.postcode),
        ("PictureDetails", pictures),
        ("DispatchTimeMax", 2),
        ("ProductListingDetails", [("UPC", listing.upc)] if listing.upc else None),
        ("ItemSpecifics", _named(listing.specifics) if specifics else None),
        ("Variations", _variations(listing)),
        ("ConditionID", listing.condition),
        ("ConditionDescription", listing.note or None),
        ("ConditionDisplayName", CONDITION_NAMES[listing.condition]),
        ("SellerProfiles", _profiles(listing)),
        ("RelistParentID", listing.parent or None),
        *_hidden(listing),
    ]


def _details(listing: Listing, origin: str, now: int) -> Tree:
    return [
        ("StartTime", stamp(listing.started)),
        ("EndTime", stamp(end_of(listing, now))),
        ("ViewItemURL", f"{origin}/itm/{listing.id}"),
        ("RelistedItemID", listing.relisted or None),
        ("EndingReason", listing.reason or None),
    ]


def _hidden(listing: Listing) -> Tree:
    if listing.status == ACTIVE and not listing.left:
        return [("HideFromSearch", True), ("ReasonHideFromSearch", "OutOfStock")]
    return []


def _selling(listing: Listing, *, in_list: bool) -> Tree:
    tree: Tree = [
        ("BidCount", listing.bids if listing.kind == AUCTION else None),
        ("CurrentPrice", _price(listing)),
        ("QuantitySold", listing.sold_in_all),
    ]
    return tree if in_list else [*tree, ("ListingStatus", listing.status)]


def _price(listing: Listing) -> Amount | None:
    return None if listing.cents is None else Amount(listing.cents, listing.currency)


def _duration(listing: Listing) -> str:
    return "GTC" if listing.kind == FIXED else "Days_7"


def _profiles(listing: Listing) -> Tree | None:
    fulfilment, payment, returns = listing.policies
    if not fulfilment:
        return None
    return [
        ("SellerShippingProfile", [("ShippingProfileID", fulfilment)]),
        ("SellerReturnProfile", [("ReturnProfileID", returns)]),
        ("SellerPaymentProfile", [("PaymentProfileID", payment)]),
    ]


def _named(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Tree:
    return [("NameValueList", [("Name", name), *(("Value", value) for value in values)]) for name, values in rows]


def _variations(listing: Listing) -> Tree | None:
    if not listing.variations:
        return None
    names: dict[str, list[str]] = {}
    for each in listing.variations:
        for name, value in each.options:
            if value not in names.setdefault(name, []):
                names[name].append(value)
    sets = _named(tuple((name, tuple(values)) for name, values in names.items()))
    return [*(("Variation", _variation(listing, each)) for each in listing.variations), ("VariationSpecificsSet", sets)]


def _variation(listing: Listing, each: Variation) -> Tree:
    return [
        ("SKU", each.sku or None),
        ("StartPrice", Amount(each.cents, listing.currency)),
        ("Quantity", each.quantity + each.sold),
        ("VariationSpecifics", _named(tuple((name, (value,)) for name, value in each.options))),
        ("SellingStatus", [("QuantitySold", each.sold)]),
    ]
