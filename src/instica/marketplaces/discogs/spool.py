"""The export on disk: unpacked once, then read in pieces with flat memory, one bad line at a time."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from instica.core import room
from instica.kit.errors import TryLater
from instica.kit.types import Fault, RemoteListing
from instica.marketplaces.discogs.client import LARGEST_EXPORT
from instica.marketplaces.discogs.mapping import from_csv
from instica.marketplaces.discogs.words import DRAFT, FOR_SALE, SEEN

LARGEST_RATIO = 200
MOST_LINES = 2_000
COPY = 1 << 20
STARTS = re.compile(rb"\"?(\d{1,19})\"?,")
BROKEN = Fault(
    "marketplace_error",
    "Discogs' export has broken quotation marks in this line. Retry: the listing is then read by itself",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows from one place of the file to ``end``; ``lost`` lines did not even show which listing they are."""

    rows: tuple[RemoteListing, ...]
    end: int
    finished: bool
    lost: int = 0


def unpack(path: Path) -> None:
    """Make ``path`` the plain CSV, whether a CSV or a ZIP with one CSV was downloaded. Raises ``TryLater``."""
    with path.open("rb") as file:
        head = file.read(512)
    if not head.startswith(b"PK\x03\x04"):
        return
    part = path.with_name(f"{path.name}.unpacked")
    try:
        copy_only_member(path, part)
        part.replace(path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        if room.is_lacking(error):
            raise
        raise TryLater("Discogs' export cannot be unpacked") from error
    finally:
        part.unlink(missing_ok=True)


def copy_only_member(path: Path, to: Path) -> None:
    """Unpack the single CSV of a ZIP, within the caps and never to a path the archive names."""
    with zipfile.ZipFile(path) as archive:
        found = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]
        if len(found) != 1:
            raise TryLater("Discogs' export does not hold one CSV")
        size, packed = found[0].file_size, max(1, found[0].compress_size)
        if size > LARGEST_EXPORT or size / packed > LARGEST_RATIO:
            raise TryLater("Discogs' export unpacks to more than we take")
        with archive.open(found[0]) as source, to.open("wb") as target:
            while chunk := source.read(COPY):
                target.write(chunk)


def read(path: Path, at: int, count: int, currency: str) -> Piece:
    """Up to ``count`` rows from the byte ``at``; 0 is the beginning. Raises ``TryLater`` when it is no export."""
    with path.open("rb") as file:
        header = header_of(file)
        file.seek(max(at, file.tell()))
        return Reader(file, header, currency).piece(count)


def header_of(file: BinaryIO) -> list[str]:
    """The column names, lower case."""
    line = file.readline(4096).decode("utf-8-sig", "replace").strip().lower()
    names = next(csv.reader([line]), [])
    if "listing_id" not in names or "status" not in names:
        raise TryLater("Discogs sent something else than an inventory export")
    return names


class Reader:
    """Reads records line by line, so that a broken one costs itself and nothing after it."""

    def __init__(self, file: BinaryIO, header: list[str], currency: str) -> None:
        self.file = file
        self.header = header
        self.width = len(header)
        self.number = header.index("listing_id")
        self.status = header.index("status")
        self.currency = currency
        self.taken: list[bytes] = []
        self.records = csv.reader(self._lines(), strict=True)

    def piece(self, count: int) -> Piece:
        """The next ``count`` records."""
        rows: list[RemoteListing] = []
        lost, start = 0, self.file.tell()
        while len(rows) + lost < count:
            found = self._record()
            if found is None:
                return Piece(tuple(rows), start, finished=True, lost=lost)
            start += sum(map(len, self.taken))
            if isinstance(found, RemoteListing):
                rows.append(found)
            else:
                lost += found
        return Piece(tuple(rows), start, finished=False, lost=lost)

    def _record(self) -> RemoteListing | int | None:
        """A listing, ``1`` for a line that is nobody's, ``0`` for an empty one, ``None`` at the end."""
        self.taken = []
        try:
            fields = next(self.records, None)
        except csv.Error:
            return self._broken()
        if fields is None:
            return None
        if not fields:
            return 0
        if len(fields) != self.width or not self._plausible(fields):
            return self._broken()
        return from_csv(dict(zip(self.header, fields, strict=True)), self.currency)

    def _lines(self) -> Iterator[str]:
        for line in self.file:
            self.taken.append(line)
            yield line.decode("utf-8", "replace")
            if len(self.taken) > MOST_LINES:
                raise csv.Error("a record without an end")

    def _plausible(self, fields: list[str]) -> bool:
        """One listing, and not several that a stray quote glued together."""
        number = fields[self.number]
        if not (number.isascii() and number.isdigit()):
            return False
        return len(self.taken) == 1 or not any(map(self._is_row, self.taken[1:]))

    def _is_row(self, line: bytes) -> bool:
        if not STARTS.match(line):
            return False
        try:
            fields = next(csv.reader([line.decode("utf-8", "replace")], strict=True))
        except csv.Error:
            return False
        return len(fields) == self.width and fields[self.status] in SEEN

    def _broken(self) -> RemoteListing | int:
        """Give up the first line and whatever belongs to it; go on at the next that starts a record."""
        first, *rest = self.taken
        keep = next((place for place, line in enumerate(rest) if STARTS.match(line)), len(rest))
        self.file.seek(-sum(map(len, rest[keep:])), 1)
        self.taken = [first, *rest[:keep]]
        self.records = csv.reader(self._lines(), strict=True)
        started = STARTS.match(first)
        if not started:
            return 1
        number, live = started[1].decode(), f",{FOR_SALE},".encode() in first
        return RemoteListing(
            number, "", "live" if live else "hidden", (), status=FOR_SALE if live else DRAFT, faults=(BROKEN,)
        )
