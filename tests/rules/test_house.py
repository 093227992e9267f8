"""The rules of the house that a machine can check: sizes, first lines, migrations, documents that must not drift."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import settings
from scripts import write_reference

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if "migrations" not in path.parts)
SHOWN = (ROOT / "src", ROOT / "extension")
PAGES = sorted(path for place in SHOWN for kind in ("*.html", "*.css", "*.js") for path in place.rglob(kind))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE = 500
LONGEST_FUNCTION = 40


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function defined in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_long() -> None:
    lengths = {
        path: len(path.read_text().splitlines()) for path in SOURCES + TESTS + PAGES if "vendor" not in path.parts
    }
    assert {str(path): lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in SOURCES
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_file_says_what_it_is_for() -> None:
    silent = [str(path) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    nameless = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py", "signals.py"}
    assert [str(path) for path in SOURCES if path.name in nameless] == []


def test_the_depth_reaches_every_property() -> None:
    assert settings().max_examples == {"quick": 25, "default": 100, "deep": 1000}[settings.get_current_profile_name()]
    tests = [*(ROOT / "tests").rglob("*.py"), *(path for path in SOURCES if "tests" in path.parts)]
    own = [path.name for path in tests if re.search(r"max_examples=\d", path.read_text())]
    assert own == []


def test_every_decision_has_a_number_of_its_own() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    named = [re.match(r"# (?:ADR )?0*(\d+)\b", path.read_text()) for path in decisions]
    assert [int(found[1]) if found else 0 for found in named] == list(range(1, len(decisions) + 1))


@pytest.mark.django_db
def test_every_change_of_the_tables_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("name", sorted(write_reference.DOCUMENTS))
def test_reference_is_as_the_code_says(name: str) -> None:
    document = write_reference.DOCUMENTS[name]
    assert (ROOT / document.path).read_text() == document.write(), "run `make docs`"
