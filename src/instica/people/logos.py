"""An organization's logo: read with suspicion, drawn anew, so that nothing but pixels survives."""

from __future__ import annotations

import io
import warnings
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps

from instica.core import ids
from instica.core.errors import Invalid
from instica.people import locks
from instica.people.models import Organization, User
from instica.people.services import require_admin
from instica.people.validation import fault

LARGEST = 2_000_000
PIXELS = 25_000_000
SIDE = 512
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def change(*, organization: Organization, by: User, content: bytes | None) -> Organization:
    """Set the logo from a file's bytes, or take it away with ``None``. Owner or admin. Raises ``Invalid``."""
    require_admin(organization, by)
    drawn = ContentFile(redraw(content)) if content is not None else None
    with transaction.atomic():
        locks.hold(organization)
        require_admin(organization, by)
        storage, old = organization.logo.storage, organization.logo.name
        organization.logo.name = storage.save(f"logos/{ids.new().hex}.png", drawn) if drawn else ""
        organization.save(update_fields=["logo"])
        if old:
            transaction.on_commit(partial(storage.delete, old), robust=True)
    return organization


def redraw(content: bytes) -> bytes:
    """The picture as a fresh PNG of at most 512 pixels a side, turned upright, without metadata."""
    if len(content) > LARGEST:
        raise fault(f"The logo may have {LARGEST // 1_000_000} MB.", "logo", "image_too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                return smaller(picture)
    except Invalid:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise fault("This is not a PNG, JPEG, WebP or GIF picture.", "logo", "not_an_image") from error


def smaller(picture: Image.Image) -> bytes:
    """Pixels only. The size is judged by the header, before anything is decoded."""
    if picture.width * picture.height > PIXELS:
        raise fault(f"The logo may have {PIXELS // 1_000_000} million pixels.", "logo", "image_too_large")
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
