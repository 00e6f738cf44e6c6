"""Saves drafts as they are typed, and never overwrites another window's draft."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from data.errors import ConflictError, DeskError
from data.records.messages import Draft
from tui.context.desk_context import DeskContext
from tui.context.part import Part
from tui.look.words import words
from tui.replying.composer_place import ComposerPlace
from tui.replying.unsaved import Unsaved

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.replying.draft_choice import Choice


LAST_SECONDS = 0.4
"""How long the last save may take when the program is terminated."""


class Drafts(Part):
    """Passes drafts to the writer; if two windows changed a draft, the agent chooses the text to keep."""

    def __init__(self, desk: DeskContext, writing: ComposerPlace) -> None:
        super().__init__(desk)
        self.writing = writing
        self.choosing: dict[int, Draft] = {}
        """This window's text of the conflicting drafts being shown, by ticket."""
        self._unsaved: Unsaved[Draft] = Unsaved(
            desk, lambda number: words("The draft of #{n} is saved now.").format(n=number)
        )

    def keep_draft(self, draft: Draft) -> Future[Draft]:
        """Queue a draft for the writer, after all earlier work; errors are shown."""
        kept = self._save(draft)
        kept.add_done_callback(partial(self._kept, draft))
        return kept

    def _save(self, draft: Draft) -> Future[Draft]:
        return self.desk.writer.submit(lambda desk: self._keep_in(desk, draft))

    def _keep_in(self, desk: Desk, draft: Draft) -> Draft:
        """Save a draft in the writer's thread, so that two saves in a row stay in order."""
        revision = self.writing.revisions.get(draft.ticket_id, draft.revision)
        kept = desk.save_draft(
            draft.ticket_id,
            draft.text,
            kind=draft.kind,
            revision=revision,
            macro=draft.macro,
            language=draft.language,
            actions=draft.actions,
            proposed=draft.proposed,
        )
        self.writing.revisions[draft.ticket_id] = kept.revision
        return kept

    def _kept(self, draft: Draft, future: Future[Draft]) -> None:
        """Called in the writer's thread: show the agent if a draft could not be saved."""
        if not isinstance(future.exception(), ConflictError):
            self._unsaved.after(draft, future)
        elif self.desk.is_attached and draft.ticket_id not in self.choosing:
            self.choosing[draft.ticket_id] = draft
            self.desk.app.call_later(self.choose_draft, draft)

    def try_again(self) -> None:
        """Try to save the texts that the file did not take, as they are now."""
        for draft in list(self._unsaved.texts.values()):
            self.keep_draft(self._newest(draft))

    def choose_draft(self, draft: Draft) -> None:
        """Show both texts; the ticket's draft is not changed further until the agent has chosen."""
        from tui.replying.draft_choice import DraftChoice

        mine, other = self._newest(draft), self.desk.store.drafts.get(draft.ticket_id)
        self.choosing[draft.ticket_id] = mine
        composer, type_on = self.writing.composer, None
        if composer is not None and composer.has_class("-open") and composer.draft.ticket_id == draft.ticket_id:
            type_on = composer.type_on
        self.desk.push_screen(DraftChoice(mine, other, type_on), partial(self._chosen, mine, other))

    def _chosen(self, mine: Draft, other: Draft | None, choice: Choice | None) -> None:
        from tui.replying.draft_choice import Choice, joined

        del self.choosing[mine.ticket_id]
        draft = joined(self._newest(mine), other, choice or Choice.BOTH)
        if self.writing.composer is not None and self.writing.composer.draft.ticket_id == mine.ticket_id:
            self.writing.composer.take(draft)
        self._replace(draft).add_done_callback(partial(self._kept, draft))
        self.desk.say(words("The draft of #{n} is saved as you chose.").format(n=mine.ticket_id))

    def _replace(self, draft: Draft) -> Future[Draft]:
        """Save a draft over the revision that it names."""
        self.desk.writer.submit(lambda desk: self.writing.revisions.__setitem__(draft.ticket_id, draft.revision))
        return self._save(draft)

    def _newest(self, draft: Draft) -> Draft:
        """Return the current text of the composer, if the composer is open on that ticket."""
        composer = self.writing.composer
        return composer.draft if composer is not None and composer.draft.ticket_id == draft.ticket_id else draft

    async def kept(self, draft: Draft) -> Draft | None:
        """Save a draft and return it as saved; None if it was not, in which case the error or conflict is shown."""
        try:
            return await asyncio.wrap_future(self.keep_draft(draft))
        except DeskError:
            return None

    async def all_kept(self) -> bool:
        """Save the text being written, before quitting; False if the agent has to look at something first."""
        if self.choosing:
            return False
        if not await self._unsaved.all_saved(self.try_again, self._warning):
            return False
        unsaved = self.unkept()
        if unsaved is not None and not self._unsaved.may_leave and await self.kept(unsaved) is None:
            self._unsaved.may_leave = not self.choosing
            return False
        await self.desk.settled()
        return not self.choosing

    def _warning(self) -> str:
        numbers = ", ".join(f"#{number}" for number in self._unsaved.texts)
        return words("The drafts of {numbers} could not be saved; quit again to leave without them.").format(
            numbers=numbers
        )

    async def keep_at_the_end(self) -> None:
        """Save the text being written when the agent can no longer be asked: joined to another window's text."""
        await self.desk.settled()
        unsaved = self.unkept()
        remaining = {**self._unsaved.texts, **self.choosing}
        if unsaved is not None:  # newer than the text that awaits the choice for the same ticket
            remaining[unsaved.ticket_id] = unsaved
        for draft in remaining.values():
            await asyncio.wrap_future(self._save_beside(draft))

    def keep_without_asking(self) -> None:
        """Pass the text being written to the writer, as when quitting; called in any thread, waits only briefly."""
        composer = self.writing.composer
        if composer is not None and composer.has_class("-open") and composer.unsaved:
            with suppress(DeskError, TimeoutError, RuntimeError):
                self._save_beside(composer.draft).result(LAST_SECONDS)

    def _save_beside(self, draft: Draft) -> Future[None]:
        """Save a draft, joined to the text of another window if there is one."""
        from tui.replying.draft_choice import Choice, joined

        def keep(desk: Desk) -> None:
            try:
                self._keep_in(desk, draft)
            except ConflictError:
                both = joined(draft, desk.store.drafts.get(draft.ticket_id), Choice.BOTH)
                self.writing.revisions[draft.ticket_id] = both.revision
                self._keep_in(desk, both)

        return self.desk.writer.submit(keep)

    def unkept(self) -> Draft | None:
        """Return the composer's text if it is not in the file, for example because another window sent the draft."""
        composer = self.writing.composer
        if composer is None or not composer.has_class("-open"):
            return None
        draft = composer.draft
        if composer.unsaved:
            return draft
        stored = self.desk.store.drafts.get(draft.ticket_id) if draft.text.strip() else None
        return draft if draft.text.strip() and (stored is None or stored.text != draft.text) else None
