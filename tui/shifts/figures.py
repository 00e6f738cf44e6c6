"""A shift's figures on the screen: in the top line, on a card, and the tickets behind each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from data.store import Store
from queues.shifts import shift as shifts
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.lanes.views import LISTED, NamedView
from tui.look.words import counted, words
from tui.moving.view_choice import ViewChoice

if TYPE_CHECKING:
    from data.records.shifts import Shift
    from queues.desk.desk import Desk
    from queues.figures.shift import Own, OwnFigures, OwnWork

BAR_SETTING = "shift bar"
"""The key, in the store's settings, for hiding the bar."""
END, ALL = "end", "all"
REST_SECONDS = 30
"""How long figures may stay unchanged without activity: only the hours advance."""


class ShiftFigures(Part):
    """Reads figures in a thread, and only what happened since the last read."""

    def __init__(self, desk: DeskContext, going: Going, view_choice: ViewChoice) -> None:
        super().__init__(desk)
        self.going, self.view_choice = going, view_choice
        self._work: OwnWork | None = None
        self._shift_id = 0
        self._looked = (-1, 0)
        """The store's version at the last read, and its time."""
        self._looking = False
        """The bar's figures are being read."""
        self._one_at_a_time = Lock()

    def actions(self) -> Mapping[str, Act]:
        """Show or hide the bar."""
        return {"desk.shift_bar": self._turn_bar}

    def look_at_shift(self) -> None:
        """Read the figures again if something happened."""
        version, now = self.desk.store.data_version(), self.desk.clock()
        seen, at = self._looked
        if self._looking or (version == seen and now - at < REST_SECONDS):
            return
        going = shifts.going_on(self.desk.store, self.desk.agent)
        if going is None:
            self.desk.header.show_shift(())
            return
        self._looking, self._looked = True, (version, now)
        self.desk.in_thread("shift", partial(self._look, going, now))

    def _look(self, shift: Shift, now: int) -> None:
        """Read in a thread, with its own store."""
        try:
            figures = self.read(shift, now)
        finally:
            self._looking = False
        self.desk.from_thread(self._show_bar, figures)

    def read(self, shift: Shift, now: int) -> OwnFigures:
        """Read what happened since the last read; a key's read waits in its thread for the bar's."""
        from queues.figures.shift import OwnWork

        with self._one_at_a_time:
            if self._work is None or self._shift_id != shift.id:
                self._work, self._shift_id = OwnWork(self.desk.agent, shift.began_at, shift.since_event), shift.id
            with closing(Store.open(self.desk.store.path, create=False)) as store:
                return self._work.look(store, now, max(0, now - shift.began_at))

    def _show_bar(self, figures: OwnFigures) -> None:
        from tui.shifts.shift_lines import bars

        over = shifts.going_on(self.desk.store, self.desk.agent) is None  # it may have ended while this was read
        hidden = over or self.desk.store.settings.get(BAR_SETTING) is False
        self.desk.header.show_shift(() if hidden else bars(figures))

    async def _turn_bar(self) -> None:
        """Show or hide the figures at the top; the desk file remembers it."""
        shown = self.desk.store.settings.get(BAR_SETTING) is False

        def keep(desk: Desk) -> None:
            with desk.store.write():
                desk.store.settings.save(BAR_SETTING, shown)

        def kept(_: None) -> None:
            self._looked = (-1, 0)
            self.look_at_shift()
            self.desk.say(words("Your figures are at the top.") if shown else words("Your figures are hidden."))

        await self.desk.ask(keep, kept)

    def open_card(self, shift: Shift, end: Callable[[], None]) -> None:
        """Show a shift's figures so far; `end` ends it, if the agent chooses that."""
        then = self.desk.only_here(partial(self._show_card, end), of_ticket=False)
        self.desk.in_thread("shift", partial(self._open_card, shift, self.desk.clock(), then))

    def _open_card(self, shift: Shift, now: int, then: Callable[[OwnFigures], None]) -> None:
        self.desk.from_thread(then, self.read(shift, now))

    def _show_card(self, end: Callable[[], None], figures: OwnFigures) -> None:
        from queues.figures.shift import Own
        from tui.cards.lines_card import LinesCard
        from tui.look.short_times import span
        from tui.shifts.shift_lines import card_lines

        title = words("Your shift, {span} so far").format(span=span(figures.seconds))
        note = words("Enter shows the tickets behind a figure · e ends the shift · Esc back")

        def chosen(name: str | None) -> None:
            if name == END:
                end()
            elif name:
                self._show_tickets_of(figures, Own(name))

        self.desk.push_screen(LinesCard(title, card_lines(figures), note, {"e": END}), chosen)

    def _show_tickets_of(self, figures: OwnFigures, own: Own) -> None:
        """List the tickets behind a figure; Enter opens a ticket, or shows all in their lanes."""
        from tui.cards.pick_list import PickList
        from tui.shifts.shift_lines import contribution_lines

        lines = contribution_lines(self.desk.store, figures, own)
        if not lines:
            self.desk.say(words("There are no tickets behind that figure yet."))
            return

        def chosen(name: str | None) -> None:
            if name == ALL:
                among = tuple(sorted({value.ticket_id for value in figures.tickets_behind[own]}))
                self.view_choice.show_everywhere(NamedView(LISTED, name=words(own), among=among))
                n = len(among)
                message = counted("{n} ticket behind “{figure}” · Esc shows the whole lanes",
                                  "{n} tickets behind “{figure}” · Esc shows the whole lanes", n)  # fmt: skip
                self.desk.say(message.format(n=n, figure=words(own)))
            elif name:
                self.going.jump_to(int(name.partition(":")[0]))

        hint = words("{figure}: type to filter; Enter opens the ticket").format(figure=words(own))
        self.desk.push_screen(PickList([(ALL, words("All of them in their lanes")), *lines], hint), chosen)
