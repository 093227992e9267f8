"""How an item's title and search text follow from what it is."""

from __future__ import annotations

from instica.inventory import grades


def title(name: str | None, product: str, grade: str) -> str:
    """The name where there is one, else the product and its grade."""
    if name:
        return name
    return f"{product} - {grades.display(grade)}" if grade else product


def search(*fields: str | None) -> str:
    """The searchable fields, lower case, one a line."""
    return "\n".join(filter(None, fields)).lower()
