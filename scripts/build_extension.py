"""Packs extension/ into dist/instica-chromium.zip and dist/instica-firefox.zip; the same files give the same bytes."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "extension"
SHIPPED = {".js", ".html", ".css", ".png"}
FIREFOX_BACKGROUND = {"scripts": ["background.js"], "type": "module"}
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def manifest(browser: str, hosts: Sequence[str] = ()) -> dict[str, Any]:
    """The manifest for ``chromium`` or ``firefox``; ``hosts`` are open without asking, which only tests want."""
    made: dict[str, Any] = json.loads((SOURCE / "manifest.json").read_text())
    if browser == "firefox":
        made["background"] = FIREFOX_BACKGROUND
    if hosts:
        made["host_permissions"] = list(hosts)
    return made


def files(browser: str, hosts: Sequence[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Every file that is shipped, by its place."""
    yield "manifest.json", json.dumps(manifest(browser, hosts), indent=2).encode() + b"\n"
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in SHIPPED and path.is_file():
            yield path.relative_to(SOURCE).as_posix(), path.read_bytes()


def unpack(folder: Path, browser: str, hosts: Sequence[str] = ()) -> Path:
    """The extension as a folder that a browser can load."""
    for name, content in files(browser, hosts):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def pack(target: Path, browser: str) -> Path:
    """The extension as a store takes it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(browser):
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return target


def main(folder: str = "dist") -> None:
    """Pack it for both browsers."""
    for browser in ("chromium", "firefox"):
        print(pack(Path(folder) / f"instica-{browser}.zip", browser))


if __name__ == "__main__":
    main(*sys.argv[1:])
