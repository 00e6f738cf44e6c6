"""`tridesk sync`: fetch and deliver through the accounts without the screen, once or until it is ended."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import ConnectorError, DeskError, InputError
from tui.cli.common import chosen, db_option, json_option, write_json
from tui.cli.fetch_progress import Lines
from tui.look.shown import safe_line

if TYPE_CHECKING:
    from queues.accounts.secrets import Secrets
    from queues.remotes.links import Link
    from tui.setup.settings import Settings
    from tui.terminal.shutdown import Shutdown

_ROUND_SECONDS = 1.0
_LOCK_SECONDS = 1.0
_LESS_URGENT = 5
"""The `nice` increment of this process: keys on the screen take priority over fetching."""
_PACED_SECONDS = 300
"""Seconds between reports of the request rate on a terminal."""


@click.command()
@click.option("--watch", is_flag=True, help="Keep running.")
@click.option(
    "--attached", is_flag=True, hidden=True, help="Started by the screen: it gets secrets from it and ends with it."
)
@db_option
@json_option
def sync(watch: bool, attached: bool, db: Path | None, as_json: bool) -> int:
    """Fetch new mail, send what is due and tell the hooks; exit 1 if an account could not be reached."""
    from tui.setup.settings import load

    if attached:
        os.nice(_LESS_URGENT)
    path, settings = chosen(db), load().settings
    stop = threading.Event()
    say = _Says(as_json or attached, stop)
    secrets = _secrets(settings, attached)
    if not watch:
        from tui.accounts.mail_worker import the_keeper

        with the_keeper(path) as held:
            if not held:
                raise InputError(
                    "In use", f"Another tridesk already handles the mail of {path}; leave it running, or end it first."
                )
            return _once(path, settings, secrets, as_json=as_json)
    with _ended_by(stop, attached) as shutdown:
        _stay(path, settings, secrets, say, stop, rounds=not attached)
    return shutdown.code or 0


def _stay(path: Path, settings: Settings, secrets: Secrets, say: _Says, stop: threading.Event, *, rounds: bool) -> None:
    """Serve the accounts until stopped; while another program does, wait for it to end."""
    from tui.accounts.mail_worker import the_keeper

    waiting_said = False
    while not stop.is_set():
        with the_keeper(path) as held:
            if held:
                _watch(path, settings, secrets, say, stop, rounds=rounds)
                continue
        if not waiting_said:
            waiting_said = True
            say.sentence("Another tridesk looks after the mail of this desk; waiting for it to end.")
        stop.wait(_LOCK_SECONDS)


class _Says:
    """Prints events as text or as JSON lines; called from several threads."""

    def __init__(self, as_json: bool, stop: threading.Event) -> None:
        self._as_json, self._stop, self._lock = as_json, stop, threading.Lock()
        self._paced: dict[str, int] = {}
        self._fetched = Lines()

    def sentence(self, sentence: str) -> None:
        """Print a message."""
        line = (
            json.dumps({"say": safe_line(sentence)}, ensure_ascii=False)
            if self._as_json
            else f"{_now()} {safe_line(sentence)}"
        )
        self._write(line)

    def news(self) -> None:
        """Report that mail was filed, in JSON output only."""
        if self._as_json:
            self._write('{"news": true}')

    def fetching(self, name: str, link: Link) -> None:
        """Report how far a first fetch has come, as text only: the screen reads that from the store."""
        if not self._as_json and (line := self._fetched.line(name, link)):
            self.sentence(f"{line}.")

    def paced(self, name: str, link: Link) -> None:
        """Report a remote's request rate: each time in JSON, as text only after a large change."""
        from tui.accounts.link_line import pace

        now = int(time.time())
        if self._as_json:
            row = {"account": name, "state": link.state, "requests": link.used, "requests_allowed": link.allowed,
                    "next_look_in": max(0, link.next_at - now)}  # fmt: skip
            self._write(json.dumps(row, ensure_ascii=False))
        elif link.next_at and now >= self._paced.get(name, 0) + _PACED_SECONDS:
            self._paced[name] = now
            self.sentence(f"{name}: {pace(link, now)}.")

    def _write(self, line: str) -> None:
        with self._lock:
            try:
                click.echo(line)
                sys.stdout.flush()
            except BrokenPipeError:  # the reader has closed the pipe
                self._stop.set()


def _now() -> str:
    return time.strftime("%H:%M:%S")


def _secrets(settings: Settings, attached: bool) -> Secrets:
    from tui.setup.secrets_at_hand import account_secrets

    if attached:
        from tui.setup.desk_key import take

        handed_on = json.loads(sys.stdin.readline() or "{}")
        take(handed_on.get("keys", {}))
        return account_secrets(handed_on.get("accounts", {}))
    from tui.accounts.password_prompt import ask_secrets

    return account_secrets(ask_secrets(settings))


def _once(path: Path, settings: Settings, secrets: Secrets, *, as_json: bool) -> int:
    """Synchronise each account; an error of one does not stop the others."""
    from tui.accounts.mail_worker import MailKeeper
    from tui.cli.fetch_progress import FetchProgress
    from tui.cli.hook_keeper import HookKeeper

    if not settings.remotes and not settings.hook:
        click.echo("No account yet; `tridesk account add` makes one.", err=True)
    progress, code = FetchProgress(), 0
    keeper = MailKeeper(
        path, settings, secrets, tell=lambda message: click.echo(safe_line(message), err=True), fetching=progress
    )
    try:
        for account in settings.remotes:
            row: dict[str, Any] = {
                "account": account.name,
                "received": 0,
                "history": 0,
                "sent": 0,
                "held": 0,
                "failed": 0,
                "in_doubt": 0,
            }
            try:
                with progress:
                    received, history, done = keeper.once(account)
                row |= _asked(path, account.connector)
                row |= {"received": received, "history": history, "sent": done.sent, "held": done.held,
                        "failed": done.failed, "in_doubt": done.doubted}  # fmt: skip
            except ConnectorError as error:
                row["error"], code = error.message, 1
            _tell(row, as_json)
    finally:
        keeper.close()
    with _rounds(path, settings) as go:
        go()
    HookKeeper(path, settings, tell=lambda message: click.echo(safe_line(message), err=True)).once()
    return code


def _asked(path: Path, connector: str) -> dict[str, Any]:
    """Return the request rate of a rate-limited remote."""
    from data.store import Store
    from queues.remotes.links import links

    with closing(Store.open(path)) as store:
        link = links(store).get(connector)
    return {"requests": link.used, "requests_allowed": link.allowed} if link is not None and link.allowed else {}


def _tell(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(row)
    elif "error" in row:
        click.echo(f"{row['account']}: {safe_line(row['error'])}", err=True)
    else:
        old = f" ({row['history']} of them history)" if row["history"] else ""
        click.echo(f"{row['account']}: {row['received']} received{old}, {row['sent']} sent, {row['held']} held, "
                   f"{row['failed']} failed, {row['in_doubt']} in doubt{_of_requests(row)}")  # fmt: skip


def _of_requests(row: dict[str, Any]) -> str:
    if "requests" not in row:
        return ""
    return f"; {row['requests']} of {row['requests_allowed']} requests this minute"


@contextmanager
def _rounds(path: Path, settings: Settings) -> Iterator[Callable[[], object]]:
    """Yield the workers that wake snoozed tickets and deliver replies as files."""
    from queues.connectors.outbox_folder import OutboxFolder
    from queues.outgoing.outbox import deliver_due
    from tui.setup.clock import wall_clock
    from tui.setup.open_desk import open_desk

    folder = OutboxFolder(path.absolute().parent)
    desk = open_desk(path, settings=settings)
    with closing(desk.store):

        def go() -> None:
            desk.tick()
            deliver_due(desk.store, {folder.name: folder}, wall_clock())

        yield go


def _watch(
    path: Path, settings: Settings, secrets: Secrets, say: _Says, stop: threading.Event, *, rounds: bool
) -> None:
    from tui.accounts.mail_worker import MailKeeper
    from tui.cli.hook_keeper import HookKeeper

    keeper = MailKeeper(
        path, settings, secrets, tell=say.sentence, news=say.news, paced=say.paced, fetching=say.fetching
    )
    keeper.start()
    hooks = HookKeeper(path, settings, tell=say.sentence)
    hooks.start()
    try:
        if not rounds:
            stop.wait()
            return
        with _rounds(path, settings) as go:
            while not stop.wait(_ROUND_SECONDS):
                try:
                    go()
                except DeskError as error:
                    say.sentence(f"{error.title}: {error.message}")
    finally:
        hooks.stop()
        keeper.stop()


@contextmanager
def _ended_by(stop: threading.Event, attached: bool) -> Iterator[Shutdown]:
    """Stop on signals, on a closed terminal and, when attached, at the end of the screen."""
    from tui.terminal.shutdown import Shutdown

    terminal = sys.stdin.fileno() if sys.stdin.isatty() else None
    with Shutdown(lambda code: stop.set(), terminal=terminal) as shutdown:
        if attached:

            def read() -> None:
                while sys.stdin.readline():
                    pass
                shutdown.begin()

            threading.Thread(target=read, daemon=True).start()
        yield shutdown
