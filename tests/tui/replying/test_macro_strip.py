from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.digits.digit_ranking import Slot
from tui.digits.macro_strip import strip_line


def test_digits_stand_before_their_titles_and_the_cut_shows() -> None:
    slots = [Slot(1, "Ask for links"), Slot(3, "Delay")]
    assert strip_line(slots, 40).plain.rstrip() == "1 Ask for links · 3 Delay"
    assert strip_line(slots, 12).plain == "1 Ask for l…"


def test_the_strip_counts_what_speaks_for_a_macro_and_marks_what_nothing_speaks_for() -> None:
    line = strip_line([Slot(1, "Refund", "12/14"), Slot(2, "Delay", weak=True)], 40)

    assert line.plain.rstrip() == "1 Refund 12/14 · 2 ~ Delay"
    assert [line.plain[span.start : span.end] for span in line.spans if "quiet" in str(span.style)] == [" · 2 ~ Delay"]


@given(st.lists(st.tuples(st.integers(1, 9), st.text(), st.booleans())), st.integers(0, 120))
def test_any_title_keeps_to_one_safe_line_of_the_width(titles: list[tuple[int, str, bool]], width: int) -> None:
    line = strip_line([Slot(number, title, weak=weak) for number, title, weak in titles], width).plain
    assert cell_len(line) == width
    assert "\n" not in line
    assert "\x1b" not in line
