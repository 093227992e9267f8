"""Checks the fields of a listing that somebody sends, and says what is wrong in Etsy's words."""

from __future__ import annotations

import re
from typing import Any

from instica.kit.simulation import Refusal, json_response
from instica.marketplaces.etsy.simulator import words
from instica.marketplaces.etsy.simulator.answers import error, missing, number, texts, yes
from instica.marketplaces.etsy.simulator.seed import READY, RETURNS, SHIPPING, TO_ORDER
from instica.marketplaces.etsy.simulator.site import Site

LONGEST_TITLE, MOST_TAGS, LONGEST_TAG, MOST_IMAGES, MOST_PIECES = 140, 13, 20, 20, 999
LOWEST_CENTS = 20
ONCE = re.compile(r"[%:&+]")
REQUIRED = "quantity title description price who_made when_made taxonomy_id".split()
UNITS = {"item_weight_unit": ("oz", "lb", "g", "kg"), "item_dimensions_unit": ("in", "ft", "mm", "cm", "m", "yd")}
PROFILES = {"shipping_profile_id": (SHIPPING,), "return_policy_id": (RETURNS,), "readiness_state_id": (READY, TO_ORDER)}
Problem = tuple[str, str, str]


def refuse(site: Site, problems: list[Problem]) -> None:
    """Raise what is wrong: a bare list of objects, or flattened text; nothing where all is well."""
    if not problems:
        return
    if site.switches["validation"] == "text":
        raise error(400, "; ".join(f"There was a problem with {path} : {message}" for path, _, message in problems))
    rows = [{"path": path, "type": kind, "message": said, "transformed": False} for path, kind, said in problems]
    raise Refusal(json_response(400, rows))


def creation(site: Site, sent: dict[str, Any]) -> None:
    """Refuse a new listing that lacks something."""
    for name in REQUIRED:
        if sent.get(name) in (None, ""):
            raise missing(name)
    problems = common(site, sent)
    if not 1 <= number(sent["quantity"]) <= MOST_PIECES:
        problems.append(("/quantity", "out_of_range", f"must be between 1 and {MOST_PIECES}"))
    if (given := cents(sent["price"])) is None or given < LOWEST_CENTS:
        problems.append(("/price", "price_too_low", "must be above min price $0.20"))
    refuse(site, problems)
    if sent.get("type", "physical") != "physical":
        return
    if not sent.get("shipping_profile_id"):
        raise error(400, words.NO_SHIPPING)
    if not sent.get("readiness_state_id"):
        raise error(400, words.NO_READINESS)


def common(site: Site, sent: dict[str, Any]) -> list[Problem]:
    """What is wrong with the fields that are there."""
    found = [*_title(str(sent["title"]))] if "title" in sent else []
    if "tags" in sent:
        found += _tags(texts(sent["tags"]))
    choices = {"who_made": words.WHO_MADE, "when_made": words.when_made(site.clock.now().year), "type": words.TYPES}
    for name, allowed in {**choices, **UNITS}.items():
        if sent.get(name) and sent[name] not in allowed:
            found.append((f"/{name}", "not_in_enum", f"is not one of {', '.join(allowed)}"))
    for name, known in PROFILES.items():
        if sent.get(name) and number(sent[name]) not in known:
            found.append((f"/{name}", "not_found", "does not belong to this shop"))
    if len(texts(sent.get("image_ids"))) > MOST_IMAGES:
        found.append(("/images", "array_too_long", f"cannot be more than {MOST_IMAGES} items"))
    return found


def _title(title: str) -> list[Problem]:
    if not title.strip():
        return [("/title", "cannot_be_empty", "cannot be empty")]
    if len(title) > LONGEST_TITLE:
        return [("/title", "string_too_long", f"cannot be longer than {LONGEST_TITLE} characters")]
    twice = sorted({sign for sign in ONCE.findall(title) if title.count(sign) > 1})
    return [("/title", "invalid_characters", f"{sign} can be used only once") for sign in twice]


def _tags(tags: tuple[str, ...]) -> list[Problem]:
    long = [tag for tag in tags if len(tag) > LONGEST_TAG]
    found = [("/tags", "string_too_long", f"{tag} is longer than {LONGEST_TAG} characters") for tag in long]
    return found if len(tags) <= MOST_TAGS else [*found, ("/tags", "array_too_long", "cannot be more than 13 items")]


def cents(given: Any) -> int | None:
    """An amount in hundredths."""
    try:
        found = round(float(given) * 100)
    except (TypeError, ValueError, OverflowError):
        return None
    return None if isinstance(given, bool) else found


def changes(sent: dict[str, Any]) -> dict[str, Any]:
    """The plain fields among what was sent, as the site keeps them."""
    whole = ("shipping_profile_id", "return_policy_id", "taxonomy_id")
    plain: dict[str, Any] = {name: number(sent[name]) for name in whole if sent.get(name)}
    plain |= {name: str(sent[name]) for name in ("who_made", "when_made", *UNITS) if sent.get(name)}
    plain |= {name: yes(sent[name]) for name in ("is_supply", "should_auto_renew") if name in sent}
    sizes = ("item_weight", "item_length", "item_width", "item_height")
    return plain | {name: float(sent[name]) for name in sizes if sent.get(name)}
