"""A folder as `make marketplace` writes it keeps the rules, signs in, and the suite says what is still to fill."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.make_marketplace import MARKETPLACES, free_port, write

from instica import marketplaces

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import sys, pytest, instica.marketplaces as found
found.__path__.append(sys.argv[1])
sys.exit(pytest.main(sys.argv[2:]))
"""
ASKED = ("test_the_shop_says_who_it_is", "test_two_walks", "test_an_unknown_order")


def test_a_fresh_folder_keeps_the_rules_and_signs_in(tmp_path: Path) -> None:
    folder = write("gallery", "Little Gallery", tmp_path)
    sources = sorted(folder.rglob("*.py"))
    assert {path.name for path in folder.iterdir()} == {
        *("__init__.py", "auth.py", "client.py", "connector.py", "mapping.py", "words.py", "fields.json", "icon.svg"),
        *("README.md", "fixtures", "simulator", "tests"),
    }
    assert [path.name for path in sources if not ast.get_docstring(ast.parse(path.read_text()))] == []
    assert [path.name for path in folder.rglob("*") if path.is_file() and "<<" in path.read_text()] == []
    assert "## Not verified" in (folder / "README.md").read_text()
    assert json.loads((folder / "fields.json").read_text())["title"] == "A listing on Little Gallery"
    for check in (("check", "--ignore", "I001"), ("format", "--check")):
        ruff = [str(ROOT / ".venv/bin/ruff"), *check, "--config", str(ROOT / "pyproject.toml"), str(folder)]
        subprocess.run(ruff, check=True, stdout=subprocess.DEVNULL)
    asked = ["-k", "gallery and (auth or " + " or ".join(ASKED) + ")"]
    given = [*asked, "--tb=no", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    suite = [
        sys.executable,
        "-c",
        RUN,
        str(tmp_path),
        "tests/conformance/test_reading.py",
        str(folder / "tests"),
        *given,
    ]
    told = subprocess.run(suite, check=False, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    assert "2 failed, 4 passed" in told
    said = told.partition("still to fill")[2]
    assert all(
        f"gallery/{what}" in said for what in ("connector.py: listings (1 tests)", "connector.py: order (1 tests)")
    )


@pytest.mark.parametrize("name", ["", "Etsy", "two words", "../x", "9lives", "a"])
def test_a_name_that_cannot_be_one_writes_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no name"):
        write(name, "", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_and_a_port_that_is_free(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="already"):
        write("etsy", "", tmp_path)
    assert free_port() == 1 + max(manifest.port for manifest in marketplaces.every().values())
    assert (MARKETPLACES / "etsy").is_dir()
