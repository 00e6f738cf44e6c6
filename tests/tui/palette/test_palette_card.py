"""The palette as a card: Enter acts on what is typed, signs and Tab choose the kind, nothing late slips in."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tests.tui.cards.test_cards_answer_once import Bench
from tests.tui.playing import drained, picture
from tui.palette.entries import ACTIONS, GROUPS, MACROS, PEOPLE, TICKETS, Entry, Group, Kind, Listed
from tui.palette.palette_card import PaletteCard

SOLVE = Entry(Kind.ACTION, "ticket.solve", "Solve", "Mark as solved.", "e", changes=True)
VIEW = Entry(Kind.ACTION, "ticket.view", "Open", "Show the ticket.", "o")
MACRO = Entry(Kind.MACRO, "a/one", "One [/b]", "(a/one)", weak=True)


class Slow:
    """A search that answers when it is let."""

    def __init__(self, listed: Listed) -> None:
        self.listed, self.asked, self.gate = listed, list[tuple[Group, str]](), asyncio.Event()
        self.gate.set()

    async def find(self, group: Group, text: str) -> Listed | None:
        self.asked.append((group, text))
        await self.gate.wait()
        return self.listed if self.asked[-1] == (group, text) else None


async def preview(entry: Entry) -> str:
    return f"text of {entry.id} \x1b[31m[/b]"


async def typed(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        pilot.app.post_message(events.Key(key, "\r" if key == "enter" else key if len(key) == 1 else None))
    await drained(pilot)


@pytest.mark.parametrize(
    ("listed", "answered"),
    [
        (Listed((SOLVE,)), True),
        (Listed((SOLVE,), exact=False), False),
        (Listed((VIEW,), exact=False), True),
        (Listed((), note="Nothing found."), False),
    ],
)
async def test_enter_before_the_list_waits_for_it_and_takes_no_guess_that_changes_something(
    listed: Listed, answered: bool
) -> None:
    app, search = Bench(), Slow(listed)
    async with app.run_test(size=(100, 30)) as pilot:
        await app.push_screen(PaletteCard(ACTIONS, search.find, preview), app.answers.append)
        await drained(pilot)
        search.gate.clear()
        await typed(pilot, "s", "o", "enter")
        assert app.answers == []
        search.gate.set()
        await drained(pilot)
        assert app.answers == ([listed.entries[0]] if answered else [])


async def test_a_letter_after_the_early_enter_takes_it_back() -> None:
    app, search = Bench(), Slow(Listed((VIEW,)))
    async with app.run_test(size=(100, 30)) as pilot:
        await app.push_screen(PaletteCard(ACTIONS, search.find, preview), app.answers.append)
        await drained(pilot)
        search.gate.clear()
        for key in ("s", "enter", "x"):
            await typed(pilot, key)
        search.gate.set()
        await drained(pilot)
        assert app.answers == []


async def test_signs_and_tab_choose_the_kind_and_the_sign_is_no_text() -> None:
    app, search = Bench(), Slow(Listed((VIEW,)))
    async with app.run_test(size=(100, 30)) as pilot:
        await app.push_screen(PaletteCard(MACROS, search.find, preview))
        await drained(pilot)
        line = app.screen.query_one(Input)
        for sign, group in ((":", ACTIONS), ("/", TICKETS), ("@", PEOPLE), (";", MACROS)):
            await typed(pilot, sign, "a")
            assert search.asked[-1] == (group, "a")
            assert f"[{group.sign} " in picture(app)
            line.value = ""
        await typed(pilot, "a")
        await typed(pilot, *["tab"] * len(GROUPS))
        assert [group for group, _ in search.asked[-4:]] == [ACTIONS, TICKETS, PEOPLE, MACROS]
        await typed(pilot, "shift+tab")
        assert search.asked[-1] == (PEOPLE, "a")
        line.value = "#1"
        await drained(pilot)
        assert search.asked[-1] == (TICKETS, "#1")


async def test_foreign_text_is_neither_markup_nor_escape() -> None:
    app, search = Bench(), Slow(Listed((MACRO, SOLVE)))
    async with app.run_test(size=(120, 30)) as pilot:
        await app.push_screen(PaletteCard(MACROS, search.find, preview))
        await drained(pilot)
        shown = picture(app)
        assert "~ One [/b]" in shown
        assert "text of a/one" in shown
        assert "\x1b" not in str(app.screen.query_one("#palette-preview", Static).content)


async def test_a_heading_is_never_chosen() -> None:
    app, search = Bench(), Slow(Listed((MACRO, SOLVE)))
    async with app.run_test(size=(60, 20)) as pilot:
        await app.push_screen(PaletteCard(MACROS, search.find, preview), app.answers.append)
        await drained(pilot)
        await typed(pilot, "down", "up", "down")
        listed = app.screen.query_one(OptionList)
        assert listed.highlighted is not None
        assert not listed.get_option_at_index(listed.highlighted).disabled
        await pilot.resize_terminal(140, 40)
        await drained(pilot)
        await typed(pilot, "enter")
        assert app.answers == [SOLVE]
