"""New encryption keys: everything is readable at every moment, whoever is killed when."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

from instica.core.errors import Conflict, Invalid
from instica.people.secrets import EncryptedField, key_file, keys

# Longer than a statement may wait for a lock: a row encrypted before the new key was there has been written by then.
GRACE_SECONDS = 25.0
BATCH = 500
Progress = Callable[[str], None]
# What keeps ciphertexts in columns that are not ours; each re-encrypts its own and answers how many it wrote.
OTHERS: list[Callable[[Fernet], int]] = []


def rotate(*, grace_seconds: float = GRACE_SECONDS, say: Progress = lambda words: None) -> int:
    """Re-encrypt everything with a new key and drop the old ones; how many values were re-encrypted.

    Killed half-way, the next call goes on with the key that was begun with. Keys given by the environment are not
    ours to write: everything is encrypted with the first of them, and the operator removes the rest.
    """
    key_file().parent.mkdir(parents=True, exist_ok=True)
    with _alone():
        ours = not settings.CONFIG.encryption_keys.get_secret_value()
        before = keys()
        if ours and len(before) == 1:
            _write([Fernet.generate_key().decode(), *before])
            say("A new key is in place.")
        if len(keys()) == 1:
            raise Invalid("Put a new key in front of the old one in INSTICA_ENCRYPTION_KEYS first, and restart.")
        count = _until_clean(keys()[0], grace_seconds)
        say(f"{count} values re-encrypted.")
        if ours:
            _write(keys()[:1])
            say("The old key is dropped.")
        return count


def _until_clean(newest: str, grace_seconds: float) -> int:
    """Pass over all rows until nothing is left under an old key, the last time after the grace."""
    count = _one_pass(newest)
    time.sleep(grace_seconds)
    while found := _one_pass(newest):
        count += found
    return count


def _one_pass(newest: str) -> int:
    fernet = Fernet(newest)
    columns = sum(
        _column(model, field, fernet)
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, EncryptedField)
    )
    return columns + sum(other(fernet) for other in OTHERS)


def _column(model: type[models.Model], field: EncryptedField, newest: Fernet) -> int:
    """Re-encrypt the values of one column that are not under the newest key, each only if it is still the same."""
    raw = Cast(field.name, models.TextField())
    rows = model._default_manager.annotate(raw=raw).exclude(raw="")
    count = 0
    for key, text in rows.order_by("pk").values_list("pk", "raw").iterator(BATCH):
        if not is_under(newest, text):
            plain = field.from_db_value(text)
            count += rows.filter(pk=key, raw=text).update(**{field.name: plain})
    return count


def is_under(fernet: Fernet, text: str) -> bool:
    """Whether that very key made the text."""
    try:
        fernet.decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def _write(wanted: list[str]) -> None:
    """Put a whole key file in place of the old one, of mode 0600, on the disk before it counts."""
    path = key_file()
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(wanted) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone() -> Iterator[None]:
    """Only one rotation at a time on this machine."""
    path = key_file().with_name("encryption.lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Conflict("Another rotation is running.", code="rotation_running") from None
    finally:
        os.close(descriptor)
