"""Where an organization ships from: while there are addresses, exactly one of them is primary."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from django.db import transaction

from instica.core.errors import Conflict, Forbidden, NotFound
from instica.people import locks
from instica.people.models import Address, Organization, Role, User
from instica.people.queries import role_in
from instica.people.validation import check, fault

FIELDS = ("full_name", "line1", "line2", "city", "state", "postal_code", "country", "phone")
MOST = 100
NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@cache
def countries() -> dict[str, str]:
    """Countries by their two letters, with English names in order."""
    named = Locale("en").territories.items()
    known = [(code, name) for code, name in named if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES]
    return dict(sorted(known, key=lambda pair: pair[1]))


@transaction.atomic
def add(*, organization: Organization, by: User, values: Mapping[str, Any], is_primary: bool = False) -> Address:
    """One address more; the first is primary whatever was asked. Owner or admin."""
    begin(organization, by)
    if organization.addresses.count() >= MOST:
        raise Conflict(f"An organization has at most {MOST} addresses.", code="too_many_addresses")
    address = Address(organization=organization)
    fill(address, values)
    address.is_primary = is_primary or not organization.addresses.exists()
    if address.is_primary:
        organization.addresses.filter(is_primary=True).update(is_primary=False)
    address.save(force_insert=True)
    return address


@transaction.atomic
def update(*, address: Address, by: User, values: Mapping[str, Any], is_primary: bool | None = None) -> Address:
    """Change fields, or make it the primary one; primary cannot be given up, only passed on. Owner or admin."""
    begin(address.organization, by)
    fresh = current(address)
    if is_primary is False and fresh.is_primary:
        raise fault("Make another address primary instead.", "is_primary", "primary_address_required")
    fill(fresh, values)
    if is_primary and not fresh.is_primary:
        fresh.organization.addresses.filter(is_primary=True).update(is_primary=False)
        fresh.is_primary = True
    fresh.save(force_update=True)
    return fresh


@transaction.atomic
def remove(*, address: Address, by: User) -> None:
    """Forget an address; when it was primary the oldest of the rest becomes primary. Owner or admin."""
    begin(address.organization, by)
    fresh = current(address)
    fresh.delete()
    heir = address.organization.addresses.order_by("created", "uid").first() if fresh.is_primary else None
    if heir is not None:
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])


def begin(organization: Organization, by: User) -> None:
    """Hold the organization; raises ``Forbidden`` unless ``by`` is an owner or admin there."""
    locks.hold(organization)
    if role_in(organization, by) not in (Role.OWNER, Role.ADMIN):
        raise Forbidden("Only an owner or admin can change addresses.")


def current(address: Address) -> Address:
    """The row as it is now. Raises ``NotFound``."""
    fresh = Address.objects.filter(pk=address.pk).select_related("organization").first()
    if fresh is None:
        raise NotFound("No such address.")
    return fresh


def fill(address: Address, values: Mapping[str, Any]) -> None:
    """Set the given fields. Raises ``Invalid`` with every fault at once."""
    for name in FIELDS:
        if name in values:
            setattr(address, name, values[name])
    address.country = address.country.strip().upper()
    check(address, FIELDS)
    if address.country not in countries():
        raise fault("Two letters of a country, such as US.", "country")
