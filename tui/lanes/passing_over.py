"""Passing over what next-up gave: only for a reason, which is kept, and graphic words only when a key asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.lanes.moving import Moves
from tui.look.words import words

if TYPE_CHECKING:
    from queues.next_up.urgency import NextUp

OWN_WORDS = "own words"


class Passing(Moves):
    """`.` on the ticket that it gave, with nothing done to it, passes it over; `X` unfolds graphic words."""

    _offered: tuple[int, int] | None = None
    """The ticket that next-up gave last, and its version then."""
    _seen_graphic: frozenset[int] = frozenset()
    """Graphic tickets that were seen since the shift, or the program, began."""

    def opened(self, found: NextUp | None) -> None:
        """Remember what was given."""
        super().opened(found)
        ticket = self.store.tickets.get(found.ticket_id) if found is not None else None
        self._offered = (ticket.id, ticket.version) if ticket is not None else None

    async def action_ticket_urgent(self) -> None:
        """Go to the most urgent ticket; where that is the one given already, pass it over."""
        ticket = self.ticket() if self.reading else None
        held = ticket.id if ticket is not None and (ticket.id, ticket.version) == self._offered else None

        def came(found: NextUp | None) -> None:
            if found is not None and found.ticket_id == held:
                self._ask_why(held)
            else:
                self._came(found)

        await self.ask(lambda desk: desk.next_up(holding=held), came)

    def _ask_why(self, ticket_id: int) -> None:
        """Ask why the ticket is passed over; Esc stays on it."""
        if not self.ways.ask_why:
            self._pass_over(ticket_id, "")
            return
        from tui.cards.key_menu import KeyMenu, Line

        reasons = {str(n): reason for n, reason in enumerate(self.ways.reasons[:9], 1)}
        lines = [Line(key, key, words(reason)) for key, reason in reasons.items()]
        lines.append(Line("o", OWN_WORDS, words("own words…")))

        def chosen(key: str | None) -> None:
            if key == OWN_WORDS:
                self._ask_own_words(ticket_id)
            elif key:
                self._pass_over(ticket_id, reasons[key])

        title = words("Why is #{n} passed over? It comes again in half an hour.").format(n=ticket_id)
        self.app.push_screen(KeyMenu(title, lines, words("Esc stays on it")), chosen)

    def _ask_own_words(self, ticket_id: int) -> None:
        from tui.cards.ask_line import AskLine

        def answered(reason: str | None) -> None:
            if reason:
                self._pass_over(ticket_id, reason)

        self.app.push_screen(AskLine(words("Why?"), words("in a few words; Esc stays on it")), answered)

    def _pass_over(self, ticket_id: int, reason: str) -> None:
        work = self.ask(lambda desk: desk.skip(ticket_id, reason), self._passed)
        self.run_worker(work, group="next", exit_on_error=False)

    def _passed(self, found: NextUp | None) -> None:
        if found is None:
            self.say(self.nothing_else())
            return
        self._came(found)

    def open_ticket(self, place: int, ticket_id: int) -> None:
        """Where nothing is folded, opening a graphic ticket is seeing it."""
        super().open_ticket(place, ticket_id)
        shown = self.view.shown
        if shown is not None and not self.ways.exposure.fold and self.ways.exposure.holds(shown.ticket):
            self._saw(ticket_id)

    def action_ticket_reveal(self) -> None:
        """Unfold the customer's graphic words, or fold them again."""
        shown = self.view.shown
        if shown is None or not self.ways.exposure.fold or not self.ways.exposure.holds(shown.ticket):
            self.say(words("Nothing is folded here."))
            return
        number = shown.ticket.id
        if number in self.revealed:
            self.revealed.discard(number)
        else:
            self.revealed.add(number)
            self._saw(number)
        self.view.show(self.read(number))

    def fold_again(self) -> None:
        """Fold all that was unfolded: what is shown from now on counts anew."""
        self._seen_graphic = frozenset()
        self.revealed.clear()
        for view in self.views:
            if view.ticket_id is not None:
                view.show(self.read(view.ticket_id))

    def _saw(self, ticket_id: int) -> None:
        """Write the exposure down, once a shift."""
        if ticket_id not in self._seen_graphic:
            self._seen_graphic |= {ticket_id}
            self.writer.submit(lambda desk: desk.reveal(ticket_id))
