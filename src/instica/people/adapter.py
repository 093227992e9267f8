"""Ties the sign-in library to our people: who may sign up, and what a new person gets."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from instica.people import services
from instica.people.models import User

INVITATION = "invitation"


def kept_link(request: HttpRequest) -> str:
    """The secret of the invitation this visitor opened, if any."""
    return str(request.session.get(INVITATION, ""))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up by the policy, and an organization for everybody who signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this visitor may have an account now."""
        return services.may_sign_up(kept_link(request))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Fill the new person from the form and let our service save it. Raises ``Problem`` when it refuses."""
        super().save_user(request, user, form, commit=False)
        shop = form.cleaned_data.get("organization", "")
        services.sign_up(user=user, shop=shop, link=kept_link(request))
        request.session.pop(INVITATION, None)
        return user
