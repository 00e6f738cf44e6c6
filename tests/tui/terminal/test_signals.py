"""The program is ended from outside: the draft is kept, the terminal given back, the exit code says how."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules

ROOT = Path(__file__).parents[3]
LONGEST = 20


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_while_typing(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "desk.db"
    store = Store.open(path)
    Desk(store, clock=lambda: 1_800_000_000, rules=DeskRules(routing=Rules(()))).receive([
        Incoming("files", "test", "a", MessageKind.MAIL, "Ana", "ana@x.example", "Zapatos", "Hola", "Hola", None)
    ])  # fmt: skip
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    command = [sys.executable, "-m", "tui", "--db", str(path)]
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    with ended(
        subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment)
    ) as process:
        os.close(theirs)
        shown = until(ours, b"Zapatos")
        os.write(ours, b"r")
        shown += until(ours, b"REPLY")
        os.write(ours, "Qué tal".encode())
        process.send_signal(number)
        shown += rest(ours)
        assert process.wait(LONGEST) == 128 + number
    os.close(ours)
    assert b"\x1b[?1049l" in shown
    draft = store.drafts.get(1)
    assert draft is not None
    assert "Qué tal" in draft.text


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Leave no process behind, whatever the test finds."""
    try:
        yield process
    finally:
        process.kill()
        process.wait(LONGEST)


def until(terminal: int, wanted: bytes) -> bytes:
    """Read until the text was shown."""
    seen = b""
    while wanted not in seen:
        assert select.select([terminal], [], [], LONGEST)[0], f"{wanted!r} was never shown"
        seen += os.read(terminal, 65536)
    return seen


def rest(terminal: int) -> bytes:
    """Read until the program has closed the terminal."""
    seen = b""
    while select.select([terminal], [], [], LONGEST)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux tells the end of a terminal so
            break
        if not part:
            break
        seen += part
    return seen
