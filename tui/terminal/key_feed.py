"""Hands what a real terminal sent to the application key by key: the next one when all that one moved has moved.

Textual forwards every key of a read to what has the focus then. `/` moves the focus only after that, so the words
typed behind it would run as keys.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable
from time import monotonic
from typing import TYPE_CHECKING

from textual import events

from tui.cards.base_card import AnswersOnce
from tui.cards.field import types
from tui.keys.actions import Action, Scope, of_scope
from tui.look.words import words
from tui.terminal.key_guard import GAP, KeyGuard, Kind

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from tui.app import DeskApp

PATIENCE = 1.0
"""Seconds after which the next key goes on, whatever the last one is still waiting for."""
LOOK_SECONDS = 0.005
ROUNDS = 20
STEERING = frozenset({
    "up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "escape",
})  # fmt: skip
"""Keys that steer everywhere."""
OPENS = frozenset({"ticket.view", "ticket.urgent"})
"""Moves that open something."""
FILTER = "find.filter"
OPENING = frozenset({"preview", "next", "send"})
"""Groups of workers at whose end something else is under the agent's keys."""
REPEATING = frozenset({"desk.undo", "desk.redo"})
"""What may be pressed again at once: each takes one action back, or does it again."""


class KeyFeed:
    """The queue between terminal and application; lives in the application's loop."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self._waiting: deque[tuple[events.InputEvent | events.Paste, float]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._guard = KeyGuard()
        self._dropped = 0
        self._why = ""
        keys = app.keys
        self._desk = {key: action for action in of_scope(Scope.LIST) for key in keys.of(action.id)}
        writing = [*of_scope(Scope.COMPOSER), *of_scope(Scope.ACCOUNT)]
        self._writing = {key for action in writing for key in keys.of(action.id)} - STEERING

    def take(self, event: events.InputEvent | events.Paste, at: float) -> None:
        """Queue what was read at a time of `time.monotonic`."""
        self._waiting.append((event, at))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._feed())

    async def done(self) -> None:
        """Wait until everything that was taken is handed on."""
        if self._task is not None:
            await self._task

    async def _feed(self) -> None:
        while self._waiting:
            event, at = self._waiting.popleft()
            if isinstance(event, events.MouseMove) or self._may_pass(event, at):
                self._app.post_message(event)
            if not isinstance(event, events.MouseMove):
                await self._settled()
        self._report()

    def _may_pass(self, event: events.InputEvent | events.Paste, at: float) -> bool:
        if isinstance(event, events.Paste):
            if self._in_field:
                return True
            self._drop(words("pasted text does nothing here; it goes where text is written"))
            return False
        if not isinstance(event, events.Key):
            return True
        kinds = [self._kind(event), *self._behind(at)]
        screen = self._app.screen
        drawn_at = screen.drawn_at if isinstance(screen, AnswersOnce) else float("-inf")
        repeats = (action := self._action(event.key)) is not None and action.id in REPEATING
        why = self._guard.refusal(event.key, at, kinds, self._place(), drawn_at=drawn_at, repeats=repeats)
        if why:
            self._drop(why)
        return not why

    def _drop(self, why: str) -> None:
        self._dropped += 1
        self._why = why

    def _report(self) -> None:
        """Say in the message line, and over a card too, what did nothing and why."""
        if not self._dropped:
            return
        app, dropped, self._dropped = self._app, self._dropped, 0
        told = words("{n} keys did nothing: {why}.").format(n=dropped, why=self._why)
        if dropped == 1:
            told = f"{self._why[:1].upper()}{self._why[1:]}."
        # a narrow screen cuts the end, and what the first key did may be long
        app.desk.say(f"{told} {app.desk.said}" if self._guard.acted and app.screen is app.desk.screen else told)
        if app.screen is not app.desk.screen:
            app.notify(told, severity="warning", timeout=4, markup=False)

    def _behind(self, at: float) -> list[Kind]:
        """Return the kinds of the keys of the same burst that wait, as they would be here."""
        kinds: list[Kind] = []
        for event, when in self._waiting:
            if when - at > GAP:
                break
            at = when
            if isinstance(event, events.Key):
                kinds.append(self._kind(event))
        return kinds

    @property
    def _in_field(self) -> bool:
        return types(self._app.focused)

    def _kind(self, event: events.Key) -> Kind:
        app, key = self._app, event.key
        focused = app.focused
        if focused is not None and focused.check_consume_key(key, event.character):
            return Kind.TEXT
        if self._in_field and not self._leaves_field(key):
            return Kind.TEXT
        if key in STEERING or (key in ("j", "k") and app.screen is not app.desk.screen):
            return Kind.MOVE
        if app.screen is not app.desk.screen or self._in_field or self._in_steps:
            return Kind.ACT
        if app.leader.begins(key):
            return Kind.MOVE
        action = self._action(key)
        if action is None:
            return Kind.NOTHING
        if action.id == FILTER:
            return Kind.LINE
        return Kind.MOVE if action.group in ("Move", "Select") and action.id not in OPENS else Kind.ACT

    def _leaves_field(self, key: str) -> bool:
        """Tell whether a key does more than edit, in a line or a text."""
        if key == "enter":
            from textual.widgets import TextArea

            return not isinstance(self._app.focused, TextArea) and self._app.screen is not self._app.desk.screen
        return key in self._writing or key == "escape"

    def _action(self, key: str) -> Action | None:
        return self._desk.get(f"{self._app.leader.pending} {key}".strip())

    @property
    def _in_steps(self) -> bool:
        return self._app.parts.steps.panel.active

    def _place(self) -> Hashable:
        """Where a key acts; two presses in the steps are never the same place, for each means another step."""
        app = self._app
        if app.screen is not app.desk.screen:
            return app.screen
        return monotonic() if self._in_steps else (app.desk, app.desk.target())

    async def _settled(self) -> None:
        """Return once the key has gone all its way, and what it opened is drawn."""
        try:
            async with asyncio.timeout(PATIENCE):
                for _ in range(ROUNDS):
                    before = self._pumps()
                    for pump in before:
                        await _reached(pump)
                    if before == self._pumps() and not any(pump.message_queue_size for pump in before):
                        break
                await self._opened()
                screen = self._app.screen
                if isinstance(screen, AnswersOnce):
                    await screen.drawn.wait()
        except TimeoutError:
            return

    async def _opened(self) -> None:
        """Wait for what the key has on its way: a card, or the next ticket.

        Who awaits a worker of Textual's and gives up cancels it; so it is only looked at.
        """
        while any(worker.group in OPENING and not worker.is_finished for worker in self._app.workers):
            await asyncio.sleep(LOOK_SECONDS)

    def _pumps(self) -> list[MessagePump]:
        """Whom a key passes: the application, what has the focus, all that this is in, the application again."""
        app = self._app
        start = app.focused or app.screen
        return [app, *start.ancestors_with_self]


async def _reached(pump: MessagePump) -> None:
    """Wait until a message pump has handled all that it was sent."""
    reached = asyncio.Event()
    if pump.call_later(reached.set):
        await reached.wait()
