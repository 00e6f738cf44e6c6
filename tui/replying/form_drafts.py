"""Saves what is typed into the forms of forwards and new mails, as it is typed."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from data.errors import DeskError
from data.records.messages import FormDraft
from tui.context.desk_context import DeskContext
from tui.context.part import Part
from tui.look.words import words
from tui.replying.drafts import LAST_SECONDS
from tui.replying.unsaved import Unsaved

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
        self._unsaved: Unsaved[FormDraft] = Unsaved(desk, lambda number: words("The form is saved now."))

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
        kept.add_done_callback(partial(self._unsaved.after, draft))
        return kept

    def try_again(self) -> None:
        """Try to save what the file did not take, as it is now."""
        for draft in list(self._unsaved.texts.values()):
            self.keep(self._newest(draft))

    async def all_kept(self) -> bool:
        """Save what the file did not take, before quitting; warn once and return False if it still does not."""
        warning = words("The open form could not be saved; quit again to leave without it.")
        return await self._unsaved.all_saved(self.try_again, lambda: warning)

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
        return list({**self._unsaved.texts, **({form.ticket_id: form} if form is not None else {})}.values())

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
