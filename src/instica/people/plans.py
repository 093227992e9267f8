"""Plans and what they allow; with the billing provider `none` there is one plan, without limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from instica.core import ids
from instica.core.errors import PaymentRequired
from instica.people.models import Organization, Subscription

PROVIDER = "none"
FEATURES: Mapping[str, str] = MappingProxyType(
    {"inventory_items": "Inventory items", "marketplace_connections": "Marketplace connections"}
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an organization may have; a feature without a limit is not in ``limits``."""

    slug: str
    name: str
    description: str
    price_monthly: str = "0.00"
    price_yearly: str = "0.00"
    currency: str = "USD"
    limits: tuple[tuple[str, int], ...] = ()
    is_popular: bool = False

    @property
    def uid(self) -> str:
        """The same id on every machine."""
        return ids.stable("plan", self.slug)

    def limit(self, feature: str) -> int | None:
        """How many of ``feature`` the plan allows; ``None`` is as many as you like."""
        return dict(self.limits).get(feature)


SELF_HOSTED = Plan("self-hosted", "Self-hosted", "Everything, on your own machine, without limits.", is_popular=True)
PLANS: Mapping[str, Plan] = MappingProxyType({SELF_HOSTED.slug: SELF_HOSTED})


def subscription(organization: Organization) -> Subscription | None:
    """The organization's subscription as it is now."""
    return Subscription.objects.filter(organization=organization).first()


def active(organization: Organization) -> bool:
    """Whether the organization's plan is in force."""
    return Subscription.objects.filter(organization=organization, is_active=True, plan__in=PLANS).exists()


def plan_of(organization: Organization) -> Plan | None:
    """The plan in force, or ``None`` when the subscription ended."""
    found = subscription(organization)
    return PLANS.get(found.plan) if found and found.is_active else None


def check(organization: Organization, feature: str, *, used: int) -> None:
    """Whether one more of ``feature`` fits beside the ``used`` ones. Raises ``PaymentRequired``."""
    plan = plan_of(organization)
    if plan is None:
        remedy = f"Whoever runs this hub starts it again: `instica subscription start {organization.slug}`."
        raise PaymentRequired(f"An active subscription is needed. {remedy}", code="subscription_required")
    limit = plan.limit(feature)
    if limit is not None and used >= limit:
        raise PaymentRequired(f"The plan allows {limit}: {FEATURES[feature].lower()}.", code="limit_reached")
