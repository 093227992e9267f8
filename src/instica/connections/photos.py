"""The bytes of a draft's photos: our own copy where the link names one, else what lies on a marketplace's host."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.conf import settings

from instica import marketplaces
from instica.connections.credentials import variable
from instica.kit import photos
from instica.kit.contract import Marketplace


def read(link: str, organization: uuid.UUID) -> bytes:
    """A file of that organization's (``photos/<organization>/<name>``), or a known host's. Raises ``Refused``."""
    own = f"photos/{organization.hex}/"
    if link.startswith(own):
        return _ours(own, link.removeprefix(own))
    if not is_known(link):
        raise photos.refused("A photo lies on a host that is not known")
    return photos.fetch(link)


def _ours(folder: str, name: str) -> bytes:
    if "/" in name or name.startswith("."):
        raise photos.refused("That is no photo of this organization")
    try:
        return (settings.MEDIA_ROOT / folder / name).read_bytes()
    except FileNotFoundError:
        raise photos.refused("A photo is no longer here") from None


def is_known(link: str) -> bool:
    """Whether some marketplace keeps its photos there: on its own hosts by https, or at its origin in the sandbox."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    if parts.scheme == "https" and parts.netloc in {host for each in _manifests() for host in each.photo_hosts}:
        return True
    origins = [urlsplit(variable(each.slug, "origin")) for each in _manifests()]
    return any(each.netloc and (each.scheme, each.netloc) == (parts.scheme, parts.netloc) for each in origins)


def _manifests() -> list[Marketplace]:
    return list(marketplaces.every().values())
