"""Secrets at rest: a field that encrypts with keys kept outside the database."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from instica.core.secrets import Secret

KEY_FILE = "encryption.keys"


def key_file() -> Path:
    """Where the keys lie when no setting gives them."""
    return Path(settings.DATA) / KEY_FILE


def keys() -> list[str]:
    """The keys, newest first; the first start writes one to a file of mode 0600."""
    given = settings.CONFIG.encryption_keys.get_secret_value()
    if given:
        return [key.strip() for key in given.split(",") if key.strip()]
    path = key_file()
    if not path.exists():
        _first(path)
    return path.read_text().split()


def _first(path: Path) -> None:
    """Write the first key; whoever comes second keeps what is there. Nobody ever sees half a file."""
    descriptor, made = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(Fernet.generate_key().decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        os.unlink(made)  # noqa: PTH108  # the counterpart of mkstemp


def box() -> MultiFernet:
    """Encrypts with the newest key, reads with any; follows the key file when a rotation changes it."""
    return _box(_stamp())


def _stamp() -> tuple[int, int, int] | None:
    """What changes when another process puts a new key file in place."""
    if settings.CONFIG.encryption_keys.get_secret_value():
        return None
    try:
        seen = key_file().stat()
    except FileNotFoundError:
        return None
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


@lru_cache(maxsize=2)
def _box(_: tuple[int, int, int] | None) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys()])


def decrypted(text: str) -> bytes:
    """The plain text; a key that came between looking at the file and reading it is not missed."""
    try:
        return box().decrypt(text.encode())
    except InvalidToken:
        _box.cache_clear()
        return box().decrypt(text.encode())


if TYPE_CHECKING:
    SecretsField = models.Field[Mapping[str, Secret], dict[str, Secret]]
else:
    SecretsField = models.Field


class EncryptedField(SecretsField):
    """A mapping of names to secrets, one authenticated ciphertext in a text column."""

    def __init__(self, **options: Any) -> None:
        options.update(editable=False, default=dict)
        super().__init__(**options)

    def get_internal_type(self) -> str:
        """Stored as text."""
        return "TextField"

    def from_db_value(self, value: str | None, *_: object) -> dict[str, Secret]:
        """Decrypt; an empty column is an empty mapping."""
        if not value:
            return {}
        plain = json.loads(decrypted(value))
        return {name: Secret(text) for name, text in plain.items()}

    def get_prep_value(self, value: Mapping[str, Secret] | None) -> str:
        """Encrypt with the newest key."""
        if not value:
            return ""
        plain = json.dumps({name: secret.reveal() for name, secret in value.items()})
        return box().encrypt(plain.encode()).decode()
