"""Whatever ends the program from outside, it is gone within five seconds, with all that it started and no lost word."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.store import Store
from tests.tui.playing import fifteen_tickets
from tests.tui.real_terminal import ROOT, Terminal
from tui.setup.settings import state_folder

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="what runs is read from /proc")

WITHIN = 5.0
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
GIVEN_BACK = b"\x1b[?1049l"
STATES = {
    "the lists": "",
    "a ticket": "\r",
    "writing": "\rrHello",
    "a note": "\rnHello",
    "help": "\r?",
    "the reply card": "\r1",
    "the macros": "m",
    "the filter": "/ab",
    "snoozing": "s2d",
    "escalating": "E",
    "tags": "+",
    "the report": "gr",
    "many at once": "xjxe",
    "undoing": "ez",
    "leaving": "\x11",
    "a paste": "\rr\x1b[200~one\ntwo\x1b[201~",
    "half a sequence": "\rr\x1b[",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture(autouse=True)
def no_crash() -> Iterator[None]:
    """A fault of the program on its way out is one, even where nobody is left to see it."""
    yield
    reports = [report.read_text() for report in state_folder().glob("crash-*")]
    assert not reports, reports


def an_account(port: int) -> None:
    """Settings with a mail account whose server never answers."""
    place = Path(os.environ["XDG_CONFIG_HOME"]) / "tridesk"
    place.mkdir(parents=True, exist_ok=True)
    server = f'{{host = "127.0.0.1", port = {port}, security = "tls"}}'
    (place / "config.toml").write_text(
        f'[[account]]\nname = "slow"\naddress = "desk@here.example"\nuser = "desk"\nsecret = "env:SLOW"\n'
        f"imap = {server}\nsmtp = {server}\n"
    )


def draft_of(path: Path, ticket: int = 1) -> str:
    with closing(Store.open(path)) as store:
        draft = store.drafts.get(ticket)
        return draft.text if draft is not None else ""


def opened(path: Path, **more: str) -> Terminal:
    terminal = Terminal("--db", str(path), environment={"SLOW": "secret", **more}, controls=True)
    terminal.see("Where is my refun")
    return terminal


def state(process: int) -> str:
    """Return the state of a process as Linux names it: `S` asleep, `T` stopped."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def write(terminal: Terminal) -> None:
    """Open the first ticket and begin a reply to it, a key at a time."""
    terminal.press("\r")
    terminal.see("▸#1")
    terminal.press("r")
    terminal.see("REPLY")


@pytest.mark.parametrize("keys", ["", "\r/r/Hello", "\r/?", "\r/1"], ids=["lists", "writing", "help", "reply card"])
def test_a_closed_window_ends_everything(path: Path, keys: str) -> None:
    with opened(path) as terminal:
        for apart in keys.split("/"):
            terminal.press(apart)
            terminal.take_in(0.3)
        terminal.close_window()
        assert terminal.ended(WITHIN) == 128 + signal.SIGHUP, (terminal.alive(), terminal.picture)


def test_a_terminal_that_vanishes_without_a_signal_ends_everything(path: Path) -> None:
    with Terminal("--db", str(path)) as terminal:
        terminal.see("Where is my refun")
        terminal.press("\r")
        terminal.take_in(0.3)
        terminal.close_window()
        assert terminal.ended(WITHIN) == 128 + signal.SIGHUP, terminal.alive()


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_keeps_the_last_letter_and_gives_the_terminal_back(path: Path, number: signal.Signals) -> None:
    with opened(path) as terminal:
        write(terminal)
        terminal.press("Hola, ¿qué tal?")
        terminal.process.send_signal(number)
        assert terminal.ended(WITHIN) == 128 + number, terminal.alive()
        assert GIVEN_BACK in terminal.latest
    assert any("¿qué tal?" in draft_of(path, n) for n in range(1, 16)), [draft_of(path, n) for n in range(1, 16)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_keeps_what_a_form_holds(path: Path, number: signal.Signals) -> None:
    with opened(path) as terminal:
        terminal.press("N")
        terminal.see("Write to someone")
        terminal.press("lia@else.example\t\tHola, ¿qué tal?")
        terminal.process.send_signal(number)
        assert terminal.ended(WITHIN) == 128 + number, terminal.alive()
    with closing(Store.open(path)) as store:
        assert [(draft.to, draft.text) for draft in store.form_drafts.all()] == [
            ("lia@else.example", "Hola, ¿qué tal?")
        ]


def test_a_terminal_that_takes_nothing_more_holds_nothing_up(path: Path) -> None:
    with opened(path) as terminal:
        write(terminal)
        terminal.press("Mundo")
        terminal.see("Mundo")
        for _ in range(60):  # nobody reads what is drawn, so that the terminal's buffer is full soon
            terminal.press("\x1b[6~xy\x1b[5~" * 5)
            time.sleep(0.02)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(WITHIN) == 128 + signal.SIGTERM
        assert not terminal.alive()
    assert "Mundo" in re.sub("[xy]", "", draft_of(path))  # a page up may leave the cursor in the middle of it


def test_the_desk_can_be_suspended_and_comes_back(path: Path) -> None:
    with opened(path) as terminal:
        terminal.press("\x1a")
        end = time.monotonic() + WITHIN
        while state(terminal.process.pid) != "T" or GIVEN_BACK not in terminal.latest:
            assert time.monotonic() < end
            terminal.take_in(0.05)
        terminal.process.send_signal(signal.SIGCONT)
        while GIVEN_BACK in terminal.latest:  # until the screen is drawn again
            terminal.take_in(0.05)
        terminal.press("\r")
        terminal.see("▸#1")
        terminal.leave()


def test_an_editor_that_is_open_ends_too(path: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\ntouch "$0.open"\nexec sleep 1000\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    with opened(path, VISUAL=str(editor)) as terminal:
        write(terminal)
        terminal.press("Mundo")
        terminal.see("Mundo")
        terminal.press("\x07")
        until(Path(f"{editor}.open").exists)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ended(WITHIN) == 128 + signal.SIGTERM, terminal.alive()
    assert any("Mundo" in draft_of(path, n) for n in range(1, 16))


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL], ids=lambda number: number.name)
def test_the_mail_process_ends_with_the_screen(path: Path, silent_server: int, number: signal.Signals) -> None:
    an_account(silent_server)
    with opened(path) as terminal:
        until(lambda: len(terminal.alive()) >= 2)
        terminal.process.send_signal(number)
        ended = terminal.ended(WITHIN)
        assert ended == (128 + number if number is signal.SIGHUP else -number), terminal.alive()


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_mail_without_a_screen_ends_too(path: Path, silent_server: int, number: signal.Signals) -> None:
    an_account(silent_server)
    command = [sys.executable, "-m", "tui", "sync", "--watch", "--db", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SLOW": "secret"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    try:
        lock = path.with_name(path.name + ".sync")
        until(lambda: lock.exists() and not free(lock))
        process.send_signal(number)
        assert process.wait(WITHIN) == 128 + number
        assert free(lock)
    finally:
        process.kill()
        process.wait()


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(10))
def test_windows_closed_in_many_states(tmp_path: Path, seed: int) -> None:
    """Fifty windows a seed, closed at some moment of some state; a signal ends every fifth."""
    chance = random.Random(seed)
    for round_number in range(50):
        path = fifteen_tickets(tmp_path / f"{round_number}.db")
        state = chance.choice(list(STATES))
        with Terminal("--db", str(path), controls=True) as terminal:
            if chance.random() < 0.9:
                terminal.see("Where is my refun")
            terminal.press(STATES[state])
            terminal.take_in(chance.choice((0.01, 0.1, 0.4)))
            number = chance.choice(SIGNALS) if chance.random() < 0.2 else None
            if number is None:
                terminal.close_window()
            else:
                terminal.process.send_signal(number)
            assert terminal.ended(WITHIN) is not None, (seed, round_number, state, number, terminal.alive())


def free(lock: Path) -> bool:
    """Tell whether no program holds the lock on a file."""
    import fcntl

    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
