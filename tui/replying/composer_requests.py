"""Handles the composer's requests: save a draft, insert a macro, send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from data.changes import unpacked
from data.errors import DeskError
from data.macro_names import separate
from data.records.changes import Change, Done, Finding
from data.records.messages import Direction, Draft
from data.records.outbox import MOST_ENCLOSED, Enclosure
from data.records.tickets import Ticket
from tui.cards.desk_message import DeskMessage
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.part import Part
from tui.digits.macros_at_hand import Place
from tui.look.short_times import moment
from tui.look.words import words
from tui.replying.composer_messages import (
    AttachAsked,
    CheckAsked,
    ComposerLeft,
    DraftChanged,
    LanguageAsked,
    MacroAsked,
    RenderAsked,
    SendAsked,
)
from tui.replying.composer_place import ComposerPlace
from tui.replying.drafts import Drafts
from tui.replying.macro_preview import ReplyPreview
from tui.replying.macro_questions import Given, MacroQuestions

if TYPE_CHECKING:
    from macros.filling.macro import Macro
    from queues.desk.desk import Desk
    from tui.replying.composer import Composer


class ComposerRequests(Part):
    """Answers the messages of `tui.replying.composer.Composer`."""

    def __init__(
        self,
        desk: DeskContext,
        changing: Changing,
        writing: ComposerPlace,
        drafts: Drafts,
        macro_questions: MacroQuestions,
        replies: ReplyPreview,
    ) -> None:
        super().__init__(desk)
        self.changing, self.writing, self.drafts = changing, writing, drafts
        self.macro_questions, self.replies = macro_questions, replies

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """Handlers of the composer's messages."""
        return {
            DraftChanged: self._draft_changed,
            ComposerLeft: self._back_to_ticket,
            MacroAsked: self._macro_asked,
            LanguageAsked: self._language_asked,
            RenderAsked: self._render_asked,
            AttachAsked: self._attach_asked,
            CheckAsked: self._check_asked,
            SendAsked: self._send_asked,
        }

    def _draft_changed(self, message: DraftChanged) -> None:
        """Save the draft. The writer accepts it whatever else is being saved."""
        self.drafts.keep_draft(message.draft)

    def _back_to_ticket(self, message: ComposerLeft) -> None:
        """Go back to the ticket."""
        unkept = self.drafts.unkept()
        if unkept is not None:
            self.drafts.keep_draft(unkept)
        self.writing.close()
        self.desk.say(words("The draft is kept; r continues it."))

    def _macro_asked(self, message: MacroAsked) -> None:
        """Insert a macro's text at the cursor; its actions are added to those of the others."""
        self._put_in(message.name)

    def _language_asked(self, message: LanguageAsked) -> None:
        """Fill the macro in the other language, with the answers given."""
        if self.writing.composer is not None:
            draft = self.writing.composer.draft
            self._put_anew(draft.macro, "en" if draft.language.startswith("es") else "es")

    def _render_asked(self, message: RenderAsked) -> None:
        """Fill the macro with today's values and the answers given."""
        if self.writing.composer is not None:
            self._put_anew(self.writing.composer.draft.macro, self.writing.composer.draft.language)

    def _attach_asked(self, message: AttachAsked) -> None:
        """Ask for a path, look at the file in a thread, and add it to the reply."""
        from queues.outgoing.attachments import chosen
        from tui.cards.ask_line import AskLine
        from tui.cards.path_suggester import PathSuggester
        from tui.cards.typed_path import typed_path

        draft, others = message.draft, unpacked(message.draft.actions).attachments

        def answered(path: str | None) -> None:
            if not path:
                return

            def look() -> None:
                try:
                    file = chosen(typed_path(path), others)
                except DeskError as error:
                    self.desk.from_thread(self.desk.refused, error)
                else:
                    self.desk.from_thread(self._attach, draft.ticket_id, (*others, file))

            self.desk.in_thread("attach", look)

        question = words("Attach which file? ({n:,} B free)").format(
            n=max(0, MOST_ENCLOSED - sum(file.size for file in others))
        )
        self.desk.push_screen(AskLine(question, words("a path; Tab completes it"), "~/", PathSuggester()), answered)

    def _attach(self, ticket_id: int, files: Sequence[Enclosure]) -> None:
        composer = self.writing.composer
        if composer is None or not self.writing.is_open or composer.draft.ticket_id != ticket_id:
            self.desk.say(words("You moved on meanwhile, so nothing was attached."))
            return
        composer.attach(files)
        self.desk.say(words("Attached: {name}. It is read when the reply is sent.").format(name=files[-1].filename))

    def _check_asked(self, message: CheckAsked) -> None:
        """Check the text in the writer's thread; no key waits for it."""
        draft, change = message.draft, reply_of(message.draft)

        def look(desk: Desk) -> tuple[Sequence[Finding], str]:
            promise, promised = desk.promise(draft.ticket_id, change), ""
            if promise is not None:
                when = moment(promise.due_at, desk.office(draft.ticket_id).time_zone)
                promised = words("Promises an answer by {when}.").format(when=when)
            return desk.findings(draft.ticket_id, change), promised

        def looked(future: Future[tuple[Sequence[Finding], str]]) -> None:
            # called in the writer's thread; a text that cannot be checked now is checked before sending
            if future.exception() is None and self.desk.is_attached:
                self.desk.app.call_later(self._show_findings, draft.text, *future.result())

        self.desk.writer.submit(look).add_done_callback(looked)

    def _show_findings(self, text: str, findings: Sequence[Finding], promise: str) -> None:
        if self.writing.composer is not None:
            self.writing.composer.show_findings(text, findings, promise)

    async def _send_asked(self, message: SendAsked) -> None:
        """Save the note, or keep the reply's draft and show what will leave; the card's key sends it."""
        if self.desk.busy or not self.writing.is_open:
            return  # the key is held down: its first press is already being handled
        draft = message.draft
        ticket = self.desk.store.tickets.get(draft.ticket_id)
        # saved once more: a conflicting draft of another window is shown before anything is sent
        kept = await self.drafts.kept(draft) if ticket is not None else None
        if ticket is None or kept is None:
            return
        if draft.kind is Direction.NOTE:
            await self.changing.change_of((ticket.id,), Change(note=draft.text, draft=kept.revision), self._noted)
            return
        composer = self._composer_of(ticket)
        change = replace(reply_of(draft), draft=kept.revision, edited=composer.edited if composer is not None else None)
        self.replies.preview(ticket, change, words("Your reply"))

    def _noted(self, done: Done) -> None:
        self.writing.close()
        self.changing.changed(done)

    def _put_in(self, name: str) -> None:
        ticket = self._written_for()
        if ticket is None:
            return

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            composer = self._composer_of(ticket)
            if composer is not None:
                answer = self.replies.fill(ticket, given, into=Place(composer.draft, *composer.around_cursor))
                if answer is not None:
                    composer.insert(answer.change, closing=answer.closing)

        self.macro_questions.with_all_answers(ticket, (name,), filled)

    def _put_anew(self, names: str, language: str) -> None:
        ticket = self._written_for()
        if ticket is None or not names:
            self.desk.say(words("This text does not come from a macro; type / and a name to insert a macro."))
            return

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            composer, answer = self._composer_of(ticket), self.replies.fill(ticket, given, language)
            if composer is not None and answer is not None:
                change, attached = answer.change, composer.attached
                change = replace(change, attachments=tuple(dict.fromkeys((*attached, *change.attachments))))
                composer.insert(change, whole=True, closing=answer.closing)

        self.macro_questions.with_all_answers(ticket, separate(names), filled, anew=False)

    def _written_for(self) -> Ticket | None:
        composer = self.writing.composer
        return None if composer is None else self.desk.store.tickets.get(composer.draft.ticket_id)

    def _composer_of(self, ticket: Ticket) -> Composer | None:
        """Return the composer if it is still about this ticket."""
        composer = self.writing.composer
        return composer if composer is not None and composer.draft.ticket_id == ticket.id else None


def reply_of(draft: Draft) -> Change:
    """Return the change that sends a draft, with its macros' other actions."""
    return replace(unpacked(draft.actions), reply=draft.text, macro=draft.macro, reply_language=draft.language)
