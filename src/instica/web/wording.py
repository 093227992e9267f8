"""What the pages call the things of an import."""

from __future__ import annotations

ACTIONS = {
    "create": ("good", "New here"),
    "link": ("calm", "Same as an item you have"),
    "update": ("calm", "Changed in the shop"),
    "same": ("idle", "Unchanged"),
    "conflict": ("warn", "Need your decision"),
    "skip": ("idle", "Not for sale there"),
    "fail": ("bad", "Cannot be imported"),
}
DECIDED_IN, DECIDED_OUT = "Decided: come in", "Decided: left out"
DONE = {
    "create": "Added as a new item",
    "link": "Linked to an item you had",
    "update": "Brought up to date",
    "same": "Unchanged",
}
CONFLICTS = {
    "duplicate_sku": ("Same SKU", "An item here already has this SKU, but it is not clearly the same thing."),
    "duplicate_barcode": ("Same barcode", "An item here already has this barcode."),
    "possible_duplicate": ("Perhaps the same", "An item here looks alike, but shares no number with it."),
    "ambiguous_match": ("Several could be it", "More than one item here matches. Say which one it is."),
    "already_linked": ("Belongs to another item", "This listing is already linked to a different item here."),
    "changed_both_sides": ("Changed on both sides", "You changed it here, and it was changed in the shop."),
    "changed_since_preview": ("Changed since the plan", "It is no longer as the plan said."),
}
FAILURES = {
    "missing_title": "The shop tells no title for it. Choose another release for the listing there, then retry.",
    "invalid_price": "Set a price above zero in the shop, then retry.",
    "unknown_currency": "The shop uses a currency Instica does not know. It has to be entered by hand.",
    "unsupported_category": "This kind of listing cannot be imported. It has to be entered by hand.",
    "image_download_failed": "The item is here; only its photo is missing. Retry later.",
    "marketplace_error": "Look at the listing in the shop, correct it there, then retry.",
}
TOLD_WITH_A_REMEDY = ("missing_title", "invalid_price", "unknown_currency")
"""Faults of a listing: the marketplace's folder says what is wrong, and after that what to do."""
ANY_FAILURE = "Retry. If it fails once more, look at the listing in the shop."
MATCHED_ON = {
    "ref": "the listing's own number",
    "sku": "the SKU",
    "barcode": "the barcode",
    "release": "release and grade",
    "title": "a close title",
}
RESOLUTIONS = {
    "link_existing": "Link to the item, which stays as it is",
    "overwrite": "Link to the item and overwrite it with the shop's fields",
    "create_new": "Add as a new item",
    "skip": "Leave out",
}
OUTCOMES = {
    "linked": "Linked to the item",
    "overwritten": "Linked and overwritten from the shop",
    "created_new": "Added as a new item",
    "skipped": "Left out",
    "undone": "Taken back",
}
FIELDS = {
    "title": "Title",
    "price": "Price",
    "currency": "Currency",
    "condition_item": "Grade",
    "condition_container": "Sleeve",
    "description": "Description",
    "location": "Location",
    "sku": "SKU",
    "quantity": "Stock",
    "barcode": "Barcode",
    "artist": "Artist",
    "catalog_number": "Catalogue number",
    "release": "Release",
}
STAGES = {
    "fetching": "Reading the shop",
    "matching": "Comparing with what you have",
    "review": "Ready for your decision",
    "done": "Done",
    "failed": "Stopped",
    "cancelled": "Cancelled",
    "undone": "Undone",
}


def failure(code: str, told: str) -> tuple[str, str]:
    """Why a row cannot come in, and what to do about it; neither says what the other does."""
    why, _, remedy = told.rpartition(". ") if code in TOLD_WITH_A_REMEDY else (told, "", "")
    if not why:
        why, remedy = told, ""
    return sentence(why), sentence(remedy) if remedy else FAILURES.get(code, ANY_FAILURE)


def sentence(text: str) -> str:
    """With its full stop."""
    return text if not text or text[-1] in ".!?…" else f"{text}."


def fields_named(details: str) -> str:
    """The details of a conflict, with its fields called what the pages call them."""
    said, colon, names = details.rpartition(": ")
    labels = [FIELDS.get(name, "") for name in names.split(", ")]
    if not colon or not all(labels):
        return details
    return f"{said}: {', '.join(label if label == 'SKU' else label.lower() for label in labels)}."
