"""A simulated shop of so many listings in a process of its own; prints its address: ``bench.shop discogs 10000``."""

from __future__ import annotations

import signal
import sys

from instica.sandbox import host


def main() -> None:
    """Serve until terminated."""
    slug, size = sys.argv[1:]
    sandbox = host.start(base_port=0, only={slug})
    sandbox.simulations[slug].reset(seed=1, listings=int(size), limits=False)
    print(sandbox.urls[slug], flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
