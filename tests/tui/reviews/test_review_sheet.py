"""A scorecard in a reviewer's hands: digits score and go on, what is kept comes back, the result is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from data.records.reviews import Mark
from queues.quality.cards import built_in
from tui.reviews.scorecard_form import Sheet, sheet_of

CARD = built_in()["support-reply"]


def test_digits_score_and_go_to_what_is_not_scored() -> None:
    sheet = Sheet(CARD, "en")
    assert sheet.give("2")
    assert sheet.marked == 1
    assert not sheet.give("3")  # the scale ends at 2
    assert not sheet.give("-")  # and this one always applies
    sheet.move(1)
    assert sheet.give("-")
    sheet.move(-2)
    assert sheet.give("1")
    assert sheet.marked == 3
    assert [one.id for one in sheet.missing] == ["tone", "language", "records", "privacy"]
    assert sheet.result() == "3 of 7 scored"
    for key in "22yn":
        assert sheet.give(key)
    assert sheet.marked == 6
    assert sheet.result() == "0 % failed by privacy"
    assert sheet.give("y")
    assert sheet.result() == "86 %"


def test_lines_fit_and_show_what_was_given() -> None:
    sheet = Sheet(CARD, "es")
    sheet.give("2")
    sheet.note("muy \x1b[31m[red]bien")
    lines = list(sheet.lines(60))
    assert lines[0].startswith("    2 Responde a lo que se preguntó, a todo")
    assert lines[1].startswith("▸   · Lo que dice")
    assert "“muy ␛[31m[red]bien”" in lines[2]
    assert lines[-1].rstrip().endswith("no/yes ×1!")


@given(st.integers(40, 200), st.text(max_size=80))
def test_every_line_is_as_wide_as_it_should_be(width: int, words: str) -> None:
    sheet = Sheet(CARD, "es", comments={"answers": words})
    assert all(cell_len(line) == width for line in sheet.lines(width))


def test_what_was_given_so_far_comes_back_unless_the_card_changed() -> None:
    sheet = Sheet(CARD, "en", comment="ok")
    sheet.give("1")
    sheet.note("x")
    sheet.note("")
    again = sheet_of(CARD, "en", sheet.packed())
    assert (again.points, again.comments, again.comment) == ({"answers": 1}, {}, "ok")
    other = sheet.packed() | {"card": "support-reply@0"}
    assert sheet_of(CARD, "en", other).points == {}


def test_an_earlier_review_is_where_a_revision_begins() -> None:
    marks = [Mark("answers", 1, 2, "half"), Mark("records", None, 1), Mark("gone", 1, 2), Mark("tone", 4, 5)]
    sheet = sheet_of(CARD, "en", None, marks, "as said")
    assert sheet.points == {"answers": 1, "records": None}
    assert (sheet.comments, sheet.comment) == ({"answers": "half"}, "as said")
