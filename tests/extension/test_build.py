"""What is packed: two archives that differ in one key, asking for as little as can be."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from scripts import build_extension

from tests.extension import chromium, firefox

RUNTIME = build_extension.SOURCE
SCRIPTS = sorted(RUNTIME.rglob("*.js"))


def packed(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest of an archive, and its other files."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(content.pop("manifest.json")), content


def test_the_two_differ_in_how_they_run_in_the_background(tmp_path: Path) -> None:
    (ours, files), (theirs, same) = (
        packed(build_extension.pack(tmp_path / browser, browser)) for browser in ("chromium", "firefox")
    )
    assert ours.pop("background") == {"service_worker": "background.js", "type": "module"}
    assert theirs.pop("background") == {"scripts": ["background.js"], "type": "module"}
    assert (ours, files) == (theirs, same)
    again = build_extension.pack(tmp_path / "again", "firefox").read_bytes()
    assert again == (tmp_path / "firefox").read_bytes()


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_what_tests_load_differs_in_the_hosts_that_are_open(tmp_path: Path, browser: str) -> None:
    opened = chromium.OPEN if browser == "chromium" else firefox.OPEN
    folder = build_extension.unpack(tmp_path / "tested", browser, opened)
    tested = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    loaded = json.loads(tested.pop("manifest.json"))
    assert loaded.pop("host_permissions") == list(opened)
    assert (loaded, tested) == packed(build_extension.pack(tmp_path / "shipped", browser))


def test_it_asks_for_little() -> None:
    shipped = build_extension.manifest("chromium")
    assert shipped["permissions"] == ["alarms", "scripting", "storage"]
    assert "host_permissions" not in shipped
    assert "content_scripts" not in shipped
    assert "web_accessible_resources" not in shipped
    assert "externally_connectable" not in shipped
    assert "upgrade-insecure-requests" not in shipped["content_security_policy"]["extension_pages"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(RUNTIME).as_posix())
def test_nothing_makes_markup_or_code_out_of_text(script: Path) -> None:
    text = script.read_text()
    bad = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|import\(|https?://(?!www\.|society6|studio|localhost)"
    assert re.findall(bad, re.sub(r"//.*|/\*[\s\S]*?\*/|`http://localhost[^`]*`", "", text)) == []
    assert text.startswith("// ")


def test_no_script_is_long() -> None:
    assert [str(path) for path in SCRIPTS if len(path.read_text().splitlines()) > 300] == []
