"""Pictures among a mail's files: made small under the helper's limits, whatever bytes say that they are a picture."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from queues.helper.client import Helper
from queues.mail.pictures import COLUMNS, ROWS, is_picture, small_picture

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp", "BMP": "image/bmp"}


def made(columns: int, rows: int, kind: str = "PNG", mode: str = "RGB", *, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    target = io.BytesIO()
    picture = Image.new(mode, (columns, rows), 0 if mode in ("1", "L", "P") else tuple([0] * len(mode)))
    picture.save(target, kind, **({"exif": exif} if orientation > 1 else {}))
    return target.getvalue()


@pytest.mark.parametrize(("kind", "content_type"), TYPES.items())
def test_each_kind_is_known_by_type_and_bytes_and_made_small(kind: str, content_type: str) -> None:
    content = made(800, 200, kind)
    assert is_picture(content_type, content)
    assert not is_picture("text/plain", content)
    assert not is_picture(content_type, b"<svg" + content)
    small = small_picture(content)
    assert small is not None
    assert (small.columns, small.rows, small.full_columns, small.full_rows) == (COLUMNS, COLUMNS // 4, 800, 200)
    assert len(small.pixels) == small.columns * small.rows * 3


def test_a_picture_taken_with_the_camera_on_its_side_stands_upright() -> None:
    small = small_picture(made(800, 400, "JPEG", orientation=6))
    assert small is not None
    assert (small.full_columns, small.full_rows) == (400, 800)
    assert (small.columns, small.rows) == (ROWS // 2, ROWS)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_what_is_transparent_is_white_and_every_mode_becomes_colours(mode: str) -> None:
    small = small_picture(made(3, 2, "PNG", mode))
    assert small is not None
    assert small.pixels == (b"\xff" if mode in ("LA", "RGBA") else b"\0") * 18


@given(st.sampled_from([made(20, 20, kind) for kind in TYPES]), st.integers(0, 400), st.binary(max_size=30))
def test_damaged_pictures_are_decoded_or_refused_never_more(content: bytes, at: int, damage: bytes) -> None:
    small_picture(content[:at] + damage + content[at + len(damage) :])


def test_a_picture_that_says_to_be_huge_is_refused_and_costs_the_helper_nothing() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = (30_000).to_bytes(4, "big")
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", side + side + b"\x08\x02\0\0\0")
    bomb += chunk(b"IDAT", zlib.compress(b"\0" * 40_000_000, 9)) + chunk(b"IEND", b"")
    with Helper() as helper:
        assert helper.small_picture(bomb) is None
        assert helper.restarts == 0
        fine = helper.small_picture(made(640, 480))
        large = helper.small_picture(made(7_000, 8_000))
        assert fine is not None
        assert large is None or (large.full_columns, large.full_rows) == (7_000, 8_000)
        assert helper.small_picture(made(640, 480)) == fine
