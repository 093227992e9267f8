"""Plans and the subscription of an installation that bills nobody."""

from __future__ import annotations

import json

import pytest

from instica.core import ids
from instica.core.errors import PaymentRequired
from instica.inventory.models import Tally
from instica.people import plans, services
from instica.people.models import Organization, Subscription, User
from tests import builders
from tests.api.calling import Api, api_for, is_problem

PLAN = {
    "uid": ids.stable("plan", "self-hosted"),
    "name": "Self-hosted",
    "slug": "self-hosted",
    "description": "Everything, on your own machine, without limits.",
    "price_monthly": "0.00",
    "price_yearly": "0.00",
    "currency": "USD",
    "features": [
        {"name": "Inventory items", "limit": None},
        {"name": "Marketplace connections", "limit": None},
    ],
    "is_popular": True,
    "stripe_monthly_price_id": "",
    "stripe_yearly_price_id": "",
}


@pytest.fixture
def house(person: User) -> Organization:
    return builders.house(person)


def test_plans_are_a_bare_array(api: Api) -> None:
    response = api.get("subscriptions/plans/")
    assert response.status_code == 200
    assert json.dumps(response.json()) == json.dumps([PLAN])


def test_status_while_active(api: Api) -> None:
    Tally.objects.create(organization=api.organization, items=3)
    expected = {
        "is_active": True,
        "plan": PLAN,
        "billing_provider": "none",
        "current_period_end": None,
        "cancel_at_period_end": False,
        "trial_end": None,
        "usage": {
            "inventory_items": {"used": 3, "limit": None},
            "marketplace_connections": {"used": 0, "limit": None},
        },
    }
    assert json.dumps(api.get("subscriptions/status/").json()) == json.dumps(expected)


def test_status_after_the_end_and_after_a_new_start(api: Api) -> None:
    services.end_subscription(organization=api.organization)
    ended = api.get("subscriptions/status/").json()
    assert (ended["is_active"], ended["plan"]) == (False, None)
    assert ended["usage"]["inventory_items"] == {"used": 0, "limit": 0}
    services.start_subscription(organization=api.organization)
    started = api.get("subscriptions/status/").json()
    assert (started["is_active"], started["plan"]) == (True, PLAN)
    assert Subscription.objects.count() == 1


def test_status_needs_a_fitting_scope(person: User) -> None:
    is_problem(api_for(person, scopes=["imports"]).get("subscriptions/status/"), 403, "scope_missing")
    assert api_for(person, scopes=["read"]).get("subscriptions/status/").status_code == 200


def test_ending_one_organization_leaves_others_alone(house: Organization, stranger: User) -> None:
    services.end_subscription(organization=house)
    assert not plans.active(house)
    assert plans.active(builders.house(stranger))


def test_without_a_plan_nothing_more_fits(house: Organization) -> None:
    plans.check(house, "inventory_items", used=10**9)
    services.end_subscription(organization=house)
    with pytest.raises(PaymentRequired) as refused:
        plans.check(house, "inventory_items", used=0)
    assert refused.value.code == "subscription_required"
    assert refused.value.detail.endswith("`instica subscription start green-street-records`.")


def test_a_plans_limit_is_the_last_that_fits(house: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    small = plans.Plan("small", "Small", "Five.", limits=(("inventory_items", 5),))
    monkeypatch.setattr(plans, "PLANS", {"small": small})
    Subscription.objects.update(plan="small")
    plans.check(house, "inventory_items", used=4)
    plans.check(house, "marketplace_connections", used=4)
    with pytest.raises(PaymentRequired) as refused:
        plans.check(house, "inventory_items", used=5)
    assert (refused.value.code, refused.value.status) == ("limit_reached", 402)
