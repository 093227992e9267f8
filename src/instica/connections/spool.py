"""Where the bulk files of a walk of a shop lie while it is read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from django.conf import settings

from instica.connections.models import Connection

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
NO_WALK = "-"


class ShopSpool:
    """``kit.ports.Spool``: a folder for the bulk files of one walk of one shop."""

    def __init__(self, connection: Connection, walk: str = "") -> None:
        self.folder: Path = _of(connection) / (walk or NO_WALK)

    def path(self, name: str) -> Path:
        """Where that file lies or will lie."""
        if not NAME.fullmatch(name):
            raise ValueError(f"Not a file name: {name!r}")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / name

    def drop(self) -> None:
        """The walk is over: its files are not needed any more. Whoever still wants one fetches it anew."""
        shutil.rmtree(self.folder, ignore_errors=True)


def drop_all(connection: Connection) -> None:
    """Nothing of that shop is read any more."""
    shutil.rmtree(_of(connection), ignore_errors=True)


def walks() -> dict[str, Path]:
    """The folders of all walks there are, by the walk's name."""
    return {folder.name: folder for folder in _root().glob("*/*") if folder.name != NO_WALK}


def sweep(folder: Path) -> None:
    """Drop a folder whose walk is over."""
    shutil.rmtree(folder, ignore_errors=True)


def _root() -> Path:
    return Path(settings.DATA) / "spool"


def _of(connection: Connection) -> Path:
    return _root() / str(connection.uid)
