"""Writes the folder of a new marketplace, whose sign-in and simulator work: ``make marketplace NAME=bandcamp``."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

TEMPLATES = Path(__file__).parent / "new_marketplace"
MARKETPLACES = Path(__file__).resolve().parent.parent / "src" / "instica" / "marketplaces"
SLUG = re.compile(r"[a-z][a-z0-9]{1,29}")
FIRST_PORT = 8101


def main() -> None:
    """Write it, and say what comes next."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("slug", help="one word in small letters, as in addresses and settings")
    options.add_argument("--label", default="", help="as people write it, such as 'Bandcamp'")
    given = options.parse_args()
    try:
        folder = write(given.slug, given.label, MARKETPLACES)
    except ValueError as error:
        sys.exit(str(error))
    print(f"Wrote {folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder}")
    print(f"`make conform NAME={given.slug}` says what is still to fill; docs/guides/add-a-marketplace.md says how.")


def write(slug: str, label: str, into: Path) -> Path:
    """The new folder under ``into``. Raises ``ValueError`` for a name that cannot be one, or that is taken."""
    if not SLUG.fullmatch(slug):
        raise ValueError(f"{slug!r} is no name for a marketplace: one word of small letters and digits")
    folder = into / slug
    if folder.exists() or (MARKETPLACES / slug).exists():
        raise ValueError(f"There is a marketplace {slug} already")
    label = label.strip() or slug.capitalize()
    words = {"slug": slug, "label": label, "Class": slug.capitalize(), "SLUG": slug.upper(), "port": str(free_port())}
    for template in sorted(TEMPLATES.rglob("*.template")):
        target = folder / template.relative_to(TEMPLATES).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled(template.read_text(encoding="utf-8"), words), encoding="utf-8")
    return folder


def free_port() -> int:
    """The sandbox port behind the highest that is taken."""
    manifests = (path.read_text(encoding="utf-8") for path in MARKETPLACES.glob("*/__init__.py"))
    taken = [int(port) for text in manifests for port in re.findall(r"\bport=(\d+)", text)]
    return max([FIRST_PORT - 1, *taken]) + 1


def filled(text: str, words: dict[str, str]) -> str:
    """The template with ``<<slug>>`` and the others in place. Raises ``KeyError`` for a word it does not know."""
    return re.sub(r"<<(\w+)>>", lambda found: words[found[1]], text)


if __name__ == "__main__":
    main()
