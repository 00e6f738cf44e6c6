"""Plots of characters: they fit, they lose no value, and something is never drawn as nothing."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.look.text_charts import MISSING, bars, columns, spark
from tui.reports.svg_charts import Series, bar_chart, column_chart

VALUES = st.lists(st.none() | st.floats(0, 1e9) | st.integers(0, 10), max_size=60)


@given(VALUES, st.integers(12, 120), st.integers(1, 12))
def test_columns_fit_their_room(values: list[float | None], width: int, height: int) -> None:
    lines = columns(values, [f"{n:02}" for n in range(len(values))], width, height, "1h35")
    assert len(lines) == height + 1
    assert max(cell_len(line) for line in lines) <= width


def test_a_column_is_as_high_as_its_value_beside_the_greatest() -> None:
    lines = columns([4, 2, 0, None, 0.01], list("abcde"), 12, 2, "4")
    assert [line[2:] for line in lines] == ["█", "█ █   · ▁"[:9], "a b c d e"]


@given(VALUES)
def test_a_spark_has_a_character_a_value(values: list[float | None]) -> None:
    drawn = spark(values)
    assert len(drawn) == len(values)
    for value, mark in zip(values, drawn, strict=True):
        assert (mark == MISSING) == (value is None)
        assert (mark == " ") == (value == 0)


@given(st.lists(st.tuples(st.text(max_size=40), st.floats(0, 1e6), st.just("1h35")), max_size=8), st.integers(24, 120))
def test_bars_fit_their_room(rows: list[tuple[str, float, str]], width: int) -> None:
    lines = bars(rows, width)
    assert len(lines) == len(rows)
    for (_, value, _), line in zip(rows, lines, strict=True):
        assert cell_len(line) <= width
        assert any(mark in line.removesuffix("1h35") for mark in "▏▎▍▌▋▊▉█") or value == 0


@given(st.lists(st.tuples(st.text(max_size=40), st.none() | st.floats(0, 1e6)), min_size=1, max_size=40))
def test_a_charts_svg_is_well_formed_whatever_the_names(rows: list[tuple[str, float | None]]) -> None:
    names = ["".join(char for char in name if char.isprintable()) for name, _ in rows]
    values, shown = [value for _, value in rows], ["<&>"] * len(rows)
    drawn = [column_chart("a < b", names, [Series("in", values, shown), Series("out", values, shown)]),
             bar_chart("a < b", [(name, value, "<&>") for name, value in zip(names, values, strict=True)])]  # fmt: skip
    for chart in drawn:
        assert (chart == "") == (not any(values))
        if chart:
            assert ElementTree.fromstring(chart).find("svg") is not None


@pytest.mark.parametrize("draw", [lambda name: bar_chart(name, [(name, 1.0, name)]),
                                  lambda name: column_chart(name, [name], [Series(name, [1.0], [name])])])  # fmt: skip
def test_names_from_elsewhere_are_words_in_a_page(draw: Callable[[str], str]) -> None:
    drawn = draw("<script>\x1b[31m\u202eevil\n\"'&")
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn
    assert not {"\x1b", "\u202e", "\n"} & set(drawn)
