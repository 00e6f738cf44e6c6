"""The card of waiting replies: next to the selected reply, what came in meanwhile, so that the agent can decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from data.records.outbox import OutboxEntry, OutboxState
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import one_line
from tui.look.shown import safe_text
from tui.look.words import translated, words

MOST_LINES = 8
"""Replies listed at once; the selected reply is always among them."""
_MARKS = {OutboxState.HELD: "!", OutboxState.IN_DOUBT: "?", OutboxState.FAILED: "✗"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting reply, with both texts."""

    entry: OutboxEntry
    own: str
    """The reply's text."""
    meanwhile: str
    """What came in since, why it is waiting, and what is known of it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The agent's decision: a `queues.desk.waiting_replies.Wish`, or `open` for the ticket."""

    entry_id: int
    ticket_id: int
    wish: str


class OutboxCard(BaseCard[Decision]):
    """Returns the decision about the selected reply; Esc returns nothing."""

    CSS_PATH = "outbox_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.OUTBOX)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it this way

    def __init__(self, waiting: Sequence[Waiting], marked: int = 0) -> None:
        super().__init__()
        self._waiting, self._marked = waiting, min(marked, len(waiting) - 1)
        self._lines = Static("", id="outbox-lines", markup=False)
        self._own, self._meanwhile = Static("", markup=False), Static("", markup=False)
        self._keys = KeyLine(id="outbox-keys")

    def compose(self) -> ComposeResult:
        """The list, both texts side by side, keys."""
        with Vertical(id="outbox"):
            yield Static(Content(words("Waiting replies")), id="outbox-title", markup=False)
            yield self._lines
            with Horizontal(id="outbox-texts"):
                with VerticalScroll(classes="outbox-text"):
                    yield Static(Content(words("Your reply")), classes="outbox-head", markup=False)
                    yield self._own
                with VerticalScroll(classes="outbox-text"):
                    yield Static(Content(words("Meanwhile")), classes="outbox-head", markup=False)
                    yield self._meanwhile
            yield self._keys

    def on_mount(self) -> None:
        """Show the first."""
        self._show()

    def action_move(self, step: int) -> None:
        """Select another reply."""
        self._marked = min(max(0, self._marked + step), len(self._waiting) - 1)
        self._show()

    def action_settle(self, wish: str) -> None:
        """Decide about the selected reply, if its state allows the decision."""
        entry = self._waiting[self._marked].entry
        if wish == "arrived" and entry.state is not OutboxState.IN_DOUBT:
            self.app.bell()
            return
        self.dismiss(Decision(entry.id, entry.ticket_id, wish))

    def action_leave(self) -> None:
        """Decide nothing."""
        self.dismiss(None)

    def _show(self) -> None:
        start = max(0, min(self._marked - MOST_LINES // 2, len(self._waiting) - MOST_LINES))
        shown = list(enumerate(self._waiting))[start : start + MOST_LINES]
        self._lines.update(Content("\n".join(self._line(number, waiting) for number, waiting in shown)))
        waiting = self._waiting[self._marked]
        self._own.update(Content(safe_text(waiting.own)))
        self._meanwhile.update(Content(safe_text(waiting.meanwhile)))
        arrived = words("a it arrived · ") if waiting.entry.state is OutboxState.IN_DOUBT else ""
        self._keys.update(
            words("s send anyway · {arrived}e edit · x drop · Enter ticket · j k next · Esc back").format(
                arrived=arrived
            )
        )

    def _line(self, number: int, waiting: Waiting) -> str:
        entry = waiting.entry
        marks = ("▸" if number == self._marked else " ") + _MARKS.get(entry.state, " ")
        why = f"  {one_line(translated(entry.reason))}" if entry.reason else ""
        people = one_line(", ".join((entry.recipient, *entry.cc)))
        return f"{marks} #{entry.ticket_id}  {words(entry.state)}  {people}{why}"
