"""What a whole run heard of the contracts, over all its worker processes."""

from __future__ import annotations

import json

from tests.contracts import recorder


def heard() -> str:
    """What this process heard, to be told to the one that gathers."""
    counts = [[slug, name, kind, number] for kind, found in kinds().items() for (slug, name), number in found.items()]
    return json.dumps({"counts": counts, "broken": recorder.BROKEN})


def gather(told: str | None) -> None:
    """Add what another process heard."""
    if not told:
        return
    data = json.loads(told)
    for slug, name, kind, number in data["counts"]:
        kinds()[kind][slug, name] += number
    recorder.BROKEN.extend(data["broken"])


def kinds() -> dict[str, recorder.Counter[tuple[str, str]]]:
    """Both counts by name."""
    return {"request": recorder.REQUESTS, "answer": recorder.ANSWERS}


def faults(*, whole: bool) -> list[str]:
    """What the contracts forbid; after a whole run also every operation that was never checked."""
    silent = [
        f"{slug}: no {kind} of {name} was checked"
        for slug, contract in recorder.contracts().items()
        for name in contract.operations()
        for kind, found in kinds().items()
        if whole and not found[slug, name]
    ]
    return sorted(set(recorder.BROKEN)) + silent
