"""The gates of a ticket's procedure and the safeguards of its topic, as the desk enforces them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.errors import GateError, ReasonError, RuleError
from data.records.changes import Change, Finding, StepAnswer
from data.records.customers import Customer
from data.records.escalations import Escalation
from data.records.tickets import Severity, Status, Ticket
from data.store import Store
from queues.clocks import sla
from queues.desk.desk_rules import DeskRules
from queues.ground.statuses import DONE, OUT_OF_WORK
from queues.ground.undo_steps import Step as Undo
from queues.ground.undo_steps import StepKind as UndoKind
from queues.ground.undo_steps import old_and_new
from queues.procedures import safeguards
from queues.procedures.procedure import Procedure, Step, StepKind, open_gates, procedure_for
from queues.procedures.safeguards import Facts

STEP = "step"
"""The kind of the undo step."""
_ADVICE = "Answer it, or give a reason to override it."


class Gates:
    """Reads what a procedure requires of a ticket; writes answers inside the desk's transaction."""

    def __init__(self, store: Store, rules: DeskRules, agent: str) -> None:
        self._store, self._rules, self._agent = store, rules, agent

    def procedure(self, ticket: Ticket) -> Procedure | None:
        """Return the procedure that the ticket follows, None if it has none."""
        return procedure_for(ticket, self._rules.procedures)

    def followed(self, ticket: Ticket) -> str:
        """Return the procedure and version that the ticket follows, empty if it has none."""
        procedure = self.procedure(ticket)
        return procedure.label if procedure is not None else ""

    def still_open(self, ticket: Ticket, change: Change) -> list[Step]:
        """Return the gates that must precede `change`: all of them before finishing the ticket (solving, closing,
        marking as spam, answering and handing over at once), those that restrict wording before every public reply.

        Notes and a mere hand-over are never blocked, nor are the macros that the procedure exempts.
        """
        says, hands_over = change.reply is not None, change.escalate is not None
        done_with = change.status in OUT_OF_WORK or (says and hands_over)
        procedure = self.procedure(ticket)
        if procedure is None or not (says or done_with):
            return []
        sent_as_it_is = change.macro if change.verbatim else ""
        if sent_as_it_is in procedure.plain_answers:
            return []
        team = change.escalate.team if change.escalate is not None else ""
        gates = open_gates(procedure, self._answers(ticket, procedure), team)
        if done_with:
            return gates
        return [step for step in gates if step.guards_words and sent_as_it_is not in step.passes]

    def refuse(self, ticket: Ticket, change: Change, advice: str = _ADVICE) -> None:
        """Raise GateError if a gate is open."""
        gates = self.still_open(ticket, change)
        if gates:
            step = gates[0]
            raise GateError(
                "Gate still open",
                f"#{ticket.id}, step {step.id} comes first: {step.words(ticket.language)} {advice}",
                tuple(gate.id for gate in gates),
            )

    def refuse_leaving(self, ticket: Ticket, after: Ticket) -> None:
        """Raise ReasonError if the ticket as it will be follows another procedure, or none, and gates are still open.

        A procedure for tickets that no other fits may be left for that other.
        """
        procedure = self.procedure(ticket)
        if procedure is None or procedure.fallback or self.procedure(after) is procedure:
            return
        gates = self.still_open(ticket, Change(status=Status.SOLVED))
        if gates:
            steps = ", ".join(step.id for step in gates)
            raise ReasonError(
                "Procedure still open",
                f"#{ticket.id}: {procedure.id} still has required steps ({steps}); leaving it needs a reason "
                f"(`tridesk set {ticket.id} --reason`).",
            )

    def refuse_again(self, ticket: Ticket, action: int) -> None:
        """Raise GateError if redoing an action meets a gate that is open now."""
        for event in self._store.events.of(ticket.id):
            detail = event.detail
            if event.action != action or event.kind not in ("reply", "change") or detail.get("override_reason"):
                continue
            _, status = detail.get("changed", {}).get("status", (None, None))
            change = Change(
                reply="" if event.kind == "reply" or "forwarded_to" in detail else None,
                status=Status(status) if status else None,
                escalate=Escalation(detail["escalated_to"]) if "escalated_to" in detail else None,
                macro=detail.get("macro", ""),
                verbatim=bool(detail.get("verbatim")),
            )
            self.refuse(ticket, change, "Answer it first.")

    def objections(self, ticket: Ticket, change: Change, customer: Customer, recipient: str) -> list[Finding]:
        """Return the safeguards' findings on the change, whose reply goes to `recipient`."""
        watched = self.watched(ticket)
        policy = sla.policy_of(ticket, customer.tier, self._rules.policies)
        decides = change.status in OUT_OF_WORK and safeguards.holds(safeguards.OWN_CASE, ticket, watched)
        facts = Facts(
            ticket,
            change,
            self._agent,
            recipient,
            customer,
            frozenset({self._rules.sender.casefold()}),
            self._reviewers(ticket) if decides else frozenset(),
            policy is not None and policy.statutory,
        )
        return safeguards.objections(facts, watched)

    def watched(self, ticket: Ticket) -> frozenset[str]:
        """Return the findings that the ticket's procedure makes blocking."""
        procedure = self.procedure(ticket)
        return frozenset(rule for step in procedure.steps for rule in step.watches) if procedure else frozenset()

    def rules_of(self, ticket: Ticket) -> frozenset[str]:
        """Return the names of the safeguards that a ticket is under, and of a law's clock."""
        watched = self.watched(ticket)
        named = {rule for rule in safeguards.RULES if safeguards.holds(rule, ticket, watched)}
        customer = self._store.customers.get(ticket.customer_id)
        policy = sla.policy_of(ticket, customer.tier if customer else "", self._rules.policies)
        return frozenset(named | ({safeguards.STATUTORY_CLOCK} if policy is not None and policy.statutory else set()))

    def take_along(self, old: Ticket, new: Ticket) -> list[Undo]:
        """Give a ticket the answers to its procedure's steps that another one has; return the steps of undo."""
        procedure = self.procedure(new)
        if procedure is None:
            return []
        own, taken = self._store.work.steps(new.id, procedure.id), []
        for name, answer in self._store.work.steps(old.id, procedure.id).items():
            if name not in own:
                self._store.work.take_step(new.id, procedure.id, name, answer)
                taken.append(_taken(new, procedure, name, None, answer))
        return taken

    def answer(self, ticket: Ticket, step_id: str, value: Any) -> tuple[Procedure, Change | None]:
        """Check an answer; return the procedure, and the change of the ticket that belongs to the step, if any.

        Raises RuleError for an unknown step or an invalid answer.
        """
        procedure = self.procedure(ticket)
        step = next((known for known in procedure.steps if known.id == step_id), None) if procedure else None
        if procedure is None or step is None:
            raise RuleError("No such step", f"#{ticket.id} has no step {step_id}; look at its procedure.")
        if value is not None and not (step.asked and step.is_done(value)):
            raise RuleError("No answer", f"#{ticket.id}, step {step_id}: {_wanted(step)}")
        if value is None:
            return procedure, None
        if step.kind is StepKind.ESCALATE:
            reason = value if isinstance(value, str) else procedure.label
            return procedure, Change(escalate=Escalation(step.team, reason))
        return procedure, self._set_by(step, value)

    def _set_by(self, step: Step, value: str) -> Change | None:
        """Return the ticket's change for a choice; a topic brings its procedure with it."""
        if step.sets == "severity":
            return Change(severity=Severity(value))
        if step.sets == "topic":
            known = self._rules.procedures
            return Change(
                topic=value, procedure=next((key for key in sorted(known) if value in known[key].topics), None)
            )
        return None

    def write(self, ticket: Ticket, procedure: Procedure, step_id: str, value: Any, now: int) -> Undo:
        """Write an answer, None to remove it; return the step that undoes it."""
        before = self._store.work.steps(ticket.id, procedure.id).get(step_id)
        after = None if value is None else StepAnswer(value, now, self._agent)
        self._store.work.take_step(ticket.id, procedure.id, step_id, after)
        return _taken(ticket, procedure, step_id, before, after)

    def handed_over(self, ticket: Ticket, to: str, now: int) -> list[Undo]:
        """Answer the steps that require handing the ticket over to a team."""
        procedure = self.procedure(ticket)
        if procedure is None:
            return []
        team, done = to.casefold(), self._answers(ticket, procedure)
        steps = [s for s in procedure.steps if s.team and s.team.casefold() == team and not s.is_done(done.get(s.id))]
        return [self.write(ticket, procedure, step.id, True, now) for step in steps]

    def _answers(self, ticket: Ticket, procedure: Procedure) -> Mapping[str, Any]:
        return {name: step.value for name, step in self._store.work.steps(ticket.id, procedure.id).items()}

    def _reviewers(self, ticket: Ticket) -> frozenset[str]:
        """Return the earlier decision makers: named in a tag, or who solved an earlier appeal of the same customer."""
        mark = safeguards.DECIDED_BY
        named = {tag.removeprefix(mark) for tag in ticket.tags if tag.startswith(mark)}
        for row in self._store.tickets.of_customer(ticket.customer_id):
            earlier = self._store.tickets.get(row.id)
            if earlier is None or earlier.id >= ticket.id or earlier.topic != ticket.topic:
                continue
            for event in self._store.events.of(earlier.id):
                changed = event.detail.get("changed", {}).get("status", [None, None])
                if changed[1] in DONE:
                    named.add(event.actor)
        return frozenset(named)


def _wanted(step: Step) -> str:
    if not step.asked:
        return "the desk watches this itself; there is nothing to answer."
    if step.choices:
        return f"answer with one of {', '.join(step.choices)}."
    return f"write down {step.evidence or 'the answer'}." if step.needs_text else "answer with true."


def _taken(
    ticket: Ticket, procedure: Procedure, name: str, before: StepAnswer | None, after: StepAnswer | None
) -> Undo:
    return {"kind": STEP, "ticket": ticket.id, "procedure": procedure.id, "step": name,
            "before": _packed(before), "after": _packed(after)}  # fmt: skip


def _packed(answer: StepAnswer | None) -> dict[str, Any] | None:
    return None if answer is None else {"value": answer.value, "at": answer.at, "actor": answer.actor}


def _turn(store: Store, step: Undo, *, forward: bool) -> None:
    _, new = old_and_new(step, forward=forward)
    answer = None if new is None else StepAnswer(**new)
    store.work.take_step(step["ticket"], step["procedure"], step["step"], answer)


STEP_KINDS = {STEP: UndoKind(_turn, lambda step: "the step of the procedure")}
