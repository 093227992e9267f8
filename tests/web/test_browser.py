"""Every page in a real browser: axe in light and dark on a phone and a desk, and a walk by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from instica.connections import tickets
from instica.connections.models import Connection, State
from instica.core.money import Money
from instica.imports import services, sights
from instica.imports.models import Job
from instica.imports.prepared import prepare
from instica.inventory.models import Item
from instica.listings import bulk
from instica.listings.models import Offer
from instica.listings.wishes import By
from instica.notices.models import Delivery
from instica.notices.services import tell
from instica.orders import counting
from instica.orders import services as orders
from instica.orders.models import Errand, Order
from instica.people import invitations
from instica.people.models import Address, User
from instica.people.tokens import issue
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.features import hooking
from tests.features.pretend import order
from tests.features.test_activity import lowered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SERIOUS = ("serious", "critical")
SIZES = {"phone": (375, 740), "desk": (1280, 800)}
AXE = Axe()
COOKIE = settings.SESSION_COOKIE_NAME
RESET = "/accounts/password/reset/key/"
PASSWORD = "correct horse battery"
TRY = {"at": "2026-02-15T12:00:00Z", "status": 500, "error": "It answered 500.", "milliseconds": 12}
Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, live_server: LiveServer, client: Client, person: User) -> Iterator[Opened]:
    """``opened("dark")``: a page of Ada's browser, or whose ``session`` it is; errors in its console fail the test."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def make(
        theme: Any = "light", size: tuple[int, int] = SIZES["desk"], *, session: str | None = None, **how: Any
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            color_scheme=theme,
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            **how,
        )
        contexts.append(context)
        if session is None:
            client.force_login(person)
            session = client.cookies[COOKIE].value
        if session:
            context.add_cookies([{"name": COOKIE, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text) if "Content Security" in line.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def filled(done: Job, person: User) -> dict[str, str]:
    """Every page's address, in a house where a lot has happened."""
    house = done.organization
    rows = list(done.rows.filter(status="imported").order_by("position")[:3])
    long = "😀 مرحبا بالعالم " + "Unbrokenwordwithoutanyspaceinit" * 15
    Item.objects.filter(pk=rows[0].item).update(title=long[:600])
    Item.objects.filter(pk=rows[1].item).update(price=100, description="Edited here")
    done.rows.filter(pk=rows[1].pk).update(title=long[:600])
    tell(organization=house, key="a", title="Import done", body="145 imported", tone="good", link="/imports/")
    tell(organization=house, key="b", title=long[:160], body=long, tone="danger")
    Connection.objects.create(
        organization=house, marketplace="discogs", remote_id="9", username=long[:60], state=State.EXPIRED, trouble=long
    )
    waiting = services.create(organization=house, connection=done.connection, user=person)
    run_until_idle()
    live = services.create(organization=house, connection=done.connection, user=person)
    builders.offer(Item.objects.get(pk=rows[2].item), done.connection, remote_id="77", title=long[:600])
    Offer.objects.filter(listing__remote_id="77").update(item=None)
    worded = {"buyer_name": long[:200], "address": {"full_name": long, "line1": long}, "choices": (long[:80],)}
    sold = order("1", "77", total=Money(4700, "USD"), status=long[:80], tracking_number=long[:120], **worded)
    orders.take_in(connection=done.connection, orders=[sold, order("2", "78", lines=(), total=Money(1, "JPY"))])
    counting.recount(organization=house)
    stored = Order.objects.get(remote_id="1")
    Errand.objects.create(organization=house, order=stored, kind="ship", state="stuck", trouble=long)
    for outcome in ("done", "held", "unsure"):
        lowered(done.connection, cause=long, request_id=long[:120], outcome=outcome)
    hook, _ = hooking.endpoint(person, f"https://example.com/{'Unbroken' * 40}")
    told = hooking.happened(person)
    assert told
    Delivery.objects.update(status=500, trouble=long[:300], response=long, tries=[TRY], attempts=1)
    wish = bulk.Wish("ended")
    chosen = [Item.objects.get(pk=rows[0].item).public_id, "inv_unknown"]
    many = bulk.begin(organization=house, uids=chosen, platforms=["discogs"], wish=wish, by=By())
    home = Address.objects.create(
        organization=house, full_name="Ada", line1="Green Street 1", city=long[:80], postal_code="1", country="US"
    )
    studio = Connection.objects.create(
        organization=house, marketplace="redbubble", remote_id="artist", username=long[:60]
    )
    sights.note(connection=studio, seen=sights.Seen("page_changed", "redbubble/3", "designs", long[:300]))
    issue(user=person, organization=house, name=long[:80], scopes=["extension"])
    design = builders.item(house, builders.product(house, long[:300], type="digital", tags=[long[:90], "moth"]))
    for slug in ("redbubble", "society6"):
        prepare(item=design, marketplace=slug)
    return {
        "missing": "/nothing",
        "marketplaces": "/marketplaces/",
        "extension": "/extension/",
        "extension for one place": "/accounts/society6/login/",
        "design": f"/inventory/{design.public_id}/",
        "imports": "/imports/",
        "conflicts": f"/imports/{done.public_id}/?show=conflict",
        "failed": f"/imports/{done.public_id}/?show=failed",
        "imported": f"/imports/{done.public_id}/?show=imported",
        "plan": f"/imports/{waiting.public_id}/",
        "live": f"/imports/{live.public_id}/",
        "inventory": "/inventory/",
        "nothing found": "/inventory/?search=nothing",
        "item": f"/inventory/inv_{Item.objects.get(pk=rows[0].item).public_id.partition('_')[2]}/",
        "listing form": f"/inventory/{chosen[0]}/channels/{done.connection.public_id}/",
        "many at once": f"/inventory/bulk/{many.public_id}/",
        "sold": "/sold/",
        "activity": "/activity/",
        "webhooks": "/organization/webhooks/",
        "webhook": f"/organization/webhooks/{hook.public_id}/",
        "delivery": f"/organization/webhooks/{hook.public_id}/{told.deliveries.get().public_id}/",
        "part of the activity": "/activity/?outcome=refused",
        "orders": "/orders/",
        "nothing cancelled": "/orders/?show=cancelled",
        "order": f"/orders/{stored.public_id}/",
        "packing slip": f"/orders/{stored.public_id}/slip/",
        "analytics": "/analytics/",
        "notices": "/notices/",
        "account": "/account/",
        "organization": "/organization/",
        "API": "/api/v1/docs/",
        "e-mail": "/accounts/email/",
        "second factor": "/accounts/2fa/",
        "sessions": "/accounts/sessions/",
        "password change": "/accounts/password/change/",
        "password again": "/accounts/reauthenticate/",
        "address": f"/organization/addresses/{home.public_id}/",
        "connect": "/accounts/discogs/login/?ask=1",
        "forged callback": "/accounts/discogs/login/callback/?oauth_token=forged&oauth_verifier=forged",
    }


@dataclass(frozen=True, slots=True)
class Sessions:
    """Browsers in other states of signing in than Ada's, who signed in a while ago."""

    nobody: str
    password_given_again: str
    behind_a_second_factor: str
    half_way_in: str


def signed_in(user: User, *, again: bool) -> str:
    """The session of who gave the password, once more ``again`` for what is dangerous."""
    browser = Client()
    assert browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    assert not again or browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return browser.cookies[COOKIE].value


@pytest.fixture
def sessions(person: User) -> Sessions:
    """Ada's, and those of Grace, who has an authenticator app."""
    cache.clear()
    grace = builders.person("grace@example.com", "Grace Records")
    behind = signed_in(grace, again=True)
    TOTP.activate(grace, generate_totp_secret())
    RecoveryCodes.activate(grace)
    return Sessions("", signed_in(person, again=True), behind, signed_in(grace, again=False))


def reset_link(email: str) -> str:
    """The way to a new password, out of the mail."""
    Client().post("/accounts/password/reset/", {"email": email})
    found = re.search(rf"{RESET}\S+", str(mail.outbox[-1].body))
    assert found
    return found[0]


@pytest.fixture
def doors(person: User, sessions: Sessions) -> dict[str, dict[str, str]]:
    """The pages around signing in, connecting and joining, by the session that sees them."""
    house = builders.house(person)
    for email, verified in ((person.email, True), ("another@example.com", False)):
        EmailAddress.objects.create(user=person, email=email, verified=verified, primary=verified)
    _, invitation = invitations.invite(organization=house, by=person, email="new@example.com", role="member")
    _, ticket = tickets.issue(organization=house, user=person, marketplace="discogs", answers={})
    return {
        sessions.nobody: {
            "home": "/",
            "sign in": "/accounts/login/",
            "sign up closed": "/accounts/signup/",
            "password": "/accounts/password/reset/",
            "password asked for": "/accounts/password/reset/done/",
            "new password": reset_link(person.email),
            "invitation": f"/invitations/{invitation}/",
            "sign up by invitation": "/accounts/signup/?email=new%40example.com",
            "invitation gone": "/invitations/nothing/",
            "ticket": f"/accounts/discogs/login/?ticket={ticket}",
        },
        sessions.password_given_again: {
            "authenticator app": "/accounts/2fa/totp/activate/",
            "passkey": "/accounts/2fa/webauthn/add/",
            "e-mail": "/accounts/email/",
        },
        sessions.behind_a_second_factor: {"recovery codes": "/accounts/2fa/recovery-codes/"},
        sessions.half_way_in: {"second factor asked for": "/accounts/2fa/authenticate/"},
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(opened: Opened, filled: dict[str, str], theme: str) -> None:
    page = opened(theme)
    assert {name: found for name, path in filled.items() if (found := faults(page, path))} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_door_is_accessible_and_fits(opened: Opened, doors: dict[str, dict[str, str]], theme: str) -> None:
    rooms = {session: opened(theme, session=session) for session in doors}
    every = [(name, rooms[session], path) for session, paths in doors.items() for name, path in paths.items()]
    assert {name: found for name, page, path in every if (found := faults(page, path))} == {}


def faults(page: Page, path: str) -> list[tuple[str, str, list[str]]]:
    """What axe finds on the page at both sizes, what is wider than the screen, and a page without its one heading."""
    page.goto(path)
    found: list[tuple[str, str, list[str]]] = []
    if not page.url.endswith(path) and RESET not in path:
        found.append(("any size", f"leads to {page.url}", []))
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        serious = [each for each in AXE.run(page).response["violations"] if each["impact"] in SERIOUS]
        found += [(size, each["id"], [node["html"][:160] for node in each["nodes"]][:3]) for each in serious]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append((size, "wider than the screen", []))
    if page.locator("h1").count() != 1:
        found.append(("any size", "needs one h1", []))
    return found


def test_a_code_is_shown_accessibly_and_its_link_can_be_taken(opened: Opened) -> None:
    page = opened()
    page.goto("/accounts/redbubble/login/")
    page.get_by_role("button", name="Show a code").click()
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()
    serious = [each["id"] for each in AXE.run(page).response["violations"] if each["impact"] in SERIOUS]
    assert serious == []
    link = page.get_by_role("group", name="The link with the code")
    assert re.fullmatch(r"http://localhost:8000/extension/#[A-Z2-9]{4}-[A-Z2-9]{4}", link.locator("code").inner_text())


def test_the_main_job_by_keyboard(opened: Opened, read: Job) -> None:
    page = opened()
    page.goto(f"/imports/{read.public_id}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    reach(page, "Throw away")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Throw this plan away?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Throw away", exact=True).first).to_be_focused()
    page.keyboard.press("Space")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    reach(page, "Import 145 items")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Importing")).to_be_visible()
    run_until_idle()
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("link", name="Inventory").last).to_be_visible()
    reach(page, "Add as a new item")
    page.keyboard.press("Enter")
    expect(page.locator(".clash")).to_have_count(1)
    expect(page.locator(".clash h3")).to_be_focused()
    expect(page.locator(".clash h3")).to_be_in_viewport()
    expect(page.get_by_role("status")).to_contain_text("Added as a new item.")
    assert Item.objects.count() == 146


def test_a_name_that_says_no_item_stays_to_be_mended(opened: Opened, done: Job) -> None:
    page = opened()
    page.goto(f"/imports/{done.public_id}/?show=conflict")
    card = page.locator(".clash").nth(1)
    card.get_by_text("Link to another item of yours").click()
    card.get_by_label("Its SKU, id or title").fill("nothing like it")
    card.get_by_role("button", name="Link to it").click()
    expect(card.get_by_text("You have no item nothing like it.")).to_be_in_viewport()
    named = card.get_by_label("Its SKU, id or title")
    expect(named).to_be_focused()
    expect(named).to_have_value("nothing like it")
    assert done.rows.filter(status="conflict").count() == 2


def reach(page: Page, name: str) -> None:
    """Press Tab until what is called that has the focus, and see that the focus shows."""
    for _ in range(80):
        focused = page.locator(":is(a, button, summary):focus")
        if focused.count() and name in focused.inner_text():
            assert focused.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_progress_is_live(opened: Opened, read: Job) -> None:
    page = opened()
    live = services.create(organization=read.organization, connection=read.connection, user=None)
    page.goto(f"/imports/{live.public_id}/")
    expect(page.get_by_role("heading", name="Reading the shop")).to_be_visible()
    run_until_idle()
    expect(page.get_by_role("heading", name="The plan")).to_be_visible(timeout=10_000)
    expect(page.locator("#progress")).not_to_have_attribute("hx-get", "x")
    page.wait_for_timeout(100)
    assert page.locator("#progress[hx-trigger*='1500']").count() == 0


def test_menus_and_shortcuts(opened: Opened, done: Job) -> None:
    page = opened()
    page.goto("/marketplaces/")
    page.locator("summary").press("Enter")
    expect(page.get_by_role("link", name="Organization")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("summary")).to_be_focused()
    page.locator("summary").blur()
    page.keyboard.press("g")
    page.keyboard.press("v")
    page.wait_for_url("**/inventory/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("joy division")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert "search=joy" in page.url
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.get_by_label("Use these keys on this device").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_timeout(200)
    assert "/inventory/" in page.url


def test_colours_stay_chosen(opened: Opened, person: User) -> None:
    page = opened("light")
    page.goto("/notices/")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(24, 22, 19)"


def test_it_works_without_scripts(opened: Opened, done: Job) -> None:
    page = opened(java_script_enabled=False)
    page.goto("/inventory/")
    page.get_by_role("searchbox").fill("joy division")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.goto(f"/imports/{done.public_id}/")
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Taking it back")).to_be_visible()
    run_until_idle()
    expect(page.get_by_role("heading", name="Undone"), "the page looks again by itself").to_be_visible(timeout=15_000)
    assert Item.objects.count() == 0
