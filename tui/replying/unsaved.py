"""Texts that the file could not take: kept in this window, and tried again until it does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from data.errors import DeskError, StoreError
from data.records.messages import Draft, FormDraft
from tui.context.desk_context import DeskContext
from tui.look.words import as_sentence, words

Text = TypeVar("Text", Draft, FormDraft)


class Unsaved(Generic[Text]):
    """What one kind of draft waits to be saved, and what the agent was told of it."""

    def __init__(self, desk: DeskContext, saved_now: Callable[[int], str]) -> None:
        """`saved_now` says that the draft of a ticket is saved after all."""
        self.desk, self._saved_now = desk, saved_now
        self.texts: dict[int, Text] = {}
        """By ticket."""
        self.may_leave = False
        """The agent was warned that something cannot be saved; the next quit key quits."""

    def after(self, draft: Text, saving: Future[Text] | Future[None]) -> None:
        """Called in the writer's thread: keep what was not saved, and show the agent why."""
        error = saving.exception()
        if not self.desk.is_attached:
            return
        if error is None:
            if draft.ticket_id in self.texts:
                self.desk.app.call_later(self._has_room, draft.ticket_id)
        elif isinstance(error, StoreError):
            self.desk.app.call_later(self._waits_for_room, draft, error)
        else:
            message = as_sentence(error) if isinstance(error, DeskError) else type(error).__name__
            self.desk.app.call_later(self.desk.say, message, severe=True)

    async def all_saved(self, try_again: Callable[[], None], warning: Callable[[], str]) -> bool:
        """Try once more before quitting; warn once and return False if something is still not saved."""
        if not self.texts or self.may_leave:
            return True
        try_again()
        await self.desk.settled()
        await asyncio.sleep(0)  # the result arrives in this thread
        if not self.texts:
            return True
        self.may_leave = True
        self.desk.say(warning(), severe=True)
        return False

    def _waits_for_room(self, draft: Text, error: StoreError) -> None:
        """Keep a text, and say so once."""
        is_new = draft.ticket_id not in self.texts
        self.texts[draft.ticket_id] = draft
        if is_new:
            message = words("{error} The text is kept here, and saved as soon as that works.")
            self.desk.say(message.format(error=as_sentence(error)), severe=True)

    def _has_room(self, ticket_id: int) -> None:
        if self.texts.pop(ticket_id, None) is not None:
            self.may_leave = False
            self.desk.say(self._saved_now(ticket_id))
