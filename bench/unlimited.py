"""The ``instica`` command with our own limits out of the way: ``python -m bench.unlimited work``."""

from __future__ import annotations

from bench.import_listings_worker import unlimited
from instica import cli, marketplaces


def main() -> None:
    """Let everything through at once, then do what was asked."""
    for slug in marketplaces.every():
        unlimited(slug)
    cli.main()


if __name__ == "__main__":
    main()
