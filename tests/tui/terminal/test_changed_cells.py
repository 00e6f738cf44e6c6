"""Only changed cells are written, and the terminal looks as if everything had been."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from pyte.screens import Char

from tui.terminal.changed_cells import LONG_BLANK, ChangedCells

WIDTH, HEIGHT = 64, 4
STYLES = (
    "",
    "1",
    "3;1",
    "38;2;10;20;30",
    "48;2;10;20;30",
    "97;100",
    "1;38;2;10;20;30;48;2;1;2;3",
    "7",
    "4;31",
    "31;44",
    "32;44",
    "38;5;9;48;5;4",
    "1;4;31;44",
    "3;31;44",
    "9;31;44",
)


def drawn(row: int, column: int, *parts: tuple[str, str]) -> str:
    """Return a run of text as Textual writes it."""
    styled = "".join(f"\x1b[{style}m{text}\x1b[0m" if style else text for style, text in parts)
    return f"\x1b[{row + 1};{column + 1}H{styled}"


texts = st.text(alphabet="ab·é漢👍\u0301 ─█", max_size=8).filter(lambda text: not text.startswith("\u0301"))
texts |= st.integers(LONG_BLANK - 1, LONG_BLANK + 3).map(lambda blanks: " " * blanks)
runs = st.tuples(
    st.integers(0, HEIGHT - 1), st.integers(0, 12), st.lists(st.tuples(st.sampled_from(STYLES), texts), max_size=3)
)
frames = st.lists(st.lists(runs, min_size=1, max_size=6), min_size=1, max_size=8)


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(WIDTH, HEIGHT)
    return screen, pyte.Stream(screen)


def shown(screen: pyte.Screen) -> list[list[object]]:
    """What is seen of each cell: of a space only its background, unless a line or reverse shows its colour."""
    cells = [[screen.buffer[row][column] for column in range(WIDTH)] for row in range(HEIGHT)]
    return [[_seen(cell) for cell in line] for line in cells]


def _seen(cell: Char) -> object:
    blank = cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough)
    return cell._replace(fg="default", bold=False, italics=False) if blank else cell


@given(frames, st.lists(st.integers(0, 7), max_size=10), st.booleans())
def test_the_terminal_shows_the_same_as_if_all_were_written(
    written: list[list[tuple[int, int, list[tuple[str, str]]]]], again: list[int], erases: bool
) -> None:
    (plain, plainly), (sparing, sparingly) = terminal(), terminal()
    cells = ChangedCells(erases=erases)
    for frame in [*written, *(written[number % len(written)] for number in again)]:
        text = "".join(drawn(row, column, *parts) for row, column, parts in frame) + "\x1b[1;1H"
        plainly.feed(text)
        sparingly.feed(cells.changed(text))
        assert shown(sparing) == shown(plain)
        assert (sparing.cursor.x, sparing.cursor.y) == (plain.cursor.x, plain.cursor.y)


def test_what_is_there_already_is_not_written_again() -> None:
    cells = ChangedCells()
    frame = drawn(0, 0, ("1", "a" * 30)) + drawn(1, 0, ("", "b" * 30))
    cells.changed(frame)
    assert cells.changed(frame) == "\x1b[2;1H"
    other = drawn(0, 0, ("1", "a" * 29 + "z")) + drawn(1, 0, ("", "b" * 30))
    assert cells.changed(other) == "\x1b[1;30H\x1b[1mz\x1b[0m\x1b[2;1H"


def test_a_run_over_another_one_is_forgotten_with_it() -> None:
    cells = ChangedCells()
    cells.changed(drawn(0, 0, ("", "a" * 30)))
    cells.changed(drawn(0, 10, ("", "card")))
    assert cells.changed(drawn(0, 0, ("", "a" * 30))) == "\x1b[1;11Haaaa\x1b[1;1H"
    assert "card" in cells.changed(drawn(0, 10, ("", "card")))


def test_rows_with_characters_of_uncertain_width_are_written_as_they_come() -> None:
    cells = ChangedCells()
    cells.changed(drawn(0, 0, ("", "👍 ok")))
    assert "ok" in cells.changed(drawn(0, 0, ("", "👍 ok")))
    assert cells.changed(drawn(0, 0, ("", "plain"))) != "\x1b[1;1H"


def test_after_another_program_had_the_terminal_all_is_written() -> None:
    cells = ChangedCells()
    frame = drawn(0, 0, ("", "abc"))
    cells.changed(frame)
    cells.forget()
    assert "abc" in cells.changed(frame)
    cells.changed("\x1b[?2026h")
    assert "abc" not in cells.changed(frame)
    cells.changed("\x1b[?1049h")
    assert "abc" in cells.changed(frame)
    assert cells.changed("\x1b]52;c;YQ==\x07") == "\x1b]52;c;YQ==\x07"
    assert "abc" not in cells.changed(frame)


def test_long_blanks_are_erased_where_the_terminal_can() -> None:
    frame = drawn(0, 0, ("48;2;10;20;30", "a" + " " * 40 + "b" + " " * 20), ("1", "c"))
    cells = ChangedCells(erases=True)
    written = cells.changed(frame)
    assert written == "\x1b[1;1H\x1b[48;2;10;20;30ma\x1b[40X\x1b[40Cb\x1b[20X\x1b[20C\x1b[0;1mc\x1b[0m\x1b[1;1H"
    assert " " * 40 in ChangedCells().changed(frame)
    underlined = drawn(1, 0, ("4;48;2;10;20;30", " " * 40))
    assert " " * 40 in cells.changed(underlined)


def test_the_shorter_of_a_move_and_a_text_is_written() -> None:
    cells = ChangedCells()
    cells.changed(drawn(0, 0, ("", "abc"), ("31;44", "d"), ("", "efghijk")))
    other = cells.changed(drawn(0, 0, ("", "Abc"), ("31;44", "d"), ("", "EfghijK")))
    assert other == "\x1b[1;1HA\x1b[3CE\x1b[5CK\x1b[1;1H"
    assert cells.changed(drawn(0, 0, ("", "AbC"), ("31;44", "d"), ("", "EFgHijK"))) == "\x1b[1;3HC\x1b[2CFgH\x1b[1;1H"


def test_an_attribute_ends_without_its_colours() -> None:
    ink = "38;2;10;20;30;48;2;1;2;3"
    written = ChangedCells().changed(drawn(0, 0, (f"1;{ink}", "a"), (ink, "b"), (f"7;{ink}", "c"), (f"3;{ink}", "d")))
    assert written == f"\x1b[1;1H\x1b[1;{ink}ma\x1b[22mb\x1b[7mc\x1b[27;3md\x1b[0m\x1b[1;1H"
