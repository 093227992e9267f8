"""Photos of an item: taken in without what cameras add, ordered, described, taken away."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Picture
from PIL import ImageCms
from PIL.PngImagePlugin import PngInfo

from instica.inventory import photos
from instica.inventory.models import Image, Item
from tests import builders
from tests.api.calling import Api, is_problem

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
Upload = Callable[..., Any]


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), color: str = "red", **options: Any) -> bytes:
    target = io.BytesIO()
    Picture.new(options.pop("mode", "RGB"), size, color).save(target, kind, **options)
    return target.getvalue()


def from_a_camera() -> bytes:
    """A photo held sideways, with the place it was taken at: left half red, right half blue."""
    image = Picture.new("RGB", (40, 20), "red")
    image.paste("blue", (20, 0, 40, 20))
    exif = Picture.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "SECRET CAMERA"
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    target = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.save(target, "JPEG", exif=exif, comment=b"SECRET NOTE", icc_profile=profile, quality=95)
    return target.getvalue()


@pytest.fixture
def item(api: Api, settings: Any, tmp_path: Path) -> Item:
    settings.MEDIA_ROOT = tmp_path
    return builders.item(api.organization)


@pytest.fixture
def upload(api: Api, item: Item) -> Upload:
    """``upload(data, alt=…)``: the answer."""

    def send(data: bytes, name: str = "a.jpg", **more: Any) -> Any:
        file = io.BytesIO(data)
        file.name = name
        headers = {"Authorization": f"Bearer {api.token}"} | more.pop("headers", {})
        return Client(raise_request_exception=False).post(
            f"/api/v1/inventory/{item.public_id}/assets/", {"file": file, **more}, headers=headers
        )

    return send


def order(api: Api, item: Item) -> list[str]:
    """The photos' uids, in order, with positions that have no gap."""
    assets = api.get(f"inventory/{item.public_id}/").json()["assets"]
    assert [(each["position"], each["is_primary"]) for each in assets] == [(n, n == 0) for n in range(len(assets))]
    return [each["uid"] for each in assets]


def test_a_photo_is_taken_in_upright_and_bare(api: Api, item: Item, upload: Upload, tmp_path: Path) -> None:
    raw = from_a_camera()
    assert b"SECRET CAMERA" in raw
    answer = upload(raw, alt="Front")
    body = answer.json()
    assert answer.status_code == 201
    assert [body[key] for key in ("position", "is_primary", "alt")] == [0, True, "Front"]
    path = body["url"].partition("/media/")[2]
    kept = (tmp_path / path).read_bytes()
    with Picture.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (20, 40), {})
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        top, bottom = image.getpixel((10, 5)), image.getpixel((10, 35))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, bottom[2] > 200) == (True, True)
    assert b"SECRET" not in kept
    assert api.client.get(f"/media/{path}").getvalue() == kept
    read = api.get(f"inventory/{item.public_id}/").json()
    assert (read["assets"], Item.objects.get().image) == ([body], f"/media/{path}")
    assert api.get(f"products/{item.product.public_id}/").json()["product_image"] == body["url"]


def bomb() -> bytes:
    """A few kilobytes that would be 100 million pixels."""
    return picture("PNG", (10_000, 10_000), mode="1", color="white")


def wordy() -> bytes:
    """A small picture with a text that unpacks to megabytes."""
    info = PngInfo()
    info.add_text("one", "x" * 2_000_000, zip=True)
    return picture("PNG", pnginfo=info)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lambda: b"", "not_an_image"),
        (lambda: b"GIF89a but no more", "not_an_image"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (lambda: picture("BMP"), "not_an_image"),
        (lambda: picture("TIFF"), "not_an_image"),
        (lambda: picture()[:300], "not_an_image"),
        (bomb, "not_an_image"),
        (wordy, "not_an_image"),
    ],
)
def test_what_is_no_picture_leaves_nothing(
    upload: Upload, tmp_path: Path, data: Callable[[], bytes], code: str
) -> None:
    body = is_problem(upload(data()), 400, code)
    assert [each["pointer"] for each in body["errors"]] == ["#/file"]
    assert (Image.objects.count(), Item.objects.get().image, list(tmp_path.rglob("*.*"))) == (0, "", [])


def test_too_large_and_too_many(upload: Upload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "LARGEST", 2_000)
    assert upload(picture()).status_code == 201
    is_problem(upload(picture() + b"x" * 2_000), 400, "image_too_large")
    is_problem(upload(b"x" * (12 * 1024 * 1024 + 200_000)), 413)
    monkeypatch.setattr(photos, "MOST", 1)
    is_problem(upload(picture()), 409, "too_many_photos")
    assert (Image.objects.count(), len(list(tmp_path.rglob("*.jpg")))) == (1, 1)


def test_transparent_is_white(upload: Upload, tmp_path: Path) -> None:
    upload(picture("PNG", mode="RGBA", color="#ff000000"))
    with Picture.open(next(tmp_path.rglob("*.jpg"))) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_order_face_words_and_taking_away(api: Api, item: Item, upload: Upload, tmp_path: Path) -> None:
    one, two, three = (upload(picture(color=color)).json()["uid"] for color in ("red", "green", "blue"))
    path = f"inventory/{item.public_id}/assets/"
    assert order(api, item) == [one, two, three]
    answer = api.post(f"{path}order/", {"uids": [three, one, two]})
    assert [each["uid"] for each in answer.json()["assets"]] == [three, one, two] == order(api, item)
    for uids in ([one], [one, two, two], [one, two, three, one], ["ast_x"] * 3):
        is_problem(api.post(f"{path}order/", {"uids": uids}), 400)
    assert api.call("PATCH", f"{path}{two}/", {"is_primary": True, "alt": "Back"}).json()["alt"] == "Back"
    assert order(api, item) == [two, three, one]
    assert Item.objects.get().image.endswith(f"{Image.objects.get(position=0).uid.hex}.jpg")
    api.call("PATCH", f"{path}{two}/", {"position": 9})
    assert order(api, item) == [three, one, two]
    api.call("PATCH", f"{path}{two}/", {"alt": None})
    assert order(api, item) == [three, one, two]
    assert api.call("DELETE", f"{path}{three}/").status_code == 204
    is_problem(api.call("DELETE", f"{path}{three}/"), 404)
    assert order(api, item) == [one, two]
    assert upload(picture(), is_primary="true").json()["position"] == 0
    assert len(order(api, item)) == 3


def test_a_stale_condition_changes_no_photo(api: Api, item: Item, upload: Upload, tmp_path: Path) -> None:
    read = api.get(f"inventory/{item.public_id}/")["ETag"]
    uid = upload(picture(), headers={"If-Match": read}).json()["uid"]
    path = f"inventory/{item.public_id}/assets/"
    is_problem(upload(picture(), headers={"If-Match": read}), 412)
    is_problem(api.post(f"{path}order/", {"uids": [uid]}, if_match=read), 412)
    is_problem(api.call("PATCH", f"{path}{uid}/", {"alt": "X"}, if_match=read), 412)
    is_problem(api.call("DELETE", f"{path}{uid}/", if_match=read), 412)
    assert (Image.objects.get().alt, len(list(tmp_path.rglob("*.*")))) == ("", 1)


def test_sent_again_it_is_taken_in_once(upload: Upload) -> None:
    data = picture()
    # A form's boundary differs from call to call, as clients make it; the same call again has the same.
    headers = {"Idempotency-Key": "one"}
    first = upload(data, headers=headers)
    assert upload(data, headers=headers).json() == first.json()
    assert Image.objects.count() == 1
