"""What an invented agent does with a ticket, with the steps of its procedure: answers, asks, hands over, snoozes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from data.errors import GateError, RuleError
from data.records.changes import Change, Done
from data.records.customers import Customer
from data.records.escalations import BACK, Escalation
from data.records.shifts import Effort
from data.records.tickets import ACTIVE, Status, Ticket
from queues.procedures.procedure import StepKind

if TYPE_CHECKING:
    from data.store import Store
    from macros.files.library import Library
    from macros.filling.macro import Macro
    from queues.desk.desk import Desk
    from queues.procedures.procedure import Step

HOUR = 3600
_SNOOZES, _HANDS_OVER, _ASKS, _OVERRIDES = 0.03, 0.06, 0.17, 0.02
"""The shares of tickets that are put aside, handed over, answered with a question, and answered despite open steps."""
_WHY = (
    "The customer showed the proof in the call; it is in the call log.",
    "Same matter as an earlier ticket of theirs, where this was checked yesterday.",
    "The team lead checked it and asked to answer at once.",
)
"""Why a step was left out."""
_KEPT = {"en": "As promised: everything is in order now.", "es": "Como prometimos: ya está todo en orden."}
"""What an agent writes to keep a promise."""
_BACK = {
    "en": "Our colleagues have looked into it, and it is done. Write to us if anything is still not right.",
    "es": "Nuestros compañeros lo revisaron y ya está resuelto. Escríbenos si algo no queda bien.",
}
"""What an agent writes once another team has answered, typed each time: what the coach advises to keep as a macro."""
_TEAMS = {
    "locked-account": "Account integrity", "login-code": "Deliverability", "hacked-account": "Security response",
    "underage-report": "Minor safety", "harassment-report": "Trust and safety on call", "payment": "Payments",
    "crash": "Engineering", "ban-appeal": "Policy appeals", "data-request": "Privacy office", "copyright": "IP team",
}  # fmt: skip
_EVIDENCE = "seen in the customer's mail and on the account page"
_MOST_STEPS = 20


class Agents:
    """Carries out what the invented agents decide, each on a desk of their own."""

    def __init__(self, desks: dict[str, Desk], clock: Callable[[], int], library: Library, random: Random) -> None:
        self._desks, self._clock, self._library, self._random = desks, clock, library, random

    @property
    def store(self) -> Store:
        """The store shared by all agents."""
        return next(iter(self._desks.values())).store

    def decide(self, ticket: Ticket, agent: str) -> Change:
        """Return what an agent decides about a ticket that next-up offers."""
        if ticket.status not in ACTIVE:  # only a promise is due on this ticket: keep it and do nothing else
            return Change(reply=_KEPT.get(ticket.language, _KEPT["en"]), reply_language=ticket.language)
        teams = self.store.escalations.of(ticket.id)
        if any(child.state in BACK for child in teams):
            return Change(reply=_BACK.get(ticket.language, _BACK["en"]), status=Status.SOLVED)
        chance = self._random.random()
        if chance < _SNOOZES:
            return Change(note="Waiting for the known-issue list.", snooze_until=self._clock() + 4 * HOUR)
        chance -= _SNOOZES
        ends = Status.PENDING if chance < _HANDS_OVER + _ASKS else Status.SOLVED
        reply = self._reply(ticket, agent, ends)
        if chance < _HANDS_OVER and ticket.topic in _TEAMS and not teams:
            return replace(reply, escalate=Escalation(_TEAMS[ticket.topic], "needs a second look"))
        return replace(reply, status=ends)

    def act(self, agent: str, ticket_id: int, change: Change, seconds: int) -> Done | None:
        """Answer the steps that come first, then apply the change; None if no agent may.

        What the agent may not decide, such as an appeal, another agent does.
        """
        for name in (agent, *(other for other in self._desks if other != agent)):
            with suppress(RuleError):
                steps, done = self._carry_out(self._desks[name], ticket_id, change)
                self._spent(name, ticket_id, change, steps, seconds)
                return done
        return None

    def _carry_out(self, desk: Desk, ticket_id: int, change: Change) -> tuple[int, Done]:
        if self._random.random() < _OVERRIDES and desk.open_gates(ticket_id, change):
            return 1, desk.act([ticket_id], replace(change, override_reason=self._random.choice(_WHY)))
        for taken in range(_MOST_STEPS):
            gates = desk.open_gates(ticket_id, change)
            if not gates:
                return taken, desk.act([ticket_id], change)
            desk.take_step(ticket_id, gates[0].id, self._answer(gates[0], ticket_id))
            if gates[0].kind is StepKind.ESCALATE and change.status is Status.SOLVED:
                change = replace(change, status=Status.ON_HOLD)  # solved once the other team has answered
        raise GateError("Gate still open", f"#{ticket_id} asks for more steps than an agent takes.", ())

    def _answer(self, step: Step, ticket_id: int) -> Any:
        """Return a plausible answer: what the ticket says already, where it is among the choices."""
        if step.kind is not StepKind.CHOOSE:
            return _EVIDENCE if step.needs_text else True
        ticket = self.store.tickets.get(ticket_id)
        known = getattr(ticket, step.sets, None) if step.sets else None
        return known if known in step.choices else self._random.choice(step.choices)

    def _reply(self, ticket: Ticket, agent: str, ends: Status) -> Change:
        """Return the text of a macro of the ticket's topic, or for all topics, that needs no value.

        Those with the wanted status come first; none states an outcome, because nothing was looked up.
        """
        from macros.filling.context import Context
        from macros.render import render

        offered = [offer for offer in self._library.offered(ticket) if not (offer.asks or offer.outcome)]
        fitting = [offer for offer in offered if ticket.topic in offer.topics]
        general = [offer for offer in offered if not offer.topics]
        macro = self._chosen([offer for offer in fitting if offer.actions.status is ends] or fitting or general)
        customer = self.store.customers.get(ticket.customer_id) or Customer(0, "")
        filled = render(macro, ticket.language, Context(ticket, customer, agent, self._clock()), {})
        return Change(reply=filled.text, macro=macro.name, reply_language=filled.language, edited=False, verbatim=True)

    def _chosen(self, macros: list[Macro]) -> Macro:
        """Return one of them, the first most often: an agent has favourites."""
        return self._random.choices(macros, [1 / (place + 1) for place in range(len(macros))])[0]

    def _spent(self, agent: str, ticket_id: int, change: Change, steps: int, seconds: int) -> None:
        """Record the keys: opening, a digit and Enter, two for a step, one by one for what is typed."""
        typed = len(change.reply or change.note or "") if not change.macro else 0
        keys = 3 + 2 * steps + 2 * (change.escalate is not None) + self._random.choice((0, 0, 0, 1, 1, 2, 4))
        effort = Effort(ticket_id, agent, self._clock(), keys, typed, min(float(seconds), 20.0 + 8 * keys + typed / 4))
        self._desks[agent].spent(effort)
