"""Saves what is typed into the forms of forwards and new mails, as it is typed."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from data.errors import DeskError, StoreError
from data.records.messages import FormDraft
from tui.context.desk_context import DeskContext
from tui.context.part import Part
from tui.look.words import translated, words
from tui.replying.drafts import LAST_SECONDS

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.replying.outgoing_form import OutgoingForm

NEW_MAIL = 0
"""In place of a ticket number: the form of a mail that opens a ticket."""


class FormDrafts(Part):
    """Passes what stands in a form to the writer, so that a crash or another key loses none of it."""

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self._form: OutgoingForm | None = None
        """The form that is open."""
        self._saved: dict[int, FormDraft] = {}
        """What this window saved, by ticket; used in the writer's thread."""
        self._without_room: dict[int, FormDraft] = {}
        """What the file could not take, by ticket: it is tried again until it does."""
        self._leaving_anyway = False
        """The agent was warned that a form cannot be saved; the next quit key quits."""

    def newest(self, ticket_id: int) -> FormDraft | None:
        """Return the draft of the ticket's form, None if nothing is kept."""
        return self.desk.store.form_drafts.newest(ticket_id)

    def opened(self, form: OutgoingForm, draft: FormDraft) -> None:
        """Take note of the form that is shown with the draft; its text is saved from now on."""
        self._form = form
        self.desk.writer.submit(lambda desk: self._saved.__setitem__(draft.ticket_id, draft))

    def keep(self, draft: FormDraft) -> Future[None]:
        """Queue the draft for the writer; errors are shown."""
        kept = self.desk.writer.submit(partial(self._keep_in, draft))
        kept.add_done_callback(partial(self._kept, draft))
        return kept

    def try_again(self) -> None:
        """Try to save what the file did not take, as it is now."""
        for draft in list(self._without_room.values()):
            self.keep(self._newest(draft))

    async def all_kept(self) -> bool:
        """Save what the file did not take, before quitting; warn once and return False if it still does not."""
        if self._without_room and not self._leaving_anyway:
            self.try_again()
            await self.desk.settled()
            await asyncio.sleep(0)  # the result arrives in this thread
            if self._without_room:
                self._leaving_anyway = True
                self.desk.say(words("The open form could not be saved; quit again to leave without it."), severe=True)
                return False
        return True

    async def keep_at_the_end(self) -> None:
        """Save what stands in the open form."""
        for draft in self._unkept():
            await asyncio.wrap_future(self.keep(draft))

    def keep_without_asking(self) -> None:
        """Save what stands in the open form, as when quitting; called in any thread, waits only briefly."""
        for draft in self._unkept():
            with suppress(DeskError, TimeoutError, RuntimeError):
                self.keep(draft).result(LAST_SECONDS)

    def _unkept(self) -> list[FormDraft]:
        """Return what stands in the open form, and what the file did not take."""
        form = self._form.draft if self._form is not None and self._form.is_attached else None
        return list({**self._without_room, **({form.ticket_id: form} if form is not None else {})}.values())

    def _newest(self, draft: FormDraft) -> FormDraft:
        form = self._form
        same = form is not None and form.is_attached and form.draft.ticket_id == draft.ticket_id
        return form.draft if form is not None and same else draft

    def _keep_in(self, draft: FormDraft, desk: Desk) -> None:
        """Save in the writer's thread, over what this window saved before."""
        saved = self._saved.get(draft.ticket_id, draft)
        newer = replace(draft, id=saved.id, revision=saved.revision)
        if newer != saved:
            self._saved[draft.ticket_id] = desk.save_form_draft(newer)

    def _kept(self, draft: FormDraft, future: Future[None]) -> None:
        """Called in the writer's thread: show the agent if it could not be saved."""
        error = future.exception()
        if not self.desk.is_attached:
            return
        if error is None:
            if draft.ticket_id in self._without_room:
                self.desk.app.call_later(self._has_room, draft.ticket_id)
        elif isinstance(error, StoreError):
            self.desk.app.call_later(self._waits_for_room, draft, error)
        else:
            message = f"{error.title}: {error.message}" if isinstance(error, DeskError) else type(error).__name__
            self.desk.app.call_later(self.desk.say, message, severe=True)

    def _waits_for_room(self, draft: FormDraft, error: StoreError) -> None:
        """Keep what the file did not take, and say so once."""
        is_new = draft.ticket_id not in self._without_room
        self._without_room[draft.ticket_id] = draft
        if is_new:
            message = words("{error} The text is kept here, and saved as soon as that works.")
            shown = f"{translated(error.title)}: {translated(error.message)}"
            self.desk.say(message.format(error=shown), severe=True)

    def _has_room(self, ticket_id: int) -> None:
        if self._without_room.pop(ticket_id, None) is not None:
            self._leaving_anyway = False
            self.desk.say(words("The form is saved now."))
