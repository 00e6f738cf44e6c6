"""Playing the real desk by keys: a store with tickets, the application without a terminal, and its picture as text."""

from __future__ import annotations

import asyncio
import sqlite3
import string
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.worker import WorkerCancelled

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Priority, Severity, Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tui.app import DeskApp
from tui.setup.writer import Writer
from tui.terminal.input import TerminalInput

NOW = 1_790_000_000
EVIL = "Refund \x1b]0;pwned\x07 [/b] [red]now\u202e"

Play = Callable[[Pilot[int], DeskApp], Awaitable[None]]


def clock() -> int:
    return NOW


def incoming(n: int, subject: str, lane: str, *, language: str = "es", at: int = NOW - 3_600) -> Incoming:
    return Incoming(
        connector="demo",
        source=f"demo:{n}",
        raw_sha256=f"{n:064}",
        kind=MessageKind.MAIL,
        from_name=f"Zoë Ñandú {n}",
        from_address=f"zoe{n}@customer.example",
        subject=subject,
        text=f"Hola, {subject}\n\n> what you wrote",
        new_text=f"Hola, {subject}",
        at=at,
        message_id=f"<{n}@customer.example>",
        language=language,
        confidence=0.97,
        lane=lane,
        received_at=at,
    )


SUBJECTS = ("No puedo entrar en mi cuenta", "Where is my refund?", EVIL, "Un pago que no reconozco", "日本語の件名です")


def fifteen_tickets(path: Path) -> Path:
    """Make a desk with five tickets in each lane, and one that somebody was hurt in."""
    path.write_bytes(fifteen_made())
    path.chmod(0o600)
    return path


@cache
def fifteen_made() -> bytes:
    """Return the file of that desk, made once: before any test changes what it is made with."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        _make_fifteen(path)
        with closing(sqlite3.connect(path)) as db:
            return db.serialize()  # with what is still in its log


def _make_fifteen(path: Path) -> None:
    store = Store.open(path)
    desk = make_desk(store)
    lanes = ("mail", "app", "safety")
    items = [incoming(n, subject, lanes[n % 3], at=NOW - 600 * n) for n, subject in enumerate(SUBJECTS * len(lanes), 1)]
    desk.receive(items)
    for n, ticket in enumerate(list(store.tickets.each())):
        # where routing put them is another test's matter
        desk.act([ticket.id], Change(lane=lanes[n % 3], priority=Priority.NORMAL))
        with store.write():
            fresh = store.tickets.get(ticket.id)
            assert fresh is not None
            due = {"first_due": NOW + 1_000 * n - 2_000, "next_due": None, "resolve_due": None, "severity": None}
            store.tickets.update(fresh, due)
    desk.act([8], Change(severity=Severity.S1))
    store.close()


def make_desk(store: Store) -> Desk:
    return Desk(store, clock=clock, rules=DeskRules(), agent="ann")


def play(
    path: Path, script: Play, size: tuple[int, int] = (120, 36), make: Callable[[Store], Desk] = make_desk
) -> None:
    """Open the desk on the file, as `make` builds it, and let `script` press keys."""
    writer: Writer[Desk] = Writer(lambda: make(Store.open(path)), lambda desk: desk.store.close())
    play_app(path, writer, lambda store: DeskApp(store, writer, clock, agent="ann", mode="demo"), script, size)


def play_app(
    path: Path, writer: Writer[Desk], app_of: Callable[[Store], DeskApp], script: Play, size: tuple[int, int]
) -> None:
    """Let `script` press keys in an application of your own, from when its macros are there; then end its writer."""

    async def run() -> None:
        store = Store.open(path)
        app = app_of(store)
        try:
            async with app.run_test(size=size) as pilot:
                while not app.desk.answering.ready:
                    await settled(pilot, app)
                await settled(pilot, app)
                await script(pilot, app)
        finally:
            writer.stop()
            store.close()

    asyncio.run(run())


async def press(pilot: Pilot[int], app: DeskApp, *keys: str) -> None:
    """Press keys, by their signs or their names, each when all that the one before started is done."""
    for key in keys:
        app.post_message(key_event(key))
        await settled(pilot, app)


async def tap(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, each when the one before has been handled, in any application; what it started may go on."""
    for key in keys:
        pilot.app.post_message(key_event(key))
        await drained(pilot)


def key_event(key: str) -> events.Key:
    """Return what a terminal sends for a sign or a key: a sign is typed, by its name too; other names are not."""
    sign = _SIGNS.get(key, key)
    return _typed(sign) if len(sign) == 1 else events.Key(key, None)


def _typed(sign: str) -> events.Key:
    (event,) = TerminalInput().feed(sign.encode(), 0.0)
    assert isinstance(event, events.Key)
    return event


_SIGNS = {_typed(sign).key: sign for sign in f" {string.punctuation}"}


async def settled(pilot: Pilot[int], app: DeskApp) -> None:
    """Wait until all that was started is done and drawn, and what that started too, however busy the machine is."""
    while True:
        with suppress(WorkerCancelled):
            await app.workers.wait_for_complete()
        await drained(pilot)
        if not app.desk.busy:
            await app.desk.settled()
            await drained(pilot)
        if not app.desk.busy and all(worker.is_finished for worker in app.workers):
            return


async def drained(pilot: Pilot[Any]) -> None:
    """Wait until no message waits in the queue of the application, a screen or a widget, and none is being handled.

    Textual's own `pause()` and `press()` go by how much processor time is used: they sleep for most of the time, and on
    a busy machine a program that waits for its turn looks idle. `pause(0)` ends when every widget has handled what was
    in its queue, and draws.
    """
    while pilot.app.is_running:
        screen, drawn = pilot.app.screen, asyncio.Event()
        screen.call_after_refresh(drawn.set)  # behind what others do once all is drawn
        await pilot.pause(0)
        await pilot.app.animator.wait_until_complete()  # it scrolls, in one step but by a timer
        while pilot.app.is_running and pilot.app.screen is screen and not drawn.is_set():  # a closed one never is
            await pilot.pause(0)
        is_drawn = not any(_is_to_be_drawn(screen) for screen in (*pilot.app._background_screens, pilot.app.screen))
        if drawn.is_set() and is_drawn and not (any(_queued(pilot.app)) or any(_under_way())):
            return


def _is_to_be_drawn(screen: Screen[Any]) -> bool:
    """Return whether a screen waits for its timer to lay out or draw something: no message tells of that."""
    return screen._update_timer._active.is_set()


def _under_way() -> Iterator[asyncio.Task[Any]]:
    """Yield the tasks that do something, but for workers, which are waited for by their own means."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        names = list(_awaited(task.get_coro()))
        rests = "_get_message" in names or ("_run_timer" in names and "_tick" not in names)
        if not rests and names[:1] != ["_run"]:
            yield task


def _awaited(coroutine: Any) -> Iterator[str]:
    """Yield the names of a coroutine, of the one that it waits for, and so on."""
    while (name := getattr(coroutine, "__name__", "")) and hasattr(coroutine, "cr_await"):
        yield name
        coroutine = coroutine.cr_await


def _queued(app: App[Any]) -> Iterator[int]:
    yield app.message_queue_size
    for screen in app.screen_stack:
        yield from (one.message_queue_size for one in screen.walk_children(with_self=True) if one.is_running)


def picture(app: App[Any]) -> str:
    """The screen as plain text."""
    return "\n".join(strip.text.rstrip() for strip in strips(app))


def strips(app: App[Any]) -> list[Strip]:
    """The screen as its lines with their styles. Textual exports only an SVG, which has no lines any more."""
    return app.screen._compositor.render_strips()


def ticket(app: DeskApp, number: int) -> Ticket:
    found = app.desk.store.tickets.get(number)
    assert found is not None
    return found


def status_of(path: Path, ticket_id: int) -> Status:
    store = Store.open(path)
    try:
        ticket = store.tickets.get(ticket_id)
        assert ticket is not None
        return ticket.status
    finally:
        store.close()
