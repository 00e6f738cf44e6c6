"""Wrapping: a key and its word stay together, and the further lines of a table's last column begin below it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.look.wrapping import hanging, wrap_keys

KEYS = "Enter opens · j k next · x drop · z 中文 · Esc back"


@pytest.mark.parametrize("width", range(12, 60))
def test_no_key_is_parted_from_its_word(width: int) -> None:
    lines = wrap_keys(KEYS, width)
    assert " · ".join(lines) == KEYS
    assert max(map(cell_len, lines)) <= width


def test_lines_of_keys_are_of_about_one_length() -> None:
    assert wrap_keys(KEYS, len(KEYS) - 4) == ["Enter opens · j k next", "x drop · z 中文 · Esc back"]


def test_a_key_with_many_words_is_broken_where_it_must() -> None:
    assert wrap_keys("Enter sends and waits for the customer · Esc back", 20) == [
        "Enter sends and",
        "waits for the",
        "customer · Esc back",
    ]


def test_further_lines_begin_after_the_indent() -> None:
    assert hanging("j  Next   Go down one ticket.", 10, 22) == "j  Next   Go down one\n          ticket."
    assert hanging("j  Next   Go down", 10, 20) == "j  Next   Go down"
