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
        kept.add_done_callback(self._kept)
        return kept

    async def keep_at_the_end(self) -> None:
        """Save what stands in the open form."""
        if self._form is not None and self._form.is_attached:
            await asyncio.wrap_future(self.keep(self._form.draft))

    def keep_without_asking(self) -> None:
        """Save what stands in the open form, as when quitting; called in any thread, waits only briefly."""
        if self._form is not None and self._form.is_attached:
            with suppress(DeskError, TimeoutError, RuntimeError):
                self.keep(self._form.draft).result(LAST_SECONDS)

    def _keep_in(self, draft: FormDraft, desk: Desk) -> None:
        """Save in the writer's thread, over what this window saved before."""
        saved = self._saved.get(draft.ticket_id, draft)
        newer = replace(draft, id=saved.id, revision=saved.revision)
        if newer != saved:
            self._saved[draft.ticket_id] = desk.save_form_draft(newer)

    def _kept(self, future: Future[None]) -> None:
        """Called in the writer's thread: show the agent if it could not be saved."""
        error = future.exception()
        if error is not None and self.desk.is_attached:
            message = f"{error.title}: {error.message}" if isinstance(error, DeskError) else type(error).__name__
            self.desk.app.call_later(self.desk.say, message, severe=True)
