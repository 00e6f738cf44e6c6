"""Handing a ticket over to a colleague, and what they or the agent answer: each is a note that says so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.handovers import ANSWERS, Handover, HandoverState
from data.records.messages import Direction
from data.records.tickets import Status, Ticket
from data.store import Store
from data.tables.mentions import key, keys
from queues.desk.commands import messages
from queues.desk.commands.command import Command, TicketChange
from queues.ground import statuses
from queues.ground.known_agents import agents_known
from queues.ground.undo_steps import Step, StepKind

MADE, MOVED = "handover", "handover state"
"""The kinds of the steps."""


class HandOver(Command):
    """Writes the note; an agent who accepts has the ticket."""

    def asked(self, change: Change) -> bool:
        """The change names a colleague, or an answer."""
        return bool(change.hand_to or change.hand_answer)

    def check(self, work: TicketChange) -> None:
        """Refuse an unknown colleague, and an answer to nothing."""
        if work.change.hand_to:
            colleague(work.store, work.change.hand_to, own_names(work))
        else:
            _answered(work)

    def status_after(self, ticket: Ticket, change: Change) -> Status | None:
        """Work on the ticket has begun."""
        return statuses.begun(ticket.status)

    def write(self, work: TicketChange) -> None:
        """Store the note, and what it says of the hand-over."""
        standing, said = work.store.handovers.open_on(work.ticket.id), (work.change.note or "").strip()
        if work.change.hand_to:
            to = colleague(work.store, work.change.hand_to, own_names(work))
            note = self._note(work, f"@{_written(to)}: {said or 'handed over to you.'}")
            if standing is not None:
                work.steps.append(_move(work, standing, HandoverState.REPLACED, None))
            work.store.handovers.insert(note, work.agent, to)
            work.steps.append(
                {"kind": MADE, "ticket": work.ticket.id, "message": note, "author": work.agent, "addressee": to}
            )
            work.detail["handed_to"] = to
            return
        standing, state = _answered(work), HandoverState(work.change.hand_answer)
        of = {
            HandoverState.ACCEPTED: f"Accepted from {standing.author}.",
            HandoverState.GIVEN_BACK: f"@{_written(standing.author)}: given back.",
            HandoverState.TAKEN_BACK: f"@{_written(standing.addressee)}: taken back.",
        }[state]
        note = self._note(work, f"{of} {said}".strip())
        work.steps.append(_move(work, standing, state, note))
        work.detail["handover"] = str(state)
        if state is HandoverState.ACCEPTED:
            work.fields["assignee"] = work.agent

    def describe(self, change: Change) -> str:
        """Return to whom, or the answer."""
        if change.hand_to:
            return f"handed over to {change.hand_to}"
        if change.hand_answer == HandoverState.ACCEPTED:
            return "hand-over accepted"
        return "given back" if change.hand_answer == HandoverState.GIVEN_BACK else "taken back"

    def _note(self, work: TicketChange, text: str) -> int:
        step = messages.insert(work, messages.own_message(work, Direction.NOTE, text))
        work.steps.append(step)
        return int(step["message"])


def colleague(store: Store, name: str, own: Collection[str]) -> str:
    """Return the name of the colleague that is meant. Raises RuleError for an unknown one, or the agent."""
    known = agents_known(store)
    asked = key(name)
    if asked and asked in keys(own):
        raise RuleError("Yours", "A ticket is handed over to a colleague; `t` takes it yourself.")
    fitting = [agent for agent in known if key(agent) == asked] or [agent for agent in known if asked in keys([agent])]
    if not asked or len(fitting) != 1:
        others = ", ".join(agent for agent in known if not keys([agent]) & keys(own)) or "none yet"
        raise RuleError("No such colleague", f"There is no one colleague {name.strip()!r}; there are: {others}.")
    return fitting[0]


def own_names(work: TicketChange) -> list[str]:
    """Return the agent's names here and in other systems."""
    return [work.agent, *work.rules.logins]


def note_from_outside(store: Store, message_id: int, author: str, said: HandoverState, addressee: str) -> None:
    """Take in what a colleague's note at another desk says of a hand-over; an answer to nothing is only a note."""
    message = store.messages.get(message_id)
    standing = store.handovers.open_on(message.ticket_id) if message is not None else None
    if said is HandoverState.OPEN:
        if standing is not None:
            store.handovers.move(standing.message_id, HandoverState.OPEN, HandoverState.REPLACED)
        store.handovers.insert(message_id, author, addressee)
    elif standing is not None and said in ANSWERS:
        by = standing.author if said is HandoverState.TAKEN_BACK else standing.addressee
        if key(by) in keys([author]):
            store.handovers.move(standing.message_id, HandoverState.OPEN, said, message_id)


def _answered(work: TicketChange) -> Handover:
    """Return the hand-over that the change answers. Raises RuleError if there is none of this agent."""
    standing, own = work.store.handovers.open_on(work.ticket.id), keys(own_names(work))
    state = HandoverState(work.change.hand_answer)
    if standing is None or state not in ANSWERS:
        raise RuleError("Nothing handed over", f"#{work.ticket.id} is not handed over to anyone now.")
    by = standing.author if state is HandoverState.TAKEN_BACK else standing.addressee
    if key(by) not in own:
        raise RuleError("Not yours", f"#{work.ticket.id} was handed over by {standing.author} to {standing.addressee}.")
    return standing


def _move(work: TicketChange, standing: Handover, after: HandoverState, answer: int | None) -> Step:
    work.store.handovers.move(standing.message_id, HandoverState.OPEN, after, answer)
    return {
        "kind": MOVED, "ticket": work.ticket.id, "message": standing.message_id, "after": str(after), "answer": answer,
    }  # fmt: skip


def _written(name: str) -> str:
    """Return a name as a note mentions it."""
    return "-".join(name.split())


def _turn_made(store: Store, step: Step, *, forward: bool) -> None:
    if forward:
        store.handovers.insert(step["message"], step["author"], step["addressee"])
        return
    _refuse_shared(store, step["message"], step["ticket"])
    standing = store.handovers.open_on(step["ticket"])
    if standing is None or standing.message_id != step["message"]:
        raise ConflictError("Answered", f"The hand-over of #{step['ticket']} has been answered since.")
    store.handovers.delete(step["message"])


def _turn_moved(store: Store, step: Step, *, forward: bool) -> None:
    after, answer = HandoverState(step["after"]), step["answer"]
    if not forward and answer is not None:
        _refuse_shared(store, answer, step["ticket"])
    before, then = (HandoverState.OPEN, after) if forward else (after, HandoverState.OPEN)
    if not store.handovers.move(step["message"], before, then, answer if forward else None):
        raise ConflictError("Handed over again", f"The hand-over of #{step['ticket']} has changed since.")


def _refuse_shared(store: Store, note: int, ticket_id: int) -> None:
    """Raise RuleError for a note that colleagues' desks have: there it would stay as it is."""
    if store.messages.is_outside(note):
        raise RuleError(
            "Already shared", f"Colleagues have seen the hand-over of #{ticket_id}; take it back or hand it over again."
        )


STEP_KINDS: dict[str, Any] = {
    MADE: StepKind(_turn_made, lambda step: "the hand-over"),
    MOVED: StepKind(_turn_moved, lambda step: "the answer to the hand-over"),
}
