"""Going to the most urgent ticket, and passing it over, which needs a reason that is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.one_line import one_line
from tui.look.stored_words import lane_title
from tui.look.words import piecewise, words

if TYPE_CHECKING:
    from queues.next_up.urgency import NextUp

OWN_WORDS = "own words"


class MostUrgent(Part):
    """`.` goes to the most urgent ticket; pressed again there, before any change, it passes the ticket over."""

    def __init__(self, desk: DeskContext, going: Going) -> None:
        super().__init__(desk)
        self.going = going
        self._offered: tuple[int, int] | None = None
        """The last ticket given, and its version then."""

    def actions(self) -> Mapping[str, Act]:
        """The most urgent ticket."""
        return {"ticket.urgent": self.go}

    async def go(self) -> None:
        """Go to the most urgent ticket; if that was already given, pass it over."""
        ticket = self.desk.ticket() if self.desk.reading else None
        held = ticket.id if ticket is not None and (ticket.id, ticket.version) == self._offered else None

        def came(given: NextUp | None) -> None:
            if given is not None and given.ticket_id == held:
                self._ask_why(held)
            else:
                self._came(given)

        await self.desk.ask(lambda desk: desk.next_up(holding=held), came)

    async def open_next(self, leaving: int | None) -> None:
        """Open the most urgent ticket other than `leaving`; say so if there is none."""
        await self.desk.ask(lambda desk: desk.next_up(leaving=leaving), self._open)

    def _came(self, given: NextUp | None) -> None:
        """Open the given ticket; `,` goes back from it."""
        self.going.remember()
        self._open(given)

    def _open(self, given: NextUp | None) -> None:
        """Open the given ticket and show why it comes next."""
        desk = self.desk
        if given is None:
            desk.say(self._nothing_else())
            self._offered = None
            return
        place = next((n for n, pane in enumerate(desk.panes) if pane.lane.name == given.lane), None)
        # a ticket of a lane that is not shown is opened in the lane that the agent is in
        self.going.open_ticket(desk.active if place is None else place, given.ticket_id)
        message = words("Most urgent: {why}").format(why=piecewise(given.why))
        unseen = words(" · not shown: {lanes}").format(lanes=", ".join(self._waiting(shown=False)))
        desk.say(message if place is not None else message + unseen)
        ticket = desk.store.tickets.get(given.ticket_id)
        self._offered = (ticket.id, ticket.version) if ticket is not None else None

    def _nothing_else(self) -> str:
        """Say that nothing comes next and, if tickets are still waiting, how many and where."""
        waiting = self._waiting(shown=True)
        unseen = [words("{lane} (not shown)").format(lane=lane) for lane in self._waiting(shown=False)]
        if not (waiting or unseen):
            return words("Nothing is waiting in any lane. Well done.")
        return words("No other ticket comes next; still waiting: {lanes}.").format(lanes=", ".join([*waiting, *unseen]))

    def _waiting(self, *, shown: bool) -> list[str]:
        """Return how many tickets wait in each lane that the screen shows, or in each that it does not show."""
        titles = {lane.name: lane_title(lane) for lane in self.desk.store.lanes.all()}
        here = {pane.lane.name for pane in self.desk.panes}
        counts = sorted((lane, count.active) for lane, count in self.desk.store.tickets.counts().items())
        return [f"{n} {one_line(titles.get(lane) or lane)}" for lane, n in counts if n and (lane in here) is shown]

    def _ask_why(self, ticket_id: int) -> None:
        """Ask why the ticket is passed over; Esc stays on it."""
        if not self.desk.ways.ask_why:
            self._pass_over(ticket_id, "")
            return
        from tui.cards.key_menu import KeyMenu, Line

        reasons = {str(n): reason for n, reason in enumerate(self.desk.ways.reasons[:9], 1)}
        lines = [Line(key, key, words(reason)) for key, reason in reasons.items()]
        lines.append(Line("o", OWN_WORDS, words("own words…")))

        def chosen(key: str | None) -> None:
            if key == OWN_WORDS:
                self._ask_own_words(ticket_id)
            elif key:
                self._pass_over(ticket_id, reasons[key])

        title = words("Why skip #{n}? It comes back in half an hour.").format(n=ticket_id)
        self.desk.push_screen(KeyMenu(title, lines, words("Esc stays on it")), chosen)

    def _ask_own_words(self, ticket_id: int) -> None:
        from tui.cards.ask_line import AskLine

        def answered(reason: str | None) -> None:
            if reason:
                self._pass_over(ticket_id, reason)

        self.desk.push_screen(AskLine(words("Why?"), words("in a few words; Esc stays on it")), answered)

    def _pass_over(self, ticket_id: int, reason: str) -> None:
        self.desk.run_worker(self.desk.ask(lambda desk: desk.skip(ticket_id, reason), self._passed), group="next")

    def _passed(self, given: NextUp | None) -> None:
        if given is None:
            self.desk.say(self._nothing_else())
            return
        self._came(given)
