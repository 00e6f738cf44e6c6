"""Keys that ask for a value first: snooze until, assignee, tags."""

from __future__ import annotations

from collections.abc import Mapping

from data.records.changes import Change, Done
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.short_times import later, moment
from tui.look.words import piecewise, words


class Questions(Part):
    """Asks in one line, then changes the tickets that keys act on."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing

    def actions(self) -> Mapping[str, Act]:
        """Snooze, assign, tags."""
        return {"ticket.snooze": self._ask_time, "ticket.assign": self._ask_owner, "ticket.tags": self._ask_tags}

    def _ask_time(self) -> None:
        """Snooze."""
        self.desk.ask_about_targets(
            words("Snooze until when?"), words("30m, 2 days, tomorrow at 9, Monday, 24 Dec"), self._snooze
        )

    async def _snooze(self, answer: str) -> None:
        from queues.clocks.time_words import EXAMPLES

        zone = self.desk.zone()
        until = later(answer, self.desk.clock(), zone)
        if until is None:
            message = words("That is not a time, so nothing was snoozed. Write, for example: {examples}.")
            self.desk.say(message.format(examples=EXAMPLES), severe=True)
            return

        def snoozed(done: Done) -> None:
            self.changing.changed(done)
            message = words("{summary} until {when} · {undo}")
            self.desk.say(
                message.format(
                    summary=piecewise(done.summary), when=moment(until, zone), undo=self.changing.undo_words(done)
                )
            )

        await self.changing.change(Change(snooze_until=until), snoozed)

    def _ask_owner(self) -> None:
        """Assign to an agent."""
        self.desk.ask_about_targets(words("Assign to whom?"), words("a name, or - to unassign"), self._assign)

    async def _assign(self, answer: str) -> None:
        await self.changing.change(Change(assignee="" if answer == "-" else answer))

    def _ask_tags(self) -> None:
        """Add and remove tags."""
        self.desk.ask_about_targets(words("Which tags?"), words("+refund -vip"), self._tags)

    async def _tags(self, answer: str) -> None:
        given = answer.split()
        gone = tuple(tag[1:] for tag in given if tag.startswith("-") and len(tag) > 1)
        come = tuple(tag.lstrip("+") for tag in given if not tag.startswith("-") and tag.lstrip("+"))
        await self.changing.change(Change(add_tags=come, remove_tags=gone))
