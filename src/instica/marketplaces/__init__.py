"""Finds the marketplace folders. Adding a folder is all it takes; nothing here names one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from instica.kit.contract import Marketplace


@cache
def every() -> dict[str, Marketplace]:
    """All manifests by slug, in the order of their sandbox ports."""
    manifests: list[Marketplace] = [
        import_module(f"{__name__}.{module.name}").MARKETPLACE for module in iter_modules(__path__) if module.ispkg
    ]
    return {manifest.slug: manifest for manifest in sorted(manifests, key=lambda manifest: manifest.port)}


def get(slug: str) -> Marketplace | None:
    """The manifest of that slug, or ``None``."""
    return every().get(slug)
