"""Forms of passkeys that refuse what is no credential instead of failing on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.mfa.webauthn import forms as library
from django.forms import ValidationError

Result = TypeVar("Result")
STRANGE = (AttributeError, KeyError, TypeError, ValueError)


def understood(read: Callable[[], Result]) -> Result:
    """What ``read`` makes of the credential. Raises ``ValidationError`` when it is not one."""
    try:
        return read()
    except STRANGE as error:
        raise ValidationError("This is not a passkey we can read. Try again.", code="invalid") from error


class AddForm(library.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey to add."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name"
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = "Sign in with it alone, without the password"
            self.fields["passwordless"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """The credential, read with care."""
        return understood(super().clean)


class AuthenticateForm(library.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as second factor."""

    def clean_credential(self) -> Any:
        """The credential, read with care."""
        return understood(super().clean_credential)


class LoginForm(library.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of a password."""

    def clean_credential(self) -> Any:
        """The credential, read with care."""
        return understood(super().clean_credential)


class ReauthenticateForm(library.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey to confirm who is there."""

    def clean_credential(self) -> Any:
        """The credential, read with care."""
        return understood(super().clean_credential)
