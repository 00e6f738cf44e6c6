"""What a part of the desk may use: lanes and tickets on the screen, the store for reading, the writer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from textual.app import App
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from data.errors import DeskError
from data.protocols import Clock
from data.records.messages import Direction, Message
from data.records.tickets import Lane, Ticket
from tui.cards.field import types
from tui.context.hooks import Hooks
from tui.digits.macro_strip import MacroStrip
from tui.digits.macros_at_hand import Answering
from tui.keys.keymap import Keymap, keymap_from
from tui.lanes.deadline_bar import burn_line
from tui.lanes.lane_pane import LanePane
from tui.lanes.row_source import LaneSource
from tui.lanes.ticket_list import TicketList
from tui.look.header_bar import HeaderBar
from tui.look.one_line import one_line
from tui.look.words import translated, words
from tui.setup.screen_settings import Ways
from tui.setup.writer import PATIENCE, Writer
from tui.ticket.read_conversation import read_conversation
from tui.ticket.ticket_text import Conversation
from tui.ticket.ticket_view import TicketView

if TYPE_CHECKING:
    from data.store import Store
    from queues.desk.desk import Desk

T = TypeVar("T")
P = ParamSpec("P")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the agent is: a late result opens something only where it was requested."""

    screen: Screen[Any]
    field: Widget | None
    """The text field being typed in."""
    text: str
    lane: int
    ticket: int | None
    """The ticket that keys act on."""


class DeskContext:
    """The one interface between the parts and the screen.

    A part reads the `store` here, in the screen's thread, and hands every change to the writer with `ask`; `say` is
    the line at the bottom. Opening and going to tickets is `tui.context.going`, changing them `tui.context.changing`.
    """

    def __init__(
        self,
        screen: Screen[None],
        store: Store,
        writer: Writer[Desk],
        clock: Clock,
        agent: str,
        *,
        mode: str = "",
        ways: Ways | None = None,
    ) -> None:
        self.screen = screen
        """The desk's screen: for its classes and timers, and to mount widgets."""
        self.store, self.writer, self.clock, self.agent = store, writer, clock, agent
        self.ways = ways or Ways()
        """The settings of the screen."""
        self.answering = Answering(store, clock, agent)
        """The macros at hand."""
        self.hooks = Hooks()
        """What the parts do at certain moments, listed in `tui.desk.parts`."""
        self.header = HeaderBar("tridesk", mode)
        self.lane_bar = Static("", id="lane-bar", markup=False)
        self.status = Static("", id="status", markup=False)
        lanes = store.lanes.all()[:3] or [Lane("mail", words("Mail"), 0)]
        self.panes = [LanePane(lane, n, LaneSource(store, lane.name), clock) for n, lane in enumerate(lanes, 1)]
        self.views = [TicketView(lane.name, clock) for lane in lanes]
        self.macro_strip = MacroStrip()
        self.active = 0
        """The index of the lane that the agent is in."""
        self.busy = False
        """A change is still being saved, and the next one has to wait."""
        self.last_said = ""
        """The last message shown."""
        self._keys_dropped = ""
        self.revealed: set[int] = set()
        """Graphic tickets whose text is unfolded."""
        self._version = store.data_version()
        """The version of the store that the screen shows."""

    @property
    def app(self) -> App[Any]:
        """The application."""
        return self.screen.app

    @property
    def focused(self) -> Widget | None:
        """The widget of the desk that has the focus."""
        return self.screen.focused

    @property
    def is_attached(self) -> bool:
        """The desk is still open."""
        return self.screen.is_attached

    @property
    def keys(self) -> Keymap:
        """The keys of every action, as bound by the agent."""
        return getattr(self.app, "keys", None) or keymap_from()

    def push_screen(self, card: Screen[T], then: Callable[[T | None], Any] | None = None) -> None:
        """Show a card over the desk; `then` gets its answer."""
        self.app.push_screen(card, then)

    def toast(self, text: str, *, title: str = "", severity: str = "information", timeout: float = 8) -> None:
        """Show a toast; `text` is never read as markup."""
        self.screen.notify(text, title=title, severity=severity, timeout=timeout, markup=False)  # type: ignore[arg-type]

    def run_worker(self, work: Awaitable[object], *, group: str = "default", exclusive: bool = False) -> None:
        """Run `work` in the background; an error in it is logged and stops nothing."""
        self.screen.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    def in_thread(self, group: str, work: Callable[[], None], *, exclusive: bool = False) -> None:
        """Run `work` in a thread; it returns with `from_thread`. An exclusive worker cancels others of its group."""
        self.screen.run_worker(work, thread=True, group=group, exclusive=exclusive, exit_on_error=False)

    def from_thread(self, act: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call `act` in the screen's thread and wait for it; called in a thread."""
        self.app.call_from_thread(act, *args, **kwargs)

    def zone(self) -> str:
        """Return the name of the time zone in which days begin."""
        from tui.setup.open_desk import zone_named

        return zone_named(self.ways.time_zone)

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
        """The agent is in the open ticket, or in a panel next to it, rather than in the list."""
        return self.focused is self.view or any(reads() for reads in self.hooks.is_reading)

    def target(self) -> int | None:
        """The ticket that a key acts on: the open ticket when reading, else the one under the cursor."""
        return self.view.ticket_id if self.reading else self.list.current_id

    def targets(self) -> tuple[int, ...]:
        """The tickets that a change applies to: all selected, else the one that keys act on."""
        if self.list.selected:
            return tuple(sorted(self.list.selected))
        ticket_id = self.target()
        return () if ticket_id is None else (ticket_id,)

    def ticket(self) -> Ticket | None:
        """Read the ticket that keys act on."""
        ticket_id = self.target()
        return None if ticket_id is None else self.store.tickets.get(ticket_id)

    def key(self, action_id: str) -> str:
        """Return the key to press for an action, as the agent has bound it."""
        return self.keys.shown(action_id).partition(" ")[0]

    def say(self, text: str, *, severe: bool = False) -> None:
        """Show a message in the status line; a severe message is shown as a toast too."""
        self.last_said = one_line(text)
        self.status.update(Content(self.said), layout=False)
        if severe:
            self.toast(self.said, severity="error")

    @property
    def said(self) -> str:
        """The text of the status line."""
        return f"{self._keys_dropped} {self.last_said}".strip()

    def say_dropped(self, text: str) -> None:
        """Prefix messages, until the next key, with a note that keys were ignored; an empty note removes it."""
        if text or self._keys_dropped:
            self._keys_dropped = one_line(text)
            self.say(self.last_said)

    def say_no_ticket(self) -> None:
        """Show that there is no ticket here for a key to act on."""
        self.say(words("There is no ticket here; . goes to the most urgent one."))

    def ask_about_targets(self, question: str, hint: str, then: Callable[[str], Awaitable[None]]) -> None:
        """Ask in one line about the tickets that keys act on; an empty answer changes nothing."""
        from tui.cards.ask_line import AskLine

        ids = self.targets()
        if not ids:
            self.say_no_ticket()
            return

        async def answered(answer: str | None) -> None:
            if answer and self.targets() != ids:
                self.say(words("A different ticket is here now, so nothing was changed; press the key again."))
            elif answer:
                await then(answer)

        self.push_screen(AskLine(question, hint), answered)

    def stand(self, ticket: int | None) -> Stand:
        """Return where the agent is now; `ticket` is the relevant ticket."""
        field = self.focused if types(self.focused) else None
        text = str(getattr(field, "value", "") or getattr(field, "text", ""))
        return Stand(self.app.screen, field, text, self.active, ticket)

    def only_here(self, act: Callable[P, object], otherwise: str = "", *, of_ticket: bool = True) -> Callable[P, None]:
        """Wrap `act` for later: if screen, focus or ticket have changed by then, it does nothing and says so.

        Everything that a key starts and that finally opens something goes through here; `of_ticket` is False for
        what concerns no ticket, so that new mail under the cursor does not keep it from opening.
        """

        def here() -> Stand:
            return self.stand(self.target() if of_ticket else None)

        stand = here()

        def late(*args: P.args, **kwargs: P.kwargs) -> None:
            if self.is_attached and here() == stand:
                act(*args, **kwargs)
            elif self.is_attached:
                self.say(otherwise or words("You moved on meanwhile, so nothing was opened; press the key again."))

        return late

    async def ask(self, work: Callable[[Desk], T], then: Callable[[T], None]) -> None:
        """Pass `work` to the writer and call `then` with its result; an error is shown to the agent."""
        if self.busy:
            self.say(words("Still saving – key ignored, press it again."), severe=True)
            return
        waiting = asyncio.wrap_future(self.writer.submit(work))
        done, _ = await asyncio.wait({waiting}, timeout=PATIENCE)
        if done:
            self._settle(waiting, then)
            return
        self.busy = self.header.saving = True
        self.show_header()
        stand = self.stand(self.view.ticket_id)  # the change itself may move this ticket out of its lane
        waiting.add_done_callback(lambda late: self._late(late, then, stand))

    async def settled(self) -> None:
        """Wait until the writer has finished all its work."""
        await asyncio.wrap_future(self.writer.submit(lambda desk: None))

    def _late(self, future: asyncio.Future[T], then: Callable[[T], None], stand: Stand) -> None:
        self.busy = self.header.saving = False
        if self.is_attached:
            self.show_header()
            self._settle(future, then if self.stand(self.view.ticket_id) == stand else self._came_late)

    def _came_late(self, result: object) -> None:
        """Show the result of a slow change after the agent has moved on, without changing the focus."""
        self.refresh_lanes()
        self.say(words("Saved. You moved on meanwhile, so nothing was opened."))
        for tell in self.hooks.on_late_result:
            tell(result)

    def _settle(self, future: asyncio.Future[T], then: Callable[[T], None]) -> None:
        error = future.exception()
        if error is None:
            then(future.result())
        elif isinstance(error, DeskError):
            self.refused(error)
        else:
            # the last resort of the writer: the desk stays open, and no customer text is logged
            log.error("the writer failed: %s", type(error).__name__)
            self.say(
                words("Internal error ({kind}); nothing was changed.").format(kind=type(error).__name__),
                severe=True,
            )

    def refused(self, error: DeskError) -> None:
        """Show the desk's error, and which keys help."""
        hints = (hint(error) for hint in self.hooks.on_refusal)
        self.say(
            " ".join([f"{translated(error.title)}: {translated(error.message)}", *filter(None, hints)]), severe=True
        )

    def read(self, ticket_id: int) -> Conversation | None:
        """Read all that the ticket view shows."""
        return read_conversation(self.store, ticket_id, self.folds)

    def folds(self, ticket: Ticket) -> bool:
        """Return whether the customer's text on the ticket is folded because it may be graphic."""
        exposure = self.ways.exposure
        return exposure.fold and ticket.id not in self.revealed and exposure.holds(ticket)

    def covered(self, message: Message) -> Message:
        """Return the message as it may be shown outside its ticket: folded if it is folded there."""
        ticket = self.store.tickets.get(message.ticket_id)
        if message.direction is not Direction.IN or ticket is None or not self.folds(ticket):
            return message
        notice = words("(folded: it may be graphic or abusive)")
        return replace(message, text=notice, new_text=notice)

    def show_ticket(self, ticket_id: int | None) -> None:
        """Open a ticket in the active lane's view, or leave the view empty."""
        self.view.show(None if ticket_id is None else self.read(ticket_id))
        self.pane.open_ticket = self.view.ticket_id
        self.screen.set_class(self.view.ticket_id is not None, "-ticket-open")
        self.show_counts()
        self.show_header()  # the cost of staying on this ticket
        for show in self.hooks.on_ticket_shown:
            show(ticket_id)

    def show_counts(self) -> None:
        """Update the lanes' titles, and the tab bar of a narrow screen."""
        counts, now = self.store.tickets.counts(), self.clock()
        for pane in self.panes:
            lane = counts.get(pane.lane.name)
            late = self.store.tickets.breaching(pane.lane.name, now)
            triage = self.store.tickets.in_triage(pane.lane.name)
            pane.show_counts(lane.active if lane else 0, late, pane.list.window.unseen, triage)
            pane.show_burn(burn_line(self.store, pane.lane.name, now))
        parts = [f"[{pane.short}]" if pane is self.pane else f" {pane.short} " for pane in self.panes]
        self.lane_bar.update(Content("  ".join(parts)), layout=False)

    def show_times(self) -> None:
        """Redraw the times left until due."""
        for pane in self.panes:
            pane.list.refresh()
        self.show_counts()

    def lane_shown(self) -> None:
        """Update titles and digits after a move to another lane or ticket."""
        self.show_counts()
        self.show_macros()

    def show_macros(self) -> None:
        """Show the digits' macros for the ticket being read; in a list, for the ticket under the cursor."""
        ticket = self.ticket() if self.reading else None
        self.macro_strip.show(self.answering.strip(ticket) if ticket is not None else ())

    def show_header(self) -> None:
        """Update the top line."""
        for show in self.hooks.on_header:
            show()

    def refresh_lanes(self) -> None:
        """Reload from the store; the tickets under the cursors keep their screen lines."""
        for prepare in self.hooks.before_refresh:
            prepare()
        for pane, view in zip(self.panes, self.views, strict=True):
            pane.list.reload()
            if view.ticket_id is not None:
                view.show(self.read(view.ticket_id))
        self.show_counts()
        self.show_header()
        for show in self.hooks.on_refresh:
            show()

    def poll(self) -> None:
        """Take in what another connection committed."""
        version = self.store.data_version()
        if version != self._version:
            self._version = version
            self.refresh_lanes()
