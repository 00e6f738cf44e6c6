"""What a part of the desk may use: lanes and tickets on the screen, the store for reading, the writer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from textual.app import App
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from data.errors import DeskError, StoreError
from data.protocols import Clock
from data.records.changes import Done
from data.records.messages import Direction, Message
from data.records.tickets import DEFAULT_LANES, LaneRow, Ticket
from tui.cards.field import types
from tui.context.hooks import Hooks
from tui.digits.macro_strip import MacroStrip
from tui.digits.macros_at_hand import Answering
from tui.keys.keymap import Keymap, keymap_from
from tui.lanes.deadline_bar import burn_line
from tui.lanes.lane_line import lane_line
from tui.lanes.lane_pane import LanePane
from tui.lanes.lane_stands import lanes_with_none, stand_of, stored_names
from tui.lanes.row_source import LaneSource
from tui.lanes.ticket_list import TicketList
from tui.look.header_bar import HeaderBar
from tui.look.one_line import one_line
from tui.look.words import as_sentence, words
from tui.setup.screen_settings import Ways
from tui.setup.writer import PATIENCE, Writer
from tui.ticket.read_conversation import read_conversation
from tui.ticket.ticket_text import Conversation
from tui.ticket.ticket_view import TicketView

if TYPE_CHECKING:
    from data.store import Store
    from queues.desk.desk import Desk

MOST_IN_SIGHT = 3
"""How many lanes are side by side."""

SAID_SECONDS, SEVERE_SECONDS = 12.0, 30.0
"""How long a message stays on the screen, and one about something that was refused."""
GLANCED, GLANCED_BYTES = 12, 32_000
"""Messages that are read of a ticket under the cursor."""
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
        lanes = lanes_with_none(store.lanes.all() or DEFAULT_LANES)
        numbers = [*range(1, len(lanes)), 0]
        self.panes = [
            LanePane(lane, n, LaneSource(store, lane), clock, self.first_words)
            for n, lane in zip(numbers, lanes, strict=True)
        ]
        """Every lane and, last, the place of tickets that are in none."""
        self.views = [TicketView(lane.name, clock) for lane in lanes]
        self._first_in_sight = 0
        self._lanes = [lane.name for lane in lanes[:-1]]
        """The lanes that the agent knows of."""
        self.macro_strip = MacroStrip()
        self.redraw: Callable[[], object] = screen.refresh
        """Draws everything anew, whatever another program wrote over it."""
        self.active = 0
        """The index of the lane that the agent is in."""
        self.busy = False
        """A change is still being saved, and the next one has to wait."""
        self.last_done: Done | None = None
        """The last change that the key for undoing takes back."""
        self._digits_of: tuple[int | None, int, int] | None = None
        """The ticket whose digits are shown, and the versions of store and macros that they are of."""
        self._going_to: Widget | None = None
        """Where the focus is about to be."""
        self._blank: Timer | None = None
        """Clears the message line after a while."""
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

    def run_worker(
        self,
        work: Awaitable[object] | Callable[[], Awaitable[object]],
        *,
        group: str = "default",
        exclusive: bool = False,
    ) -> None:
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
    def places(self) -> list[int]:
        """The indices of the lanes that one can go to: all and, where there are any, the tickets in no lane."""
        last = len(self.panes) - 1
        used = self.active == last or self.views[last].ticket_id is not None or bool(self.store.lanes.others())
        return [*range(last), *([last] if used else [])]

    @property
    def in_sight(self) -> list[int]:
        """The indices of the lanes side by side on a wide screen, the active one among them."""
        places = self.places
        here = places.index(self.active)
        first = min(max(self._first_in_sight, here - MOST_IN_SIGHT + 1), here)
        self._first_in_sight = max(0, min(first, len(places) - MOST_IN_SIGHT))
        return places[self._first_in_sight : self._first_in_sight + MOST_IN_SIGHT]

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
        if self._going_to is not None:
            return self._going_to is self.view
        return self.focused is self.view or any(reads() for reads in self.hooks.is_reading)

    def focus(self, place: TicketView | TicketList) -> None:
        """Go to the open ticket or the list; `reading` knows at once, Textual moves the focus a little later."""
        self._going_to = place
        place.focus()
        self.screen.call_after_refresh(self.focus_moved)

    def focus_moved(self) -> None:
        """Called when the focus has arrived."""
        self._going_to = None

    def writing(self) -> bool:
        """Return whether a text about the open ticket is being written."""
        return any(writes() for writes in self.hooks.is_writing)

    def has_shown(self, ticket_id: int) -> bool:
        """Return whether the ticket was in sight since its newest message came."""
        newest = self.store.messages.newest_of(ticket_id)
        return any(view.has_shown(ticket_id, newest) for view in self.views)

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
        """Show a message above the footer, for a few seconds; over a card, a severe message is a toast instead."""
        self.last_said = one_line(text)
        if severe and self.app.screen is not self.screen:
            self.toast(self.said, severity="error")
        style = "bold $error" if severe else ""
        self.status.update(Content.styled(f"{'✗ ' if severe else ''}{self.said}", style), layout=False)
        if self._blank is not None:
            self._blank.stop()
        if self.said:
            seconds = SEVERE_SECONDS if severe else SAID_SECONDS
            self._blank = self.screen.set_timer(seconds, partial(self.status.update, Content(""), layout=False))

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
            result = future.result()
            if isinstance(result, Done):
                self.last_done = result
            then(result)
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
        self.say(" ".join([as_sentence(error), *filter(None, hints)]), severe=True)

    def reported(self, act: Callable[[], object]) -> Callable[[], None]:
        """Wrap what runs by itself: a file that cannot be read is reported, once, and the desk stays open."""

        def run() -> None:
            try:
                act()
            except StoreError as error:
                if error.message not in self.last_said:
                    self.refused(error)

        return run

    def read(self, ticket_id: int) -> Conversation | None:
        """Read all that the ticket view shows."""
        return read_conversation(self.store, ticket_id, self.folds, self.clock())

    def read_newest(self, ticket_id: int) -> Conversation | None:
        """Read what fits on a screen of the ticket, for a look that must not take long."""
        return read_conversation(self.store, ticket_id, self.folds, self.clock(), GLANCED, GLANCED_BYTES)

    def folds(self, ticket: Ticket) -> bool:
        """Return whether the customer's text on the ticket is folded because it may be graphic."""
        exposure = self.ways.exposure
        return exposure.fold and ticket.id not in self.revealed and exposure.holds(ticket)

    def first_words(self, row: LaneRow) -> str:
        """Return the beginning of the newest mail of a ticket, for its row in a list."""
        ticket = self.store.tickets.get(row.id)
        if ticket is None:
            return ""
        return (
            words("(folded: it may be graphic or abusive)")
            if self.folds(ticket)
            else self.store.messages.begins(row.id)
        )

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
        self.show_ticket_open()
        self.show_counts()
        self.show_header()  # the cost of staying on this ticket
        for show in self.hooks.on_ticket_shown:
            show(ticket_id)

    def show_ticket_open(self) -> None:
        """Tell the screen's styles whether a ticket is open; they look at it only where the screen is narrow."""
        is_open = self.view.ticket_id is not None
        self.screen.set_class(is_open, "-ticket-open", update=self.screen.has_class("-narrow"))

    def show_counts(self) -> None:
        """Update the lanes' titles, and the line of those that are out of sight; on a narrow screen, of all."""
        now, sight, places = self.clock(), self.in_sight, self.places
        stands = {}
        for place, pane in enumerate(self.panes):
            stand = stand_of(self.store, pane.number, pane.lane, now)
            stands[place] = replace(stand, view="" if pane.named.plain else pane.named.title)
            names = stored_names(self.store, pane.lane.name)
            triage = sum(self.store.tickets.in_triage(name) for name in names)
            pane.show_counts(stand.active, stand.late, pane.list.window.unseen, triage)
            pane.show_burn(burn_line(self.store, pane.lane.name, now))
            pane.set_class(place not in sight, "-out-of-sight")
        narrow = self.screen.has_class("-narrow")
        named = places if narrow else [place for place in places if place not in sight]
        self.screen.set_class(bool(named), "-more-lanes")
        width = max(20, self.screen.size.width - 2)
        lead = "" if narrow else words("{key} and number:").format(key=self.lane_key)
        line = lane_line([stands[place] for place in named], self.pane.number, now, width, lead)
        self.lane_bar.update(Content(line), layout=False)

    @property
    def lane_key(self) -> str:
        """The key before a lane's number."""
        return self.keys.shown("lane.1").partition(" ")[0].removesuffix("1")

    def show_times(self) -> None:
        """Redraw the times left until due."""
        for pane in self.panes:
            pane.list.refresh()
        self.show_counts()

    def lane_shown(self) -> None:
        """Update titles and digits after a move to another lane or ticket."""
        self.show_counts()
        self.show_macros()

    def place_changed(self) -> None:
        """Called after the ticket in sight, the focus or the selection changed: other keys matter now."""
        for act in self.hooks.on_glance:
            act()

    def show_macros(self) -> None:
        """Show the digits' macros for the ticket in sight; none while it is not the one that digits act on."""
        ticket_id = self.target()
        number = ticket_id if ticket_id == self.view.drawn_id else None
        drawn = (number, self.store.data_version(), self.answering.generation)
        if drawn == self._digits_of:
            return
        self._digits_of = drawn
        ticket = None if number is None else self.store.tickets.get(number)
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
            lanes = [lane.name for lane in self.store.lanes.all()]
            if self._lanes != lanes:
                self._lanes = lanes
                self.say(words("The lanes in config.toml have changed; start the desk again to see them."))
