"""A simulated shop of so many listings in a process of its own; prints its address: ``python -m bench.shop 10000``."""

from __future__ import annotations

import signal
import sys

from instica.sandbox import host


def main() -> None:
    """Serve until terminated."""
    sandbox = host.start(base_port=0, only={"discogs"})
    sandbox.simulations["discogs"].reset(seed=1, listings=int(sys.argv[1]), limits=False)
    print(sandbox.urls["discogs"], flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
