"""What every part of the desk's screen shares: the lanes, the open tickets, the store to read and the writer to ask."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from data.errors import DeskError
from data.protocols import Clock
from data.records.messages import Direction, Message
from data.records.outbox import OutboxState
from data.records.promises import PromiseState
from data.records.tickets import Lane, Ticket
from queues.remotes.links import links
from tui.accounts.link_line import link_line, pace_line
from tui.cards.field import types
from tui.keys.keymap import keymap_from
from tui.lanes.deadline_bar import burn_line, stay_line
from tui.lanes.lane_pane import LanePane
from tui.lanes.row_source import LaneSource
from tui.lanes.ticket_list import TicketList
from tui.look.header_bar import HeaderBar
from tui.look.one_line import one_line
from tui.look.words import words
from tui.replying.macros_at_hand import Answering
from tui.reviews.notice import review_notice
from tui.setup.screen_settings import Ways
from tui.setup.writer import PATIENCE, Writer
from tui.ticket.ticket_text import Conversation
from tui.ticket.ticket_view import TicketView

if TYPE_CHECKING:
    from data.store import Store
    from queues.desk.desk import Desk

T = TypeVar("T")
P = ParamSpec("P")
PASSED_BY = ("skipped", "picked")
"""What a ticket tells of the order of work."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the agent is: what comes late acts only where it was asked for."""

    screen: Screen[object]
    field: Widget | None
    """The line or text that is being written."""
    text: str
    lane: int
    ticket: int | None
    """The ticket that keys mean."""


class DeskBase(Screen[None]):
    """State and the two ways of asking: read the store here, or hand a change to the writer."""

    def __init__(self, store: Store, writer: Writer[Desk], clock: Clock, agent: str, mode: str) -> None:
        super().__init__(id="desk")
        self.store, self.writer, self.clock, self.agent = store, writer, clock, agent
        self.answering = Answering(store, clock, agent)
        self.header = HeaderBar("tridesk", mode)
        self.status = Static("", id="status", markup=False)
        lanes = store.lanes.all()[:3] or [Lane("mail", words("Mail"), 0)]
        self.panes = [LanePane(lane, n, LaneSource(store, lane.name), clock) for n, lane in enumerate(lanes, 1)]
        self.views = [TicketView(lane.name, clock) for lane in lanes]
        self.active = 0
        self.busy = False
        self.said = ""
        """What the status line says."""
        self.came_from: list[tuple[int, int]] = []
        """Lane and ticket to go back to."""
        self.ways = Ways()
        self.revealed: set[int] = set()
        """Graphic tickets whose words are unfolded."""

    @property
    def pane(self) -> LanePane:
        """The lane that the agent is in."""
        return self.panes[self.active]

    @property
    def list(self) -> TicketList:
        """The tickets of that lane."""
        return self.pane.list

    @property
    def view(self) -> TicketView:
        """The ticket that is open in that lane."""
        return self.views[self.active]

    @property
    def reading(self) -> bool:
        """The agent is in the open ticket rather than in the list."""
        return self.focused is self.view

    def target(self) -> int | None:
        """The one ticket that a key means: the open one when reading, else the one under the cursor."""
        return self.view.ticket_id if self.reading else self.list.current_id

    def targets(self) -> tuple[int, ...]:
        """The tickets that a change is for: all selected, else the one a key means."""
        if self.list.selected:
            return tuple(sorted(self.list.selected))
        one = self.target()
        return () if one is None else (one,)

    def ticket(self) -> Ticket | None:
        """Read the ticket that a key means."""
        one = self.target()
        return None if one is None else self.store.tickets.get(one)

    def key(self, action_id: str) -> str:
        """Return the key to press for an action, as the agent has bound it."""
        keymap = getattr(self.app, "keys", None) or keymap_from()
        return str(keymap.shown(action_id).partition(" ")[0])

    def say(self, text: str, *, severe: bool = False) -> None:
        """Tell the agent something in the status line; what went wrong comes as a toast too."""
        told = self.said = one_line(text)
        self.status.update(Content(told), layout=False)
        if severe:
            self.notify(told, severity="error", timeout=8, markup=False)

    def stand(self, ticket: int | None) -> Stand:
        """Return where the agent is now; `ticket` is the one that matters."""
        field = self.focused if types(self.focused) else None
        text = str(getattr(field, "value", "") or getattr(field, "text", ""))
        return Stand(self.app.screen, field, text, self.active, ticket)

    def only_here(self, act: Callable[P, object], otherwise: str = "", *, of_ticket: bool = True) -> Callable[P, None]:
        """Return `act` for later: it does nothing, and says so, where screen, focus or ticket are others by then.

        Everything that a key starts and that ends by opening something goes through here; `of_ticket` is False for
        what is about no ticket, so that new mail under the cursor does not keep it from opening.
        """

        def here() -> Stand:
            return self.stand(self.target() if of_ticket else None)

        stand = here()

        def late(*args: P.args, **kwargs: P.kwargs) -> None:
            if self.is_attached and here() == stand:
                act(*args, **kwargs)
            elif self.is_attached:
                self.say(otherwise or words("You went on meanwhile, so nothing was opened; press the key again."))

        return late

    async def ask(self, work: Callable[[Desk], T], then: Callable[[T], None]) -> None:
        """Hand `work` to the writer and call `then` with what came of it; a refusal is told to the agent."""
        if self.busy:
            self.say(words("Still saving; this key was not taken."), severe=True)
            return
        waiting = asyncio.wrap_future(self.writer.submit(work))
        done, _ = await asyncio.wait({waiting}, timeout=PATIENCE)
        if done:
            self._settle(waiting, then)
            return
        self.busy = self.header.saving = True
        self.show_outbox()
        stand = self.stand(self.view.ticket_id)  # the one under the cursor may leave its lane by this very change
        waiting.add_done_callback(lambda late: self._late(late, then, stand))

    async def settled(self) -> None:
        """Wait until the writer has done all that it was given."""
        await asyncio.wrap_future(self.writer.submit(lambda desk: None))

    def _late(self, future: asyncio.Future[T], then: Callable[[T], None], stand: Stand) -> None:
        self.busy = self.header.saving = False
        if self.is_attached:
            self.show_outbox()
            self._settle(future, then if self.stand(self.view.ticket_id) == stand else self.came_late)

    def came_late(self, result: object) -> None:
        """Show what a change did whose agent has gone on meanwhile; nothing moves under their keys."""
        self.refresh_lanes()
        self.say(words("Saved meanwhile. You went on, so nothing was opened."))

    def _settle(self, future: asyncio.Future[T], then: Callable[[T], None]) -> None:
        error = future.exception()
        if error is None:
            then(future.result())
        elif isinstance(error, DeskError):
            self.refused(error)
        else:
            # the border of the writer: the desk stays, and the log keeps no customer's words
            log.error("the writer failed: %s", type(error).__name__)
            self.say(
                words("That failed inside the desk ({kind}); nothing was changed.").format(kind=type(error).__name__),
                severe=True,
            )

    def refused(self, error: DeskError) -> None:
        """Tell the agent why the desk did not do what was asked."""
        self.say(f"{error.title}: {error.message}", severe=True)

    def read(self, ticket_id: int) -> Conversation | None:
        """Read all that the ticket view shows."""
        ticket = self.store.tickets.get(ticket_id)
        if ticket is None:
            return None
        ratings, asked = self.store.csat.of(ticket_id), self.store.csat.asked(ticket_id)
        return Conversation(
            ticket,
            self.store.customers.get(ticket.customer_id),
            self.store.messages.of(ticket_id),
            self.store.tickets.of_customer(ticket.customer_id),
            self.store.escalations.of(ticket_id),
            self.store.problems.of(ticket_id),
            [one for one in self.store.promises.of(ticket_id) if one.state is PromiseState.OPEN],
            ratings,
            asked.at if asked is not None and asked.id not in {one.question_id for one in ratings} else None,
            self.store.events.of_kinds(ticket_id, PASSED_BY),
            folded=self.folds(ticket),
        )

    def folds(self, ticket: Ticket) -> bool:
        """Tell whether the customer's words on the ticket are folded, because they may be graphic."""
        exposure = self.ways.exposure
        return exposure.fold and ticket.id not in self.revealed and exposure.holds(ticket)

    def covered(self, message: Message) -> Message:
        """Return the message as it may be shown outside of its ticket: what is folded there is folded here."""
        ticket = self.store.tickets.get(message.ticket_id)
        if message.direction is not Direction.IN or ticket is None or not self.folds(ticket):
            return message
        told = words("(folded: it may be graphic or abusive)")
        return replace(message, text=told, new_text=told)

    def show_ticket(self, ticket_id: int | None) -> None:
        """Open a ticket in the active lane's view, or leave the view empty."""
        self.view.show(None if ticket_id is None else self.read(ticket_id))
        self.pane.open_ticket = self.view.ticket_id
        self.set_class(self.view.ticket_id is not None, "-ticket-open")
        self.show_counts()
        self.show_outbox()  # what staying on this ticket costs

    def show_counts(self) -> None:
        """Write every lane's title."""
        counts, now = self.store.tickets.counts(), self.clock()
        for pane in self.panes:
            lane = counts.get(pane.lane.name)
            late = self.store.tickets.breaching(pane.lane.name, now)
            triage = self.store.tickets.in_triage(pane.lane.name)
            pane.show_counts(lane.active if lane else 0, late, pane.list.window.unseen, triage)
            pane.show_burn(burn_line(self.store, pane.lane.name, now))

    def show_outbox(self) -> None:
        """Write the top line."""
        counts, now = self.store.outbox.counts(), self.clock()
        leaves, ways = self.store.outbox.next_leaves(now), links(self.store)
        self.header.show(
            sum(counts.values()),
            None if leaves is None else leaves - now,
            counts.get(OutboxState.HELD, 0),
            doubted=counts.get(OutboxState.IN_DOUBT, 0),
            links=link_line(ways),
            paces=pace_line(ways, now),
            reviews=review_notice(self.store, self.agent),
            suspended=self.store.tickets.suspended(),
            stay=stay_line(self.store, [pane.lane.name for pane in self.panes], self.view.ticket_id, now),
        )

    def refresh_lanes(self) -> None:
        """Show what the store holds now; the tickets under the cursors keep their lines."""
        for pane, view in zip(self.panes, self.views, strict=True):
            pane.list.reload()
            if view.ticket_id is not None:
                view.show(self.read(view.ticket_id))
        self.show_counts()
        self.show_outbox()
