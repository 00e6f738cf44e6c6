"""Opening a ticket by writing to someone, by key: a form, a card that shows what leaves, and the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from data.records.changes import Change, Done, NewTicket
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words
from tui.replying.outgoing_text import Written

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.replying.outgoing_card import Leaving, Sent


class NewMail(Part):
    """`N` writes to someone who did not write first."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing
        self._kept = Written()
        """What was typed and not sent."""

    def actions(self) -> Mapping[str, Act]:
        """Writing to someone."""
        return {"desk.new_mail": self._write}

    def _write(self) -> None:
        """Show the form, with what was typed before."""
        from tui.replying.outgoing_form import OutgoingForm

        def written(answer: Written | None) -> None:
            if answer is None:
                return
            self._kept = answer
            if answer.complete:
                self.desk.run_worker(self._look(answer), group="new mail")

        title = words("Write to someone: a new ticket, which the answer joins")
        self.desk.push_screen(OutgoingForm(title, self._kept, words("what it is about")), written)

    async def _look(self, written: Written) -> None:
        """Show the card, with the findings of the desk."""
        from tui.replying.outgoing_card import Leaving, OutgoingCard

        asked = NewTicket(written.to, written.subject, written.text.strip("\n"))

        def looked(desk: Desk) -> Leaving:
            title = words("New ticket")
            return Leaving(title, asked.to, asked.subject, asked.text, findings=desk.findings_of_new(asked))

        def show(leaving: Leaving) -> None:
            self.desk.push_screen(OutgoingCard(leaving, may_hold=False), partial(self._decided, asked))

        await self.desk.ask(looked, self.desk.only_here(show, of_ticket=False))

    async def _decided(self, asked: NewTicket, sent: Sent | None) -> None:
        if sent is None or sent.wish != "send":
            if sent is not None and sent.wish == "edit":
                self._write()
            return
        if self.changing.burst():
            return

        def opened(done: Done) -> None:
            self._kept = Written()
            self.changing.changed(done)

        await self.desk.ask(lambda desk: desk.open_ticket(asked, Change(override_reason=sent.reason)), opened)
