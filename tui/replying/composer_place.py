"""The composer on the desk: opened on a ticket's draft, and closed again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from data.changes import unpacked
from data.errors import RuleError
from data.records.changes import Change, Finding
from data.records.messages import Direction, Draft
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.replying.completion import Choice
    from tui.replying.composer import Composer


class ComposerPlace(Part):
    """Writing to the customer, and notes that no customer sees."""

    def __init__(self, desk: DeskContext, going: Going) -> None:
        super().__init__(desk)
        self.going = going
        self.composer: Composer | None = None
        """Created with the first text, so that its imports are not loaded earlier."""
        self._agents: list[str] = []
        """Who can be mentioned, as of the last `@`."""
        self.revisions: dict[int, int] = {}
        """The revision of each draft as last saved; only the writer's thread uses it."""

    def actions(self) -> Mapping[str, Act]:
        """Reply and note."""
        return {
            "ticket.reply": partial(self.write, Direction.OUT),
            "ticket.note": partial(self.write, Direction.NOTE),
        }

    @property
    def is_open(self) -> bool:
        """A text is being written."""
        return self.composer is not None and self.composer.has_class("-open")

    @property
    def has_focus(self) -> bool:
        """The text has the focus."""
        return self.is_open and self.composer is not None and self.composer.has_focus_within

    async def write(self, kind: Direction, change: Change | None = None, *, at: Finding | None = None) -> None:
        """Open the composer on the ticket's draft, or on the text of `change`, with the range `at` selected."""
        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
            return
        if self.desk.view.ticket_id != ticket.id:
            self.going.open_ticket(self.desk.active, ticket.id)
        composer = await self._composer()
        draft = self.desk.store.drafts.get(ticket.id) or Draft(ticket.id, "", kind)
        if not draft.text or kind is Direction.NOTE:
            # a reply may become a note; a note becomes a reply only by ctrl+t, never by this key
            draft = replace(draft, kind=kind)
        known = draft.revision
        self.desk.writer.submit(lambda desk: self.revisions.__setitem__(ticket.id, known))
        customer = self.desk.store.customers.get(ticket.customer_id)
        writes_letter = self.desk.ways.letter and change is None and not draft.text
        letter = self.desk.answering.letter(ticket) if writes_letter else ("", "")
        composer.open(draft, customer.name if customer else "", letter)
        composer.add_class("-open")
        self.desk.run_worker(self._show_copies(ticket.id, change or unpacked(draft.actions)), group="copies")
        if change is not None and change.reply is not None:
            composer.insert(change, whole=True)
            if at is not None:
                composer.point_at(at)

    async def _show_copies(self, ticket_id: int, change: Change) -> None:
        """Show who gets a copy, as the card will."""

        def copies(desk: Desk) -> tuple[str, ...]:
            return desk.copies(ticket_id, change)

        with suppress(RuleError):  # without an address there is no reply either, and the card says so
            copied = await asyncio.wrap_future(self.desk.writer.submit(copies))
            if self.composer is not None:
                self.composer.show_copies(ticket_id, copied)

    async def _composer(self) -> Composer:
        if self.composer is None:
            from tui.replying.composer import Composer

            self.composer = Composer(self._complete, people=self._people)
            await self.desk.screen.query_one("#tickets").mount(self.composer)
        return self.composer

    def _complete(self, letters: str) -> Sequence[Choice]:
        from tui.replying.completion import matches_by

        ticket = self.desk.ticket() or (self.desk.view.shown.ticket if self.desk.view.shown else None)
        if ticket is None:
            return []
        return matches_by(letters, self.desk.answering.titles(ticket, ticket.language))

    def _people(self, letters: str) -> Sequence[Choice]:
        from queues.ground.known_agents import agents_known
        from tui.replying.completion import people_by

        if not letters or not self._agents:
            self._agents = [agent for agent in agents_known(self.desk.store) if agent != self.desk.agent]
        return people_by(letters, self._agents)

    def close(self) -> None:
        """Leave the composer; the draft is saved."""
        if self.composer is not None and self.composer.has_class("-open"):
            self.composer.flush()
            self.composer.remove_class("-open")
            (self.desk.view if self.desk.view.ticket_id is not None else self.desk.list).focus()
