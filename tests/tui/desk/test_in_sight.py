"""What keys act on is on the screen, and so are the keys that matter there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.store import Store
from tests.tui.playing import clock, fifteen_tickets, incoming, make_desk, picture, play, play_app, press, settled
from tui.app import DeskApp
from tui.replying.reply_card import ReplyCard
from tui.setup.screen_settings import Ways
from tui.setup.writer import Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def last_line(app: DeskApp) -> str:
    return picture(app).splitlines()[-1]


def test_the_ticket_under_the_cursor_is_shown_and_not_opened(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        for _ in range(3):
            await press(pilot, app, "j")
            assert f"#{app.desk.list.current_id} " in picture(app)
            assert app.desk.view.drawn_id == app.desk.list.current_id
            assert app.desk.view.ticket_id is None
        before = picture(app).splitlines()[-12:-3]
        await press(pilot, app, "enter")
        assert picture(app).splitlines()[-12:-3] == before
        assert app.desk.view.ticket_id == app.desk.list.current_id

    play(path, script)


def test_another_ticket_than_the_open_one_is_shown_while_the_list_has_the_keys(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "tab", "j")
        opened, here = app.desk.view.ticket_id, app.desk.list.current_id
        assert opened != here
        assert app.desk.view.drawn_id == app.desk.target() == here
        await press(pilot, app, "tab")
        assert app.desk.view.drawn_id == app.desk.target() == opened

    play(path, script)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)])
def test_a_digit_never_answers_a_ticket_that_was_not_shown(path: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        number = app.desk.list.current_id
        assert number is not None
        unseen = not app.desk.has_shown(number)
        assert unseen is (size[1] < 22)
        await press(pilot, app, "1")
        if unseen:
            assert app.desk.view.ticket_id == number
            assert "Here is #1" in picture(app)
            await press(pilot, app, "1")
        assert isinstance(app.screen, ReplyCard)
        assert "Hola, No puedo entrar en mi cuenta" in picture(app)  # what the customer wrote

    play(path, script, size)


def test_news_on_a_ticket_is_shown_before_a_digit_answers_it(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "enter", "escape")
        number = app.desk.list.current_id
        assert number is not None
        assert app.desk.has_shown(number)
        other = Store.open(path)
        again = replace(incoming(901, "Otra vez", "mail"), references=("<1@customer.example>",))
        again = replace(again, from_address="zoe1@customer.example")
        (received,) = make_desk(other).receive([again])
        other.close()
        assert received.ticket_id == number
        app.desk.poll()
        await settled(pilot, app)
        assert not app.desk.has_shown(number)
        await press(pilot, app, "1")
        assert app.screen is app.desk.screen
        assert "Otra vez" in picture(app)

    play(path, script, (60, 20))


def test_the_answer_is_beside_the_mail_where_there_is_room_else_below_it(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "1")
        mail, answer = (app.screen.query_one(name).region for name in ("#card-mail", "#card-reply"))
        assert mail.right <= answer.x
        await pilot.resize_terminal(80, 24)
        await settled(pilot, app)
        mail, answer = (app.screen.query_one(name).region for name in ("#card-mail", "#card-reply"))
        assert mail.bottom <= answer.y
        shown = picture(app)
        assert "To zoe1@customer.example" in shown
        assert "Enter sends" in shown

    play(path, script, (140, 40))


def test_the_last_line_names_the_keys_of_the_place(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert " ".join(last_line(app).split()) == "Enter Open 1-9 Answer . Most urgent e Solve / Find ? Help"
        await press(pilot, app, "x")
        assert "x Select" in last_line(app)
        await press(pilot, app, "escape", "enter")
        assert "r Reply" in last_line(app)
        await press(pilot, app, "r")
        assert "^s Send" in last_line(app)
        assert "Esc Leave" in last_line(app)
        await press(pilot, app, "escape", "p")
        assert last_line(app).split()[:2] == ["z", "Undo"]
        await press(pilot, app, "z")
        assert "Undo" not in last_line(app)

    play(path, script)


def test_a_reply_can_be_recalled_while_the_seconds_run(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "1", "enter")
        assert last_line(app).split()[:3] == ["z", "Recall", "10s"]

    play(path, script)


def test_a_click_on_a_key_is_as_good_as_the_key(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await pilot.click("#key-footer", offset=(2, 0))
        await settled(pilot, app)
        assert app.desk.view.ticket_id == 1

    play(path, script)


def test_a_refusal_is_said_once(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        app.desk.say("Not possible", severe=True)
        await settled(pilot, app)
        assert "✗ Not possible" in picture(app)
        assert list(app._notifications) == []

    play(path, script)


def test_only_the_lane_with_the_keys_has_a_cursor_and_is_wide_on_a_middling_screen(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert picture(app).count("▌") == app.desk.list.lines
        widths = [pane.size.width for pane in app.desk.panes]
        assert widths[0] > widths[1] == widths[2]
        await press(pilot, app, "l")
        widths = [pane.size.width for pane in app.desk.panes]
        assert widths[1] > widths[0] == widths[2]
        assert picture(app).count("▌") == app.desk.list.lines

    play(path, script, (110, 36))


def test_a_tall_list_shows_the_first_words_of_each_mail(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).act([4], Change(add_tags=("graphic",)))
    store.close()
    writer = Writer(lambda: make_desk(Store.open(path)), lambda desk: desk.store.close())

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        lines = picture(app).splitlines()
        (at,) = [place for place, line in enumerate(lines) if "Zoë Ñandú 1 · No puedo entrar" in line]
        assert "Hola, No puedo entrar en mi cuenta" in lines[at + 1]
        assert "(folded: it may be graphic" in "\n".join(lines)

    def app_of(store: Store) -> DeskApp:
        return DeskApp(store, writer, clock, agent="ann", ways=Ways())

    play_app(path, writer, app_of, script, (200, 50))
