"""The ten requests of an ordinary day, played by keys in a real terminal: each key is named on the screen before it.

Keys are counted as in `test_ten_scenarios`: from the open ticket to the next open ticket.
"""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from data.store import Store
from macros.files.library import Library
from tests.tui.desk.test_ten_scenarios import SCENARIOS, Clock, Key, Macro, Scenario, Value, incoming, received
from tests.tui.real_terminal import ENTER, Terminal
from tui.setup.clock import wall_clock

pytestmark = pytest.mark.faults

PLAIN, QUESTION, GATED = 2, 4, 6
UNLIKE_HELD = 0.8
"""Seconds after which the same key is not taken for one that is held down."""
SENT = {"space": " ", "enter": ENTER}
NAMED = {"space": r"Space", "enter": r"Enter", "X": r"\bX\b"}
"""How the screen names a key: in the footer, on a card, or in what is folded."""


class Now(Clock):
    """The machine's time, which the program in the terminal goes by."""

    def __call__(self) -> int:
        return wall_clock()


def most(one: Scenario) -> int:
    """Return how many keys a request may take: plain, with a question, or with required steps and a hand-over."""
    if len(one.keys) <= PLAIN:
        return PLAIN
    return GATED if one.team else QUESTION


def digit(one: Scenario, macro: Macro, picture: str) -> str:
    """Return the digit that the screen names for a macro."""
    title = Library.standard().get(macro.name).title.for_language(one.language)
    found = re.search(rf"([1-9]) ~?{re.escape(title[:16])}", picture)
    assert found is not None, f"no digit is named for {title!r}:\n{picture}"
    return found[1]


def press(terminal: Terminal, one: Scenario, key: Key) -> None:
    """Press one key, which the screen names."""
    terminal.take_in(UNLIKE_HELD)
    if isinstance(key, Value):
        assert "Enter" in terminal.picture, terminal.picture
        terminal.press(key.text)
        terminal.see(re.escape(key.text[:8]))
        return
    if isinstance(key, Macro):
        terminal.press(digit(one, key, terminal.picture))
        terminal.see(r"Enter sends")
        return
    terminal.see(NAMED.get(key, rf"\b{key}\b|1-9"))
    terminal.press(SENT.get(key, key))


@pytest.mark.parametrize("one", SCENARIOS, ids=lambda one: one.name)
def test_the_keys_named_on_the_screen_suffice(tmp_path: Path, one: Scenario) -> None:
    assert len(one.keys) <= most(one)
    path, now = tmp_path / "desk.db", Now()
    another = "Where do I find the page about my profile picture, please?"
    number, following = received(
        path, now, incoming(1, one.text, one.lane, at=now()),
        incoming(2, another, "mail", address="tom@home.example", at=now()),
    )  # fmt: skip
    with Terminal("--db", str(path)) as terminal:
        terminal.see(r"\? Help")
        terminal.press("/")
        terminal.see("Enter Take it")
        terminal.press(f"#{number}")
        terminal.see(rf"#{number}\b")
        terminal.press(ENTER)
        terminal.see("Enter Open")
        terminal.take_in(UNLIKE_HELD)
        terminal.press(ENTER)
        terminal.see(r"u Back")
        terminal.see(r"(?m)^ [1-9] ~?\w")  # the digits are there
        *before, last = one.keys
        for key in before:
            press(terminal, one, key)
        terminal.see("Enter sends")  # the last step of a procedure leads to the card by itself
        press(terminal, one, last)
        terminal.see(rf"#{number}: replied")
        terminal.see(rf"#{following} ")
        terminal.see(r"z Recall")
        assert terminal.leave() == 0
    with closing(Store.open(path)) as store:
        after = store.tickets.get(number)
        assert after is not None
        assert after.status is one.status
        assert [child.team for child in store.escalations.of(number)] == ([one.team] if one.team else [])
