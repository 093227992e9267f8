"""Where a native app may be sent back to: registered schemes and origins, nothing else."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings

from instica.core.errors import Fault, Invalid

NEVER = frozenset({"javascript", "data", "file", "blob", "vbscript", "about"})
REFUSED = "This address is not registered; the operator lists schemes and origins in INSTICA_RETURN_ORIGINS."


def check(return_to: str) -> str:
    """The address itself, when it is registered. Raises ``Invalid``."""
    if return_to and not is_registered(return_to):
        raise Invalid(REFUSED, code="return_to_not_registered", faults=[Fault(REFUSED, "#/return_to")])
    return return_to


def is_registered(address: str) -> bool:
    """Whether its scheme (of an app) or its origin (of a site) is on the operator's list."""
    if len(address) > 300 or not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    registered = {each.strip().lower().rstrip("/:") for each in settings.CONFIG.return_origins.split(",")} - {""}
    if parts.fragment or parts.scheme in NEVER:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname) and origin.lower() in registered
    return bool(parts.scheme) and parts.scheme.lower() in registered


def with_answer(return_to: str, **answer: str) -> str:
    """The address with the answer in its query."""
    return f"{return_to}{'&' if urlsplit(return_to).query else '?'}{urlencode(answer)}"
