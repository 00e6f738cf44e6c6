"""Passes what a real terminal sent to the application key by key: the next key waits for the effects of the last.

Textual forwards every key of a read to the widget focused at that time. `/` moves the focus only later, so text
typed after it would run as keys.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable, Iterable
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events

from tui.cards.base_screen import BaseScreen
from tui.cards.field import types
from tui.keys.actions import Action, Scope, of_scope
from tui.look.drawn import Drawn
from tui.look.words import words
from tui.terminal.key_guard import GAP, KeyGuard, Kind

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

    from tui.desk.screen import DeskScreen
    from tui.keys.keymap import Keymap, Leader

PATIENCE = 1.0
"""Seconds after which the next key is passed on, even if the last is still waiting for something."""
LOOK_SECONDS = 0.005
ROUNDS = 20
STEERING = frozenset({
    "up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "escape",
})  # fmt: skip
"""Navigation keys that work everywhere."""
LEAVES = frozenset({"tab", "shift+tab", "up", "down"})
"""Navigation keys that may move the focus from one field of a form to the next: what is typed then is for that one."""
OPENS = frozenset({"ticket.view", "ticket.urgent", "ticket.reveal"})
"""Moves that open something, or may lead on to a step."""
FILTER = "find.filter"
OPENING = frozenset({"preview", "next", "send", "palette"})
"""Groups of workers whose end changes what keys act on."""
REPEATING = frozenset({"desk.undo", "desk.redo"})
"""Keys that may be repeated at once: each press undoes or redoes one action."""


class KeyFeed:
    """The queue between terminal and application; used only in the application's event loop."""

    def __init__(self, app: App[int], screen: DeskScreen, keys: Keymap, leader: Leader) -> None:
        self._app, self._screen, self._desk = app, screen, screen.desk
        self._waiting: deque[tuple[events.InputEvent | events.Paste, float]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._guard = KeyGuard()
        self._dropped = 0
        self._why = ""
        self._known: int | None = None
        """The ticket that keys acted on after the last key, or after a move: a ticket that the agent chose."""
        self.use(keys, leader)

    def use(self, keys: Keymap, leader: Leader) -> None:
        """Judge keys by this keymap from now on."""
        self._leader = leader
        self._actions = {key: action for action in of_scope(Scope.LIST) for key in keys.of(action.id)}
        writing = [*of_scope(Scope.COMPOSER), *of_scope(Scope.ACCOUNT)]
        self._writing = {key for action in writing for key in keys.of(action.id)} - STEERING

    def take(self, read: Iterable[events.InputEvent | events.Paste], at: float) -> None:
        """Queue everything from one read, made at a time of `time.monotonic`."""
        self._waiting.extend((event, at) for event in read)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._feed())

    async def done(self) -> None:
        """Wait until everything in the queue was passed on."""
        if self._task is not None:
            await self._task

    async def _feed(self) -> None:
        typed = edited = False
        self._desk.say_dropped("")
        while self._waiting:
            event, at = self._waiting.popleft()
            if isinstance(event, events.MouseMove):
                self._app.post_message(event)
                continue
            types_on = isinstance(event, events.Key) and self._kind(event) is Kind.TEXT and event.key not in LEAVES
            writes = types_on and self._writes(event)
            if (typed and not types_on) or (edited and writes):
                # the keys before may have opened a list that this key is for, and a letter overtakes a key that edits
                await self._settled()
            typed, edited = types_on, types_on and not writes
            await self._hand_on(event, at, waits=not types_on)  # letters do not move the focus: no wait
        self._report()

    async def _hand_on(self, event: events.InputEvent | events.Paste, at: float, *, waits: bool) -> None:
        if not waits:
            if self._may_pass(event, at):
                self._app.post_message(event)
            return
        desk = self._desk
        before = desk.target() if self._in_sight_since() <= at else None
        moves = isinstance(event, events.Key) and self._kind(event) is Kind.MOVE
        if self._may_pass(event, at):
            self._app.post_message(event)
        await self._settled()
        if (now := desk.target()) == before or moves:
            self._known = now

    def _may_pass(self, event: events.InputEvent | events.Paste, at: float) -> bool:
        if isinstance(event, events.Paste):
            if self._in_field:
                return True
            self._drop(words("pasted text is ignored here; paste into a text field"))
            return False
        if not isinstance(event, events.Key):
            return True
        kinds = [self._kind(event), *self._kinds_waiting(at)]
        card = self._card
        action = self._action(event.key)
        drawn_at = float("-inf")
        if card is not None:
            drawn_at = card.takes_keys_from
        elif self._in_steps and not self._in_field:
            drawn_at = self._screen.parts.steps.panel.drawn_at
        elif self._in_field or (action is not None and (action.changes or action.group == "Answer")):
            drawn_at = self._in_sight_since()
        repeats = action is not None and action.id in REPEATING
        why = self._guard.refusal(event.key, at, kinds, self._place(), drawn_at=drawn_at, repeats=repeats)
        if why:
            self._drop(why)
        return not why

    def _in_sight_since(self) -> float:
        """Return since when the ticket that keys act on was visible; 0 if the agent moved to it.

        While a text is written, since when that is.
        """
        desk = self._desk
        if self._in_field:
            drawn = getattr(self._app.focused, "drawn", None)
            return drawn.since(0) if isinstance(drawn, Drawn) else float("-inf")
        place = desk.view if desk.reading else desk.list
        if desk.list.selected or not place.has_focus or (ticket_id := desk.target()) in (None, self._known):
            return float("-inf")
        return place.drawn.since(ticket_id)

    def _drop(self, why: str) -> None:
        self._dropped += 1
        self._why = why

    def _report(self) -> None:
        """Show in the status line, and over a card too, which keys were ignored and why."""
        if not self._dropped:
            return
        dropped, self._dropped = self._dropped, 0
        message = words("{n} keys did nothing: {why}.").format(n=dropped, why=self._why)
        if dropped == 1:
            message = f"{self._why[:1].upper()}{self._why[1:]}."
        # a narrow screen cuts the end, and what the first key did may be long
        if not (self._guard.acted and self._at_desk):
            self._desk.say("")
        self._desk.say_dropped(message)
        if not self._at_desk:
            self._app.notify(message, severity="warning", timeout=4, markup=False)

    def _kinds_waiting(self, at: float) -> list[Kind]:
        """Return the kinds, in the current context, of the waiting keys of the same burst."""
        kinds: list[Kind] = []
        for event, when in self._waiting:
            if when - at > GAP:
                break
            at = when
            if isinstance(event, events.Key):
                kinds.append(self._kind(event))
        return kinds

    @property
    def _at_desk(self) -> bool:
        """Whether the desk itself is on top, with no card or screen over it."""
        return self._app.screen is self._screen

    @property
    def _card(self) -> BaseScreen[Any] | None:
        """The card or screen over the desk, None at the desk itself."""
        screen = self._app.screen
        return screen if isinstance(screen, BaseScreen) and screen is not self._screen else None

    @property
    def _in_field(self) -> bool:
        return types(self._app.focused)

    def _writes(self, event: events.InputEvent | events.Paste) -> bool:
        """Return whether the focused field writes this key itself; one that edits passes the screen first."""
        focused = self._app.focused
        return (
            isinstance(event, events.Key)
            and focused is not None
            and focused.check_consume_key(event.key, event.character)
        )

    def _kind(self, event: events.Key) -> Kind:
        key = event.key
        if self._writes(event):
            return Kind.TEXT
        if self._in_field and not self._leaves_field(key):
            return Kind.TEXT
        if key in STEERING or (key in ("j", "k") and not self._at_desk):
            return Kind.MOVE
        if key == "enter" and getattr(self._app.screen, "only_goes", False):
            return Kind.MOVE
        if not self._at_desk or self._in_field or self._in_steps:
            return Kind.ACT
        if self._leader.begins(key):
            return Kind.MOVE
        action = self._action(key)
        if action is None:
            return Kind.NOTHING
        if action.id == FILTER:
            return Kind.LINE
        return Kind.MOVE if action.group in ("Move", "Select") and action.id not in OPENS else Kind.ACT

    def _leaves_field(self, key: str) -> bool:
        """Return whether a key does more than edit, in a line or a text."""
        if key == "enter":
            from textual.widgets import TextArea

            return not isinstance(self._app.focused, TextArea) and not self._at_desk
        return key in self._writing or key == "escape"

    def _action(self, key: str) -> Action | None:
        return self._actions.get(f"{self._leader.pending} {key}".strip())

    @property
    def _in_steps(self) -> bool:
        return self._screen.parts.steps.panel.active

    def _place(self) -> Hashable:
        """Where a key acts; two presses in the steps are never the same place: each acts on another step."""
        if not self._at_desk:
            return self._app.screen
        return monotonic() if self._in_steps else (self._desk, self._desk.target())

    async def _settled(self) -> None:
        """Return once the key is fully handled, and what it opened is drawn."""
        try:
            async with asyncio.timeout(PATIENCE):
                for _ in range(ROUNDS):
                    before = self._pumps()
                    for pump in before:
                        await _reached(pump)
                    if before == self._pumps() and not any(pump.message_queue_size for pump in before):
                        break
                await self._opened()
                if self._card is not None:
                    await self._card.drawn.wait()
        except TimeoutError:
            return

    async def _opened(self) -> None:
        """Wait for what the key is opening: a card, or the next ticket.

        Giving up on awaiting a Textual worker would cancel it; so its state is polled.
        """
        while any(worker.group in OPENING and not worker.is_finished for worker in self._app.workers):
            await asyncio.sleep(LOOK_SECONDS)

    def _pumps(self) -> list[MessagePump]:
        """The message pumps that a key passes: application, focused widget, its ancestors, application again."""
        app = self._app
        start = app.focused or app.screen
        return [app, *start.ancestors_with_self]


async def _reached(pump: MessagePump) -> None:
    """Wait until a message pump has handled all that it was sent."""
    reached = asyncio.Event()
    if pump.call_later(reached.set):
        await reached.wait()
