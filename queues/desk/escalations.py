"""Handing a matter to another team, and taking its answer back: the child's row, its mail, the note of its ticket.

The mail bears an id that only we issue, as its Message-ID and in the subject: `[E-12-3f9a0c1e]`. An answer joins the
ticket as a note when it bears that id and comes from an address of the team; otherwise it is a mail like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from data.errors import RuleError
from data.records.escalations import BACK, Escalation, EscalationState, TeamAnswer
from data.records.incoming import Incoming
from data.records.messages import Direction, Message, MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.desk.desk_rules import DeskRules
from queues.ground import teams
from queues.ground.undo_steps import ESCALATION, Step, part_of
from queues.outgoing import mail_bytes

_MARK = re.compile(r"\[E-(\d{1,15})-([0-9a-f]{8})\]")
_OURS = re.compile(r"<tridesk\.e\d+\.")
_WAITING = frozenset({Status.ON_HOLD, Status.PENDING, Status.SNOOZED})


def open_child(
    store: Store, rules: DeskRules, ticket: Ticket, asked: Escalation, action: int, now: int, agent: str
) -> list[Step]:
    """Store the escalation, its words as a note, and its mail where the team has an address; return the steps."""
    if not asked.team.strip():
        raise RuleError("No team", f"#{ticket.id} is escalated to nobody; name the team.")
    team = teams.find(rules.teams, asked.team)
    child = replace(
        asked, team=team.name, id=0, ticket_id=ticket.id, opened_at=now, opened_by=agent, state=EscalationState.OPEN
    )
    number = store.escalations.insert(child)
    child = replace(child, id=number)
    text = asked.note.strip() or plain_words(child, ticket)
    note = Message(
        id=0, ticket_id=ticket.id, direction=Direction.NOTE, kind=MessageKind.MAIL, from_name=agent, from_address="",
        subject=f"{child.label}: {team.name}", text=text, new_text=text, at=now, received_at=now,
        language=team.language, confidence=1.0,
    )  # fmt: skip
    before, after = _facts(replace(child, state=EscalationState.WITHDRAWN)), _facts(child)
    steps: list[Step] = [
        {"kind": "escalation", "ticket": ticket.id, "row": number, "before": before, "after": after},
        {"kind": "message", "ticket": ticket.id, "message": store.messages.insert(note)},
    ]
    return part_of(
        ESCALATION, steps + _mail(store, rules, ticket, replace(child, note=text), team.address, action, now)
    )


def _mail(
    store: Store, rules: DeskRules, ticket: Ticket, child: Escalation, address: str, action: int, now: int
) -> list[Step]:
    """Queue the mail to the team. A ticket that mirrors another system's has no mail of its own to send through."""
    own = ticket.connector if ticket.connector in rules.senders else ""
    connector = own or rules.mail_connector or ("" if ticket.external_ref else ticket.connector)
    if not address or not connector:
        return []
    sender = rules.sender_for(connector)
    message_id = mail_bytes.new_message_id(f"e{child.id}", sender.address)
    mark = f"[{child.label}-{_code(message_id)}]"
    raw = mail_bytes.build(
        text=f"{child.note}\n\n{mark}",
        subject=f"{mark} {ticket.subject}",
        sender=sender.address,
        brand=sender.brand,
        recipient=mail_bytes.addressee(child.team, address, connector),
        message_id=message_id,
        at=now,
        earlier=(),
        answers=False,
    )
    store.escalations.mailed(child.id, address, message_id)
    due_at = now + rules.undo_seconds
    entry = OutboxEntry(0, ticket.id, action, connector, OutboxState.QUEUED, message_id, address, raw, due_at)
    return [{"kind": "outbox", "ticket": ticket.id, "entry": store.outbox.insert(entry)}]


def plain_words(child: Escalation, ticket: Ticket) -> str:
    """Return what is written to a team that has no template of its own."""
    lines = [f"{child.label}, ticket #{ticket.id}: {' '.join(ticket.subject.split())}"]
    if child.reason:
        lines.append(f"Reason: {child.reason}")
    if child.reference:
        lines.append(f"Your reference: {child.reference}")
    if child.due_at is not None:
        lines.append(f"Answer by: {datetime.fromtimestamp(child.due_at, UTC):%Y-%m-%d %H:%M} UTC")
    return "\n".join(lines)


def settle(store: Store, ticket: Ticket, answer: TeamAnswer, now: int) -> tuple[Escalation, list[Step]]:
    """Write what became of an escalation of this ticket; return it as it was, and the steps."""
    child = store.escalations.get(answer.escalation)
    if child is None or child.ticket_id != ticket.id or child.state is EscalationState.WITHDRAWN:
        raise RuleError(
            "No such escalation", f"#{ticket.id} has no escalation E-{answer.escalation}; check the number."
        )
    if child.state is EscalationState.CLOSED:
        raise RuleError("Escalation is closed", f"{child.label} is closed; escalate #{ticket.id} again.")
    if answer.state not in (*BACK, EscalationState.CLOSED):
        raise RuleError("Not an answer", f"{child.label} can be answered, returned or closed, not {answer.state}.")
    if answer.state is EscalationState.ANSWERED and not answer.text.strip():
        raise RuleError("Empty answer", f"Write what {child.team} answered to {child.label}.")
    settled_at = now if answer.state in BACK else child.settled_at
    after = replace(child, state=answer.state, reference=answer.reference or child.reference, settled_at=settled_at)
    return child, turned(store, child, after)


def turned(store: Store, before: Escalation, after: Escalation) -> list[Step]:
    """Write the escalation's new state and return the step; nothing where nothing changed."""
    if _facts(before) == _facts(after):
        return []
    store.escalations.turn(before.id, before.state, after.state, after.reference, after.settled_at)
    step: Step = {"kind": "escalation", "ticket": before.ticket_id, "row": before.id}
    return [step | {"before": _facts(before), "after": _facts(after)}]


def close_settled(store: Store, ticket: Ticket) -> list[Step]:
    """Close what came back from other teams: its ticket is solved."""
    steps: list[Step] = []
    for child in store.escalations.of(ticket.id):
        if child.state in BACK:
            steps += turned(store, child, replace(child, state=EscalationState.CLOSED))
    return steps


def wakes(status: Status) -> Status:
    """Return the status once another team has answered: what waited for anybody is ours again."""
    return Status.OPEN if status in _WAITING else status


def child_of(store: Store, item: Incoming) -> Escalation | None:
    """Return the escalation whose id, as we issued it, an incoming mail bears; whoever sent it."""
    named = store.escalations.by_message_ids((*item.references, *([item.message_id] if item.message_id else [])))
    if named is not None:
        return named
    for number, code in _MARK.findall(item.subject):
        child = store.escalations.get(int(number))
        if child is None or child.state is EscalationState.WITHDRAWN:
            continue
        if child.message_id and _code(child.message_id) == code:
            return child
    return None


def is_from_team(child: Escalation, item: Incoming, known: Iterable[teams.Team]) -> bool:
    """Tell whether the mail comes from an address of the escalation's team, or tells that ours did not reach it."""
    if item.direction is not Direction.IN:
        return False
    if item.kind is MessageKind.BOUNCE:
        return True
    sender = item.from_address.casefold()
    return bool(sender) and (sender == child.address.casefold() or teams.find(known, child.team).speaks_from(sender))


def is_to_a_team(entry: OutboxEntry) -> bool:
    """Tell whether what is on its way out is a mail to another team rather than a reply to a customer."""
    return _OURS.match(entry.message_id) is not None


def _code(message_id: str) -> str:
    """Return the beginning of the random part of our Message-ID."""
    return message_id.partition("@")[0].rpartition(".")[2][:8]


def _facts(child: Escalation) -> dict[str, str | int | None]:
    return {"state": child.state.value, "reference": child.reference, "settled_at": child.settled_at}
