"""`tridesk keys --test`: each key as the terminal sends it, and what it does in the lanes and while writing."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click
from textual import events
from textual.message import Message

from data.errors import InputError
from tui.keys.actions import Scope, of_scope
from tui.keys.key_names import shown
from tui.keys.keymap import Keymap
from tui.look.words import words
from tui.terminal.input import TerminalInput

_END = "ctrl+c"
_PASTE_ON, _PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"


def try_keys(keymap: Keymap) -> None:
    """Print a line for each key until ctrl+c. Raises InputError without a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("No terminal", "`tridesk keys --test` reads keys; run it in a terminal, without a pipe.")
    source, descriptor = TerminalInput(), sys.stdin.fileno()
    with _raw(descriptor):
        click.echo(f"{words('Press keys to see what your terminal sends; ctrl+c ends.')}\r")
        while True:
            ready, _, _ = select.select([descriptor], [], [], 0.05)
            if ready:
                data = os.read(descriptor, 4096)
                if not data:
                    return
                messages: Iterable[Message] = source.feed(data, time.monotonic())
            else:
                data, messages = b"", source.tick(time.monotonic())
            if data:
                click.echo(f"{words('sent')}: {data!r}\r")
            for message in messages:
                if isinstance(message, events.Key) and message.key == _END:
                    return
                for line in key_lines(message, keymap):
                    click.echo(f"  {line}\r")


def key_lines(message: Message, keymap: Keymap) -> Iterator[str]:
    """Yield what to print for a message of the terminal: its key, and the actions bound to it."""
    if isinstance(message, events.Paste):
        yield words("a paste of {n} characters: text in a field, nothing elsewhere").format(n=len(message.text))
    if not isinstance(message, events.Key):
        return
    yield words("key: {key}").format(key=shown(message.key))
    bound = False
    for scope, place in ((Scope.LIST, words("in the lanes")), (Scope.COMPOSER, words("while writing"))):
        for action in of_scope(scope):
            for keys in keymap.of(action.id):
                first, _, rest = keys.partition(" ")
                if first == message.key:
                    bound = True
                    then = words(" then {keys}").format(keys=shown(rest)) if rest else ""
                    yield f"{place}{then}: {words(action.title)}"
    if not bound:
        yield words("no action in the lanes or while writing")


@contextmanager
def _raw(descriptor: int) -> Iterator[None]:
    """Read keys as they come, with marks around pastes; the terminal is restored whatever happens."""
    before = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor)
        click.echo(_PASTE_ON, nl=False)
        yield
    finally:
        click.echo(_PASTE_OFF, nl=False)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
