from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from data.records.tickets import LaneRow, Priority, Severity, Status
from tui.lanes.row_line import SOON, Columns, Pressure, columns_of, pressure, row_parts, words_line
from tui.lanes.row_window import RowWindow
from tui.look.one_line import fit
from tui.look.short_times import due_word, span
from tui.look.wrapping import wrap

ROW = LaneRow(7, "Hola", "Ann", Status.NEW, Priority.HIGH, None, "es", 5_000, 0, 0, "", False, 5_000)


class Rows:
    """A lane in memory that counts how many rows were read."""

    def __init__(self, count: int) -> None:
        self.rows = [replace(ROW, id=n, order=n * 10) for n in range(1, count + 1)]
        self.read = 0

    def page(self, start: tuple[int, int] | None, *, backwards: bool, inclusive: bool, limit: int) -> Sequence[LaneRow]:
        fitting = [
            row
            for row in self.rows
            if start is None or (inclusive and row.key == start) or (row.key < start if backwards else row.key > start)
        ]
        found = fitting[-limit:] if backwards else fitting[:limit]
        self.read += len(found)
        return found

    def row(self, ticket_id: int) -> LaneRow | None:
        return next((row for row in self.rows if row.id == ticket_id), None)

    def add(self, order: int) -> None:
        self.rows.append(replace(ROW, id=len(self.rows) + 1_000_000, order=order))
        self.rows.sort(key=lambda row: row.key)


def window(count: int, height: int = 10) -> tuple[RowWindow, Rows]:
    source = Rows(count)
    shown = RowWindow(source, height)
    shown.first()
    return shown, source


@given(st.integers(0, 300), st.integers(1, 40), st.lists(st.integers(-60, 60), max_size=40))
def test_moving_shows_the_same_ticket_as_a_whole_list_would(count: int, height: int, steps: list[int]) -> None:
    shown, source = window(count, height)
    place = 0
    for step in steps:
        shown.move(step)
        place = min(max(0, place + step), max(0, count - 1))
        assert (shown.current.id if shown.current else None) == (source.rows[place].id if count else None)
        assert 0 <= shown.line < height or count == 0


@given(st.lists(st.integers(-30, 30), max_size=10), st.lists(st.integers(1, 2_000), max_size=30))
def test_new_tickets_never_move_the_one_under_the_cursor(steps: list[int], orders: list[int]) -> None:
    shown, source = window(150)
    for step in steps:
        shown.move(step)
    before = (shown.current, shown.line)
    for order in orders:
        source.add(order)
        shown.reload()
        assert (shown.current, shown.line) == before


def test_tickets_that_came_in_above_are_counted_until_they_are_looked_at() -> None:
    shown, source = window(50)
    source.add(1)
    source.add(2)
    shown.reload()
    assert (shown.current and shown.current.id, shown.unseen) == (1, 2)
    shown.move(-1)
    assert shown.unseen <= 1
    shown.first()
    assert shown.unseen == 0


def test_a_solved_ticket_makes_room_for_the_next_on_its_line() -> None:
    shown, source = window(50)
    shown.move(4)
    del source.rows[4]
    shown.reload()
    assert shown.current is not None
    assert (shown.current.id, shown.line) == (6, 4)


def test_the_last_ticket_gone_leaves_the_one_before_it() -> None:
    shown, source = window(3)
    shown.move(2)
    del source.rows[2]
    shown.reload()
    assert shown.current is not None
    assert shown.current.id == 2


def test_a_long_lane_costs_no_more_reading_than_a_short_one() -> None:
    costs = []
    for count in (500, 5_000):
        shown, source = window(count, 20)
        for _ in range(100):
            shown.move(1)
        costs.append(source.read)
    assert costs[0] == costs[1] < 400


def test_the_window_forgets_what_is_far_away() -> None:
    shown, _ = window(5_000, 20)
    for _ in range(1_000):
        shown.move(1)
    assert len(shown.rows) < 200


def test_selecting_a_ticket_in_view_moves_nothing() -> None:
    shown, _ = window(50)
    assert shown.select(5)
    assert (shown.top, shown.line) == (0, 4)
    assert shown.select(40)
    assert shown.current is not None
    assert shown.current.id == 40
    assert not shown.select(999)


@given(st.text(), st.integers(1, 60))
def test_fit_fills_exactly_the_cells(text: str, width: int) -> None:
    assert cell_len(fit("".join(filter(str.isprintable, text)), width)) == width


@given(st.text(max_size=80), st.text(max_size=30), st.integers(24, 120))
def test_a_row_fits_its_width_and_bears_no_control(subject: str, name: str, width: int) -> None:
    line = "".join(row_parts(replace(ROW, subject=subject, customer_name=name), width, 4_000))
    assert cell_len(line) == width
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in line)


@given(st.text(max_size=300), st.integers(2, 60))
def test_wrapped_lines_fit_and_bear_no_control(text: str, width: int) -> None:
    for line in wrap(text, width):
        assert cell_len(line) <= width
        assert "\x1b" not in line
        assert "\n" not in line


def test_time_to_due_is_told_without_colour() -> None:
    assert due_word(None, 0) == ""
    assert due_word(5_700, 0) == "1h35"
    assert due_word(0, 720) == "-12m!"
    assert (span(45), span(86_400 * 3 + 4 * 3_600), span(86_400 * 120)) == ("45s", "3d4h", "120d")


def test_severity_goes_before_priority() -> None:
    head, words, _ = row_parts(replace(ROW, severity=Severity.S1, customer_name="Ann Ray"), 80, 0)
    assert head.startswith("S1")
    assert words.startswith("Ann Ray")
    assert row_parts(ROW, 40, 0)[0].startswith("! ")


def test_a_column_that_no_row_needs_takes_no_space() -> None:
    plain = [replace(ROW, id=n, priority=Priority.NORMAL) for n in (7, 42)]
    assert columns_of(plain) == Columns(urgency=False, draft=False, number=2, name=3)
    head, _, _ = row_parts(plain[0], 60, 0, columns_of(plain))
    assert head == " 7 es "
    assert columns_of([*plain, replace(ROW, has_draft=True)]).draft
    assert columns_of([*plain, replace(ROW, severity=Severity.S2)]).urgency


def test_the_clock_warns_before_it_runs_out() -> None:
    due = [replace(ROW, due_at=at) for at in (SOON * 11, SOON - 60, -60)]
    assert [pressure(row, 0) for row in due] == [Pressure.QUIET, Pressure.SOON, Pressure.LATE]
    assert [row_parts(row, 60, 0)[2].strip() for row in due] == ["11h00", "59m▴", "-1m!"]
    assert pressure(replace(ROW, due_at=-60, status=Status.PENDING), 0) is Pressure.QUIET


@given(st.text(max_size=80), st.integers(30, 120))
def test_the_second_line_is_under_the_subject(text: str, width: int) -> None:
    columns = columns_of([ROW])
    line = words_line(ROW, text, width, columns)
    assert cell_len(line) == width
    assert line.startswith(" " * cell_len(row_parts(ROW, width, 0, columns)[0]))
