"""The sign-in forms, in the words of the other pages."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm


class SignInForm(LoginForm):  # type: ignore[misc]
    """Asks who one is and for the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail or user name"
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs.pop("placeholder", None)


class AddressForm(AddEmailForm):  # type: ignore[misc]
    """Asks for one more address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, "email")


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks for the address of an account whose password is forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, "email")


def plain(form: Any, name: str) -> None:
    """Call it E-mail, as everywhere, without a word inside the field."""
    form.fields[name].label = "E-mail"
    form.fields[name].widget.attrs.pop("placeholder", None)
