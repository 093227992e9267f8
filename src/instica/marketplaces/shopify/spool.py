"""A bulk file made readable by product: its lines come in any order, and a child need not follow its parent."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instica.marketplaces.shopify.mapping import digits

AT_ONCE = 5_000
LONGEST_LINE = 8 * 1024 * 1024
SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE product (place INTEGER PRIMARY KEY, id INTEGER UNIQUE, line BLOB);
CREATE TABLE child (parent INTEGER, place INTEGER, line BLOB);
"""
ROOT = "INSERT OR IGNORE INTO product (id, line) VALUES (?, ?)"
CHILD = "INSERT INTO child VALUES (?, ?, ?)"
PIECE = "SELECT id, line FROM product WHERE place > ? AND place <= ? ORDER BY place"
CHILDREN = """SELECT product.id, child.line FROM product JOIN child ON child.parent = product.id
 WHERE product.place > ? AND product.place <= ? ORDER BY product.place, child.place"""
ORPHANS = "SELECT COUNT(*) FROM child WHERE NOT EXISTS (SELECT 1 FROM product WHERE product.id = child.parent)"


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held: ``objects`` whole lines, of which ``roots`` products; ``lost`` nobody can read or place."""

    objects: int
    roots: int
    lost: int


def index(file: Path, to: Path) -> Read:
    """Sort the lines of ``file`` by product into ``to``, which stands there whole or not at all; memory stays flat."""
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(part, isolation_level=None)) as base:
        base.executescript(SCHEMA)
        base.execute("BEGIN")
        found = _fill(base, file)
        base.execute("CREATE INDEX child_parent ON child (parent, place)")
        (orphans,) = base.execute(ORPHANS).fetchone()
        base.execute("COMMIT")
    part.replace(to)
    return Read(found.objects, found.roots, found.lost + orphans)


def _fill(base: sqlite3.Connection, file: Path) -> Read:
    roots: list[tuple[int, bytes]] = []
    children: list[tuple[int, int, bytes]] = []
    objects = products = lost = 0
    for place, (line, row) in enumerate(_lines(file)):
        number = _number(row, "id")
        parent = _number(row, "__parentId")
        if row is None or not (parent or number):
            lost += 1
            continue
        objects += 1
        if "__parentId" in row:
            children.append((parent, place, line))
        else:
            products += 1
            roots.append((number, line))
        if len(roots) + len(children) >= AT_ONCE:
            _keep(base, roots, children)
    _keep(base, roots, children)
    return Read(objects, products, lost)


def _keep(base: sqlite3.Connection, roots: list[Any], children: list[Any]) -> None:
    base.executemany(ROOT, roots)
    base.executemany(CHILD, children)
    roots.clear()
    children.clear()


def _lines(file: Path) -> Iterator[tuple[bytes, Mapping[str, Any] | None]]:
    """Each line with what it says; ``None`` where it is no object."""
    with file.open("rb") as lines:
        while line := lines.readline(LONGEST_LINE):
            if line.strip():
                yield line, _said(line)


def _said(line: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _number(row: Mapping[str, Any] | None, name: str) -> int:
    """The number in a global id, 0 when there is none that fits."""
    number = int(digits(row.get(name)) or 0) if row else 0
    return number if number < 2**63 else 0


def products(base: Path, after: int, count: int) -> list[dict[str, Any]]:
    """So many products with their children, from the place behind ``after`` on."""
    with closing(sqlite3.connect(f"file:{base}?mode=ro", uri=True)) as found:
        roots = found.execute(PIECE, (after, after + count)).fetchall()
        children = found.execute(CHILDREN, (after, after + count)).fetchall()
    below: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for number, line in children:
        below[number].append(json.loads(line))
    return [whole(json.loads(line), below[number]) for number, line in roots]


def whole(product: dict[str, Any], children: list[dict[str, Any]]) -> dict[str, Any]:
    """A product as a single call would show it."""
    variants = [row for row in children if "/ProductVariant/" in str(row.get("id"))]
    media = [row for row in children if "/ProductVariant/" not in str(row.get("id"))]
    return {**product, "variants": {"nodes": variants}, "media": {"nodes": media}}
