"""Going to the most urgent ticket, and passing it over, which needs a reason that is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.lanes.lane_stands import lanes_with_none, stored_names
from tui.look.lane_titles import lane_title
from tui.look.words import counted, piecewise, words

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
        place = self.going.place_of(given.ticket_id)
        self.going.open_ticket(desk.active if place is None else place, given.ticket_id)
        desk.say(words("Most urgent: {why}").format(why=piecewise(given.why)))
        ticket = desk.store.tickets.get(given.ticket_id)
        self._offered = (ticket.id, ticket.version) if ticket is not None else None

    def _nothing_else(self) -> str:
        """Say that nothing comes next and, if tickets are still waiting, how many, where and for whom."""
        store = self.desk.store
        counts = store.tickets.counts()
        lanes = [
            (sum(counts[name].active for name in stored_names(store, lane.name) if name in counts), lane)
            for lane in lanes_with_none(store.lanes.all())
        ]
        waiting = ", ".join(f"{n} {lane_title(lane)}" for n, lane in lanes if n)
        if waiting:
            held = len([row for row in store.tickets.rows(store.escalations.held(self.desk.clock())) if row.is_active])
            with_others = words("; {n} of them with another team").format(n=held) if held else ""
            return words("No other ticket comes next; still waiting: {lanes}").format(lanes=waiting) + with_others + "."
        if suspended := store.tickets.suspended():
            return counted(
                "Nothing waits for an answer; {n} suspended, f lists it.",
                "Nothing waits for an answer; {n} suspended, f lists them.",
                suspended,
            ).format(n=suspended)
        return words("Nothing is waiting in any lane. Well done.")

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
