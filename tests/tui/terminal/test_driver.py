"""What the terminal is known to do."""

from __future__ import annotations

import pytest

from tui.terminal.driver import erases_to_background

TMUX = {"TMUX": "/tmp/tmux-0/default,1,0"}
SCREEN = {"STY": "7.pts-1.host"}


@pytest.mark.parametrize("term", ["xterm", "xterm-256color", "xterm-kitty", "tmux-256color", "linux", "st-256color"])
def test_blanks_are_erased_on_terminals_that_are_known_to_give_them_the_background(term: str) -> None:
    assert erases_to_background({"TERM": term})


@pytest.mark.parametrize("term", ["", "dumb", "vt100", "vt220", "ansi", "eterm-color", "cygwin", "stterm", "screen"])
def test_blanks_are_written_on_old_and_unknown_terminals(term: str) -> None:
    assert not erases_to_background({"TERM": term})


def test_screen_is_known_inside_tmux_and_under_another_name() -> None:
    assert erases_to_background({"TERM": "screen-256color"} | TMUX)
    assert not erases_to_background({"TERM": "screen.tmux-256color"} | SCREEN | TMUX)
    assert not erases_to_background({"TERM": "screen"} | SCREEN | TMUX)
    assert not erases_to_background({"TERM": "xterm-256color"} | SCREEN)
