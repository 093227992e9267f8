"""The one lock of this feature: an organization's row, taken before its members, addresses or tokens change."""

from __future__ import annotations

from instica.people.models import Organization


def hold(organization: Organization) -> None:
    """Let nobody else change this organization's people until the transaction ends."""
    Organization.objects.select_for_update().only("pk").get(pk=organization.pk)
