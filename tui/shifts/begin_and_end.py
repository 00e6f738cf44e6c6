"""A shift begins with what was handed over and what changed, and ends with a hand-over that the agent edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from textual import work

from data.store import Store
from queues.shifts import shift as shifts
from tui.cards.field import types
from tui.look.words import words
from tui.shifts.figures import END, ShiftFigures

if TYPE_CHECKING:
    from data.records.shifts import Shift
    from macros.files.library import Verdict as Refused
    from queues.procedures.procedure import Procedure
    from queues.shifts.handover import Left
    from queues.shifts.shift_start import ShiftStart

BEGIN = "begin"


class ShiftTurns(ShiftFigures):
    """Offers a shift at the opening of the desk, and ends it."""

    _offered_shift = False

    def _macros_taken(self, refused: Sequence[Refused]) -> None:
        """Once the macros are there it can be told what changed in them: offer a shift."""
        super()._macros_taken(refused)
        if self._offered_shift:
            return
        self._offered_shift = True
        going = shifts.going_on(self.store, self.agent)
        if going is not None and not shifts.is_over(self.store, going, self.clock(), self.ways.away_seconds):
            self.look_at_shift()
        elif self.ways.begins_shift:
            self._gather_start(self._begin_silently)
        elif self.ways.offers_shift:
            told = words("{key} shows what was left for you and begins a shift.").format(key=self.key("desk.shift"))
            self._gather_start(self.only_here(self._offer, told, of_ticket=False))

    def action_desk_shift(self) -> None:
        """Show what the shift came to, or begin one."""
        going = shifts.going_on(self.store, self.agent)
        if going is None and not self.answering.ready:
            self.say(words("Macros are loading."))
        elif going is None:
            self._gather_start(self.only_here(self._show_start, of_ticket=False))
        else:
            self.open_shift_card(going)

    @work(thread=True, group="shift", exit_on_error=False)
    def _gather_start(self, then: Callable[[ShiftStart, shifts.Wordings], object]) -> None:
        """Gather what a shift begins with in a thread: every macro and procedure is compared."""
        from zoneinfo import ZoneInfo

        from queues.shifts.shift_start import shift_start
        from tui.look.short_times import day_end
        from tui.procedures.current_wording import wordings_now

        book: Mapping[str, Procedure] = self.book or (self.make_book() if self.make_book is not None else {})
        now_said = wordings_now(self.answering.library(), book)
        store = Store.open(self.store.path, create=False)
        try:
            found = shift_start(store, self.agent, now_said, day_ends=day_end(self.clock(), ZoneInfo(self._zone())))
        finally:
            store.close()
        self.app.call_from_thread(then, found, now_said)

    def _begin_silently(self, found: ShiftStart, now_said: shifts.Wordings) -> None:
        self.writer.submit(lambda desk: desk.begin_shift(now_said))

    def _offer(self, found: ShiftStart, now_said: shifts.Wordings) -> None:
        """Stand in nobody's way: with nothing to read a shift just begins; who is at a ticket already is told."""
        from tui.shifts.shift_lines import start_lines

        if not start_lines(self.store, found, self.clock(), self._zone()):
            self._begin(now_said, 0)
        elif self.view.ticket_id is not None or types(self.focused) or self.app.screen is not self:
            self.say(words("{key} shows what was left for you and begins a shift.").format(key=self.key("desk.shift")))
        else:
            self._show_start(found, now_said)

    def _show_start(self, found: ShiftStart, now_said: shifts.Wordings) -> None:
        from tui.cards.lines_card import LinesCard
        from tui.shifts.shift_lines import start_lines

        lines = [(BEGIN, words("Begin the shift"))]
        lines += start_lines(self.store, found, self.clock(), self._zone()) or [("", words("Nothing is left for you."))]
        note = words("Enter begins; on a ticket it begins there, on a change it shows it · Esc not now")

        def chosen(name: str | None) -> None:
            kind, _, place = (name or "").partition(":")
            if kind == "revised":
                self._show_revised(found, int(place), now_said)
            elif kind:
                self._begin(now_said, int(place) if kind == "ticket" else 0)

        self.app.push_screen(LinesCard(words("A shift begins"), lines, note), chosen)

    def _show_revised(self, found: ShiftStart, place: int, now_said: shifts.Wordings) -> None:
        """Show what changed, then the card again."""
        from queues.procedures.wording_diff import difference
        from tui.procedures.changed_wording_card import ChangeCard
        from tui.shifts.shift_lines import revised_line

        one = found.revised[place]
        card = ChangeCard(revised_line(one), "", difference(one.old, one.new))
        self.app.push_screen(card, lambda _: self._show_start(found, now_said))

    def _begin(self, now_said: shifts.Wordings, ticket_id: int) -> None:
        def begun(_: Shift) -> None:
            self.fold_again()
            self.look_at_shift()
            if ticket_id:
                self.jump_to(ticket_id)
            self.say(words("Your shift has begun; {key} shows its figures.").format(key=self.key("desk.shift")))

        self.run_worker(self.ask(lambda desk: desk.begin_shift(now_said), begun), group="next", exit_on_error=False)

    def action_desk_shift_end(self) -> None:
        """End the shift."""
        self.end_shift()

    def end_shift(self) -> None:
        """Write the hand-over from the events, let the agent edit it, and end the shift with it."""
        going = shifts.going_on(self.store, self.agent)
        if going is None:
            told = words("You are in no shift; {key} begins one.")
            self.say(told.format(key=self.key("desk.shift")))
        else:
            self._write_note(going, self.clock(), self.only_here(self._edit_note, of_ticket=False))

    @work(thread=True, group="shift", exit_on_error=False)
    def _write_note(self, shift: Shift, now: int, then: Callable[[str], None]) -> None:
        from queues.shifts.handover import hand_over
        from tui.shifts.shift_lines import hand_over_note

        found = self._figures(shift, now)
        with closing(Store.open(self.store.path, create=False)) as store:
            note = hand_over_note(found, hand_over(store, now), now, self._zone())
        self.app.call_from_thread(then, note)

    def _edit_note(self, note: str) -> None:
        from tui.cards.text_card import TextCard

        async def written(text: str | None) -> None:
            if text is not None:
                await self.ask(lambda desk: desk.end_shift(text), self._ended)

        title = words("Hand-over for the next one; with it your shift ends")
        self.app.push_screen(TextCard(title, note), written)

    def _ended(self, shift: Shift) -> None:
        from tui.look.short_times import span

        self.header.show_shift(())
        told = words("Your shift ended after {span}; tridesk handover shows what you left · {key} lets it go on")
        length = span(shift.seconds(0, shift.ended_at or 0))
        self.say(told.format(span=length, key=self.key("desk.undo")))

    def hand_over_lines(self, left: Sequence[Left]) -> list[tuple[str, str]]:
        """Begin the list of what is left with the end of the shift, where one goes on."""
        lines = super().hand_over_lines(left)
        if shifts.going_on(self.store, self.agent) is None:
            return lines
        return [(END, words("End the shift and leave a hand-over…")), *lines]

    def hand_over_chosen(self, left: Sequence[Left], name: str) -> None:
        """End the shift, or go to what is left."""
        if name == END:
            self.action_desk_shift_end()
        else:
            super().hand_over_chosen(left, name)

    def _zone(self) -> str:
        from tui.setup.open_desk import zone_named

        return zone_named(self.ways.time_zone)
