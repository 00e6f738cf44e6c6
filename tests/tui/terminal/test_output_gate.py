"""Whatever is drawn, only sequences that the desk uses reach the terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.changed_cells import ChangedCells
from tui.terminal.output_gate import known

HOSTILE = (
    "\x1b]0;title\x07",
    "\x1b]2;title\x1b\\",
    "\x1b[21t",
    "\x05",
    "\x1bP$q q\x1b\\",
    "\x1b[6n",
    "\x1b[c",
    "\x9b6n",
    "\x1b]52;c;?\x07",
    "\x1b]8;;https://evil.example\x1b\\",
    "\x1b_Gi=1;AAAA\x1b\\",
    "\x1b[?1049q",
    "\x1b[5i",
    "\x1bc",
    "\x0e",
    "\x1b[?5h",
    "\x1b[20h",
    "\x1b[2J",
    "\x1b[1;5r",
    "\x1b[10A",
    "\x1b#8",
    "\x9d0;x\x9c",
    "\x1b]4;1;?\x07",
    "\x1b",
    "\x1b[",
    "\x1b]",
    "\x85",
    "\x08",
    "\x7f",
    "\ud800",
)
USED = (
    "\x1b[?1049h",
    "\x1b[?25l",
    "\x1b[?1000h",
    "\x1b[?1003l",
    "\x1b[?1006h",
    "\x1b[?1015h",
    "\x1b[?1004h",
    "\x1b[?2004h",
    "\x1b[?2026h",
    "\x1b[?2026$p",
    "\x1b[?2048$p",
    "\x1b[>1u",
    "\x1b[<u",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b]22;pointer\x07",
    "\x07",
    "\x1b[3;7H\x1b[1;38;2;1;2;3mtext\x1b[0m",
    "\n",
)


@pytest.mark.parametrize("sequence", HOSTILE, ids=ascii)
def test_what_the_desk_does_not_use_is_dropped_whole(sequence: str) -> None:
    cells = ChangedCells()
    written = cells.changed(f"\x1b[1;1Hbefore{sequence}")
    assert written == "\x1b[1;1Hbefore\x1b[1;1H"


@pytest.mark.parametrize("sequence", USED, ids=ascii)
def test_what_the_desk_uses_gets_out(sequence: str) -> None:
    assert known(sequence) == sequence


@given(st.lists(st.sampled_from([*HOSTILE, "text", "漢", "[31m", "0;1", "\x1b[3;7H"]), max_size=12).map("".join))
def test_nothing_but_text_moves_and_styles_is_left(written: str) -> None:
    rest = re.sub(r"\x1b\[\d+;\d+H|\x1b\[[\d;]*m|\n", "", ChangedCells().changed(written))
    assert not re.search(r"[\x00-\x06\x08-\x1f\x7f-\x9f]", rest)


def test_a_frame_costs_no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(written: str) -> str:
        raise AssertionError

    monkeypatch.setattr("tui.terminal.changed_cells.known", never)
    assert "text" in ChangedCells().changed("\x1b[3;7H\x1b[1mtext\x1b[0m")


def test_what_is_drawn_without_the_first_gate_is_stopped_by_the_second() -> None:
    """A widget that forgot to make a customer's words safe."""
    drawn = "\x1b[2;1H\x1b[1mHello \x1b]52;c;?\x07\x1b[21t\x05 and goodbye\x1b[0m\x1b[3;1Hnext"
    written = ChangedCells().changed(drawn)
    assert "Hello" in written
    assert "goodbye" in written
    assert "next" in written
    assert not {"\x05", "\x07"} & set(written)
    assert "21t" not in written
