"""What the README promises of the demo, in a real terminal: `1` and `Enter` twenty times solve twenty tickets."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pyte

from data.records import Status
from data.store import Store

ROOT = Path(__file__).parents[2]
LONGEST = 30
TIMES = 20


def test_one_and_enter_twenty_times_solve_twenty_tickets(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    command = [sys.executable, "-m", "tui", "demo", "--keep", str(path)]
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment)
    try:
        os.close(theirs)
        screen = pyte.Screen(120, 36)
        see = partial(until, ours, pyte.ByteStream(screen), screen)
        see("Enter opens a ticket")
        os.write(ours, b"\r")
        see(r"\n 1 \w.* · 2 \w")  # what the digits hold is known
        opened = see(r"\n #(\d+) ")[1]
        for _ in range(TIMES):
            os.write(ours, b"1")
            see("Enter sends, solves, next")
            os.write(ours, b"\r")
            opened = see(rf"\A(?![^\0]*Enter sends)[^\0]*Most urgent: \w+#(?!{opened} )(\d+) ")[1]
        os.write(ours, b"\x11")
        read_all(ours)
        assert process.wait(LONGEST) == 0
    finally:
        process.kill()
        process.wait(LONGEST)
        os.close(ours)
    store = Store.open(path)
    stand = Counter(ticket.status for ticket in store.tickets.each())
    sent = [message for message in store.messages.each() if message.macro]
    assert (stand[Status.SOLVED], len(sent)) == (TIMES, TIMES), stand
    assert len({message.ticket_id for message in sent}) == TIMES
    store.close()


def until(terminal: int, stream: pyte.ByteStream, screen: pyte.Screen, wanted: str) -> re.Match[str]:
    """Read until the screen fits the pattern; return what fits."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        found = re.search(wanted, "\n".join(screen.display))
        if found is not None:
            return found
        if select.select([terminal], [], [], 1)[0]:
            stream.feed(os.read(terminal, 65536))
    raise AssertionError("\n".join([f"{wanted!r} was never shown:", *screen.display]))


def read_all(terminal: int) -> None:
    """Read on to the end, as a terminal does: a program whose words nobody takes waits for ever."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        try:
            if select.select([terminal], [], [], 1)[0] and not os.read(terminal, 65536):
                return
        except OSError:  # Linux: the other side is closed
            return


def read_on(terminal: int, process: subprocess.Popen[bytes]) -> None:
    """Read what a program says while it ends: a terminal that nobody reads would hold it."""
    end = time.monotonic() + LONGEST
    while process.poll() is None and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:  # the other end is closed
                return
