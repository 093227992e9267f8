"""The photos of a draft: our copies, or what lies with a marketplace; nothing else is opened or fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from instica.connections.session import ShopSession
from instica.connections.talk import connector_for
from instica.kit.errors import Refused
from tests.shops import Shops


@pytest.mark.django_db
def test_our_own_copy_is_read_and_nobody_elses(shop: Shops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    connection = shop("discogs", listings=5)
    session = ShopSession(connection, "bulk")
    own = f"photos/{connection.organization_id.hex}"
    (tmp_path / own).mkdir(parents=True)
    (tmp_path / own / "a.jpg").write_bytes(b"picture")
    (tmp_path / "photos" / "other").mkdir()
    (tmp_path / "photos" / "other" / "a.jpg").write_bytes(b"secret")
    assert session.photo(f"{own}/a.jpg") == b"picture"
    for wrong in (f"{own}/b.jpg", f"{own}/../other/a.jpg", f"{own}/.hidden", "photos/other/a.jpg", "/etc/passwd"):
        with pytest.raises(Refused):
            session.photo(wrong)


@pytest.mark.django_db
def test_a_marketplaces_picture_is_fetched_and_a_strangers_is_not(shop: Shops) -> None:
    connection = shop("etsy", listings=5)
    session = ShopSession(connection, "bulk")
    link = connector_for(connection, "bulk").listings(None).rows[0].images[0]
    assert session.photo(link).startswith(b"\x89PNG")
    for wrong in (
        "https://example.com/a.jpg",
        "http://i.etsystatic.com/a.jpg",
        "http://169.254.169.254/",
        "http://[",
        "",
    ):
        with pytest.raises(Refused, match="not known"):
            session.photo(wrong)
