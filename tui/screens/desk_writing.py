"""What the composer asks of the desk: keep this draft, put that macro in, send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from data.changes import unpacked
from data.macro_names import separate
from data.records import Change, Direction, Done, Status, Ticket
from tui.answering import Place
from tui.screens.desk_asking import Given
from tui.screens.desk_drafts import Drafting
from tui.words import words

if TYPE_CHECKING:
    from macros.macro import Macro
    from tui.widgets.composer import Composer


class Writing(Drafting):
    """Handles the messages of `tui.widgets.composer.Composer`."""

    def on_composer_draft_changed(self, message: Composer.DraftChanged) -> None:
        """Keep the draft. The writer takes it whatever else is being saved."""
        message.stop()
        self.keep_draft(message.draft)

    def on_composer_left(self, message: Composer.Left) -> None:
        """Go back to the ticket."""
        message.stop()
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

    async def on_composer_send_asked(self, message: Composer.SendAsked) -> None:
        """Write the note, send the reply, or show the preview first."""
        message.stop()
        draft = message.draft
        ticket = self.store.tickets.get(draft.ticket_id)
        # kept once more: what another window wrote meanwhile is shown before anything leaves
        if ticket is None or not await self.is_kept(draft):
            return
        if draft.kind is Direction.NOTE:
            await self.change_of((ticket.id,), Change(note=draft.text), self._noted)
            return
        change = replace(unpacked(draft.actions), reply=draft.text, macro=draft.macro, reply_language=draft.language)
        if message.choose:
            self.preview(ticket, change, words("Your reply"))
        else:
            # as on the card: an escalated matter is not solved
            await self.send(ticket.id, replace(change, status=Status.ON_HOLD if change.escalate else Status.SOLVED))

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
                    composer.put(answer.change)

        self.with_all_answers(ticket, (name,), filled)

    def _put_anew(self, names: str, language: str) -> None:
        ticket = self._written_for()
        if ticket is None or not names:
            self.say(words("This text comes from no macro; type / and a name to put one in."))
            return

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            composer, answer = self._composer_of(ticket), self.fill(ticket, given, language)
            if composer is not None and answer is not None:
                composer.put(answer.change, whole=True)

        self.with_all_answers(ticket, separate(names), filled, anew=False)

    def _written_for(self) -> Ticket | None:
        return None if self.composer is None else self.store.tickets.get(self.composer.draft.ticket_id)

    def _composer_of(self, ticket: Ticket) -> Composer | None:
        """Return the composer if it is still about this ticket."""
        composer = self.composer
        return composer if composer is not None and composer.draft.ticket_id == ticket.id else None
