"""Forwarding by key: a form, a card that shows what leaves to whom, and the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from data.errors import DeskError
from data.records.changes import Change
from data.records.forwards import Forward, ForwardedFile
from data.records.messages import FormDraft
from data.records.tickets import Status, Ticket
from data.store import Store
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words
from tui.replying.form_drafts import FormDrafts
from tui.replying.forward_text import newest_of_customer, quoted
from tui.replying.outgoing_text import Written, file_numbers

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.files.kept_files import TicketFile
    from tui.replying.outgoing_card import Leaving, Sent


class Forwarding(Part):
    """`F` forwards the ticket that keys act on to a third party."""

    def __init__(self, desk: DeskContext, changing: Changing, drafts: FormDrafts) -> None:
        super().__init__(desk)
        self.changing, self.drafts = changing, drafts

    def actions(self) -> Mapping[str, Act]:
        """Forwarding."""
        return {"ticket.forward": self._start}

    def _start(self) -> None:
        """Open the form for the ticket."""
        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
        elif self.desk.folds(ticket):
            folded = words("This ticket may be graphic or abusive: open it and press {key} first.")
            self.desk.say(folded.format(key=self.desk.key("ticket.reveal")))
        else:
            self._write(ticket)

    def _write(self, ticket: Ticket) -> None:
        """Show the form, with what was typed before or the customer's newest message."""
        from queues.files.kept_files import files_of
        from tui.replying.outgoing_form import OutgoingForm

        conversation = self.desk.store.messages.of(ticket.id)
        files = files_of(conversation)
        proposed = FormDraft(ticket.id, text=f"\n\n{quoted(newest_of_customer(conversation))}")
        draft = self.drafts.newest(ticket.id) or proposed

        def written(answer: Written | None) -> None:
            if answer is not None and answer.complete:
                numbers = file_numbers(answer.draft.files, len(files)) or ()
                self._read(ticket, answer.draft, [files[number - 1] for number in numbers])

        title = words("Forward #{n} to someone else; the answer comes back as a note").format(n=ticket.id)
        names = [file.attachment.filename for file in files]
        form = OutgoingForm(title, draft, f"Fwd: {ticket.subject}", names, keep=self.drafts.keep)
        self.drafts.opened(form, draft)
        self.desk.push_screen(form, written)

    def _read(self, ticket: Ticket, written: FormDraft, files: Sequence[TicketFile]) -> None:
        """Read the chosen files in a thread, then look at what would leave."""

        def start(read: tuple[ForwardedFile, ...]) -> None:
            self.desk.run_worker(self._look(ticket, written, read), group="forward")

        look = self.desk.only_here(start)
        if not files:
            look(())
            return
        path = self.desk.store.path

        def read() -> None:
            from queues.files.kept_files import content
            from queues.helper.client import Helper

            try:
                with closing(Store.open(path, create=False)) as store, Helper() as helper:
                    read_files = tuple(
                        ForwardedFile(one.attachment.filename, one.attachment.content_type, content(store, one, helper))
                        for one in files
                    )
            except DeskError as error:
                self.desk.from_thread(self.desk.refused, error)
                return
            self.desk.from_thread(look, read_files)

        self.desk.in_thread("forward", read)

    async def _look(self, ticket: Ticket, written: FormDraft, files: tuple[ForwardedFile, ...]) -> None:
        """Show the card, with the findings of the desk."""
        from tui.replying.outgoing_card import Leaving, OutgoingCard

        change = Change(forward=Forward(written.to, written.text.strip("\n"), written.subject.strip(), files))

        def looked(desk: Desk) -> tuple[Leaving, Ticket]:
            seen = desk.store.tickets.get(ticket.id) or ticket
            steps = desk.open_gates(ticket.id, change)
            leaving = Leaving(
                words("Forward #{n}").format(n=ticket.id),
                written.to,
                written.subject or f"Fwd: {ticket.subject}",
                written.text.strip("\n"),
                [(file.filename, len(file.content)) for file in files],
                desk.findings(ticket.id, change),
                [step.words(ticket.language) for step in steps],
            )
            return leaving, seen

        def show(loaded: tuple[Leaving, Ticket]) -> None:
            leaving, seen = loaded
            self.desk.push_screen(OutgoingCard(leaving, may_hold=True), partial(self._decided, seen, change))

        await self.desk.ask(looked, self.desk.only_here(show))

    async def _decided(self, ticket: Ticket, change: Change, sent: Sent | None) -> None:
        if sent is None or sent.wish not in ("send", "hold"):
            if sent is not None and sent.wish == "edit":
                self._write(ticket)
            return
        status = Status.ON_HOLD if sent.wish == "hold" else None
        asked = Change(forward=change.forward, status=status, override_reason=sent.reason)
        await self.changing.change_of((ticket.id,), asked, self.changing.changed, versions={ticket.id: ticket.version})
