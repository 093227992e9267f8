"""The organization over HTTP: itself, logo, team, invitations, addresses; roles and walls."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test.client import encode_multipart
from PIL import Image, PngImagePlugin

from instica.core.clock import iso
from instica.people import addresses
from instica.people.models import Address, Invitation, Membership, Organization, Role, User
from instica.people.tokens import issue
from tests.api.calling import Api, api_for, is_problem

HOME = {
    "full_name": "Jane Smith",
    "line1": "123 Main St",
    "city": "Portland",
    "state": "OR",
    "postal_code": "97201",
    "country": "US",
}
BOUNDARY = "edge"


@pytest.fixture
def path(api: Api) -> str:
    return f"organization/{api.organization.public_id}/"


def joined(api: Api, role: Role = Role.MEMBER, name: str = "grace") -> Api:
    """Another member's key."""
    user = User.objects.create_user(username=name, email=f"{name}@example.com", password="another long one")
    Membership.objects.create(organization=api.organization, user=user, role=role)
    row, token = issue(user=user, organization=api.organization, name="test")
    return Api(token, api.organization, row)


def member_of(api: Api) -> str:
    return Membership.objects.get(organization=api.organization, user=api.row.user).public_id


def same(response: Any, expected: Any) -> None:
    assert json.dumps(response.json()) == json.dumps(expected)


# --- Itself


def test_read_has_the_documented_keys_in_their_order(api: Api, path: str, person: User) -> None:
    Organization.objects.update(created=dt.datetime(2024, 1, 15, 10, 30, tzinfo=dt.UTC))
    joined(api)
    address = addresses.add(organization=api.organization, by=person, values=HOME)
    response = joined(api, name="linus").get(path)
    assert response.status_code == 200
    owner = {"uid": person.public_id, "username": "ada@example.com", "first_name": "Ada", "last_name": ""}
    expected = {
        "uid": api.organization.public_id,
        "display_name": "Green Street Records",
        "slug": "green-street-records",
        "logo": None,
        "created": "2024-01-15T10:30:00Z",
        "owner": owner,
        "member_count": 3,
        "primary_address": {"uid": address.public_id, **HOME},
    }
    same(response, expected)


def test_without_an_address_primary_address_is_null(api: Api, path: str) -> None:
    assert api.get(path).json()["primary_address"] is None


def test_an_admin_changes_name_and_short_name(api: Api, path: str) -> None:
    admin = joined(api, Role.ADMIN)
    response = admin.call("PATCH", path, {"display_name": " Jane's Records ", "slug": "janes-records", "uid": "org_x"})
    assert response.status_code == 200
    assert (response.json()["display_name"], response.json()["slug"]) == ("Jane's Records", "janes-records")
    assert response.json() == api.get(path).json()


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"display_name": ""}, "#/display_name"),
        ({"display_name": "x" * 121}, "#/display_name"),
        ({"display_name": None}, "#/display_name"),
        ({"slug": "Not Good"}, "#/slug"),
        ({"slug": "double--hyphen"}, "#/slug"),
        ({"slug": "ends-\n"}, "#/slug"),
        ({"slug": ""}, "#/slug"),
        ({"slug": "other-records"}, "#/slug"),
        ({"logo": "https://evil.example/logo.png"}, "#/logo"),
    ],
)
def test_a_bad_change_changes_nothing(
    api: Api, path: str, stranger: User, sent: dict[str, object], pointer: str
) -> None:
    before = api.get(path).json()
    problem = is_problem(api.call("PATCH", path, {"display_name": "New", **sent}), 400)
    assert [each["pointer"] for each in problem["errors"]] == [pointer]
    assert api.get(path).json() == before


def test_a_taken_short_name_says_so(api: Api, path: str, stranger: User) -> None:
    is_problem(api.call("PATCH", path, {"slug": "other-records"}), 400, "slug_taken")


# --- Logo


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def upload(api: Api, path: str, content: bytes, name: str = "logo.png", **texts: str) -> Any:
    file = io.BytesIO(content)
    file.name = name
    body = encode_multipart(BOUNDARY, {**texts, "logo": file})
    headers = {"Authorization": f"Bearer {api.token}"}
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return api.client.generic("PATCH", f"/api/v1/{path}", body, content_type=kind, headers=headers)


def kept(response: Any) -> Path:
    """The file behind the answered address."""
    address: str = response.json()["logo"]
    assert address.startswith("http://localhost:8000/media/logos/")
    return Path(settings.MEDIA_ROOT) / "logos" / address.rpartition("/")[2]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_is_drawn_anew_small_and_as_png(api: Api, path: str, kind: str) -> None:
    response = upload(api, path, picture(kind), display_name="With a logo")
    assert response.status_code == 200
    assert response.json()["display_name"] == "With a logo"
    with Image.open(kept(response)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (512, 171))
    assert api.get(path).json()["logo"] == response.json()["logo"]


def test_metadata_does_not_survive(api: Api, path: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "made at home"
    exif[0x0112] = 6
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Ada at home")
    for content in (picture("JPEG", exif=exif), picture("PNG", pnginfo=texts)):
        file = kept(upload(api, path, content))
        assert b"at home" not in file.read_bytes()
        with Image.open(file) as drawn:
            assert not drawn.getexif()
            assert drawn.info.get("Author") is None


def test_a_turned_photo_is_upright(api: Api, path: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(kept(upload(api, path, picture("JPEG", (400, 200), exif=exif)))) as drawn:
        assert drawn.size == (200, 400)


def test_a_new_logo_replaces_the_file_and_null_takes_it_away(api: Api, path: str) -> None:
    first = upload(api, path, picture())
    second = upload(api, path, picture("JPEG"))
    assert first.json()["logo"] != second.json()["logo"]
    response = api.call("PATCH", path, {"logo": None})
    assert response.json()["logo"] is None
    assert Organization.objects.get(pk=api.organization.pk).logo.name == ""


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BOMB = picture("PNG", (6000, 5000))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (SVG, "not_an_image"),
        (b"", "not_an_image"),
        (b"GIF89a" + b"\x00" * 50, "not_an_image"),
        (picture()[:200], "not_an_image"),
        (picture("BMP", (9, 9)), "not_an_image"),
        (picture("TIFF", (9, 9)), "not_an_image"),
        (BOMB, "image_too_large"),
        (picture("JPEG") + b"\x00" * 2_000_000, "image_too_large"),
    ],
)
def test_what_is_no_small_picture_is_refused_and_nothing_changes(
    api: Api, path: str, content: bytes, code: str
) -> None:
    before = set(Path(settings.MEDIA_ROOT).glob("logos/*"))
    problem = is_problem(upload(api, path, content), 400, code)
    assert problem["errors"][0]["pointer"] == "#/logo"
    assert api.get(path).json()["logo"] is None
    assert set(Path(settings.MEDIA_ROOT).glob("logos/*")) == before


def test_too_large_a_body_is_not_even_read(api: Api, path: str) -> None:
    is_problem(upload(api, path, b"x" * 2_400_001), 413)
    assert api.get(path).json()["logo"] is None


@pytest.mark.parametrize("body", [b"", b"--edge\r\nno form", b"--other--\r\n"])
def test_a_broken_form_changes_nothing(api: Api, path: str, body: bytes) -> None:
    before = api.get(path).json()
    headers = {"Authorization": f"Bearer {api.token}"}
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    response = api.client.generic("PATCH", f"/api/v1/{path}", body, content_type=kind, headers=headers)
    assert response.status_code in (200, 400)
    assert api.get(path).json() == before


# --- Team


def test_team_has_the_documented_keys_in_their_order(api: Api, path: str, person: User) -> None:
    grace = joined(api, Role.ADMIN)
    rows = {member.user.username: member for member in Membership.objects.all()}
    response = grace.get(f"{path}team/")
    assert response.status_code == 200
    user = {"uid": person.public_id, "username": "ada@example.com", "email": "ada@example.com"}
    other = {"uid": grace.row.user.public_id, "username": "grace", "email": "grace@example.com"}
    expected = [
        {
            "uid": rows["ada@example.com"].public_id,
            "user": {**user, "first_name": "Ada", "last_name": ""},
            "role": "owner",
            "joined": iso(rows["ada@example.com"].joined),
            "is_active": True,
        },
        {
            "uid": rows["grace"].public_id,
            "user": {**other, "first_name": "", "last_name": ""},
            "role": "admin",
            "joined": iso(rows["grace"].joined),
            "is_active": True,
        },
    ]
    same(response, expected)


def test_a_role_is_changed_and_a_member_removed_with_his_keys(api: Api, path: str) -> None:
    grace = joined(api)
    changed = api.call("PATCH", f"{path}team/{member_of(grace)}/", {"role": "admin"})
    assert (changed.status_code, changed.json()["role"]) == (200, "admin")
    removed = api.call("DELETE", f"{path}team/{member_of(grace)}/")
    assert (removed.status_code, removed.content) == (204, b"")
    is_problem(grace.get(path), 401)
    assert len(api.get(f"{path}team/").json()) == 1


@pytest.mark.parametrize("sent", [{}, {"role": "owner"}, {"role": "boss"}, {"role": 1}])
def test_a_bad_role_changes_nothing(api: Api, path: str, sent: dict[str, object]) -> None:
    grace = joined(api)
    problem = is_problem(api.call("PATCH", f"{path}team/{member_of(grace)}/", sent), 400, "validation_error")
    assert problem["errors"][0]["pointer"] == "#/role"
    assert Membership.objects.get(user=grace.row.user).role == "member"


def test_the_owner_stays_until_a_transfer(api: Api, path: str) -> None:
    admin = joined(api, Role.ADMIN)
    is_problem(admin.call("DELETE", f"{path}team/{member_of(api)}/"), 409, "owner_must_transfer")
    is_problem(admin.call("PATCH", f"{path}team/{member_of(api)}/", {"role": "member"}), 409, "owner_must_transfer")
    is_problem(admin.post(f"{path}team/{member_of(admin)}/transfer/"), 403, "role_too_low")
    assert api.get(path).json()["owner"]["username"] == "ada@example.com"
    assert api.post(f"{path}team/{member_of(admin)}/transfer/").json()["role"] == "owner"
    assert api.get(path).json()["owner"]["username"] == "grace"


def test_a_member_may_leave(api: Api, path: str) -> None:
    grace = joined(api)
    assert grace.call("DELETE", f"{path}team/{member_of(grace)}/").status_code == 204
    is_problem(grace.get("user/me/"), 401)


# --- Invitations


def test_an_invitation_is_made_listed_sent_again_and_withdrawn(api: Api, path: str) -> None:
    made = api.post(f"{path}invitations/", {"email": "Grace@example.com", "role": "admin"})
    assert made.status_code == 201
    row = Invitation.objects.get()
    expected = {
        "uid": row.public_id,
        "email": "grace@example.com",
        "role": "admin",
        "created": iso(row.created),
        "expires": iso(row.expires),
        "link": made.json()["link"],
    }
    same(made, expected)
    assert made.json()["link"].startswith("http://localhost:8000/invitations/")
    same(api.get(f"{path}invitations/"), [{name: value for name, value in expected.items() if name != "link"}])
    again = api.post(f"{path}invitations/{row.public_id}/resend/")
    assert (again.status_code, again.json()["uid"]) == (200, row.public_id)
    assert again.json()["link"] != made.json()["link"]
    assert api.call("DELETE", f"{path}invitations/{row.public_id}/").status_code == 204
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status", "pointer"),
    [
        ({}, 400, "#/email"),
        ({"email": "nobody"}, 400, "#/email"),
        ({"email": "a@b.co", "role": "owner"}, 400, "#/role"),
        ({"email": 7}, 400, "#/email"),
        ({"email": "ada@example.com"}, 409, None),
    ],
)
def test_a_bad_invitation_is_not_made(
    api: Api, path: str, sent: dict[str, object], status: int, pointer: str | None
) -> None:
    problem = is_problem(api.post(f"{path}invitations/", sent), status)
    assert [each["pointer"] for each in problem.get("errors", [])] == ([pointer] if pointer else [])
    assert not Invitation.objects.exists()


# --- Addresses


def test_addresses_are_added_read_changed_and_removed(api: Api, path: str) -> None:
    made = api.post(f"{path}addresses/", HOME)
    assert made.status_code == 201
    expected = {
        "uid": Address.objects.get().public_id,
        "full_name": "Jane Smith",
        "line1": "123 Main St",
        "line2": "",
        "city": "Portland",
        "state": "OR",
        "postal_code": "97201",
        "country": "US",
        "phone": "",
        "is_primary": True,
    }
    same(made, expected)
    second = api.post(f"{path}addresses/", HOME | {"line1": "Second", "country": "de"}).json()
    assert (second["is_primary"], second["country"]) == (False, "DE")
    changed = api.call("PATCH", f"{path}addresses/{second['uid']}/", {"line2": "Back yard", "is_primary": True})
    assert changed.json() == second | {"line2": "Back yard", "is_primary": True}
    assert [each["uid"] for each in api.get(f"{path}addresses/").json()] == [second["uid"], made.json()["uid"]]
    assert api.call("DELETE", f"{path}addresses/{second['uid']}/").status_code == 204
    same(api.get(f"{path}addresses/{made.json()['uid']}/"), expected)


def test_primary_cannot_be_given_up(api: Api, path: str) -> None:
    uid = api.post(f"{path}addresses/", HOME).json()["uid"]
    response = api.call("PATCH", f"{path}addresses/{uid}/", {"is_primary": False, "city": "Salem"})
    assert is_problem(response, 400)["errors"][0]["pointer"] == "#/is_primary"
    assert (Address.objects.get().is_primary, Address.objects.get().city) == (True, "Portland")


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"country": "Germany"}, "#/country"),
        ({"line1": ""}, "#/line1"),
        ({"line1": None}, "#/line1"),
        ({"is_primary": "yes"}, "#/is_primary"),
        ({"phone": "1" * 33}, "#/phone"),
    ],
)
def test_a_bad_address_is_not_kept(api: Api, path: str, sent: dict[str, object], pointer: str) -> None:
    problem = is_problem(api.post(f"{path}addresses/", HOME | sent), 400, "validation_error")
    assert [each["pointer"] for each in problem["errors"]] == [pointer]
    assert not Address.objects.exists()


# --- Roles and walls


def test_a_member_reads_but_changes_nothing(api: Api, path: str, person: User) -> None:
    grace = joined(api)
    address = addresses.add(organization=api.organization, by=person, values=HOME)
    invited = api.post(f"{path}invitations/", {"email": "x@example.com"}).json()["uid"]
    for method, below, body in [
        ("PATCH", "", {"display_name": "Mine"}),
        ("PATCH", f"team/{member_of(grace)}/", {"role": "admin"}),
        ("POST", f"team/{member_of(grace)}/transfer/", None),
        ("DELETE", f"team/{member_of(api)}/", None),
        ("GET", "invitations/", None),
        ("POST", "invitations/", {"email": "y@example.com"}),
        ("POST", f"invitations/{invited}/resend/", None),
        ("DELETE", f"invitations/{invited}/", None),
        ("POST", "addresses/", HOME),
        ("PATCH", f"addresses/{address.public_id}/", {"city": "Salem"}),
        ("DELETE", f"addresses/{address.public_id}/", None),
    ]:
        is_problem(grace.call(method, f"{path}{below}", body), 403)
    for below in ("", "team/", "addresses/", f"addresses/{address.public_id}/"):
        assert grace.get(f"{path}{below}").status_code == 200
    assert api.get(path).json()["display_name"] == "Green Street Records"
    assert (Address.objects.get().city, Invitation.objects.get().public_id) == ("Portland", invited)
    assert sorted(Membership.objects.values_list("role", flat=True)) == ["member", "owner"]


def test_another_organization_does_not_exist(api: Api, strange: Api, path: str, person: User) -> None:
    address = addresses.add(organization=api.organization, by=person, values=HOME)
    invited = api.post(f"{path}invitations/", {"email": "x@example.com"}).json()["uid"]
    digest = Invitation.objects.get().digest
    own = f"organization/{strange.organization.public_id}/"
    below = [
        ("PATCH", f"team/{member_of(api)}/", {"role": "admin"}),
        ("POST", f"team/{member_of(api)}/transfer/", None),
        ("DELETE", f"team/{member_of(api)}/", None),
        ("POST", f"invitations/{invited}/resend/", None),
        ("DELETE", f"invitations/{invited}/", None),
        ("GET", f"addresses/{address.public_id}/", None),
        ("PATCH", f"addresses/{address.public_id}/", {"city": "Salem"}),
        ("DELETE", f"addresses/{address.public_id}/", None),
    ]
    whole = [("GET", "", None), ("PATCH", "", {"display_name": "X"}), ("GET", "team/", None),
             ("GET", "invitations/", None), ("POST", "invitations/", {"email": "y@example.com"}),
             ("GET", "addresses/", None), ("POST", "addresses/", HOME)]  # fmt: skip
    for method, rest, body in [*whole, *below]:
        is_problem(strange.call(method, f"{path}{rest}", body), 404)
    for method, rest, body in below:
        is_problem(strange.call(method, f"{own}{rest}", body), 404)
    assert (Address.objects.get().city, Invitation.objects.get().digest) == ("Portland", digest)
    assert api.get(path).json()["display_name"] == "Green Street Records"
    assert Membership.objects.count() == 2


@pytest.mark.parametrize("uid", ["org_x", "x", "org_00000000000000000000000000", "usr_" + "0" * 26])
def test_malformed_ids_are_not_found(api: Api, uid: str) -> None:
    is_problem(api.get(f"organization/{uid}/"), 404)
    is_problem(api.get(f"organization/{api.organization.public_id}/addresses/{uid}/"), 404)


def test_a_key_needs_the_scope(person: User) -> None:
    narrow = api_for(person, scopes=["imports"])
    reader = api_for(person, scopes=["read"])
    path = f"organization/{narrow.organization.public_id}/"
    is_problem(narrow.get(path), 403, "scope_missing")
    assert reader.get(path).status_code == 200
    is_problem(reader.call("PATCH", path, {"display_name": "Mine"}), 403, "scope_missing")
    is_problem(reader.post(f"{path}addresses/", HOME), 403, "scope_missing")
    assert (Organization.objects.get().display_name, Address.objects.count()) == ("Green Street Records", 0)
