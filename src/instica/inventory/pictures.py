"""Makes a picture of ours of bytes from elsewhere: decoded, turned upright, made small, without what cameras add."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 40_000_000
SIDE = 1600
QUALITY = 85


class NotAPicture(Exception):
    """The bytes are no picture we take; the message says why."""


def encoded(data: bytes) -> bytes:
    """A JPEG of it. Raises ``NotAPicture``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NotAPicture("The photo has more than 40 million pixels")
                return _jpeg(picture)
    except NotAPicture:
        raise
    except Exception as error:  # what broken bytes raise in the decoder is listed nowhere
        raise NotAPicture("This is not a JPEG, PNG, WebP or GIF picture") from error


def _jpeg(picture: Image.Image) -> bytes:
    """What is transparent becomes white, as on the pages it will stand on."""
    upright = ImageOps.exif_transpose(picture).convert("RGBA" if picture.has_transparency_data else "RGB")
    upright.thumbnail((SIDE, SIDE))
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()
