"""The grades of the record trade: code, how people write it, and rank by quality (0 is best)."""

from __future__ import annotations

DISPLAY = {
    "mint": "M",
    "near_mint": "NM",
    "vg_plus": "VG+",
    "vg": "VG",
    "g_plus": "G+",
    "g": "G",
    "f": "F",
    "p": "P",
    "generic": "Generic",
    "not_graded": "Not Graded",
    "no_cover": "No Cover",
}
OF_ITEMS = tuple(DISPLAY)[:8]
RANK = {code: rank for rank, code in enumerate(DISPLAY)}
UNGRADED = 99


def display(code: str) -> str:
    """How people write a grade; an unknown code stands for itself."""
    return DISPLAY.get(code, code)


def rank(code: str) -> int:
    """What lists order by."""
    return RANK.get(code, UNGRADED)
