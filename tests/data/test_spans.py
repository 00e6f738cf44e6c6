"""Lengths of time as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.spans import span_seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1_800), ("4 h", 14_400), (" 2d ", 172_800), ("0m", 0), ("1w", 604_800)]
)
def test_lengths(text: str, seconds: int) -> None:
    assert span_seconds(text) == seconds


@given(st.text())
def test_whatever_else_is_written_is_no_length(text: str) -> None:
    seconds = span_seconds(text)
    assert seconds is None or (seconds >= 0 and text.strip()[0] in "0123456789" and text.strip()[-1] in "mhdw")


@pytest.mark.parametrize("text", ["", "h", "4", "4 hours", "1.5h", "-4h", "４h", "999999w"])
def test_no_lengths(text: str) -> None:
    assert span_seconds(text) is None
