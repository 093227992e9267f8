"""What a whole run heard of the contracts, over all its worker processes."""

from __future__ import annotations

import json
from pathlib import Path

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
    beyond = [
        f"{slug}: {name} needs {scope}, which is not asked for"
        for slug, contract in recorder.contracts().items()
        for name, scope in contract.operations().items()
        if not set(scope.split()) <= (recorder.asked(slug) if scope else set())
    ]
    return sorted(set(recorder.BROKEN)) + silent + beyond


BEGINS, ENDS = "<!-- contracts: written by `make contracts` -->", "<!-- contracts end -->"


def table() -> str:
    """Operation by operation: how many requests and answers were checked, and the scope it needs, which we ask for."""
    lines = [
        "| platform | operation | requests validated | answers validated | scope asserted |",
        "|---|---|---|---|---|",
    ]
    for slug, contract in recorder.contracts().items():
        for name, scope in sorted(contract.operations().items()):
            counts = [str(found[slug, name]) for found in kinds().values()]
            lines.append(f"| {slug} | `{name}` | {' | '.join(counts)} | {f'`{scope}`' if scope else 'none needed'} |")
    return "\n".join(lines)


def write(page: Path) -> None:
    """Put the table where the page says."""
    before, _, rest = page.read_text().partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    page.write_text(f"{before}{BEGINS}\n\n{table()}\n\n{ENDS}{after}")
