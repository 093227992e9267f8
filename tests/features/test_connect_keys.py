"""Keys of the secrets at rest are renewed while everything stays readable."""

from __future__ import annotations

import stat
import threading
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import close_old_connections
from django.db import connection as database

from instica.connections import rotation
from instica.connections.models import Connection
from instica.core.errors import Conflict
from instica.core.secrets import Secret
from instica.people.secrets import key_file, keys
from tests.shops import Shops


def stored() -> str:
    with database.cursor() as cursor:
        cursor.execute("SELECT secrets FROM connections_connection")
        text: str = cursor.fetchone()[0]
    return text


def test_a_new_key(shop: Shops) -> None:
    shop("discogs", listings=0)
    (old,), before = keys(), stored()
    assert rotation.rotate(grace_seconds=0) == 1
    (new,) = keys()
    assert new != old
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert rotation.is_under(Fernet(new), stored())
    assert not rotation.is_under(Fernet(old), stored())
    assert stored() != before
    assert Connection.objects.get().secrets == {"token": Secret("sandbox-token")}


def test_killed_half_way_goes_on_with_the_same_key(shop: Shops, monkeypatch: pytest.MonkeyPatch) -> None:
    shop("discogs", listings=0)
    (old,) = keys()

    def killed(seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotation.time, "sleep", killed)
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate(grace_seconds=0)
    begun = keys()
    assert begun[1:] == [old]
    assert Connection.objects.get().secrets == {"token": Secret("sandbox-token")}
    rotation.rotate(grace_seconds=0)
    assert keys() == begun[:1]
    assert Connection.objects.get().secrets == {"token": Secret("sandbox-token")}


def test_only_one_at_a_time(db: None) -> None:
    before = keys()
    with rotation._alone(), pytest.raises(Conflict):
        rotation.rotate(grace_seconds=0)
    assert keys() == before


@pytest.mark.django_db(transaction=True)
def test_readers_and_writers_go_on_meanwhile(shop: Shops) -> None:
    one = shop("discogs", listings=0)
    stop, wrong, written = threading.Event(), [], [0]

    def live() -> None:
        try:
            while not stop.is_set():
                written[0] += 1
                secrets: Any = {"token": Secret(f"token-{written[0]}")}
                Connection.objects.filter(uid=one.uid).update(secrets=secrets)
                if Connection.objects.get(uid=one.uid).secrets != secrets:
                    wrong.append(written[0])
        except Exception as error:
            wrong.append(repr(error))
        finally:
            close_old_connections()
            database.close()

    thread = threading.Thread(target=live)
    thread.start()
    for _ in range(5):
        rotation.rotate(grace_seconds=0.3)
    stop.set()
    thread.join()
    assert wrong == []
    assert rotation.is_under(Fernet(keys()[0]), stored())
    assert Connection.objects.get().secrets == {"token": Secret(f"token-{written[0]}")}
