"""A desk in a terminal of its own, whose bytes go to a page and back."""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import subprocess
import termios
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from queues.ground import children

COLUMNS, ROWS = (20, 500), (5, 200)
"""The sizes that a page may ask for."""
_CHUNK = 65_536
_GRACE_SECONDS = 6
"""How long a desk may take to save its drafts and end."""
_NOT_HANDED_ON = ("TMUX", "TERM_PROGRAM", "WINDOWID", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY")
"""Variables about the terminal that the server was started in."""


class TerminalSession:
    """Runs a command in a terminal; ends it as a closed window would."""

    def __init__(self, command: Sequence[str], columns: int, rows: int) -> None:
        self._command = list(command)
        self._size = _fitting(columns, rows)
        self._master = -1
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the command."""
        self._master, slave = os.openpty()
        try:
            self.resize(*self._size)
            environment = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON}
            environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            self._process = subprocess.Popen(
                self._command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=environment
            )
            children.adopt(self._process)
        finally:
            os.close(slave)
        os.set_blocking(self._master, False)

    async def output(self) -> AsyncIterator[bytes]:
        """Yield what the command writes, until it ends."""
        while self._master >= 0:
            ready = asyncio.Event()
            loop = asyncio.get_running_loop()
            loop.add_reader(self._master, ready.set)
            try:
                await ready.wait()
            finally:
                if self._master >= 0:
                    loop.remove_reader(self._master)
            try:
                data = os.read(self._master, _CHUNK) if self._master >= 0 else b""
            except BlockingIOError:
                continue
            except OSError:  # the command has closed its terminal
                return
            if not data:
                return
            yield data

    async def write(self, data: bytes) -> None:
        """Give the command what was typed."""
        while data and self._master >= 0:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                await asyncio.sleep(0.01)
            except OSError:
                return

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        columns, rows = _fitting(columns, rows)
        with suppress(OSError):
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    async def end(self) -> None:
        """Close the terminal and wait for the command; kill it if it does not end."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1
        if self._process is None:
            return
        process, self._process = self._process, None
        try:
            await asyncio.to_thread(process.wait, _GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)


def _fitting(columns: int, rows: int) -> tuple[int, int]:
    return min(max(columns, COLUMNS[0]), COLUMNS[1]), min(max(rows, ROWS[0]), ROWS[1])
