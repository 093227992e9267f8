"""The commands, run against the test's database."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from instica import marketplaces
from instica.cli import app
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.imports.models import Job
from instica.inventory.models import Item, Move
from instica.people import plans
from instica.people.models import ApiToken, User
from instica.project.config import Config, from_folder
from instica.work.models import Task
from tests import builders
from tests.shops import Shops


def instica(*words: str) -> Result:
    """One command and what it said."""
    return CliRunner().invoke(app, words)


def test_a_token_is_made_listed_and_revoked(person: User) -> None:
    made = instica("tokens", "create", "Till")
    token = ApiToken.objects.get(name="Till")
    assert (made.exit_code, token.organization) == (0, builders.house(person))
    assert "Till" in instica("tokens", "list").stdout
    assert made.stdout.strip() not in instica("tokens", "list").stdout
    assert instica("tokens", "revoke", str(token.pk)).exit_code == 0
    assert not ApiToken.objects.exists()


def test_revoking_a_token_that_is_not_there_says_so(person: User) -> None:
    refused = instica("tokens", "revoke", "41")
    assert (refused.exit_code, refused.stderr) == (2, "There is no token 41. `instica tokens list` shows them.\n")


def test_a_subscription_ends_and_starts(person: User) -> None:
    house = builders.house(person)
    ended = instica("subscription", "end")
    assert (ended.stdout, plans.active(house)) == ("The subscription of Green Street Records is ended.\n", False)
    started = instica("subscription", "start", house.slug)
    assert (started.stdout, plans.active(house)) == ("The subscription of Green Street Records is active.\n", True)


@pytest.mark.django_db
def test_an_unknown_organization_is_named(person: User) -> None:
    refused = instica("subscription", "end", "nobody")
    assert (refused.exit_code, refused.stderr) == (2, "There is no organization 'nobody'.\n")
    assert plans.active(builders.house(person))


@pytest.mark.django_db
def test_without_an_organization_nothing_is_made() -> None:
    refused = instica("tokens", "create", "Till")
    assert (refused.exit_code, refused.stderr) == (2, "There is no organization yet: sign up first.\n")


@pytest.mark.usefixtures("person", "stranger")
def test_with_two_organizations_one_must_be_said() -> None:
    refused = instica("tokens", "create", "Till")
    assert (refused.exit_code, refused.stderr) == (2, "Say which one with --organization SLUG.\n")
    assert not ApiToken.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_is_watched_to_its_end_with_a_table_of_issues(shop: Shops) -> None:
    shop("discogs")
    done = instica("import", "discogs", "--watch")
    job = Job.objects.get()
    assert done.exit_code == 0
    assert f"Import {job.public_id} of discogs has begun." in done.stdout
    last = ["145 imported, 0 skipped, 3 failed, 2 conflicts."]
    last += [f"Decide, retry or undo: http://localhost:8000/imports/{job.public_id}/"]
    assert done.stdout.splitlines()[-2:] == last
    assert (job.found, job.imported, job.failed, job.conflicted) == (150, 145, 3, 2)


@pytest.mark.usefixtures("person")
def test_an_import_without_a_shop_says_what_to_do() -> None:
    refused = instica("import", "discogs")
    assert (refused.exit_code, refused.stderr) == (2, "Connect a Discogs shop first.\n")
    assert not Job.objects.exists()


@pytest.mark.usefixtures("person")
def test_a_marketplace_of_a_later_version_is_not_asked_to_be_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    later = replace(marketplaces.every()["ebay"], auth="", connector="")
    monkeypatch.setattr("instica.imports.services.manifest", {"ebay": later}.get)
    refused = instica("import", "ebay")
    assert (refused.exit_code, refused.stderr) == (2, "eBay cannot be connected in this version.\n")
    monkeypatch.setattr("instica.imports.services.manifest", {"ebay": replace(later, auth="x:Y")}.get)
    assert instica("import", "ebay").stderr == "Connect an eBay shop first.\n"
    assert not Job.objects.exists()


def test_the_doctor_is_content_with_a_sound_installation(shop: Shops) -> None:
    shop("discogs")
    seen = instica("doctor")
    assert (seen.exit_code, "✗" in seen.stdout) == (0, False)


def test_the_doctor_names_a_shop_that_needs_reconnecting(shop: Shops) -> None:
    Connection.objects.filter(pk=shop("discogs").pk).update(state=State.EXPIRED)
    seen = instica("doctor")
    assert seen.exit_code == 1
    assert "Reconnect it on the Marketplaces page." in " ".join(seen.stdout.split())


def test_a_balance_without_a_reason_is_found_and_mended(person: User) -> None:
    item = builders.item(builders.house(person), quantity=1)
    Item.objects.filter(pk=item.pk).update(quantity=5)
    seen = instica("doctor")
    assert (seen.exit_code, "1 balances without a reason" in seen.stdout) == (1, True)
    assert instica("recount").stdout == "Green Street Records: counted again.\n"
    item.refresh_from_db()
    assert item.quantity == sum(Move.objects.filter(item=item).values_list("delta", flat=True))
    assert "every balance explained" in instica("doctor").stdout


@pytest.mark.django_db
def test_a_task_that_gave_up_is_tried_again_or_forgotten() -> None:
    dead = {"kind": "house.nothing", "lane": "house", "urgency": 6, "run_at": now(), "state": Task.State.DEAD}
    one, two = (Task.objects.create(why=why, **dead) for why in ("too wet", "too dry"))
    assert [line.split()[-1] for line in instica("tasks", "list").stdout.splitlines()] == ["dry", "wet"]
    assert instica("tasks", "retry", str(one.id)).exit_code == 0
    assert instica("tasks", "forget", str(two.id)).exit_code == 0
    assert list(Task.objects.values_list("id", "state", "attempts")) == [(one.id, Task.State.QUEUED, 0)]
    refused = instica("tasks", "retry", str(one.id))
    assert (refused.exit_code, refused.stderr[:34]) == (2, f"No task {one.id}"[:34])


@pytest.mark.parametrize(
    "words",
    [
        ("import", "discogs"),
        ("tokens", "list"),
        ("tasks", "list"),
        ("subscription", "end"),
        ("recount",),
        ("keys", "rotate"),
    ],
    ids=" ".join,
)
def test_without_a_hub_in_the_folder_one_line_says_what_to_do(words: tuple[str, ...], tmp_path: Path) -> None:
    remedy = "Name the folder of yours with INSTICA_DATA_DIR=…, or begin one here: `instica serve`."
    assert typed(tmp_path, *words) == (2, "", f"There is no hub in {tmp_path}. {remedy}\n")


def test_several_processes_do_not_share_one_file(tmp_path: Path) -> None:
    remedy = "Several processes need PostgreSQL: set INSTICA_DATABASE_URL, or leave --processes out.\n"
    assert typed(tmp_path, "serve", "--processes", "2") == (2, "", remedy)
    assert not list(tmp_path.glob("*.sqlite3"))


def typed(folder: Path, *words: str) -> tuple[int, str, str]:
    """A command as a person types it, with its data in a folder: how it left, and what it said."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("INSTICA_", "DJANGO_"))}
    line = [str(Path(sys.executable).parent / "instica"), *words]
    environment = {**own, "INSTICA_DATA_DIR": str(folder)}
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60, env=environment)
    return done.returncode, done.stdout, done.stderr


def test_every_setting_is_printed_and_secrets_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTICA_SECRET_KEY", "hush-hush")
    seen = instica("config")
    assert seen.exit_code == 0
    assert "INSTICA_SIGNUP" in seen.stdout
    assert "hush-hush" not in seen.stdout


def test_settings_are_also_taken_from_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("INSTICA_LOG_LEVEL=ERROR\nINSTICA_SIGNUP=closed\n")
    monkeypatch.setenv("INSTICA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("INSTICA_SIGNUP", "open")
    monkeypatch.setenv("INSTICA_LOG_LEVEL", "")
    monkeypatch.delenv("INSTICA_LOG_LEVEL")
    from_folder()
    assert (Config().log_level, Config().signup) == ("ERROR", "open")
