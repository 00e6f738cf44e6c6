"""Where the agent is, and what can be done there: for the footer, the palette and the help."""

from __future__ import annotations

from tui.cards.field import types
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.keys.place_keys import Place
from tui.palette.possible import Situation
from tui.procedures.panel import ProcedurePanel
from tui.replying.composer_place import ComposerPlace


class Whereabouts:
    """Looks at the desk when asked."""

    def __init__(self, desk: DeskContext, going: Going, writing: ComposerPlace, panel: ProcedurePanel) -> None:
        self._desk, self._going, self._writing, self._panel = desk, going, writing, panel

    def place(self) -> Place:
        """Return the part of the desk, or the line of text, that has the keys."""
        if types(self._desk.focused) and not self._writing.has_focus:
            return Place.LINE
        return self._part()

    def _part(self) -> Place:
        if self._panel.active:
            return Place.STEPS
        if self._writing.has_focus:
            return Place.COMPOSER
        if self._desk.list.selected:
            return Place.SELECTED
        if not self._desk.reading:
            return Place.LIST
        return Place.GUIDED if self._panel.shown is not None else Place.TICKET

    def situation(self) -> Situation:
        """Return what decides which actions can be done now."""
        desk, ticket = self._desk, self._desk.ticket()
        return Situation(
            self._part(),
            ticket.status if ticket is not None else None,
            open=desk.view.ticket_id is not None,
            guided=self._panel.shown is not None,
            writing=self._writing.is_open,
            can_undo=desk.last_done is not None,
            can_return=bool(self._going.came_from),
            lanes=frozenset(desk.panes[place].number for place in desk.places),
        )
