"""What eBay knows about categories: trees, aspects, conditions; and the Media API's pictures."""

from __future__ import annotations

import re

from instica.kit.simulation import Response, Routes
from instica.marketplaces.ebay.simulator.rest import Body, Call, answer, demand, error
from instica.marketplaces.ebay.simulator.seed import PICTURE, mix
from instica.marketplaces.ebay.simulator.words import (
    CATEGORIES,
    CONDITION_NAMES,
    GRADES,
    LEGAL_CONDITIONS,
    MARKETS,
    VINYL,
)

TAXONOMY, METADATA, MEDIA = Routes(), Routes(), Routes()
VERSION = "136"
ASPECTS = (
    ("Artist", ()),
    ("Release Title", ()),
    ("Genre", ("Rock", "Jazz", "Soul", "Electronic", "Reggae", "Latin", "Folk")),
    ("Record Label", ()),
    ("Format", ("Record",)),
    ("Type", ("LP", "EP", "Single", "Box Set")),
    ("Record Size", ('12"', '10"', '7"')),
    ("Speed", ("33 RPM", "45 RPM", "78 RPM")),
    ("Release Year", ()),
    ("Record Grading", GRADES),
    ("Sleeve Grading", (*GRADES, "Generic", "No Cover")),
    ("Catalog Number", ()),
    ("Country of Origin", ()),
)


@TAXONOMY("GET", "/get_default_category_tree_id")
def tree(call: Call) -> Response:
    """The tree of a marketplace."""
    demand(call.token, "")
    market = MARKETS.get(call.get("marketplace_id"))
    if market is None:
        raise error(400, 62000, "API_TAXONOMY", "The specified marketplace ID was not found.")
    return answer(200, {"categoryTreeId": str(market.number), "categoryTreeVersion": VERSION})


@TAXONOMY("GET", "/category_tree/{tree_id}/get_category_suggestions")
def suggestions(call: Call, tree_id: str) -> Response:
    """Categories that sound like it."""
    demand(call.token, "")
    words = call.get("q").lower()
    wanted = [number for number, (name, _) in CATEGORIES.items() if any(word in words for word in name.lower().split())]
    rows = [
        {
            "category": {"categoryId": number, "categoryName": CATEGORIES[number][0]},
            "categoryTreeNodeLevel": len(CATEGORIES[number][1]) + 1,
            "categoryTreeNodeAncestors": [{"categoryName": name} for name in reversed(CATEGORIES[number][1])],
        }
        for number in wanted or [VINYL]
    ]
    return answer(200, {"categorySuggestions": rows, "categoryTreeId": tree_id, "categoryTreeVersion": VERSION})


@TAXONOMY("GET", "/category_tree/{tree_id}/get_item_aspects_for_category")
def aspects(call: Call, tree_id: str) -> Response:
    """What a leaf's listings tell about themselves."""
    demand(call.token, "")
    if call.get("category_id") not in CATEGORIES:
        raise error(400, 62009, "API_TAXONOMY", "The specified category ID must be a leaf category.")
    needed = str(call.site.switches["required_aspects"]).split(",")
    rows = ASPECTS if call.get("category_id") == VINYL else ()
    return answer(200, {"aspects": [_aspect(name, values, name in needed) for name, values in rows]})


def _aspect(name: str, values: tuple[str, ...], required: bool) -> Body:
    constraint = {
        "aspectDataType": "STRING",
        "itemToAspectCardinality": "MULTI" if name == "Genre" else "SINGLE",
        "aspectMode": "SELECTION_ONLY" if "Grading" in name else "FREE_TEXT",
        "aspectRequired": required,
        "aspectUsage": "RECOMMENDED",
        "aspectEnabledForVariations": False,
        "aspectApplicableTo": ["PRODUCT"],
        "aspectMaxLength": 65,
    }
    shown: Body = {"localizedAspectName": name, "aspectConstraint": constraint}
    return {**shown, "aspectValues": [{"localizedValue": value} for value in values]} if values else shown


@METADATA("GET", "/marketplace/{market}/get_item_condition_policies")
def conditions(call: Call, market: str) -> Response:
    """The conditions a category allows."""
    demand(call.token, "", "sell.inventory")
    if market not in MARKETS:
        raise error(404, 62000, "API_METADATA", "The specified marketplace ID was not found.")
    asked = re.findall(r"\d+", call.get("filter")) or list(CATEGORIES)
    rows = [
        {
            "categoryTreeId": str(MARKETS[market].number),
            "categoryId": number,
            "itemConditionRequired": True,
            "itemConditions": [
                {"conditionId": str(each), "conditionDescription": CONDITION_NAMES[each]}
                for each in LEGAL_CONDITIONS[number]
            ],
        }
        for number in asked
        if number in LEGAL_CONDITIONS
    ]
    return answer(200, {"itemConditionPolicies": rows})


@MEDIA("POST", "/image/create_image_from_url")
def picture(call: Call) -> Response:
    """A copy of a picture, on eBay's own host."""
    demand(call.token, "sell.inventory")
    if not str(call.body().get("imageUrl") or "").startswith("https://"):
        raise error(400, 190202, "API_MEDIA", "Invalid image URL.")
    call.site.issued += 1
    number = f"{mix(call.site.seed, call.site.issued, 3):016X}"
    shown = {"imageUrl": PICTURE.format(number), "expirationDate": "2030-01-01T00:00:00.000Z"}
    return answer(201, shown, ("Location", call.url(f"/image/{number}")))
