"""The start of a shift, with its hand-over and changes, and its end, with a hand-over that the agent edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from data.store import Store
from queues.ground.known_agents import agents_known
from queues.shifts import shift as shifts
from queues.shifts.handover import to_hand_over
from tui.cards.field import types
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import counted, words
from tui.moving.graphic_words import GraphicContent
from tui.procedures.steps import ProcedureSteps
from tui.shifts.figures import ShiftFigures

if TYPE_CHECKING:
    from data.records.shifts import Shift
    from queues.procedures.procedure import Procedure
    from queues.shifts.shift_start import ShiftStart

BEGIN = "begin"
SEEN_SECONDS = 0.5
"""A key pressed sooner than this after the offer was drawn was meant for the list under it."""


class Shifts(Part):
    """Offers a shift when the desk opens, and ends it."""

    def __init__(
        self, desk: DeskContext, going: Going, graphic: GraphicContent, steps: ProcedureSteps, figures: ShiftFigures
    ) -> None:
        super().__init__(desk)
        self.going, self.graphic, self.steps, self.figures = going, graphic, steps, figures
        self._offered = False

    def actions(self) -> Mapping[str, Act]:
        """My shift, and its end."""
        return {"desk.shift": self._show, "desk.shift_end": self.end}

    @property
    def going_on(self) -> Shift | None:
        """The agent's shift; None between shifts."""
        return shifts.going_on(self.desk.store, self.desk.agent)

    def offer(self) -> None:
        """Offer a shift, once the macros are loaded, because it begins with what changed in them."""
        if self._offered:
            return
        self._offered = True
        going = self.going_on
        if going is not None and not shifts.is_over(
            self.desk.store, going, self.desk.clock(), self.desk.ways.away_seconds
        ):
            self.figures.look_at_shift()
        elif self.desk.ways.begins_shift:
            self._gather_start(self._begin_silently)
        elif self.desk.ways.offers_shift:
            message = words("{key} begins a shift and shows what was handed over.")
            message = message.format(key=self.desk.key("desk.shift"))
            self._gather_start(self.desk.only_here(self._offer, message, of_ticket=False))

    def _show(self) -> None:
        """Show the shift's figures, or begin a shift."""
        going = self.going_on
        if going is None and not self.desk.answering.ready:
            self.desk.say(words("Macros are loading."))
        elif going is None:
            self._gather_start(self.desk.only_here(self._show_start, of_ticket=False))
        else:
            self.figures.open_card(going, self.end)

    def _gather_start(self, then: Callable[[ShiftStart, shifts.Wordings], object]) -> None:
        self.desk.in_thread("shift", partial(self._gather_in_thread, then))

    def _gather_in_thread(self, then: Callable[[ShiftStart, shifts.Wordings], object]) -> None:
        """Collect in a thread what the start of a shift shows: every macro and procedure is compared."""
        from zoneinfo import ZoneInfo

        from queues.shifts.shift_start import shift_start
        from tui.look.short_times import day_end
        from tui.procedures.current_wording import wordings_now

        book: Mapping[str, Procedure] = self.steps.book or (
            self.steps.make_book() if self.steps.make_book is not None else {}
        )
        now_said = wordings_now(self.desk.answering.library(), book)
        store = Store.open(self.desk.store.path, create=False)
        try:
            start = shift_start(
                store, self.desk.agent, now_said, day_ends=day_end(self.desk.clock(), ZoneInfo(self.desk.zone()))
            )
        finally:
            store.close()
        self.desk.from_thread(then, start, now_said)

    def _begin_silently(self, start: ShiftStart, now_said: shifts.Wordings) -> None:
        self.desk.writer.submit(lambda desk: desk.begin_shift(now_said))

    def _offer(self, start: ShiftStart, now_said: shifts.Wordings) -> None:
        """Do not interrupt: without anything to read the shift just begins; during work only a message is shown."""
        from tui.shifts.shift_lines import start_lines

        if not start_lines(self.desk.store, start, self.desk.clock(), self.desk.zone()):
            self._begin(now_said, 0)
        elif (
            self.desk.view.ticket_id is not None
            or types(self.desk.focused)
            or self.desk.app.screen is not self.desk.screen
        ):
            self.desk.say(
                words("{key} begins a shift and shows what was handed over.").format(key=self.desk.key("desk.shift"))
            )
        else:
            self._show_start(start, now_said, seen_after=SEEN_SECONDS)

    def _show_start(self, start: ShiftStart, now_said: shifts.Wordings, *, seen_after: float = 0.0) -> None:
        """Show the card; `seen_after` seconds pass before it takes keys, if no key asked for it."""
        from tui.cards.lines_card import LinesCard
        from tui.shifts.shift_lines import start_lines

        lines = [(BEGIN, words("Begin the shift"))]
        lines += start_lines(self.desk.store, start, self.desk.clock(), self.desk.zone()) or [
            ("", words("Nothing was handed over to you."))
        ]
        note = words("Enter begins, and opens the selected ticket; on a change it shows the difference · Esc not now")

        def chosen(name: str | None) -> None:
            kind, _, place = (name or "").partition(":")
            if kind == "revised":
                self._show_revised(start, int(place), now_said)
            elif kind:
                self._begin(now_said, int(place) if kind == "ticket" else 0)

        card = LinesCard(words("Begin a shift"), lines, note)
        card.seen_after = seen_after
        self.desk.push_screen(card, chosen)

    def _show_revised(self, start: ShiftStart, place: int, now_said: shifts.Wordings) -> None:
        """Show what changed, then the card again."""
        from queues.procedures.wording_diff import difference
        from tui.procedures.changed_wording_card import ChangeCard
        from tui.shifts.shift_lines import revised_line

        revised = start.revised[place]
        card = ChangeCard(revised_line(revised), "", difference(revised.old, revised.new))
        self.desk.push_screen(card, lambda _: self._show_start(start, now_said))

    def _begin(self, now_said: shifts.Wordings, ticket_id: int) -> None:
        def begun(_: Shift) -> None:
            self.graphic.fold_again()
            self.figures.look_at_shift()
            if ticket_id:
                self.going.jump_to(ticket_id)
            self.desk.say(
                words("Your shift has begun; {key} shows its figures.").format(key=self.desk.key("desk.shift"))
            )

        self.desk.run_worker(self.desk.ask(lambda desk: desk.begin_shift(now_said), begun), group="next")

    def end(self) -> None:
        """Write the hand-over from the events, let the agent edit it, and end the shift with it."""
        going = self.going_on
        if going is None:
            message = words("No shift is running; {key} begins one.")
            self.desk.say(message.format(key=self.desk.key("desk.shift")))
        else:
            then = self.desk.only_here(self._edit_note, of_ticket=False)
            self.desk.in_thread("shift", partial(self._write_note, going, self.desk.clock(), then))

    def _write_note(self, shift: Shift, now: int, then: Callable[[str], None]) -> None:
        from queues.shifts.handover import hand_over
        from tui.shifts.shift_lines import hand_over_note

        figures = self.figures.read(shift, now)
        with closing(Store.open(self.desk.store.path, create=False)) as store:
            note = hand_over_note(figures, hand_over(store, now), now, self.desk.zone())
        self.desk.from_thread(then, note)

    def _edit_note(self, note: str) -> None:
        from tui.cards.text_card import TextCard

        async def written(text: str | None) -> None:
            if text is None:
                return
            texts = to_hand_over(self.desk.store, self.desk.agent, self.desk.clock())
            if texts and len(agents_known(self.desk.store)) > 1:
                self._ask_whom(text, texts)
            else:
                await self.desk.ask(lambda desk: desk.end_shift(text), self._ended)

        title = words("Hand-over for the next shift; saving it ends yours")
        self.desk.push_screen(TextCard(title, note), written)

    def _ask_whom(self, note: str, texts: Mapping[int, str]) -> None:
        """Ask which colleague gets what is left; Esc and an empty answer leave it to whoever comes next."""
        from tui.cards.ask_line import AskLine

        async def answered(name: str | None) -> None:
            to = name or ""
            await self.desk.ask(lambda desk: desk.end_shift(note, hand_to=to, texts=texts), self._ended)

        question = counted(
            "{n} ticket with something left: hand it over to whom?",
            "{n} tickets with something left: hand them over to whom?",
            len(texts),
        ).format(n=len(texts))
        self.desk.push_screen(AskLine(question, words("a name; empty for whoever comes next")), answered)

    def _ended(self, shift: Shift) -> None:
        from tui.look.short_times import span

        self.desk.header.show_shift(())
        message = words("Your shift ended after {span}; tridesk handover shows what you handed over · {key} resumes it")
        length = span(shift.seconds(0, shift.ended_at or 0))
        self.desk.say(message.format(span=length, key=self.desk.key("desk.undo")))
