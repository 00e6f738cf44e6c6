from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.macro_strip import strip_line


def test_digits_stand_before_their_titles_and_the_cut_shows() -> None:
    titles = [(1, "Ask for links"), (3, "Delay")]
    assert strip_line(titles, 40).rstrip() == "1 Ask for links · 3 Delay"
    assert strip_line(titles, 12) == "1 Ask for l…"


@given(st.lists(st.tuples(st.integers(1, 9), st.text())), st.integers(0, 120))
def test_any_title_keeps_to_one_safe_line_of_the_width(titles: list[tuple[int, str]], width: int) -> None:
    line = strip_line(titles, width)
    assert cell_len(line) == width
    assert "\n" not in line
    assert "\x1b" not in line
