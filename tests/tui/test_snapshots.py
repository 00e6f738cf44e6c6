"""Every screen and card as text, at a small and a large size; UPDATE_GOLDENS=1 writes the goldens anew.

Goldens are plain text: an SVG of one screen has about a hundred times as many bytes. test_theme looks at the colours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen

from data.records.changes import Change
from data.records.tickets import Status
from data.store import Store
from tests.tui.cards.test_cards_answer_once import CARDS, Bench, ours
from tests.tui.playing import drained, fifteen_tickets, make_desk, picture, play, press
from tui.app import DeskApp
from tui.cards.base_card import BaseCard
from tui.desk.screen import DeskScreen
from tui.lock.lock_screen import LockScreen
from tui.look.words import forget
from tui.reports.background_read import ReportReading
from tui.reports.screen import ReportScreen
from tui.reports.tickets_card import BehindCard

pytestmark = pytest.mark.masked

GOLDENS = Path(__file__).parent / "goldens"
SIZES = [(80, 24), (140, 40)]
TICKET = ("j", "enter")

DESK: dict[str, tuple[str, ...]] = {
    "lanes": (),
    "lane-of-safety": ("g", "3", "j"),
    "ticket": TICKET,
    "ticket-zoomed": (*TICKET, "w"),
    "ticket-quotes": (*TICKET, "Q"),
    "selected": ("j", "x", "j", "x"),
    "found": ("slash", "p", "a", "g", "o"),
    "views": ("f",),
    "reply": (*TICKET, "r"),
    "note": (*TICKET, "n"),
    "preview": (*TICKET, "5"),
    "macros": (*TICKET, "m"),
    "bulk": ("V", "1"),
    "customer": (*TICKET, "c"),
    "language": (*TICKET, "d"),
    "copy": (*TICKET, "y"),
    "tags": (*TICKET, "L"),
    "snooze": (*TICKET, "s"),
    "escalate": (*TICKET, "E"),
    "problem": (*TICKET, "P"),
    "solved": (*TICKET, "e"),
    "next": ("full_stop",),
    "palette": ("colon",),
    "help": ("question_mark",),
    "shift": ("S",),
    "handover": ("H",),
    "coach": ("C",),
    "outbox": ("g", "o"),
    "report": ("g", "r"),
    "report-tickets": ("g", "r", "enter"),
    "reviews": ("g", "q"),
    "my-reviews": ("g", "m"),
    "locked": (*TICKET, "f12"),
}
"""The keys to each state of the desk, and to the screens that only it opens."""
OPENS: dict[type[Screen[Any]], str] = {ReportScreen: "report", BehindCard: "report-tickets", LockScreen: "locked"}
"""The screens besides cards and desk, and the state that shows each."""
SPANISH = (
    "lanes", "ticket", "selected", "found", "views", "reply", "preview", "macros", "bulk", "language", "snooze",
    "escalate", "solved", "next", "palette", "help", "shift", "handover", "report", "reviews",
)  # fmt: skip
"""The states that have a picture in Spanish too; all cards have one."""


async def compare_at_each_size(pilot: Pilot[Any], name: str) -> None:
    """Compare the screen with its goldens. One run shows both sizes: a terminal may be resized at any time."""
    for width, height in SIZES:
        await pilot.resize_terminal(width, height)
        await drained(pilot)
        shown, golden = picture(pilot.app) + "\n", GOLDENS / f"{name}-{width}x{height}.txt"
        if os.environ.get("UPDATE_GOLDENS"):
            golden.write_text(shown, encoding="utf-8")
        assert shown == golden.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's time zone out, and the timers that change a card a moment after it came up."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr("tui.replying.draft_choice.QUIET_SECONDS", 3_600)
    monkeypatch.setattr("tui.context.desk_context.SAID_SECONDS", 3_600)
    monkeypatch.setattr("tui.context.desk_context.SEVERE_SECONDS", 3_600)
    monkeypatch.setattr("tui.first_run.import_card.LOOK_SECONDS", 3_600)


@pytest.fixture
def spanish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak Spanish for a test."""
    monkeypatch.setenv("LANGUAGE", "es")
    forget()
    yield
    monkeypatch.undo()
    forget()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A desk whose tickets 1 and 2 are answered, so that outbox, report and reviews have something to show."""
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    desk = make_desk(store)
    desk.act([1], Change(reply="We look at it.", override_reason="test"))
    desk.act([2], Change(reply="Solved it.", status=Status.SOLVED, override_reason="test"))
    store.close()
    return path


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.__name__)
async def test_each_card_looks_as_it_should(tmp_path: Path, card: type[ModalScreen[Any]]) -> None:
    app = Bench()
    app.animation_level = "none"  # a bar whose end is not known moves with the clock
    async with app.run_test(size=SIZES[0]) as pilot:
        await app.push_screen(CARDS[card](tmp_path))
        await app.workers.wait_for_complete()
        await compare_at_each_size(pilot, f"card-{card.__name__}")


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.__name__)
@pytest.mark.usefixtures("spanish")
async def test_each_card_looks_as_it_should_in_spanish(tmp_path: Path, card: type[ModalScreen[Any]]) -> None:
    app = Bench()
    app.animation_level = "none"
    async with app.run_test(size=SIZES[0]) as pilot:
        await app.push_screen(CARDS[card](tmp_path))
        await app.workers.wait_for_complete()
        await compare_at_each_size(pilot, f"es-card-{card.__name__}")


@pytest.mark.parametrize("state", DESK)
def test_each_state_of_the_desk_looks_as_it_should(path: Path, state: str) -> None:
    look_at(path, state, f"screen-{state}")


@pytest.mark.parametrize("state", SPANISH)
@pytest.mark.usefixtures("spanish")
def test_the_desk_looks_as_it_should_in_spanish(path: Path, state: str) -> None:
    look_at(path, state, f"es-screen-{state}")


def look_at(path: Path, state: str, name: str) -> None:
    """Bring the desk into a state and compare it with the goldens."""

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, *DESK[state])
        assert OPENS.get(type(app.screen)) in (state, None)
        await compare_at_each_size(pilot, name)

    play(path, script, SIZES[0])


def test_every_screen_has_a_picture() -> None:
    bases = {BaseCard, ReportReading, *DeskScreen.__mro__}
    assert ours(Screen) - bases == set(CARDS) | set(OPENS), "a screen without a picture: add it to DESK and OPENS"
    assert set(OPENS.values()) <= set(DESK)


def test_every_golden_is_looked_at() -> None:
    names = [f"{start}card-{kind.__name__}" for kind in CARDS for start in ("", "es-")]
    names += [*(f"screen-{state}" for state in DESK), *(f"es-screen-{state}" for state in SPANISH)]
    sized = {f"{name}-{width}x{height}.txt" for name in names for width, height in SIZES}
    kept = {path.name for pattern in ("*card-*.txt", "*screen-*.txt") for path in GOLDENS.glob(pattern)}
    assert kept == sized
