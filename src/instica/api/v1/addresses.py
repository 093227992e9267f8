"""Where the organization ships from."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, Field, RootModel

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.v1.organization import own
from instica.people import addresses, queries
from instica.people.models import Address, Role


class AddressShape(BaseModel):
    """An address."""

    uid: str
    full_name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str = Field(description="ISO 3166-1, two letters.")
    phone: str
    is_primary: bool


class AddressList(RootModel[list[AddressShape]]):
    """All addresses."""


class NewAddress(Body):
    """An address to add; the first is primary whatever is sent."""

    full_name: str
    line1: str
    line2: str = ""
    city: str
    state: str = ""
    postal_code: str
    country: str
    phone: str = ""
    is_primary: bool = False


class AddressChange(Body):
    """What to change; `is_primary` can only be set, which takes it from the other."""

    passed_over: ClassVar[frozenset[str]] = frozenset(AddressShape.model_fields)

    full_name: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""
    is_primary: bool = False


def shape(address: Address) -> dict[str, Any]:
    """An address as listed."""
    return {
        "uid": address.public_id,
        **{name: getattr(address, name) for name in addresses.FIELDS},
        "is_primary": address.is_primary,
    }


class Addresses(Endpoint):
    """All addresses."""

    @operation("organization_addresses", "List addresses", answer=AddressList, scope="organization")
    def get(self, call: Call, uid: str) -> object:
        """A bare array, the primary one first."""
        return [shape(address) for address in queries.addresses(own(call, uid))]

    @operation(
        "organization_address_add",
        "Add an address",
        answer=AddressShape,
        status=201,
        body=NewAddress,
        scope="organization",
        role=Role.ADMIN,
    )
    def post(self, call: Call, uid: str) -> object:
        """Owner or admin."""
        organization, body = own(call, uid), call.read(NewAddress)
        values = body.model_dump(exclude={"is_primary"})
        made = addresses.add(organization=organization, by=call.user, values=values, is_primary=body.is_primary)
        return shape(made)


class AddressView(Endpoint):
    """One address."""

    @operation("organization_address", "Read an address", answer=AddressShape, scope="organization")
    def get(self, call: Call, uid: str, address_uid: str) -> object:
        """Any member may."""
        return shape(queries.address(own(call, uid), address_uid))

    @operation(
        "organization_address_update",
        "Change an address",
        answer=AddressShape,
        body=AddressChange,
        scope="organization",
        role=Role.ADMIN,
    )
    def patch(self, call: Call, uid: str, address_uid: str) -> object:
        """Only what is sent changes. Owner or admin."""
        address, body = queries.address(own(call, uid), address_uid), call.read(AddressChange)
        values = body.model_dump(exclude_unset=True)
        is_primary = values.pop("is_primary", None)
        return shape(addresses.update(address=address, by=call.user, values=values, is_primary=is_primary))

    @operation(
        "organization_address_remove",
        "Remove an address",
        answer=None,
        status=204,
        scope="organization",
        role=Role.ADMIN,
    )
    def delete(self, call: Call, uid: str, address_uid: str) -> object:
        """Of the rest the oldest becomes primary when this one was. Owner or admin."""
        addresses.remove(address=queries.address(own(call, uid), address_uid), by=call.user)
        return None
