from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.widgets import Label

from data.errors import InputError
from tests.tui.playing import tap
from tui.keys import key_names
from tui.keys.actions import ACTIONS, BY_ID, Scope
from tui.keys.bindings import bindings
from tui.keys.keymap import Bound, Leader, Pressed, keymap_from
from tui.keys.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_no_clash(preset: str) -> None:
    assert set(keymap_from(preset=preset).keys) == set(BY_ID)


def test_no_sign_or_letter_changes_a_ticket_in_the_arrows_preset() -> None:
    keymap = keymap_from(preset="arrows")
    changing = [action.id for action in ACTIONS if action.changes]
    assert [name for name in changing for key in keymap.of(name) if key_names.types(key)] == []


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ({"ticket.slove": "e"}, "did you mean 'ticket.solve'"),
        ({"ticket.assign": "e"}, "ticket.solve"),
        ({"ticket.assign": "g"}, "clashes"),
        ({"ticket.solve": "ctrl+banana"}, "no key 'ctrl.banana'"),
        ({"ticket.solve": "alt+e"}, "without alt"),
        ({"ticket.solve": "ctrl+m"}, "'enter'"),
        ({"composer.send": "s"}, "types a character"),
        ({"composer.send": "f5 f6"}, "only the lists"),
    ],
)
def test_what_cannot_be_bound_is_named(bound: dict[str, Bound], words: str) -> None:
    with pytest.raises(InputError, match=words):
        keymap_from(bound)


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(InputError, match="gmail"):
        keymap_from(preset="vim")


def test_people_write_keys_as_they_see_them() -> None:
    keymap = keymap_from({"ticket.solve": ["%", "g z"], "ticket.urgent": "Ctrl+E, f5", "ticket.return": ","})
    assert keymap.of("ticket.solve") == ("percent_sign", "g z")
    assert keymap.of("ticket.urgent") == ("ctrl+e", "f5")
    assert keymap.of("ticket.return") == ("comma",)
    assert keymap.shown("ticket.solve") == "% gz"
    assert keymap.textual() == {"ticket.solve": "percent_sign", "ticket.urgent": "ctrl+e,f5"}


@given(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]))
def test_key_names_are_textuals(character: str) -> None:
    assert key_names.of_character(character) == _character_to_key(character)


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        assert "ticket.solve" in keymap_from({"ticket.solve": text}).keys


def test_sequences_complete_or_do_nothing() -> None:
    leader = Leader(keymap_from())
    assert leader.press("j") == Pressed(False)
    assert leader.press("g") == Pressed(True)
    assert leader.pending == "g"
    assert leader.press("2") == Pressed(True, BY_ID["lane.2"])
    leader.press("g")
    assert leader.press("e") == Pressed(True)
    assert leader.press("e") == Pressed(False)


def test_an_action_without_keys_gets_one() -> None:
    assert Leader(keymap_from({"ticket.hold": "f9"})).press("f9") == Pressed(True, BY_ID["ticket.hold"])


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def get_default_screen(self) -> Screen[None]:
        return Lists()


class Lists(Screen[None]):
    BINDINGS = bindings(Scope.LIST)

    def compose(self) -> ComposeResult:
        yield Label("lists")

    def action_act(self, action: str) -> None:
        assert action == "ticket.solve"
        self.app.query_one(Label).update("solved", layout=False)


async def test_rebinding_replaces_the_key_on_the_screen() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.set_keymap(keymap_from({"ticket.solve": "f5"}).textual())
        await tap(pilot, "e")
        assert str(app.screen.query_one(Label).content) == "lists"
        await tap(pilot, "f5")
        assert str(app.screen.query_one(Label).content) == "solved"


def test_bindings_carry_id_and_tooltip() -> None:
    made = [one for scope in Scope for one in bindings(scope) if isinstance(one, Binding)]
    assert all(one.id in BY_ID and one.tooltip for one in made)
    assert len(made) == len([action for action in ACTIONS if any(" " not in key for key in action.keys)])
