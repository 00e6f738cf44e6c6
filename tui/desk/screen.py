"""The desk: three lanes, the open ticket of the one that the agent is in, and a line that tells what happened."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus
from textual.widgets import Static

from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.lanes.lane_messages import TicketChosen, TicketHighlighted
from tui.look.words import words
from tui.replying.macro_strip import MacroStrip
from tui.reviews.reviews import ReviewingDesk

POLL_SECONDS = 0.25
"""How often another connection's commit is looked for; asking costs microseconds."""
MACRO_SECONDS = 2
"""How often changed macros are looked for, in a thread."""
LEARN_SECONDS = 2
"""How often suggestions learn from what was sent, or undone, since."""
SHIFT_SECONDS = 2
"""How often it is looked whether the agent's own figures moved."""
CLOCK_SECONDS = 30
"""How often times to due are drawn anew."""


class DeskScreen(ReviewingDesk):
    """Lays the lanes out for the terminal's width and keeps them up to date."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.LIST),
    ]
    CSS_PATH = "desk.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - declared so by Textual

    def compose(self) -> ComposeResult:
        """Header, lanes, tickets, what the digits hold, status."""
        yield self.header
        self.lane_bar = Static("", id="lane-bar", markup=False)
        yield self.lane_bar
        with Container(id="work"):
            with Container(id="lanes"):
                yield from self.panes
            with Container(id="tickets"):
                yield self.panel
                yield from self.views
        self.macro_strip = MacroStrip()
        yield self.macro_strip
        yield self.status

    def on_mount(self) -> None:
        """Show the first lane and start looking for news."""
        self._seen = self._learned = self.store.data_version()
        self.show_active()
        self.show_counts()
        self.show_outbox()
        self.list.focus()
        self.say(words("Enter opens a ticket · . goes to the most urgent · ? shows every key"))
        self.call_after_refresh(self.load_macros)
        self.call_after_refresh(self.load_book)
        self.set_interval(POLL_SECONDS, self.poll)
        self.set_interval(MACRO_SECONDS, self.look_for_macros)
        self.set_interval(LEARN_SECONDS, self.learn_news)
        self.set_interval(SHIFT_SECONDS, self.look_at_shift)
        self.set_interval(1, self.show_outbox)
        self.set_interval(1, self.look_at_work)
        self.set_interval(CLOCK_SECONDS, self._tick)

    def poll(self) -> None:
        """Take in what another connection committed."""
        version = self.store.data_version()
        if version != self._seen:
            self._seen = version
            self.refresh_lanes()

    def learn_news(self) -> None:
        """Learn from what was committed since, here or elsewhere; the digits of tickets in view stay as they are."""
        version = self.store.data_version()
        if version != self._learned and self.answering.ready:
            self._learned = version
            self.learn_from_replies()

    def _tick(self) -> None:
        for pane in self.panes:
            pane.list.refresh()
        self.show_counts()

    def show_counts(self) -> None:
        """Write every lane's title, and all of them into the bar of a narrow screen."""
        super().show_counts()
        parts = [f"[{pane.short}]" if pane is self.pane else f" {pane.short} " for pane in self.panes]
        self.lane_bar.update(Content("  ".join(parts)), layout=False)

    def lane_shown(self) -> None:
        """Bring what hangs on the lane up to date."""
        self.show_counts()
        self.show_macros()

    def show_macros(self) -> None:
        """Write what the digits hold for the ticket being read; in a list they mean the one under the cursor."""
        ticket = self.ticket() if self.reading else None
        self.macro_strip.show(self.answering.strip(ticket) if ticket is not None else ())

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The agent came to another part of the screen, where digits may mean another ticket; the zoom follows."""
        self.set_class(any(node.id == "tickets" for node in event.widget.ancestors), "-in-ticket")
        self.show_macros()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """The same on leaving one; a narrow screen shows the procedure only while the keys are in it."""
        self.show_macros()
        self.call_after_refresh(self.show_procedure)

    def on_ticket_highlighted(self, message: TicketHighlighted) -> None:
        """A cursor moved: its lane's title may tell of fewer unseen tickets."""
        message.stop()

    def on_ticket_chosen(self, message: TicketChosen) -> None:
        """A double click opens."""
        message.stop()
        place = next(n for n, pane in enumerate(self.panes) if pane.lane.name == message.lane)
        self.open_ticket(place, message.ticket_id)
