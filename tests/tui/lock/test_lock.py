"""The lock: nothing of the desk is on the screen, no key reaches it, and what was open is there again afterwards."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from data.errors import InputError
from data.records.tickets import Status
from tests.tui.playing import drained, fifteen_tickets, picture, play, press, settled, tap, ticket
from tui.app import DeskApp
from tui.cards.text_card import TextCard
from tui.cli.main import run
from tui.desk.screen import DeskScreen
from tui.lock import lock, passphrase
from tui.lock.lock_screen import LockScreen
from tui.replying.reply_card import ReplyCard

SECRET = "correct horse"
SHOWN = ("Zoë", "refund", "cuenta", "Mail")
"""What the desk shows, of customers and of its own."""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tui.lock.lock_screen.PAUSE_SECONDS", 0.0)
    passphrase.set_passphrase(SECRET)
    return fifteen_tickets(tmp_path / "desk.db")


async def type_in(pilot: Pilot[int], app: DeskApp, text: str) -> None:
    await tap(pilot, *text, "enter")
    await settled(pilot, app)


def hidden(app: DeskApp) -> bool:
    shown = picture(app)
    return isinstance(app.screen, LockScreen) and not [word for word in SHOWN if word in shown]


@pytest.mark.parametrize("before", [(), ("enter",), ("1",), ("m",), ("question_mark",), ("g", "r"), ("r",), ("colon",)])
def test_from_everywhere_everything_is_hidden_and_comes_back(path: Path, before: tuple[str, ...]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, *before)
        shown, screen = picture(app), app.screen
        assert not hidden(app)
        await press(pilot, app, "f12")
        assert hidden(app)
        await type_in(pilot, app, "wrong")
        assert hidden(app)
        assert "That is not the passphrase." in picture(app)
        await type_in(pilot, app, SECRET)
        assert app.screen is screen
        assert picture(app) == shown

    play(path, script)


def test_no_key_reaches_the_desk(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "f12", "e", "j", "1", "enter", "escape", "z", "ctrl+p", "f1", "f12", "tab", "p")
        assert hidden(app)
        assert {ticket(app, number).status for number in range(1, 16)} <= {Status.NEW, Status.OPEN}
        assert len([screen for screen in app.screen_stack if isinstance(screen, LockScreen)]) == 1

    play(path, script)


def test_what_comes_meanwhile_waits(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "1")
        card = app.screen
        assert isinstance(card, ReplyCard)
        await press(pilot, app, "f12")
        card.dismiss(None)
        app.push_screen(TextCard("Zoë", "refund"))
        app.notify("Zoë wrote")
        app.desk.toast("Zoë wrote")
        await drained(pilot)
        assert hidden(app)
        await type_in(pilot, app, SECRET)
        assert isinstance(app.screen, TextCard)
        assert [type(screen) for screen in app.screen_stack[1:]] == [DeskScreen, TextCard]

    play(path, script)


def test_what_was_being_typed_is_still_there(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "r", "H", "i", "f12")
        assert hidden(app)
        await type_in(pilot, app, SECRET)
        assert isinstance(app.focused, TextArea)
        assert app.focused.text == "Hi"

    play(path, script)


def test_it_locks_after_some_time_without_a_key(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        now = [1_000.0]
        monkeypatch.setattr(lock, "monotonic", lambda: now[0])
        object.__setattr__(app.desk.ways, "lock_seconds", 300)
        await press(pilot, app, "j")
        now[0] += 299
        app.parts.lock.look_at_idle()
        assert not app.parts.lock.locked
        now[0] += 2
        app.parts.lock.look_at_idle()
        await settled(pilot, app)
        assert hidden(app)

    play(path, script)


def test_without_a_passphrase_enter_opens_and_nothing_locks_by_itself(path: Path) -> None:
    passphrase.remove()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        object.__setattr__(app.desk.ways, "lock_seconds", 1)
        app.parts.lock._last -= 100
        app.parts.lock.look_at_idle()
        assert not app.parts.lock.locked
        await press(pilot, app, "f12")
        assert hidden(app)
        assert isinstance(app.focused, Input)
        await press(pilot, app, "enter")
        assert isinstance(app.screen, DeskScreen)

    play(path, script)


def test_the_passphrase_is_kept_as_a_hash_in_a_private_file(path: Path) -> None:
    file = passphrase.lock_file()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "horse" not in file.read_text()
    assert passphrase.matches(SECRET)
    assert not passphrase.matches(SECRET.upper())
    file.write_text("{}")
    assert not passphrase.matches(SECRET)
    with pytest.raises(InputError, match="6 letters or more"):
        passphrase.set_passphrase("short")


def test_the_command_asks_for_the_current_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(["wrong\n", f"{SECRET}\n", "new passphrase\n", "new passphrase\n"])
    monkeypatch.setattr("sys.stdin.readline", lambda: next(lines))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(InputError, match="not the current passphrase"):
        run(["lock"])
    assert run(["lock"]) == 0
    assert passphrase.matches("new passphrase")
    assert run(["lock", "--remove"]) == 0
    assert not passphrase.is_set()
