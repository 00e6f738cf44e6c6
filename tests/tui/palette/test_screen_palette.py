"""The three keys of the palette on the desk, and the search behind them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from data.records.changes import Change
from data.records.tickets import Status
from data.store import Store
from tests.tui.desk.test_key_feed import send
from tests.tui.playing import NOW, fifteen_tickets, make_desk, picture, play, press, status_of
from tui.app import DeskApp
from tui.customer.customer_card import CustomerCard
from tui.keys.keymap import keymap_from
from tui.keys.place_keys import Place
from tui.palette.action_entries import action_entries
from tui.palette.entries import ACTIONS, MACROS, PEOPLE, TICKETS, Entry, Kind, Listed
from tui.palette.finder import Finder
from tui.palette.palette_card import PaletteCard
from tui.palette.possible import Situation
from tui.replying.reply_card import ReplyCard
from tui.setup.writer import Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def listed(app: DeskApp) -> list[str]:
    options = app.screen.query_one(OptionList).options
    return [str(option.prompt) for option in options]


def test_macros_are_found_despite_typos_and_enter_only_shows_the_answer(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "m")
        palette = app.screen
        assert isinstance(palette, PaletteCard)
        assert len(listed(app)) > 20
        await press(pilot, app, *"apelasion", "down", "up")
        assert "pelaci" in listed(app)[0]
        assert "{{" in picture(app) or "Hola" in picture(app)
        await press(pilot, app, "enter")
        assert isinstance(app.screen, ReplyCard)
        assert app.desk.store.outbox.waiting() == []

    play(path, script, (140, 40))


def test_the_macros_of_the_topic_head_the_list(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).act([1], Change(topic="ban-appeal"))
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "slash", *"#1", "enter", "enter", "m")
        first = [line for line in listed(app)[:9] if "(ban-appeal/" in line]
        assert len(first) >= 5

    play(path, script, (140, 40))


def test_the_key_that_finds_filters_the_list_and_in_a_ticket_goes_to_others(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "slash", *"refund")
        assert app.screen is app.desk.screen
        await press(pilot, app, "escape", "enter")
        here = app.desk.view.ticket_id
        assert here is not None
        other = next(number for number in range(1, 16) if number != here)
        await press(pilot, app, "slash", *f"#{other}", "enter")
        assert app.desk.view.ticket_id == other
        await press(pilot, app, "comma")
        assert app.desk.view.ticket_id == here
        await send(pilot, app, f"/#{other}\r")
        assert app.desk.view.ticket_id == other
        assert app.screen is app.desk.screen

    play(path, script)


def test_a_person_leads_to_their_card(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "colon", "at", *"zoe7")
        assert len(listed(app)) == 1
        await press(pilot, app, "enter")
        assert isinstance(app.screen, CustomerCard)

    play(path, script)


def test_a_typo_solves_only_what_was_seen_and_only_the_same_ticket(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        here = app.desk.list.current_id
        assert here is not None
        await press(pilot, app, "colon", *"solvee")
        assert any(" Solve " in line for line in listed(app))
        app.desk.list.move(1)
        await press(pilot, app, "enter")
        assert "different ticket" in app.desk.said
        assert status_of(path, here) is Status.NEW
        app.desk.list.move(-1)
        await press(pilot, app, "colon", *"solve", "enter")
        assert status_of(path, here) is Status.SOLVED

    play(path, script)


def search(path: Path, *asked: tuple[int, str]) -> list[Listed | None]:
    """Ask a finder, all at once; the numbers are places in the groups below."""
    groups = (MACROS, ACTIONS, TICKETS, PEOPLE)
    now = Situation(Place.LIST, Status.OPEN)
    reader = Writer(lambda: Store.open(path, create=False), lambda store: store.close())

    def known(kind: Kind) -> list[Entry]:
        return [] if kind is Kind.MACRO else action_entries(keymap_from(), now, kind)

    async def ask() -> list[Listed | None]:
        finder = Finder(reader, known, NOW, ZoneInfo("UTC"))
        begun = Event()
        reader.submit(lambda store: begun.wait())
        asking = asyncio.gather(*(finder.find(groups[group], text) for group, text in asked))
        await asyncio.sleep(0)
        begun.set()
        return await asking

    try:
        return asyncio.run(ask())
    finally:
        reader.stop()


def titles(found: Listed | None) -> list[str]:
    assert found is not None
    return [entry.title for entry in found.entries]


def test_a_search_that_is_overtaken_is_not_run(path: Path) -> None:
    *overtaken, last = search(path, *((2, "refund"[:n]) for n in range(3, 7)))
    assert overtaken == [None, None, None]
    assert "#12 Where is my refund?" in titles(last)


def test_where_the_kind_has_nothing_the_others_are_searched_and_that_is_said(path: Path) -> None:
    (found,) = search(path, (0, "entrar en mi cuenta"))
    assert found is not None
    assert found.note == "nothing among Macros"
    assert not found.exact
    assert {entry.kind for entry in found.entries} == {Kind.TICKET}


@pytest.mark.parametrize(
    ("text", "note"), [("status:nope", "nope"), ("xyzzy", "Nothing found."), ("", "three letters")]
)
def test_an_empty_list_says_why(path: Path, text: str, note: str) -> None:
    (found,) = search(path, (2, text))
    assert found is not None
    assert found.entries == ()
    assert note in found.note


def test_people_are_found_by_name_and_operators_find_no_people(path: Path) -> None:
    assert titles(search(path, (3, "ñandu 3"))[0]) == ["Zoë Ñandú 3"]
    assert Kind.PERSON not in {entry.kind for entry in (search(path, (2, "zoe status:new"))[0] or Listed()).entries}
