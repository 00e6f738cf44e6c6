"""Keys as a real terminal sends them, several in one read, at the desk itself."""

from __future__ import annotations

from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from data.records.changes import Change
from data.records.messages import Direction
from data.records.tickets import Status
from data.store import Store
from tests.tui.playing import Play, fifteen_tickets, make_desk, picture, play, settled
from tui.app import DeskApp
from tui.cards.ask_line import AskLine
from tui.cards.base_screen import BaseScreen
from tui.replying.outgoing_form import OutgoingForm
from tui.replying.reply_card import ReplyCard
from tui.terminal.input import TerminalInput

moments = count(1_000_000_000, 1_000)
"""Reads far apart, and later than anything that was drawn."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


async def send(pilot: Pilot[int], app: DeskApp, sent: str, *, at: float | None = None) -> None:
    """Send bytes in one read, and wait until all that they started is done."""
    read_at = float(next(moments)) if at is None else at
    source = TerminalInput()
    read: list[events.InputEvent | events.Paste] = []
    for message in [*source.feed(sent.encode(), 0.0), *source.tick(1.0)]:
        assert isinstance(message, events.InputEvent | events.Paste)
        read.append(message)
    app.typed(read, read_at)
    assert app._feed is not None
    await app._feed.done()
    await settled(pilot, app)


def statuses(app: DeskApp, status: Status) -> int:
    return sum(one.status is status for one in app.desk.store.tickets.each())


def replies(app: DeskApp) -> int:
    return sum(app.desk.store.outbox.counts().values())


def over(app: DeskApp) -> object:
    """Return the screen on top, as what it may have become since the last look."""
    return app.screen


def run(path: Path, script: Play) -> None:
    play(path, script, (160, 40))


def test_of_five_keys_to_solve_the_first_solves_and_one_key_takes_it_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "eeeee")
        assert statuses(app, Status.SOLVED) == 1
        assert "4 keys did nothing" in app.desk.said
        await send(pilot, app, "z")
        assert statuses(app, Status.SOLVED) == 0

    run(path, script)


def test_the_same_key_held_down_solves_once(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        start = float(next(moments))
        for after in (0.0, 0.5, 0.535, 0.57, 0.605):
            await send(pilot, app, "e", at=start + after)
        assert statuses(app, Status.SOLVED) == 1
        assert "held" in app.desk.said
        await send(pilot, app, "e", at=start + 2)
        assert statuses(app, Status.SOLVED) == 2

    run(path, script)


def test_words_behind_the_key_of_the_filter_reach_the_filter(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "/#1\r")
        assert app.desk.target() == 1
        await send(pilot, app, "/refund and more words than a burst has keys")
        assert isinstance(app.focused, Input)
        assert app.focused.value == "refund and more words than a burst has keys"
        assert statuses(app, Status.SOLVED) == 0

    run(path, script)


@pytest.mark.parametrize("text", ["please see the error\n", "error 500\r", "e\x1bxe please open and send it\r1\r"])
def test_text_pasted_without_marks_does_nothing_over_the_list(path: Path, text: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        events_before = len(list(app.desk.store.events.of(1)))
        place = (app.screen, app.desk.active, app.desk.list.current_id)
        await send(pilot, app, text)
        assert (app.screen, app.desk.active, app.desk.list.current_id) == place
        assert statuses(app, Status.SOLVED) == 0
        assert len(list(app.desk.store.events.of(1))) == events_before
        assert "pasted" in app.desk.said

    run(path, script)


def test_pasted_text_does_nothing_over_list_and_card_and_is_typed_where_text_is(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        pasted = "\x1b[200~deploy \x1b[1mdone\x1b[0m\nok 1 e\n\x1b[201~"
        await send(pilot, app, pasted)
        assert over(app) is app.desk.screen
        assert "pasted text is ignored here" in app.desk.said.lower()
        await send(pilot, app, "1")
        assert isinstance(over(app), ReplyCard)
        await send(pilot, app, pasted)
        assert isinstance(over(app), ReplyCard)
        await send(pilot, app, "\x1b")
        await send(pilot, app, "n")
        await send(pilot, app, pasted)
        assert isinstance(app.focused, TextArea)
        assert "deploy done\nok 1 e\n" in app.focused.text
        assert (replies(app), statuses(app, Status.SOLVED)) == (0, 0)

    run(path, script)


def test_a_card_takes_no_key_that_was_read_before_it_was_drawn(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "1\r")
        assert isinstance(over(app), ReplyCard)
        assert replies(app) == 0
        card = over(app)
        assert isinstance(card, BaseScreen)
        await send(pilot, app, "\r", at=card.drawn_at - 0.001)
        assert isinstance(over(app), ReplyCard)
        assert replies(app) == 0
        await send(pilot, app, "\r")
        assert replies(app) == 1

    run(path, script)


def test_one_answer_of_several_in_one_read_counts(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "1")
        await send(pilot, app, "\r\r\r1\r")
        assert replies(app) == 1
        assert over(app) is app.desk.screen

    run(path, script)


def test_letters_typed_ahead_reach_the_line_that_opens_but_its_enter_does_not(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "s2h\r")
        assert isinstance(over(app), AskLine)
        assert app.screen.query_one(Input).value == "2h"
        await send(pilot, app, "\r")
        assert over(app) is app.desk.screen
        assert statuses(app, Status.SNOOZED) == 1

    run(path, script)


def test_typing_fast_in_a_text_loses_no_letter_and_no_line(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "n")
        text = "a line with 1 e and p\r" * 20
        await send(pilot, app, text)
        assert isinstance(app.focused, TextArea)
        assert app.focused.text == text.replace("\r", "\n")

    run(path, script)


EDITED = [
    ("\x15refunX\x7fd", "refund"), ("\x1b[Ha", "aabc"), ("\x1b[D\x1b[DX\x1b[FY", "aXbcY"), ("\x17one\x17two", "two"),
]  # fmt: skip
"""Letters after a key that edits what stands there, `abc`, and what is then written."""


@pytest.mark.parametrize(("sent", "text"), EDITED)
def test_letters_after_a_key_that_edits_a_line_come_after_it(path: Path, sent: str, text: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "/abc")
        await send(pilot, app, sent)
        assert isinstance(app.focused, Input)
        assert app.focused.value == text

    run(path, script)


@pytest.mark.parametrize(("sent", "text"), EDITED)
def test_letters_after_a_key_that_edits_a_text_come_after_it(path: Path, sent: str, text: str) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "r")
        area = app.focused
        assert isinstance(area, TextArea)
        area.load_text("abc")
        area.move_cursor(area.document.end)
        await send(pilot, app, sent)
        assert area.text == text

    run(path, script)


def test_what_is_typed_after_tab_is_for_the_next_field(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "N")
        await send(pilot, app, "lia@else.example\tYour order\tIt will arrive\x1b[Z now\x1b[B and here")
        assert isinstance(app.screen, OutgoingForm)
        form = app.screen
        written = (form.to.value, form.subject.value, form.text.text)
        assert written == ("lia@else.example", "Your order now", "It will arrive and here")

    run(path, script)


def test_a_held_key_that_closes_one_card_does_not_answer_the_next(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        start = float(next(moments))
        await send(pilot, app, "m", at=start)
        for after in (1.0, 1.5, 1.53, 1.56):
            await send(pilot, app, "\r", at=start + after)
        assert replies(app) == 0
        assert app.screen is not app.desk.screen

    run(path, script)


def test_moves_in_one_read_all_move(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        first = app.desk.list.current_id
        await send(pilot, app, "j" * 12 + "k" * 12)
        assert app.desk.list.current_id == first
        await send(pilot, app, "jj")
        assert app.desk.list.current_id != first

    run(path, script)


def test_a_crowd_of_answers_of_the_terminal_is_nothing(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        before = picture(app)
        await send(
            pilot, app, "\x1b]11;rgb:eeee/eeee/eeee\x07\x1b[?62;1c\x1b_Gi=1;OK\x1b\\\x9d52;c;ZWVl\x9cj\x1bP1$r0m\x1b\\k"
        )
        assert over(app) is app.desk.screen
        assert picture(app).splitlines()[3:] == before.splitlines()[3:]

    run(path, script)


def test_the_store_says_the_same(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await send(pilot, app, "ppppp")

    run(path, script)
    store = Store.open(path)
    assert sum(one.status is Status.PENDING for one in store.tickets.each()) == 1
    store.close()


def test_what_comes_late_opens_nothing_where_the_agent_has_gone_on(path: Path) -> None:
    opened: list[str] = []

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        late = [desk.only_here(opened.append), desk.only_here(opened.append, of_ticket=False)]
        for act in late:
            act("stayed")
        await send(pilot, app, "j")
        late[0]("another ticket")
        assert "nothing was opened" in desk.said
        late[1]("about no ticket")
        await send(pilot, app, "n")
        for act in late:
            act("writing")

    run(path, script)
    assert opened == ["stayed", "stayed", "about no ticket"]


def test_a_digit_pressed_while_the_macros_load_opens_nothing_over_a_text(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(app.desk.answering), "ready", False)
            await send(pilot, app, "1")
            assert "loading" in app.desk.said
            await send(pilot, app, "n")
        app.parts.macro_keys.take(())
        await send(pilot, app, "p 1")
        assert over(app) is app.desk.screen
        assert isinstance(app.focused, TextArea)
        assert app.focused.text == "p 1"
        assert replies(app) == 0

    run(path, script)


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time at which tickets are drawn, as long as a test does not say another."""
    times = [0.0]
    monkeypatch.setattr("tui.look.drawn.monotonic", lambda: times[0])
    return times


@pytest.mark.parametrize("key", ["e", "p", "m", "s"])
def test_a_key_for_the_ticket_that_was_answered_does_nothing_to_the_next(
    path: Path, drawing: list[float], key: str
) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        await send(pilot, app, "\r")
        await send(pilot, app, "1")
        drawing[0] = 1_500.0 + next(moments)
        await send(pilot, app, "\r")
        assert replies(app) == 1
        before = (desk.target(), list(desk.store.events.each()))
        await send(pilot, app, key, at=drawing[0] - 100)
        assert "press it again" in desk.said
        assert over(app) is desk.screen
        assert (desk.target(), list(desk.store.events.each())) == before
        await send(pilot, app, key)
        assert over(app) is not desk.screen or (desk.target(), list(desk.store.events.each())) != before

    run(path, script)


def test_what_another_window_solved_hands_no_key_to_the_ticket_that_moves_up(path: Path, drawing: list[float]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        desk = app.desk
        await send(pilot, app, "jk")
        here = desk.target()
        assert here is not None
        drawing[0] = 500.0 + next(moments)
        with closing(Store.open(path)) as store:
            make_desk(store).act([here], Change(status=Status.SOLVED))
        desk.poll()
        await settled(pilot, app)
        assert desk.target() != here
        await send(pilot, app, "e", at=drawing[0] - 100)
        assert statuses(app, Status.SOLVED) == 1
        await send(pilot, app, "e")
        assert statuses(app, Status.SOLVED) == 2

    run(path, script)


def test_moves_and_undo_wait_for_no_drawing(path: Path, drawing: list[float]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        drawing[0] = float("inf")
        await send(pilot, app, "je")
        assert statuses(app, Status.SOLVED) == 1
        await send(pilot, app, "z")
        assert statuses(app, Status.SOLVED) == 0

    run(path, script)


def test_a_draft_that_was_not_read_yet_does_not_leave(path: Path, drawing: list[float]) -> None:
    with closing(Store.open(path)) as store:
        make_desk(store).save_draft(1, "Begun long ago", kind=Direction.NOTE, revision=0)

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        def drafts() -> list[str]:
            found = app.desk.store.drafts.get(1)
            return [found.text] if found is not None else []

        drawing[0] = 1_500.0 + next(moments)
        await send(pilot, app, "n")
        await send(pilot, app, "\x13", at=drawing[0] - 100)
        assert drafts() == ["Begun long ago"]
        assert "press it again" in app.desk.said
        await send(pilot, app, "\x13")
        assert drafts() == []

    run(path, script)
