"""A picture made small enough for a terminal: decoded in the helper process, under its limits of time and memory."""

from __future__ import annotations

import io
from importlib.util import find_spec

import msgspec

COLUMNS, ROWS = 96, 72
"""The largest size of a small picture, in pixels; a terminal's cell holds two pixels, one above the other."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_MOST_PIXELS = 60_000_000
"""Larger pictures are not decoded: the helper would end for want of memory."""
_ORIENTATION, _ON_ITS_SIDE = 0x0112, 5
"""Exif: the tag that says how the camera was held; from 5 on, columns and rows change places."""
_TYPES = frozenset({"image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/bmp", "image/x-ms-bmp"})
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM")


class SmallPicture(msgspec.Struct, frozen=True, array_like=True):
    """The pixels of a picture in rows from the top, three bytes (red, green, blue) each."""

    columns: int
    rows: int
    full_columns: int
    full_rows: int
    """The size of the picture itself, in pixels."""
    pixels: bytes


def can_decode() -> bool:
    """Return whether the optional library that decodes pictures is installed."""
    return find_spec("PIL") is not None


def is_picture(content_type: str, content: bytes) -> bool:
    """Return whether a file says by type and by its first bytes that it is a picture of a kind that is decoded."""
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return content_type in _TYPES and (webp or content.startswith(_BEGINNINGS))


def small_picture(content: bytes) -> SmallPicture | None:
    """Return the first frame, upright and scaled to at most COLUMNS x ROWS; None where it cannot be decoded."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the size is compared with ours before anything is decoded
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            full = picture.size
            if full[0] * full[1] > _MOST_PIXELS:
                return None
            full = full[::-1] if picture.getexif().get(_ORIENTATION, 1) >= _ON_ITS_SIDE else full
            picture.draft("RGB", (COLUMNS * 2, ROWS * 2))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((COLUMNS, ROWS))
            paper = Image.new("RGBA", upright.size, "white")
            paper.alpha_composite(upright.convert("RGBA"))
            return SmallPicture(*upright.size, *full, paper.convert("RGB").tobytes())
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, MemoryError):
        return None
