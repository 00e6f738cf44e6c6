"""`m`, `:` and `/` open one palette; which of them was pressed decides what it searches at first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.errors import DeskError
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.customer.looking_closer import CloserLook
from tui.keys.actions import BY_ID
from tui.look.words import as_sentence, words
from tui.moving.finding import Filter
from tui.moving.glance import Glance
from tui.palette.entries import ACTIONS, MACROS, TICKETS, Entry, Group, Kind
from tui.palette.running import Running
from tui.palette.whereabouts import Whereabouts
from tui.replying.macro_preview import ReplyPreview
from tui.setup.writer import Writer

if TYPE_CHECKING:
    from data.records.tickets import Ticket
    from data.store import Store


class Palette(Part):
    """Finds macros, actions, settings, tickets and people by a few letters."""

    def __init__(
        self,
        desk: DeskContext,
        going: Going,
        lane_filter: Filter,
        glance: Glance,
        closer: CloserLook,
        replies: ReplyPreview,
        whereabouts: Whereabouts,
        running: Running,
    ) -> None:
        super().__init__(desk)
        self._going, self._filter, self._glance, self._closer = going, lane_filter, glance, closer
        self._replies, self._whereabouts, self._running = replies, whereabouts, running
        self._reader: Writer[Store] | None = None
        """The thread that searches, with its own connection; started by the first palette."""

    def actions(self) -> Mapping[str, Act]:
        """The three keys."""
        return {"macro.pick": self._macros, "desk.palette": partial(self._open, ACTIONS), "find.filter": self._find}

    def close(self) -> None:
        """End the thread that searches."""
        if self._reader is not None:
            self._reader.stop()

    def _macros(self) -> None:
        """Find a macro for the ticket in sight."""
        if self.desk.ticket() is None:
            self.desk.say_no_ticket()
        elif not self._glance.show_first():
            self._open(MACROS)

    def _find(self) -> None:
        """Filter the lanes; in an open ticket, find another ticket or a person."""
        if self.desk.reading:
            self._open(TICKETS)
        else:
            self._filter.open()

    def _open(self, group: Group) -> None:
        from tui.palette.finder import Finder
        from tui.palette.palette_card import PaletteCard

        desk, ticket = self.desk, self.desk.ticket()
        if self._reader is None:
            self._reader = Writer(self._opened, lambda store: store.close())
        known: dict[Kind, Sequence[Entry]] = {}

        def entries(kind: Kind) -> Sequence[Entry]:
            if kind is Kind.MACRO and not desk.answering.ready:
                return []  # they are loading: the next letter looks again
            if kind not in known:
                known[kind] = self._of_macros(ticket) if kind is Kind.MACRO else self._of_actions(kind)
            return known[kind]

        finder = Finder(self._reader, entries, desk.clock(), ZoneInfo(desk.zone()))
        desk.push_screen(PaletteCard(group, finder.find, self._preview(ticket)), partial(self._chosen, desk.targets()))

    def _opened(self) -> Store:
        from data.store import Store

        return Store.open(self.desk.store.path, create=False)

    def _of_macros(self, ticket: Ticket | None) -> list[Entry]:
        """Return the macros offered for a ticket: those on its first digits, its topic's, the others."""
        from tui.palette.macro_entries import macro_entries

        return macro_entries(self.desk.answering, ticket) if ticket is not None else []

    def _of_actions(self, kind: Kind) -> list[Entry]:
        from tui.palette.action_entries import action_entries

        return action_entries(self.desk.keys, self._whereabouts.situation(), kind)

    def _preview(self, ticket: Ticket | None) -> Callable[[Entry], Awaitable[str]]:
        """Return what reads the text of a macro for a ticket; it is filled in in the searching thread."""
        desk = self.desk

        async def preview(entry: Entry) -> str:
            if ticket is None or self._reader is None:
                return ""
            from tui.palette.macro_entries import preview_of

            try:
                macro, context = desk.answering.macro(entry.id), desk.answering.context(ticket)
                return await asyncio.wrap_future(
                    self._reader.submit(lambda store: preview_of(macro, context, ticket.language))
                )
            except DeskError as error:
                return as_sentence(error)

        return preview

    async def _chosen(self, targets: tuple[int, ...], entry: Entry | None) -> None:
        """Do what was chosen, unless the tickets that it would change are not those of before."""
        if entry is None:
            return
        if entry.changes and self.desk.targets() != targets:
            self.desk.say(words("A different ticket is here now, so nothing was changed; press the key again."))
        elif entry.kind is Kind.MACRO:
            ticket = self.desk.ticket()
            if ticket is None or self.desk.targets() != targets:
                self.desk.say(words("A different ticket is here now, so nothing was opened; press the key again."))
            elif not self._glance.show_first():
                self._replies.preview_macro(ticket, entry.id)
        elif entry.kind is Kind.TICKET:
            self._going.jump_to(int(entry.id))
        elif entry.kind is Kind.PERSON:
            self._closer.show_customer(int(entry.id))
        else:
            await self._running.run(BY_ID[entry.id])
