"""Handing a ticket over to a colleague on the screen, and answering a hand-over."""

from __future__ import annotations

from collections.abc import Mapping

from data.records.changes import Change
from data.records.handovers import HandoverState
from data.tables.mentions import key, keys
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.one_line import one_line
from tui.look.words import words

ANOTHER = "another"


class HandTicket(Part):
    """One key hands over; on a ticket that was handed over it offers the answers to that first."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self._changing = changing

    def actions(self) -> Mapping[str, Act]:
        """Hand over, accept, give back, take back."""
        return {"ticket.hand_over": self._begin}

    def _begin(self) -> None:
        ticket = self.desk.ticket()
        standing = self.desk.store.handovers.open_on(ticket.id) if ticket is not None else None
        if standing is None or len(self.desk.targets()) > 1:
            self._ask_whom()
            return
        from tui.cards.key_menu import KeyMenu, Line

        own, lines = keys([self.desk.agent]), []
        if key(standing.author) not in own:
            lines += [
                Line("a", HandoverState.ACCEPTED, words("Accept: it is then yours")),
                Line("b", HandoverState.GIVEN_BACK, words("Give it back, with the reason")),
            ]
        if key(standing.addressee) not in own:
            lines.append(Line("t", HandoverState.TAKEN_BACK, words("Take it back: you handed it over")))
        lines.append(Line("o", ANOTHER, words("Hand it over to someone else")))
        title = words("{author} handed it over to {addressee}").format(
            author=one_line(standing.author), addressee=one_line(standing.addressee)
        )
        self.desk.push_screen(KeyMenu(title, lines), self._chosen)

    async def _chosen(self, chosen: str | None) -> None:
        if chosen == ANOTHER:
            self._ask_whom()
        elif chosen == HandoverState.GIVEN_BACK:
            self.desk.ask_about_targets(words("Why is it given back?"), words("a few words"), self._give_back)
        elif chosen:
            await self._changing.change(Change(hand_answer=chosen))

    async def _give_back(self, answer: str) -> None:
        await self._changing.change(Change(hand_answer=HandoverState.GIVEN_BACK, note=answer))

    def _ask_whom(self) -> None:
        question, hint = words("Hand over to whom?"), words("a name, then what is left: bruno: call the bank")
        self.desk.ask_about_targets(question, hint, self._hand_over)

    async def _hand_over(self, answer: str) -> None:
        name, _, said = answer.partition(":")
        await self._changing.change(Change(hand_to=name.strip(), note=said.strip() or None))
