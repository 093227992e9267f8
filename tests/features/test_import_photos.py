"""Photos are copied after the import, from known hosts only, and a bad one costs nothing but itself."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import time_machine
from django.conf import settings
from PIL import Image as Picture

from instica.connections.credentials import app_for
from instica.core.clock import now
from instica.imports import photos, queries, services
from instica.inventory import photos as photo_files
from instica.inventory.models import Image, Item
from instica.inventory.pictures import NotAPicture, encoded
from instica.people.models import User
from tests import builders
from tests.features.importing import brought, counts, listing, settled
from tests.shops import Shops


def picture(kind: str = "PNG", size: tuple[int, int] = (30, 20), **options: object) -> bytes:
    target = io.BytesIO()
    Picture.new("RGB", size, "red").save(target, kind, **options)
    return target.getvalue()


def test_photos_follow_the_import(shop: Shops, person: User) -> None:
    shop("discogs", listings=12)
    job = settled(services.quick(organization=builders.house(person), marketplace="discogs", user=person))
    assert queries.progress(job).status == "completed"
    assert job.to_enrich == Image.objects.count() > 0
    with time_machine.travel(now(), tick=True) as clock:
        while settled(job).enriched < job.to_enrich:
            clock.shift(30)
    for image in Image.objects.all():
        assert image.trouble == ""
        with Picture.open(settings.MEDIA_ROOT / image.file) as copy:
            assert copy.format == "JPEG"


def test_bad_photos_fail_no_row(shop: Shops) -> None:
    connection = shop("discogs")
    bad, gone = "https://evil.example/a.jpg", f"{app_for('discogs').origin}/nothing.jpg"
    job = brought(connection, listing(images=(bad, "https://[no/a.jpg", gone)))
    assert (counts(job), job.to_enrich, Item.objects.get().image) == ((1, 0, 0, 0), 3, bad)
    with time_machine.travel(now() + dt.timedelta(minutes=1), tick=True):
        settled(job)
    assert (job.enriched, counts(job)) == (3, (1, 0, 0, 0))
    assert list(Image.objects.order_by("position").values_list("file", "trouble")) == [
        ("", "The photo lies on a host we do not know"),
        ("", "The photo lies on a host we do not know"),
        ("", "The photo's host answered 404"),
    ]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://i.discogs.com/a.jpg", True),
        ("http://i.discogs.com/a.jpg", False),
        ("https://i.discogs.com.evil.example/a.jpg", False),
        ("https://user@i.discogs.com/a.jpg", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("https://[bad/a.jpg", False),
        ("file:///etc/passwd", False),
    ],
)
def test_where_photos_may_lie(url: str, allowed: bool) -> None:
    assert photos.allowed("discogs", url) is allowed


def test_pictures_are_made_anew() -> None:
    exif = Picture.Exif()
    exif[0x010F], exif[0x0112] = "Camera", 6
    copy = Picture.open(io.BytesIO(encoded(picture("JPEG", (3000, 1000), exif=exif))))
    assert (copy.format, copy.size, dict(copy.getexif())) == ("JPEG", (533, 1600), {})


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"GIF89a", picture("BMP"), picture()[:60], picture("PNG", (9000, 5000))]
)
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        encoded(data)


def test_a_copy_is_kept_under_our_own_name(shop: Shops) -> None:
    job = brought(shop("discogs"), listing(images=("https://i.discogs.com/../../x.jpg",)))
    image = Image.objects.get()
    name = photo_files.store(image, b"data")
    assert name == f"photos/{job.organization_id.hex}/{image.uid.hex}.jpg"
    assert (settings.MEDIA_ROOT / name).read_bytes() == b"data"
