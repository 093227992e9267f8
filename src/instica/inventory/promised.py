"""Who was promised pieces of an item before they were there: what a person puts into stock is theirs first."""

from __future__ import annotations

from collections.abc import Callable

from instica.inventory.models import Item

Promise = Callable[[Item], None]
_promises: list[Promise] = []


def promise(function: Promise) -> Promise:
    """Call the function with every item that got more pieces: locked, in the transaction that added them."""
    _promises.append(function)
    return function


def keep(item: Item) -> None:
    """Let them take what they were promised; ``item`` is brought up to date."""
    for each in _promises:
        each(item)
