"""Random keys, pastes and closed windows over the demo: it never breaks, never sends unseen, never stays behind."""

from __future__ import annotations

import os
import random
import re
import signal
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

from data.records.messages import Direction
from data.store import Store
from tests.tui.watching import Watched, unexplained

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="what runs is read from /proc")

WITHIN = 5.0
KEYS = (
    *"abcdefghijklmnopqrstuvwxyzABCEGJKLMPRSVXZ0123456789.,/:;?+-= ñ¿€",
    "\r", "\r\r", "\x1b", "\t", "\x7f", "\x13", "\x0f", "\x14", "\x0e", "\x10", "\x0c", "\x12", "\x03",
    "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1b[Z", "\x1bOP", "\x1b[1;5C",
    "gr", "gg", "g1", "g2", "g3",
)  # fmt: skip
PASTES = ("hello\nworld", "eeeee", "1\r\r", "a \x1b[1mbold\x1b[0m line\nok\n", "/x\rq", "ñandú €", "\x1b]0;title\x07z")
WAYS = (
    *(("g", key) for key in "stclhoqmr"), *((key,) for key in "cAdUWEPFITNLsyf*HSCM?"), ("V", "1"),
    (":", "theme", "\r"), (":", "import", "\r"), (":", "accounts", "\r"),
    ("1", "\r"), ("\r", "2", "p"), ("m", "\r", "\r", "\r"), (".", "3", "o"), ("x", "j", "x", "9", "\r"),
    ("0", "\r", "\r"), ("r", "hello", "\x13"), ("r", "hola", "\x0f", "\r"), ("1", "!", "because", "\r", "\r"),
    (" ", " ", "1", "\x1b"), ("e", "z"),
)  # fmt: skip
"""Where agents go and what they press to send: every screen and card comes up, and replies do leave."""
SIZES = ((60, 20), (80, 24), (100, 30), (140, 40), (200, 50), (40, 10), (30, 8))
"""Sizes of the window, the last two too small for anything."""
FAULT = re.compile(r"Traceback|a fault of the program itself|\b[A-Z]\w+Error\b|failed inside the desk")
ROUND = 12
"""What is written, in keys, pastes and ways, before it is looked at what happened."""
ROUNDS = 40
KEYS_IN_ALL = 200_000
WINDOWS = -(-KEYS_IN_ALL // (ROUND * ROUNDS))
"""So many windows take all keys, if each write were one key."""
FIRST, END = map(int, os.environ.get("FUZZ", "0:40").split(":"))
"""The seeds to play, so that machines can share them: `FUZZ=0:417` takes all, some hours long."""


def new_replies(store: Store, after: int) -> tuple[list[str], int]:
    """Return the words of what was sent here since a message, and the newest message."""
    newest, found = after, []
    for message in store.messages.each(start=after):
        newest = max(newest, message.id)
        if message.id > after and message.direction is Direction.OUT and message.from_name == "fuzz":
            found.append(message.text)
    return found, newest


def pressed(chance: random.Random) -> Sequence[str]:
    """Return what is written next, each in one read where the machine is quick enough."""
    if chance.random() < 0.1:
        return chance.choice(WAYS)
    if chance.random() < 0.1:
        pasted = chance.choice(PASTES)
        return (f"\x1b[200~{pasted}\x1b[201~" if chance.random() < 0.7 else pasted,)
    return (chance.choice(KEYS),)


def play(path: Path, chance: random.Random, rounds: int) -> list[str]:
    """Play some rounds in one window; return what went wrong."""
    with closing(Store.open(path)) as store, Watched("--db", str(path)) as terminal:
        terminal.see(r"Enter opens")
        done: list[str] = []
        _, newest = new_replies(store, 0)
        for _ in range(rounds):
            if chance.random() < 0.3:
                size = chance.choice(SIZES)
                done.append(f"<resize {size}>")
                terminal.resize(*size)
            for _ in range(ROUND):
                for sent in pressed(chance):
                    done.append(sent)
                    with suppress(OSError):
                        terminal.press(sent)
                    terminal.take_in(chance.choice((0.0, 0.02, 0.1, 0.3)))
            if FAULT.search(terminal.picture):
                return [f"a fault after {done!r}:\n{terminal.picture}"]
            if terminal.process.poll() is not None:
                return [f"it ended with {terminal.process.returncode} after {done!r}:\n{terminal.picture}"]
            sent_here, newest = new_replies(store, newest)
            for unseen in unexplained(terminal.presses, sent_here):
                return [f"a reply that no card showed, {unseen!r}, after {done!r}:\n{terminal.picture}"]
        number = chance.choice((None, signal.SIGTERM, signal.SIGHUP))
        terminal.close_window() if number is None else terminal.process.send_signal(number)
        if terminal.ended(WITHIN) is None:
            return [f"{terminal.alive()} still live after {done[-ROUND:]!r} and {number}"]
    return []


def demo_desk(path: Path) -> Path:
    """A desk with the tickets of the demo."""
    import subprocess
    import sys

    from tests.tui.real_terminal import ROOT

    command = [sys.executable, "-m", "tui", "demo", "--keep", str(path), "--no-ui"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return path


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings in which the agent has a name, so that what was sent here is told from all else."""
    place = tmp_path / "config" / "tridesk"
    place.mkdir(parents=True)
    (place / "config.toml").write_text('agent = "fuzz"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_some_random_keys(tmp_path: Path) -> None:
    assert play(demo_desk(tmp_path / "desk.db"), random.Random(7), 3) == []


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(FIRST, min(END, WINDOWS)))
def test_many_random_keys(tmp_path: Path, seed: int) -> None:
    """Two hundred thousand keys, pastes and resizes, each seed in a window of its own: `FUZZ=7:8` plays one again."""
    wrong = play(demo_desk(tmp_path / "desk.db"), random.Random(seed), ROUNDS)
    assert not wrong, f"seed {seed}: {wrong[0]}"
