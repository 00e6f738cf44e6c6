"""A shift by keys: offered at the opening, shown at the top, opened into its tickets, ended with a hand-over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.tickets import Status
from data.store import Store
from macros.files.library import Library
from queues.figures.shift import Own, OwnFigures, Value
from tests.tui.playing import NOW, clock, fifteen_tickets, make_desk, picture, play, play_app, press, settled
from tui.app import DeskApp
from tui.cards.lines_card import LinesCard
from tui.procedures.current_wording import wordings_now
from tui.setup.screen_settings import Ways
from tui.setup.writer import Writer
from tui.shifts.begin_and_end import SEEN_SECONDS
from tui.shifts.shift_lines import bars


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def play_offered(path: Path, script: object, ways: Ways, size: tuple[int, int] = (120, 36)) -> None:
    writer = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())
    play_app(path, writer, lambda store: DeskApp(store, writer, clock, agent="ann", ways=ways), script, size)  # type: ignore[arg-type]


async def look(pilot: Pilot[int], app: DeskApp) -> None:
    await app.desk.settled()
    app.parts.shift_figures.look_at_shift()
    await settled(pilot, app)


def test_a_shift_from_its_offer_to_its_hand_over(path: Path) -> None:
    store = Store.open(path)
    desk = make_desk(store)
    said = wordings_now(Library.standard(), {})
    desk.begin_shift({**said, ("macro", "crash/first-steps"): "[en]\nOld words."})
    desk.end_shift("Call the printer about #3.\nAnd [bold]mind[/bold] the rest.")
    desk.act([2], Change(assignee="ann", reply="I will write to you in two hours.", status=Status.OPEN))
    desk.save_draft(2, "Half a sent", revision=0)  # one ticket, three lines
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        shown = picture(app)
        for told in ("Begin a shift", "Begin the shift", "Hand-over of ann", "Call the printer", "And [bold]mind",
                     "macro crash/first-steps: changed", "Promised for today (1)", "Yours (1)", "#2 open",
                     "Drafts (1)"):  # fmt: skip
            assert told in shown, told
        await press(pilot, app, *["j"] * 3, "enter")
        assert "- Old words." in picture(app)
        await press(pilot, app, "enter")
        assert "Begin a shift" in picture(app)
        await press(pilot, app, "enter")
        await look(pilot, app)
        assert "shift 0s" in picture(app).splitlines()[0]
        await press(pilot, app, "e")
        await look(pilot, app)
        await press(pilot, app, "S")
        shown = picture(app)
        assert "Your shift" in shown
        assert "tickets that you solved and that stayed solved" in shown
        await press(pilot, app, "j", "enter")
        assert "There are no tickets behind" in app.desk.said  # nothing took any time yet
        await press(pilot, app, "S", "enter")
        assert "solved an hour: type to filter" in picture(app)
        await press(pilot, app, "enter")
        assert "1 ticket behind" in app.desk.said
        (listed,) = [row.id for pane in app.desk.panes for row in pane.list.window.rows]
        await press(pilot, app, "escape")
        assert len([row for pane in app.desk.panes for row in pane.list.window.rows]) > 9
        await press(pilot, app, "S", "enter", *str(listed), "enter")
        assert app.desk.view.ticket_id == listed
        await press(pilot, app, "H")
        assert "End the shift" in picture(app)
        await press(pilot, app, "enter")
        assert "1 solved" in picture(app)
        await press(pilot, app, "ctrl+s")
        assert "z resumes it" in app.desk.said
        assert "shift 0s" not in picture(app).splitlines()[0]
        await press(pilot, app, "z", "S")
        assert "Your shift" in picture(app)

    play_offered(path, script, Ways(offers_shift=True))
    store = Store.open(path)
    (ended,) = store.shifts.left_notes(0)  # what was ended was let go on again: the note of the one before stands
    assert ended.note.startswith("Call the printer")
    store.close()


def test_who_was_here_lately_is_not_asked_and_nobody_is_without_the_setting(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).begin_shift({})
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert app.screen is app.desk.screen
        await press(pilot, app, "S", "escape")

    play_offered(path, script, Ways(offers_shift=True))


def test_with_nothing_left_to_read_a_shift_just_begins(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await app.desk.settled()
        assert app.screen is app.desk.screen
        assert app.desk.store.shifts.latest("ann") is not None
        assert "S shows its figures" in app.desk.said

    play_offered(path, script, Ways(offers_shift=True))


def left_something(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).act([2], Change(assignee="ann", note="Mine."))
    store.close()


def test_who_is_at_a_ticket_already_is_not_interrupted(path: Path) -> None:
    left_something(path)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "escape", "enter")
        app.parts.shifts._offered = False
        app.parts.macro_keys.take(())
        await settled(pilot, app)
        assert app.screen is app.desk.screen
        assert "S begins a shift and shows what was handed over" in app.desk.said

    play_offered(path, script, Ways(offers_shift=True))


def test_not_now_leaves_the_desk_as_it_was_and_the_key_asks_again(path: Path) -> None:
    left_something(path)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "escape")
        assert app.desk.store.shifts.latest("ann") is None
        await press(pilot, app, "S")
        assert "Begin the shift" in picture(app)
        await press(pilot, app, "enter")
        assert app.desk.store.shifts.latest("ann") is not None

    play_offered(path, script, Ways(offers_shift=True), (80, 24))


def test_a_demo_begins_its_own_and_the_bar_can_be_hidden(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await look(pilot, app)
        assert "shift 0s" in picture(app).splitlines()[0]
        await app.parts.act("desk.shift_bar")
        await settled(pilot, app)
        assert "shift 0s" not in picture(app).splitlines()[0]
        await pilot.resize_terminal(60, 20)
        await settled(pilot, app)
        assert len(picture(app).splitlines()[0]) <= 60

    play_offered(path, script, Ways(begins_shift=True))


def test_without_a_shift_there_is_no_bar(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await look(pilot, app)
        assert "shift 0s" not in picture(app)
        await press(pilot, app, "colon", *"end shift", "enter")
        assert "No shift is running" in app.desk.said

    play(path, script)


VALUES = st.lists(st.builds(Value, st.integers(1, 99), st.sampled_from([0, 1, 30, 4000, 200_000])), max_size=5)


@given(st.dictionaries(st.sampled_from(Own), VALUES), st.integers(0, 40_000))
def test_bars_grow_shorter_and_the_longest_fits_a_wide_screen(behind: dict[Own, Sequence[Value]], seconds: int) -> None:
    found = OwnFigures("ann", NOW, NOW + seconds, seconds, {own: tuple(held) for own, held in behind.items()})
    lengths = [cell_len(bar) for bar in bars(found)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] <= 118
    assert lengths[-1] <= 30


def test_the_key_shows_the_card_once_also_while_the_bar_reads(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "S", "enter")
        await look(pilot, app)
        app.parts.shift_figures._looking = True
        await app.parts.act("desk.shift")
        await app.parts.act("desk.shift")
        await settled(pilot, app)
        assert "Your shift, " in picture(app)
        await press(pilot, app, "escape")
        assert app.screen is app.desk.screen

    play(path, script)


def test_a_key_meant_for_the_list_does_not_answer_the_offer_that_appears_over_it(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).save_draft(2, "Half a sent", revision=0)
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        card = app.screen
        assert isinstance(card, LinesCard)
        for after, answers in ((SEEN_SECONDS / 2, False), (SEEN_SECONDS + 0.1, True)):
            app.typed([events.Key("enter", "\r")], card.drawn_at + after)
            assert app._feed is not None
            await app._feed.done()
            await settled(pilot, app)
            assert card.answered is answers
        await look(pilot, app)
        assert "shift 0s" in picture(app).splitlines()[0]

    play_offered(path, script, Ways(offers_shift=True))
