"""What the composer asks of the desk: keep this draft, put that macro in, send."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from data.changes import unpacked
from data.macro_names import separate
from data.records.changes import Change, Done, Finding
from data.records.messages import Direction, Draft
from data.records.promises import Promise
from data.records.tickets import Ticket
from tui.look.short_times import moment
from tui.look.words import words
from tui.replying.drafts import Drafting
from tui.replying.macro_questions import Given
from tui.replying.macros_at_hand import Place
from tui.replying.outcomes import outcome

if TYPE_CHECKING:
    from macros.filling.macro import Macro
    from queues.desk.desk import Desk
    from tui.replying.composer import Composer


class Writing(Drafting):
    """Handles the messages of `tui.replying.composer.Composer`."""

    _sending = False
    """What the composer asked to send is on its way to the writer."""

    def on_composer_draft_changed(self, message: Composer.DraftChanged) -> None:
        """Keep the draft. The writer takes it whatever else is being saved."""
        message.stop()
        self.keep_draft(message.draft)

    def on_composer_left(self, message: Composer.Left) -> None:
        """Go back to the ticket."""
        message.stop()
        unkept = self.unkept()
        if unkept is not None:
            self.keep_draft(unkept)
        self.close_composer()
        self.say(words("The draft is kept; r goes on with it."))

    def on_composer_macro_asked(self, message: Composer.MacroAsked) -> None:
        """Put a macro's words in at the cursor; what it does is added to what the others do."""
        message.stop()
        self._put_in(message.name)

    def on_composer_language_asked(self, message: Composer.LanguageAsked) -> None:
        """Fill the macro in the other language, with the answers given."""
        message.stop()
        if self.composer is not None:
            draft = self.composer.draft
            self._put_anew(draft.macro, "en" if draft.language.startswith("es") else "es")

    def on_composer_render_asked(self, message: Composer.RenderAsked) -> None:
        """Fill the macro with today's values and the answers given."""
        message.stop()
        if self.composer is not None:
            self._put_anew(self.composer.draft.macro, self.composer.draft.language)

    def on_composer_check_asked(self, message: Composer.CheckAsked) -> None:
        """Look at the text in the writer's thread; no key waits for it."""
        message.stop()
        draft, change = message.draft, reply_of(message.draft)

        def look(desk: Desk) -> tuple[Sequence[Finding], str]:
            promise, told = desk.promise(draft.ticket_id, change), ""
            if promise is not None:
                when = moment(promise.due_at, desk.office(draft.ticket_id).time_zone)
                told = words("Promises an answer by {when}.").format(when=when)
            return desk.findings(draft.ticket_id, change), told

        def looked(future: Future[tuple[Sequence[Finding], str]]) -> None:
            # called in the writer's thread; a text that cannot be looked at now is looked at before it leaves
            if future.exception() is None and self.is_attached:
                self.app.call_later(self._show_findings, draft.text, *future.result())

        self.writer.submit(look).add_done_callback(looked)

    def _show_findings(self, text: str, findings: Sequence[Finding], promise: str) -> None:
        if self.composer is not None:
            self.composer.show_findings(text, findings, promise)

    async def on_composer_send_asked(self, message: Composer.SendAsked) -> None:
        """Write the note, send the reply, or show the preview first, as where something stands in the way."""
        message.stop()
        if self.busy or self._sending or self.composer is None or not self.composer.has_class("-open"):
            return  # the key is held: it was pressed before, and what it asked for is under way
        draft = message.draft
        ticket = self.store.tickets.get(draft.ticket_id)
        # kept once more: what another window wrote meanwhile is shown before anything leaves
        kept = await self.kept(draft) if ticket is not None else None
        if ticket is None or kept is None:
            return
        if draft.kind is Direction.NOTE:
            await self.change_of((ticket.id,), Change(note=draft.text, draft=kept.revision), self._noted)
            return
        composer = self._composer_of(ticket)
        change = replace(reply_of(draft), draft=kept.revision, edited=composer.edited if composer is not None else None)
        if message.choose:
            self.preview(ticket, change, words("Your reply"))
            return

        sending = replace(change, status=outcome(change))

        def look(desk: Desk) -> tuple[Ticket, bool, Promise | None]:
            seen = desk.store.tickets.get(ticket.id) or ticket
            blocked = any(finding.blocking for finding in desk.findings(ticket.id, change))
            return seen, blocked or bool(desk.open_gates(ticket.id, sending)), desk.promise(ticket.id, change)

        await self.ask(look, lambda found: self._send_or_show(found[0], change, *found[1:]))

    def _send_or_show(self, ticket: Ticket, change: Change, held_up: bool, promise: Promise | None) -> None:
        if held_up or self.is_weak(ticket, change):
            self.preview(ticket, change, words("Not sent yet"))
            return
        self._sending = True
        work = self._send_now(ticket, replace(change, status=outcome(change), promise=promise))
        self.run_worker(work, group="send", exit_on_error=False)

    async def _send_now(self, ticket: Ticket, change: Change) -> None:
        try:
            await self.send(ticket, change)
        finally:
            self._sending = False

    def _noted(self, done: Done) -> None:
        self.close_composer()
        self.changed(done)

    def _put_in(self, name: str) -> None:
        ticket = self._written_for()
        if ticket is None:
            return

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            composer = self._composer_of(ticket)
            if composer is not None:
                answer = self.fill(ticket, given, into=Place(composer.draft, *composer.around_cursor))
                if answer is not None:
                    composer.put(answer.change, closing=answer.closing)

        self.with_all_answers(ticket, (name,), filled)

    def _put_anew(self, names: str, language: str) -> None:
        ticket = self._written_for()
        if ticket is None or not names:
            self.say(words("This text comes from no macro; type / and a name to put one in."))
            return

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            composer, answer = self._composer_of(ticket), self.fill(ticket, given, language)
            if composer is not None and answer is not None:
                composer.put(answer.change, whole=True, closing=answer.closing)

        self.with_all_answers(ticket, separate(names), filled, anew=False)

    def _written_for(self) -> Ticket | None:
        return None if self.composer is None else self.store.tickets.get(self.composer.draft.ticket_id)

    def _composer_of(self, ticket: Ticket) -> Composer | None:
        """Return the composer if it is still about this ticket."""
        composer = self.composer
        return composer if composer is not None and composer.draft.ticket_id == ticket.id else None


def reply_of(draft: Draft) -> Change:
    """Return the change that sends a draft, with what its macros do besides."""
    return replace(unpacked(draft.actions), reply=draft.text, macro=draft.macro, reply_language=draft.language)
