"""Plans, and the organization's subscription to one."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, RootModel

from instica.api.endpoint import Call, Endpoint, operation
from instica.connections import queries as connections
from instica.inventory import queries as inventory
from instica.people import plans
from instica.people.models import Organization
from instica.people.plans import Plan


class FeatureShape(BaseModel):
    """How many of something a plan allows."""

    name: str
    limit: int | None = Field(description="null: as many as you like.")


class PlanShape(BaseModel):
    """A plan."""

    uid: str
    name: str
    slug: str
    description: str
    price_monthly: str
    price_yearly: str
    currency: str
    features: list[FeatureShape]
    is_popular: bool
    stripe_monthly_price_id: str
    stripe_yearly_price_id: str


class PlanList(RootModel[list[PlanShape]]):
    """All plans."""


class UsedShape(BaseModel):
    """How many there are and may be."""

    used: int
    limit: int | None


class PlanUsageShape(BaseModel):
    """Usage against the plan's limits."""

    inventory_items: UsedShape
    marketplace_connections: UsedShape


class StatusShape(BaseModel):
    """The subscription now."""

    is_active: bool
    plan: PlanShape | None
    billing_provider: str = Field(description="`stripe`, `apple` or `none`.")
    current_period_end: str | None = Field(description="null where nothing is billed.")
    cancel_at_period_end: bool
    trial_end: str | None
    usage: PlanUsageShape


def shape(plan: Plan) -> dict[str, Any]:
    """A plan, its documented keys in order."""
    features = [{"name": name, "limit": plan.limit(key)} for key, name in plans.FEATURES.items()]
    return {
        "uid": plan.uid,
        "name": plan.name,
        "slug": plan.slug,
        "description": plan.description,
        "price_monthly": plan.price_monthly,
        "price_yearly": plan.price_yearly,
        "currency": plan.currency,
        "features": features,
        "is_popular": plan.is_popular,
        "stripe_monthly_price_id": "",
        "stripe_yearly_price_id": "",
    }


def usage(organization: Organization, plan: Plan | None) -> dict[str, dict[str, int | None]]:
    """What is used of what the plan allows; without a plan nothing more may be added."""
    used = {
        "inventory_items": inventory.tally(organization).items,
        "marketplace_connections": connections.live(organization).count(),
    }
    return {key: {"used": number, "limit": plan.limit(key) if plan else 0} for key, number in used.items()}


class Plans(Endpoint):
    """What can be had."""

    @operation("subscriptions_plans", "List plans", answer=PlanList)
    def get(self, call: Call) -> object:
        """A bare array."""
        return [shape(plan) for plan in plans.PLANS.values()]


class Status(Endpoint):
    """What the organization has."""

    @operation("subscriptions_status", "Read the subscription", answer=StatusShape, scope="organization")
    def get(self, call: Call) -> object:
        """State, plan and usage."""
        plan = plans.plan_of(call.organization)
        return {
            "is_active": plan is not None,
            "plan": shape(plan) if plan else None,
            "billing_provider": plans.PROVIDER,
            "current_period_end": None,
            "cancel_at_period_end": False,
            "trial_end": None,
            "usage": usage(call.organization, plan),
        }
