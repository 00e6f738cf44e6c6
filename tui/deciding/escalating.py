"""Escalating tickets to other teams, and recording their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data.records.changes import Change
from data.records.escalations import Escalation, EscalationState, TeamAnswer
from data.records.tickets import Ticket
from queues.ground import teams
from queues.ground.teams import Team
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.deciding.escalation_text import known_teams
from tui.look.one_line import one_line
from tui.look.short_times import later
from tui.look.stored_words import subject_line
from tui.look.words import words

if TYPE_CHECKING:
    from macros.filling.macro import EscalateTo
    from queues.desk.desk import Desk
    from tui.deciding.escalate_form import Proposal

_ENDS = (
    ("a", EscalationState.ANSWERED, "{child} {team}: write their answer"),
    ("r", EscalationState.RETURNED, "{child} {team}: sent back, with or without a reason"),
    ("c", EscalationState.CLOSED, "{child} {team}: close it"),
)
"""The possible outcomes of an escalation: key, state and text."""


class Escalations(Part):
    """`E` escalates; `B` records the team's answer."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing
        self._back: set[int] | None = None
        """Escalations known to have been answered; None before the first check."""

    def actions(self) -> Mapping[str, Act]:
        """Escalating, and recording answers."""
        return {"ticket.escalate": self._escalate, "ticket.team_answer": self._team_answer}

    def look_first(self) -> None:
        """Remember the escalations answered before the screen was opened: those are not news."""
        if self._back is None:
            self._back = self.desk.store.escalations.back()

    def tell_news(self) -> None:
        """Report what other teams answered by mail since the last check."""
        known, self._back = self._back or set(), self.desk.store.escalations.back()
        for number in sorted(self._back - known):
            child = self.desk.store.escalations.get(number)
            latest = self.desk.store.events.of(child.ticket_id, limit=1) if child is not None else []
            if child is not None and latest and latest[0].kind == "team answer":
                message = words("{team} answered {child}: #{n} is yours again")
                self.desk.toast(message.format(team=one_line(child.team), child=child.label, n=child.ticket_id))

    async def _escalate(self) -> None:
        """Escalate the tickets that keys act on."""
        ids = self.desk.targets()
        ticket = self.desk.store.tickets.get(ids[0]) if ids else None
        if ticket is None:
            self.desk.say_no_ticket()
            return
        first = ticket
        shown = (self.desk.store.tickets.get(number) for number in ids)
        seen = {ticket.id: ticket.version for ticket in shown if ticket is not None}

        def show(proposed: tuple[list[Team], Proposal]) -> None:
            from tui.deciding.escalate_form import EscalateForm

            async def handed(asked: Escalation | None) -> None:
                if asked is not None:
                    await self.changing.change_of(ids, Change(escalate=asked), versions=seen)

            named = (
                f"#{first.id} {subject_line(first.subject)}"
                if len(ids) == 1
                else words("{n} tickets").format(n=len(ids))
            )
            self.desk.push_screen(EscalateForm(named, *proposed, self.desk.clock(), self.desk.ways.time_zone), handed)

        sure = self.desk.answering.sure_hand_over(first)
        await self.desk.ask(lambda desk: self._proposed(desk, first, sure), show)

    def _proposed(self, desk: Desk, ticket: Ticket, sure: EscalateTo | None) -> tuple[list[Team], Proposal]:
        """Return the known teams and the form's initial values; called in the writer's thread.

        The reason is that of a macro only if it is `sure` to be the right one; else it names topic and severity.
        """
        from tui.deciding.escalate_form import Proposal

        offered = self.desk.answering.escalations()
        names = known_teams(desk.rules, desk.store, (offer.team for offer in offered))
        procedure = desk.rules.procedures.get(ticket.procedure)
        wanted = next((step.team for step in procedure.steps if step.team), "") if procedure is not None else ""
        usual = self.desk.answering.escalations(ticket.topic) if ticket.topic else []
        fitting = [offer for offer in usual if not wanted or offer.team.casefold() == wanted.casefold()]
        proposal = Proposal(wanted, ", ".join(filter(None, (ticket.topic.replace("-", " "), ticket.severity or ""))))
        if fitting:
            offer = sure if sure in fitting else fitting[0]
            # a macro may name a date that it asks for instead of a time
            due = offer.due if later(offer.due, 0) is not None else ""
            known = offer is sure or len({other.reason for other in fitting}) == 1
            proposal = Proposal(offer.team, offer.reason if known else proposal.reason, due)
        return [teams.find(desk.rules.teams, name) for name in names], proposal

    def _team_answer(self) -> None:
        """Record what another team answered, or that it sent the ticket back."""
        ticket = self.desk.ticket()
        children = self.desk.store.escalations.of(ticket.id) if ticket is not None else []
        standing = [child for child in children if child.state is not EscalationState.CLOSED]
        if ticket is None or not standing:
            self.desk.say(words("No other team has this ticket; E hands it over."))
            return
        from tui.cards.key_menu import KeyMenu, Line

        ends = [(child, *end) for child in standing for end in _ENDS]
        lines = [
            Line(
                key if len(standing) == 1 else str(n),
                str(n),
                words(text).format(child=child.label, team=one_line(child.team)),
            )
            for n, (child, key, _, text) in enumerate(ends, 1)
        ]

        async def chosen(number: str | None) -> None:
            if number:
                child, _, state, _ = ends[int(number) - 1]
                await self._settle_child(child, state)

        self.desk.push_screen(KeyMenu(words("What came back on #{n}?").format(n=ticket.id), lines), chosen)

    async def _settle_child(self, child: Escalation, state: EscalationState) -> None:
        async def written(text: str | None) -> None:
            if text is not None:
                await self.changing.change_of((child.ticket_id,), Change(team_answer=TeamAnswer(child.id, text, state)))

        if state is EscalationState.CLOSED:
            await written("")
            return
        from tui.cards.text_card import TextCard

        title = words("What {team} says to {child}").format(team=one_line(child.team), child=child.label)
        self.desk.push_screen(TextCard(title), written)
