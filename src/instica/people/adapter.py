"""Ties the sign-in library to our people: who may sign up, and what a new person gets."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest

from instica.people import queries, services
from instica.people.models import User

INVITATION = "invitation"


def kept_link(request: HttpRequest) -> str:
    """The secret of the invitation this visitor opened, if any."""
    return str(request.session.get(INVITATION, ""))


WRONG = "That is not right. Look at the name and the password again."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up by the policy, an organization for everybody who signs up, and refusals in the house's words."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed.",
        "cannot_remove_primary_email": "The primary address cannot be removed. Make another one primary first.",
        "duplicate_email": "You have this address already.",
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "email_taken": "Somebody has this address already.",
        "enter_current_password": "Type your present password.",
        "incorrect_code": "This code is not right.",
        "incorrect_password": "This password is not right.",
        "invalid_or_expired_key": "This link is too old, or was used before.",
        "invalid_password_reset": "This link is too old, or was used before.",
        "max_email_addresses": "You can have %d addresses at most.",
        "too_many_login_attempts": "Too many failed attempts. Wait five minutes, then try again.",
        "unverified_primary_email": "Prove the address first: open the link in the mail.",
        "same_as_current": "This is the one you have now. Choose another.",
        "rate_limited": "That was a little fast. Wait a minute, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this visitor may have an account now."""
        return services.may_sign_up(kept_link(request))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Fill the new person from the form and let our service save it. Raises ``Problem`` when it refuses."""
        super().save_user(request, user, form, commit=False)
        shop = form.cleaned_data.get("organization", "")
        services.sign_up(user=user, shop=shop, link=kept_link(request))
        house = queries.organization_of(user)
        if request.session.pop(INVITATION, None) and house:
            messages.success(request, f"You joined {house.display_name}.")
        return user
