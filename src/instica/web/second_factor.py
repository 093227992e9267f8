"""Keeps the secrets of authenticator apps and recovery codes encrypted with the keys outside the database."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.db import transaction

from instica.connections.rotation import is_under
from instica.people.models import User
from instica.people.secrets import box, decrypted

SECRETS = ("secret", "seed")


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Encrypts what the library would keep in the clear."""

    def encrypt(self, text: str) -> str:
        """With the newest key."""
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """With any key."""
        return decrypted(encrypted_text).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # the library's
        """What a new passkey is called unless its owner says so."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}"


def reencrypt(newest: Fernet) -> int:
    """Put every secret under the newest key; answers how many were under another."""
    count = 0
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            old = [name for name in SECRETS if row and row.data.get(name) and not is_under(newest, row.data[name])]
            for name in old:
                row.data[name] = newest.encrypt(decrypted(row.data[name])).decode()
            if old:
                row.save(update_fields=["data"])
            count += len(old)
    return count
