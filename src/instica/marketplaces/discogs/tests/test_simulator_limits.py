"""The transport of the simulator: tiers, rates, headers, credentials."""

from __future__ import annotations

import pytest
import time_machine

from instica.kit.simulation.mounted import Mounted
from instica.marketplaces.discogs.tests.visiting import APP, NOBODY, OWNER, Visit, said, visit

ME = "/oauth/identity"
TOO_FAST = (429, "You are making requests too quickly.")


def rates(shop: Visit, who: dict[str, str] = OWNER) -> tuple[str, str, str]:
    """The three headers of one call."""
    headers = shop.get("/users/northside_vinyl", who).headers
    return tuple(headers[f"x-discogs-ratelimit{name}"] for name in ("", "-used", "-remaining"))  # type: ignore[return-value]


def test_sixty_with_credentials() -> None:
    """Then 429 without Retry-After and without rate headers."""
    shop = visit(limits=True)
    assert rates(shop) == ("60", "1", "59")
    assert [shop.get(ME).status_code for _ in range(59)] == [200] * 59
    refused = shop.get(ME)
    assert said(refused) == TOO_FAST
    assert "retry-after" not in refused.headers
    assert "x-discogs-ratelimit-remaining" not in refused.headers


def test_twenty_five_without() -> None:
    """The window is of the address: more tokens add nothing, another address does."""
    shop = visit(limits=True)
    assert rates(shop, NOBODY) == ("25", "1", "24")
    for _ in range(24):
        rates(shop, NOBODY)
    assert said(shop.get("/users/northside_vinyl", NOBODY)) == TOO_FAST
    assert rates(shop, APP) == ("60", "26", "34")
    assert rates(shop, OWNER) == ("60", "27", "33")
    shop.client._transport = Mounted(shop.simulator, address="10.0.0.9")
    assert rates(shop) == ("60", "1", "59")


def test_the_window_moves() -> None:
    """After a minute all is forgotten; refused calls were never counted."""
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False):
        shop = visit(limits=True)
        assert [shop.get(ME).status_code for _ in range(70)] == [200] * 60 + [429] * 10
        shop.control("clock", {"advance": 59})
        assert said(shop.get(ME)) == TOO_FAST
        shop.control("clock", {"advance": 1})
        assert rates(shop) == ("60", "1", "59")


def test_a_bad_token_claims_the_better_tier() -> None:
    """And is refused."""
    answer = visit(limits=True).get(ME, {"Authorization": "Discogs token=wrong"})
    assert answer.headers["x-discogs-ratelimit"] == "60"
    assert said(answer)[0] == 401


def test_without_limits_the_headers_stay_full() -> None:
    """So that nobody steers by them."""
    shop = visit()
    for _ in range(70):
        assert shop.get(ME).status_code == 200
    assert rates(shop) == ("60", "0", "60")


def test_used_may_lag() -> None:
    """And jump back to nothing now and then."""
    shop = visit(limits=True)
    shop.control("switches", {"rate_lag": 1})
    assert [rates(shop)[1] for _ in range(5)] == ["0", "1", "2", "0", "4"]


def test_a_user_agent_is_demanded() -> None:
    """403 and an empty body."""
    answer = visit().get(ME, headers={"User-Agent": ""})
    assert (answer.status_code, answer.content) == (403, b"")


def test_every_answer_carries_the_same_headers() -> None:
    """Good and bad; only good ones may be cached."""
    shop = visit()
    for path, status in ((ME, 200), ("/nowhere", 404)):
        answer = shop.get(path)
        assert answer.status_code == status
        assert answer.headers["x-discogs-media-type"] == "discogs.v2"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-expose-headers"] == "Location"
        assert answer.headers["server"] == "cloudflare"
        assert ("cache-control" in answer.headers) is (status == 200)


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        (
            {"Authorization": "Discogs token=no"},
            "Invalid consumer token. Please register an app before making requests.",
        ),
        (
            {"Authorization": "Discogs key=sandbox, secret=no"},
            "Invalid consumer key/secret. Please register an app before making requests.",
        ),
        ({"Authorization": "Bearer x"}, "Invalid consumer token. Please register an app before making requests."),
        (NOBODY, "You must authenticate to access this resource."),
        (APP, "You must authenticate to access this resource."),
    ],
)
def test_who_is_not_let_in(who: dict[str, str], refused: str) -> None:
    """401 with the challenge."""
    answer = visit().get(ME, who)
    assert said(answer) == (401, refused)
    assert answer.headers["www-authenticate"] == 'OAuth realm="https://api.discogs.com"'


def test_credentials_in_the_query() -> None:
    """Work as well."""
    shop = visit()
    assert shop.get(f"{ME}?token=sandbox-token", NOBODY).json()["consumer_name"] == "greenstreet_records"
    seen = shop.get("/database/search?key=sandbox&secret=sandbox-secret&per_page=1", NOBODY)
    assert seen.json()["results"][0]["thumb"] != ""


def test_unknown_paths_and_methods() -> None:
    """404 and 405, as JSON."""
    shop = visit()
    assert said(shop.get("/nowhere")) == (404, "The requested resource was not found.")
    assert shop.call("PUT", "/marketplace/orders").status_code == 405


def test_images_have_a_limit_and_a_signature() -> None:
    """A changed size is refused; the 36th of a minute too."""
    shop = visit(limits=True)
    uri = shop.get("/users/greenstreet_records/inventory").json()["listings"][0]["release"]["images"][0]["uri"]
    first = shop.get(uri, NOBODY)
    assert (first.status_code, first.headers["content-type"], first.content[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    assert shop.get(uri.replace("-600", "-900"), NOBODY).status_code == 403
    statuses = [shop.get(uri, NOBODY).status_code for _ in range(35)]
    assert statuses == [200] * 34 + [429]
