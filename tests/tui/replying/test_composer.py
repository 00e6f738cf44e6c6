from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.message import Message

from data.errors import InputError
from data.records.changes import Change
from data.records.messages import Direction, Draft
from data.tables.mentions import mentioned
from tests.tui.playing import drained, picture, tap
from tui.replying import external_editor
from tui.replying.completion import Choice, Completion, matches_by, people_by, typed
from tui.replying.composer import Composer
from tui.replying.composer_area import ComposerArea
from tui.replying.composer_messages import ComposerLeft, DraftChanged, MacroAsked, SendAsked

CHOICES = (Choice("billing/refund", "Refund [/b] granted"), Choice("billing/receipt", "Receipt"))

AGENTS = ("Bruno", "Eva López", "Evaristo Díaz-Ruiz", "☃")


class Bench(App[None]):
    def __init__(self, save_every: float = 60.0) -> None:
        super().__init__()
        self.composer = Composer(
            lambda name: [c for c in CHOICES if name in c.name],
            save_every,
            people=lambda letters: people_by(letters, AGENTS),
        )
        self.told: list[Message] = []
        self.digits: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.composer

    def on_draft_changed(self, event: DraftChanged) -> None:
        self.told.append(event)

    def on_send_asked(self, event: SendAsked) -> None:
        self.told.append(event)

    def on_macro_asked(self, event: MacroAsked) -> None:
        self.told.append(event)

    def on_composer_left(self, event: ComposerLeft) -> None:
        self.told.append(event)

    @property
    def area(self) -> ComposerArea:
        return self.query_one(ComposerArea)


async def test_bare_letters_and_digits_type() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""))
        await tap(pilot, "1", "e", "z", "9", "j")
        assert app.area.text == "1ez9j"
        assert app.told == []


async def test_sending_tells_the_draft_first() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, "", revision=3))
        await tap(pilot, "h", "i", "ctrl+s")
        await drained(pilot)
        changed, asked = app.told
        assert isinstance(changed, DraftChanged)
        assert isinstance(asked, SendAsked)
        assert asked.draft == Draft(7, "hi", revision=3)


async def test_an_empty_text_is_not_sent() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, " "))
        await tap(pilot, "ctrl+s")
        assert not [one for one in app.told if isinstance(one, SendAsked)]


async def test_a_note_says_so_in_a_word() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, "secret"), "ana@example.com")
        await tap(pilot, "ctrl+t")
        screen = picture(app)
        assert "NOTE" in screen
        assert "ana@example.com" not in screen
        assert app.composer.draft.kind is Direction.NOTE


async def test_many_keys_are_one_saved_draft() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""))
        await tap(pilot, *"hello")
        app.composer.flush()
        app.composer.flush()
        await drained(pilot)
        assert [one.draft.text for one in app.told if isinstance(one, DraftChanged)] == ["hello"]


async def test_the_timer_saves_without_being_asked() -> None:
    app = Bench(save_every=0.001)
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""))
        app.area.insert("¿Qué tal?")
        async with asyncio.timeout(30):
            while not app.told:
                await pilot.pause()
        assert isinstance(app.told[0], DraftChanged)
        assert app.told[0].draft.text == "¿Qué tal?"


async def test_opening_another_ticket_keeps_the_first_draft() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""))
        await tap(pilot, "a")
        app.composer.open(Draft(8, ""))
        await drained(pilot)
        assert [one.draft for one in app.told if isinstance(one, DraftChanged)] == [Draft(7, "a")]
        assert app.composer.draft == Draft(8, "")


async def test_a_name_completes_and_leaves_the_text_around_it() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, "Hola "))
        await tap(pilot, "/", "r", "e", "f")
        await drained(pilot)
        assert app.query_one(Completion).is_open
        await tap(pilot, "enter")
        await drained(pilot)
        assert app.area.text == "Hola "
        assert [one.name for one in app.told if isinstance(one, MacroAsked)] == ["billing/refund"]


@pytest.mark.parametrize(
    ("letters", "names"),
    [
        ("", ["Bruno", "Eva.López", "Evaristo.Díaz.Ruiz"]),
        ("ev", ["Eva.López", "Evaristo.Díaz.Ruiz"]),
        ("lop", ["Eva.López"]),
        ("eva.l", ["Eva.López"]),
        ("eva", []),
        ("BRUNO", []),
        ("x", []),
    ],
)
def test_agents_are_offered_by_the_beginning_of_any_name(letters: str, names: list[str]) -> None:
    assert [choice.name for choice in people_by(letters, AGENTS)] == names
    assert [mentioned(f"@{choice.name}") for choice in people_by("lop", AGENTS)] == [["evalopez"]]


@pytest.mark.parametrize(("kind", "text"), [(Direction.NOTE, "ask @Eva.López "), (Direction.OUT, "ask @lo\n")])
async def test_an_agent_is_completed_in_a_note_only(kind: Direction, text: str) -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, "ask ", kind=kind))
        await tap(pilot, "@", "l", "o")
        await drained(pilot)
        assert app.query_one(Completion).is_open == (kind is Direction.NOTE)
        await tap(pilot, "enter")
        await drained(pilot)
        assert app.area.text == text
        assert not app.query_one(Completion).is_open


async def test_escape_closes_the_completion_first_and_keeps_the_text() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""))
        await tap(pilot, "/", "r")
        await drained(pilot)
        await tap(pilot, "escape")
        assert app.area.text == "/r"
        assert not [one for one in app.told if isinstance(one, ComposerLeft)]
        await tap(pilot, "escape")
        await drained(pilot)
        assert [one for one in app.told if isinstance(one, ComposerLeft)]


async def test_holes_are_visited_in_turn() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, "Dear {{ customer.name }},\norder [number] is on its way."))
        await tap(pilot, "ctrl+n")
        assert app.area.selected_text == "{{ customer.name }}"
        await tap(pilot, "ctrl+n")
        assert app.area.selected_text == "[number]"
        await tap(pilot, "ctrl+n")
        assert app.area.selected_text == "{{ customer.name }}"


async def test_a_macro_with_control_bytes_is_made_safe() -> None:
    app = Bench()
    async with app.run_test():
        app.composer.open(Draft(7, ""))
        app.composer.insert(Change(reply="a\x1b]0;x\x07b", macro="x/y", reply_language="es"))
        assert "\x1b" not in app.area.text
        assert app.composer.draft.macro == "x/y"


async def test_it_knows_whether_a_macros_words_were_changed() -> None:
    app = Bench()

    def edited() -> bool | None:
        return app.composer.edited

    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""))
        assert edited() is None
        app.composer.insert(Change(reply="Hello.", macro="x/y"))
        assert edited() is False
        app.composer.insert(Change(reply=" Bye.", macro="x/y + x/z"))
        assert edited() is False
        await tap(pilot, "end", "a")
        assert edited() is True
        app.composer.insert(Change(reply="More.", macro="x/y + x/z"))
        assert edited() is True
        app.composer.insert(Change(reply="Anew.", macro="x/y"), whole=True)
        assert edited() is False
        app.composer.open(Draft(8, "typed by hand"))
        app.composer.insert(Change(reply="Hello.", macro="x/y"))
        assert edited() is True
        app.composer.open(Draft(9, "kept from before", macro="x/y"))
        assert edited() is None


async def test_the_cursor_waits_before_the_closing() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""))
        app.composer.insert(Change(reply="Hello.\n\nBody.\n\nYours,\nNoa", macro="x/y"), closing="Yours,\nNoa")
        await tap(pilot, *" More.")
        assert app.area.text == "Hello.\n\nBody. More.\n\nYours,\nNoa"
        app.composer.insert(Change(reply="{{ x }} Bye", macro="x/y"), whole=True, closing="Bye")
        assert app.area.selected_text == "{{ x }}"


def test_a_name_that_is_what_was_typed_comes_first() -> None:
    titles = [("a/ask-form", "Ask"), ("own/former", "x"), ("own/form", "x"), ("b/other", "A form"), ("c/none", "x")]
    assert [one.name for one in matches_by("form", titles)] == ["own/form", "own/former", "a/ask-form", "b/other"]


@given(st.text())
def test_typed_never_fails(text: str) -> None:
    name = typed(text)
    assert name is None or (text.endswith(name) and name[0] in "/@")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("/re", "/re"),
        ("a /b/c", "/b/c"),
        ("and/or", None),
        ("a / b", None),
        ("@", "@"),
        ("ask @eva.l", "@eva.l"),
        ("(@br", "@br"),
        ("a@b.example", None),
        ("@eva ", None),
    ],
)
def test_a_name_starts_a_word(line: str, name: str | None) -> None:
    assert typed(line) == name


def test_the_editor_gets_a_private_file_that_is_gone_afterwards(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = tmp_path / "editor.py"
    script.write_text(
        "import os, sys\npath = sys.argv[1]\n"
        f"open({str(log)!r}, 'w').write(path + ' ' + oct(os.stat(path).st_mode & 0o777))\n"
        "open(path, 'a').write('!\\n')\n"
    )
    assert external_editor.edit("¡Hola", [sys.executable, str(script)]) == "¡Hola!"
    path, mode = log.read_text().split()
    assert mode == "0o600"
    assert not Path(path).exists()


def test_a_failing_editor_is_told_in_a_sentence() -> None:
    with pytest.raises(InputError, match="is unchanged"):
        external_editor.edit("x", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(InputError, match="EDITOR"):
        external_editor.edit("x", ["/no/such/editor"])


LETTER = ("Hola, Ana:", "Un saludo,\nAlex")


async def test_a_reply_begins_as_a_letter_and_the_cursor_is_inside() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""), letter=LETTER)
        await tap(pilot, "h", "i")
        assert app.area.text == "Hola, Ana:\n\nhi\n\nUn saludo,\nAlex"
        assert app.composer.draft.text == app.area.text


async def test_greeting_and_closing_alone_are_no_draft_and_are_not_sent() -> None:
    app = Bench(save_every=0.01)
    async with app.run_test() as pilot:
        app.composer.open(Draft(7, ""), letter=LETTER)
        await tap(pilot, "h", "backspace", "ctrl+s")
        await drained(pilot)
        assert app.composer.draft.text == ""
        assert [one for one in app.told if isinstance(one, SendAsked)] == []
        await tap(pilot, "ctrl+t")
        assert app.area.text == ""


async def test_a_draft_and_a_note_are_shown_without_greeting() -> None:
    app = Bench()
    async with app.run_test():
        app.composer.open(Draft(7, "as it was"), letter=LETTER)
        assert app.area.text == "as it was"
        app.composer.open(Draft(8, "", Direction.NOTE), letter=LETTER)
        assert app.area.text == ""
