"""Who is at a ticket: this window's open ticket is reported to the team, and colleagues are shown at theirs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from queues.ground.presence import LOOKS_SECONDS, Present, present
from tui.context.desk_context import DeskContext
from tui.context.part import Part
from tui.lock.lock import Lock
from tui.replying.macro_preview import ReplyPreview

AGAIN_SECONDS = LOOKS_SECONDS // 3
"""After how many seconds an open ticket is reported again."""
AWAY_SECONDS = 180
"""After so long without a key no one looks at the open ticket."""


class PresenceAtTickets(Part):
    """Used by desks in a team; all others have no colleagues to tell or to see."""

    def __init__(self, desk: DeskContext, lock: Lock, replies: ReplyPreview) -> None:
        super().__init__(desk)
        self._lock, self._replies = lock, replies
        self._window = uuid.uuid4().hex[:12]
        self._said: int | None = None
        self._said_at = 0
        self._before: int | None = None
        """The ticket that was open at the last look: one that is only passed is not reported."""
        self._shown: Mapping[int, Present] = {}

    def look(self) -> None:
        """Report what is open, and show whoever came or left; called every second."""
        if not self.desk.ways.in_team:
            return
        self._report()
        if present(self.desk.store, self.desk.clock()) != self._shown:
            self.desk.refresh_lanes()

    def show(self) -> None:
        """Mark the rows of tickets where colleagues are; the open ticket and a card with a reply name them."""
        if not self.desk.ways.in_team:
            return
        self._shown = present(self.desk.store, self.desk.clock())
        for pane in self.desk.panes:
            pane.list.show_colleagues(self._shown)
        self._replies.show_colleagues(self._shown)

    async def leave(self) -> bool:
        """Report before quitting that nothing is open any more; a failure never prevents quitting."""
        self._say(None)
        return True

    def _report(self) -> None:
        view, now = self.desk.view, self.desk.clock()
        is_here = view.drawn_id == view.ticket_id and self._lock.idle_seconds < AWAY_SECONDS and not self._lock.locked
        ticket_id = view.ticket_id if is_here else None
        stays, self._before = ticket_id == self._before, ticket_id
        if stays and (ticket_id != self._said or (ticket_id is not None and now - self._said_at >= AGAIN_SECONDS)):
            self._say(ticket_id)

    def _say(self, ticket_id: int | None) -> None:
        if ticket_id is None and self._said is None:
            return
        self._said, self._said_at = ticket_id, self.desk.clock()
        self.desk.writer.submit(lambda desk: desk.look_at(self._window, ticket_id))
