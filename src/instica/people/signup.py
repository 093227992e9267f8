"""The sign-up form: all of it happens, or nothing."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from instica.core.errors import Problem
from instica.people.adapter import kept_link
from instica.people.models import User
from instica.people.signing_in import plain


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Asks a name, an address and a password, and what the shop is called unless one was invited into one."""

    first_name = forms.CharField(
        label="First name", max_length=150, required=False, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    organization = forms.CharField(
        label="Name of your shop",
        max_length=120,
        required=False,
        help_text="You can change it later.",
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    field_order = ("first_name", "email", "password1", "password2", "organization")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, "email")
        if kept_link(context.request):
            del self.fields["organization"]

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new person, or a page that says why there is none."""
        try:
            with transaction.atomic():
                saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except Problem as problem:
            messages.error(request, problem.detail)
            return None, redirect("account_signup")
        return saved
