"""The forms of the Account and Organization pages; what is allowed is decided by the services behind them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

from django import forms

from instica.core.clock import now
from instica.core.money import CURRENCIES
from instica.people import addresses, preferences, tokens
from instica.people.models import Organization, Role, User

LIVES = {"": "Never", "30": "In 30 days", "90": "In 90 days", "365": "In a year"}


def choices(*values: str) -> list[tuple[str, str]]:
    """Values that are their own names."""
    return [(value, value) for value in values]


class ProfileForm(forms.Form):
    """Names and preferences."""

    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    preferred_name = forms.CharField(max_length=150, required=False, help_text="What we call you.")
    timezone = forms.ChoiceField(label="Time zone", choices=choices(*sorted(available_timezones())))
    date_format = forms.ChoiceField(choices=[("ymd", "2026-02-15"), ("dmy", "15.02.2026"), ("mdy", "02/15/2026")])
    measurement_system = forms.ChoiceField(choices=[("metric", "Metric"), ("imperial", "Imperial")])
    currency_display = forms.ChoiceField(label="Currency", choices=choices(*sorted(CURRENCIES)))
    items_per_page = forms.IntegerField(min_value=1, max_value=100)
    channel_notifications_enabled = forms.BooleanField(label="Also send me what needs me", required=False)
    preferred_notification_channels = forms.MultipleChoiceField(
        label="How (the bell shows it in any case)",
        choices=[("email", "By e-mail"), ("push", "As a push message, once there is an app for it")],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def of(cls, user: User) -> ProfileForm:
        """Filled with what is kept."""
        names = {"first_name": user.first_name, "last_name": user.last_name}
        return cls(initial={**preferences.read(user), **names})

    def changes(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        names = {name: values.pop(name) for name in ("first_name", "last_name")}
        return {**names, "preferences": values}


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(max_length=80, help_text="What will use it: a script, the browser extension.")
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[
            (scope, f"{'everything' if scope == tokens.ALL else scope}: {about}")
            for scope, about in tokens.SCOPES.items()
        ],
        widget=forms.CheckboxSelectMultiple,
        initial=[tokens.ALL],
    )
    lives = forms.ChoiceField(label="It expires", choices=list(LIVES.items()), required=False)

    def expires(self) -> dt.datetime | None:
        """When it dies."""
        days = self.cleaned_data["lives"]
        return now() + dt.timedelta(days=int(days)) if days else None


class OrganizationForm(forms.Form):
    """Name, short name and logo."""

    display_name = forms.CharField(label="Name", max_length=120)
    slug = forms.CharField(label="Short name", max_length=80, help_text="Lower-case letters, digits and hyphens.")
    logo = forms.FileField(required=False, help_text="PNG, JPEG, WebP or GIF, at most 2 MB.")
    without_logo = forms.BooleanField(label="Take the logo away", required=False)

    @classmethod
    def of(cls, organization: Organization) -> OrganizationForm:
        """Filled with what is kept."""
        return cls(initial={"display_name": organization.display_name, "slug": organization.slug})


class AddressForm(forms.Form):
    """Where parcels come from."""

    full_name = forms.CharField(max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    line1 = forms.CharField(label="Street", max_length=120, widget=forms.TextInput({"autocomplete": "address-line1"}))
    line2 = forms.CharField(
        label="Address line 2",
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-line2"}),
    )
    city = forms.CharField(max_length=80, widget=forms.TextInput({"autocomplete": "address-level2"}))
    state = forms.CharField(
        label="State or region",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-level1"}),
    )
    postal_code = forms.CharField(max_length=20, widget=forms.TextInput({"autocomplete": "postal-code"}))
    country = forms.ChoiceField(choices=[("", "Choose"), *addresses.countries().items()])
    phone = forms.CharField(
        max_length=32, required=False, widget=forms.TextInput({"autocomplete": "tel", "type": "tel"})
    )


class InvitationForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField(choices=[(Role.MEMBER, "Member"), (Role.ADMIN, "Admin")])


class ShopForm(forms.Form):
    """A new organization."""

    display_name = forms.CharField(label="Name of your shop", max_length=120)
