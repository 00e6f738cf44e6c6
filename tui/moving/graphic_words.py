"""Graphic text stays folded until a key shows it; each ticket's exposure is recorded once a shift."""

from __future__ import annotations

from collections.abc import Mapping

from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words


class GraphicContent(Part):
    """`X` unfolds the customer's graphic text, or folds it again."""

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self._seen: set[int] = set()
        """Graphic tickets seen since the start of the shift or of the program."""

    def actions(self) -> Mapping[str, Act]:
        """Show what is folded."""
        return {"ticket.reveal": self._reveal}

    def note_opened(self, ticket_id: int) -> None:
        """If folding is off, opening a graphic ticket counts as seeing it."""
        shown, exposure = self.desk.view.shown, self.desk.ways.exposure
        if shown is not None and not exposure.fold and exposure.holds(shown.ticket):
            self._note(ticket_id)

    def turn(self, ticket_id: int) -> bool:
        """Unfold or fold the customer's text on a ticket; False if there is nothing to fold."""
        ticket, exposure = self.desk.store.tickets.get(ticket_id), self.desk.ways.exposure
        if ticket is None or not exposure.fold or not exposure.holds(ticket):
            return False
        self.desk.revealed ^= {ticket_id}
        if ticket_id in self.desk.revealed:
            self._note(ticket_id)
        return True

    def _reveal(self) -> None:
        view = self.desk.view
        shown = view.in_sight
        if shown is None or not self.turn(shown.ticket.id):
            self.desk.say(words("Nothing is folded here."))
            return
        if view.glanced is not None:
            view.glance(self.desk.read_newest(shown.ticket.id))
            self._rows_anew()
            return
        view.show(self.desk.read(shown.ticket.id))
        self._rows_anew()
        if shown.ticket.id in self.desk.revealed:
            for act in self.desk.hooks.on_unfolded:
                act()

    def _rows_anew(self) -> None:
        """Show or hide the first words of mails in the lists."""
        for pane in self.desk.panes:
            pane.list.forget_words()

    def fold_again(self) -> None:
        """Fold everything again; text shown from now on counts as a new exposure."""
        self._seen.clear()
        self.desk.revealed.clear()
        for view in self.desk.views:
            view.show(None if view.ticket_id is None else self.desk.read(view.ticket_id))
        self._rows_anew()

    def _note(self, ticket_id: int) -> None:
        """Record the exposure, once a shift."""
        if ticket_id not in self._seen:
            self._seen.add(ticket_id)
            self.desk.writer.submit(lambda desk: desk.reveal(ticket_id))
