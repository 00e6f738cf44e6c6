"""Other keys for actions: what clashes, what is written, and that the screen follows at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from textual.pilot import Pilot

from data.errors import InputError
from data.records.tickets import Status
from tests.tui.desk.test_key_feed import send
from tests.tui.playing import fifteen_tickets, picture, play, press, status_of
from tui.app import DeskApp
from tui.cards.new_key import NewKey
from tui.cards.pick_list import PickList
from tui.cli.keys import keys as keys_command
from tui.keys.keymap import keymap_from
from tui.keys.rebinding import clashes, rebound, reset, usable
from tui.setup.settings import config_folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def written() -> dict[str, object]:
    file = config_folder() / "config.toml"
    settings = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {name: value for name, value in settings.items() if value}


def test_a_clash_names_the_other_action_and_whether_its_key_can_be_taken() -> None:
    assert [(clash.action.id, clash.same) for clash in clashes({}, "default", "ticket.take", "e")] == [
        ("ticket.solve", True)
    ]
    assert not any(clash.same for clash in clashes({}, "default", "ticket.take", "g"))
    assert clashes({}, "default", "ticket.take", "g z") == []
    assert clashes({}, "default", "preview.edit", "s") == []


def test_a_key_is_taken_from_the_other_action() -> None:
    bound = rebound({}, "default", "ticket.take", "e", take=True)
    keymap = keymap_from(bound)
    assert (keymap.of("ticket.take"), keymap.of("ticket.solve")) == (("e",), ())
    with pytest.raises(InputError, match="clashes"):
        rebound({}, "default", "ticket.take", "e")
    with pytest.raises(InputError, match="clashes"):
        rebound({}, "default", "ticket.take", "g", take=True)
    with pytest.raises(InputError, match="clashes"):
        reset(bound, "default", "ticket.solve")


def test_a_key_may_come_besides_the_others_and_what_the_preset_says_is_not_written() -> None:
    bound = rebound({}, "default", "ticket.take", "f5", add=True)
    assert bound == {"ticket.take": "t,f5"}
    assert rebound(bound, "default", "ticket.take", "t") == {}
    assert reset(bound, "default", "ticket.take") == {}
    assert rebound({}, "default", "ticket.take", "") == {"ticket.take": ""}


@pytest.mark.parametrize(
    ("action", "keys", "why"),
    [("composer.send", "s", "types a character"), ("ticket.take", "ctrl+i", "tab"), ("ticket.take", "f5", "")],
)
def test_a_key_that_cannot_be_is_refused_with_the_reason(action: str, keys: str, why: str) -> None:
    assert why in usable(action, keys)
    assert bool(why) == bool(usable(action, keys))


def test_a_new_key_counts_at_once_and_undo_takes_it_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        ticket = app.desk.list.current_id
        assert ticket is not None
        await press(pilot, app, "colon", *"keys", "enter")
        assert isinstance(app.screen, PickList)
        await press(pilot, app, *"mark as solved", "enter")
        assert isinstance(app.screen, NewKey)
        await press(pilot, app, "p")
        assert "Clashes with Pending (p)." in picture(app)
        await press(pilot, app, "g")
        assert "Clashes with" in picture(app)
        await press(pilot, app, "q", "e")
        assert "(in place of e)" in picture(app)
        await press(pilot, app, "f5", "enter")
        assert written() == {"keys": {"ticket.solve": "f5"}}
        assert isinstance(app.screen, PickList)
        await press(pilot, app, "escape", "e")
        assert status_of(path, ticket) is Status.NEW
        await send(pilot, app, "\x1b[15~")
        assert status_of(path, ticket) is Status.SOLVED
        await press(pilot, app, "z", "colon", *"keys", "enter", *"undo the last change", "enter", "escape", "e")
        assert written() == {}
        assert status_of(path, ticket) is Status.SOLVED

    play(path, script)


def test_a_clash_is_taken_only_after_it_was_said(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "colon", *"keys", "enter", *"mark as solved", "enter", "p", "enter")
        assert "Enter again takes it" in picture(app)
        assert written() == {}
        await press(pilot, app, "enter")
        assert written() == {"keys": {"ticket.solve": "p", "ticket.pending": ""}}
        await press(pilot, app, *"all keys as in", "enter")
        assert written() == {}
        assert app.keys.of("ticket.pending") == ("p",)

    play(path, script)


def test_two_keys_make_a_sequence_after_one_that_begins_others(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "colon", *"keys", "enter", *"mark as solved", "enter", "g", "z", "tab", "enter")
        assert written() == {"keys": {"ticket.solve": "e,g z"}}
        await press(pilot, app, "escape")
        await send(pilot, app, "gz")
        assert app.desk.last_done is not None

    play(path, script)


def test_a_preset_is_chosen_on_the_screen(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "colon", *"keys", "enter", *"preset", "enter", "4")
        assert written() == {"preset": "arrows"}
        assert app.keys.of("ticket.solve") == ("f5",)

    play(path, script)


def test_a_command_gives_keys_too() -> None:
    done = CliRunner().invoke(keys_command, ["--bind", "ticket.solve=f5,g z", "--bind", "ticket.take="])
    assert (done.exit_code, done.output) == (0, "ticket.solve: f5 gz\nticket.take: t\n")
    assert written() == {"keys": {"ticket.solve": "f5,g z"}}
    refused = CliRunner().invoke(keys_command, ["--bind", "ticket.take=p"])
    assert "clashes" in str(refused.exception)
    assert written() == {"keys": {"ticket.solve": "f5,g z"}}
    assert "no action" in str(CliRunner().invoke(keys_command, ["--bind", "ticket.tkae="]).exception)
