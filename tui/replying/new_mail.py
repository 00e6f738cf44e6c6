"""Opening a ticket by writing to someone, by key: a form, a card that shows what leaves, and the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from data.records.changes import Change, NewTicket
from data.records.messages import FormDraft
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words
from tui.replying.form_drafts import NEW_MAIL, FormDrafts
from tui.replying.outgoing_text import Written

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.replying.outgoing_card import Leaving, Sent


class NewMail(Part):
    """`N` writes to someone who did not write first."""

    def __init__(self, desk: DeskContext, changing: Changing, drafts: FormDrafts) -> None:
        super().__init__(desk)
        self.changing, self.drafts = changing, drafts

    def actions(self) -> Mapping[str, Act]:
        """Writing to someone."""
        return {"desk.new_mail": self._write}

    def _write(self) -> None:
        """Show the form, with what was typed before."""
        from tui.replying.outgoing_form import OutgoingForm

        def written(answer: Written | None) -> None:
            if answer is not None and answer.complete:
                self.desk.run_worker(self._look(answer.draft), group="new mail")

        title = words("Write to someone: a new ticket, which the answer joins")
        draft = self.drafts.newest(NEW_MAIL) or FormDraft(NEW_MAIL)
        form = OutgoingForm(title, draft, words("what it is about"), keep=self.drafts.keep)
        self.drafts.opened(form, draft)
        self.desk.push_screen(form, written)

    async def _look(self, written: FormDraft) -> None:
        """Show the card, with the findings of the desk."""
        from tui.replying.outgoing_card import Leaving, OutgoingCard

        asked = NewTicket(written.to, written.subject.strip(), written.text.strip("\n"))

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
        change = Change(override_reason=sent.reason)
        await self.desk.ask(lambda desk: desk.open_ticket(asked, change), self.changing.changed)
