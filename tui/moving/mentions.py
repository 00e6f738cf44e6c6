"""The notes in which colleagues wrote `@name` to the agent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data.records.mentions import MOST_SHOWN
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.one_line import one_line
from tui.look.short_times import span
from tui.look.shown import beginning
from tui.look.words import words

if TYPE_CHECKING:
    from data.records.mentions import Mention
    from queues.desk.desk import Desk


class Mentions(Part):
    """Lists them; the note that is chosen counts as seen, and its ticket opens."""

    def __init__(self, desk: DeskContext, going: Going) -> None:
        super().__init__(desk)
        self._going = going

    def actions(self) -> Mapping[str, Act]:
        """List the mentions."""
        return {"find.mentions": self._list}

    async def _list(self) -> None:
        def asked(desk: Desk) -> list[Mention]:
            return desk.mentions()

        await self.desk.ask(asked, self.desk.only_here(self._show, of_ticket=False))

    def _show(self, mentions: list[Mention]) -> None:
        from tui.cards.pick_list import PickList

        if not mentions:
            self.desk.say(words("No note mentions you, or you have seen them all."))
            return
        now = self.desk.clock()
        lines = [(f"{mention.ticket_id}:{mention.message_id}", _line(mention, now)) for mention in mentions]
        self.desk.push_screen(PickList(lines, words("Which note? Enter opens its ticket")), self._chosen)

    async def _chosen(self, chosen: str | None) -> None:
        if not chosen:
            return
        ticket_id = int(chosen.partition(":")[0])
        self._going.jump_to(ticket_id)
        await self.desk.ask(lambda desk: desk.see_mentions(ticket_id), lambda _: None)


def _line(mention: Mention, now: int) -> str:
    """Return a mention as a line: `#12  bruno, 5 min: @ann can you look?`."""
    ago = span(max(0, now - mention.at))
    text = " ".join(beginning(mention.text, MOST_SHOWN).split())
    return f"#{mention.ticket_id}  {one_line(mention.author)}, {ago}: {text}"
