"""Shared by commands that write a message: the message itself, its draft, and the mail to send."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from data.errors import ConflictError, RuleError
from data.records.messages import Direction, Draft, Message, MessageKind
from data.records.outbox import OutboxState
from data.records.tickets import Ticket
from data.store import Store
from queues.desk import never_sent
from queues.desk.commands.command import TicketChange
from queues.ground.undo_steps import ESCALATION, FORWARD, REPLY, Step, StepKind
from queues.outgoing import mail_bytes

MESSAGE, OUTBOX, DRAFT = "message", "outbox", "draft"
"""The kinds of the steps."""
LEAVES_AT = "leaves_at"
"""The key under which a redo gives the time when a mail may be sent."""
RECALLABLE = frozenset({OutboxState.QUEUED, OutboxState.HELD, OutboxState.FAILED})
"""The outbox states that are certainly unsent."""
_MAIL_OF = {REPLY: "the replies that wait", ESCALATION: "the escalation", FORWARD: "the forward"}


def own_message(
    work: TicketChange, direction: Direction, text: str, *, sender: str = "", language: str = "und", macro: str = ""
) -> Message:
    """Return a message that the agent writes on the ticket now."""
    return Message(
        id=0, ticket_id=work.ticket.id, direction=direction, kind=MessageKind.MAIL, from_name=work.agent,
        from_address=sender, subject=mail_bytes.reply_subject(work.ticket.subject), text=text, new_text=text,
        at=work.now, received_at=work.now, language=language, confidence=1.0, macro=macro,
    )  # fmt: skip


def insert(work: TicketChange, message: Message) -> Step:
    """Store a message; return the step."""
    return {"kind": MESSAGE, "ticket": work.ticket.id, "message": work.store.messages.insert(message)}


def refuse_stale_draft(store: Store, ticket: Ticket, revision: int) -> None:
    """Raise ConflictError if the text's draft was sent or changed elsewhere."""
    if not revision:
        return
    draft = store.drafts.get(ticket.id)
    if draft is None:
        raise ConflictError("Sent already", f"The draft of #{ticket.id} was already sent; nothing is sent twice.")
    if draft.revision != revision:
        raise ConflictError(
            "Draft changed", f"Another window changed the draft of #{ticket.id}; its text is kept, look there first."
        )


def drop_draft(store: Store, ticket_id: int, kind: Direction, written: str) -> list[Step]:
    """Delete the draft that was sent; a draft with another text is unfinished work and stays."""
    draft = store.drafts.get(ticket_id)
    if draft is None or draft.kind is not kind or never_sent.in_quotes(draft.text).strip() != written.strip():
        return []
    store.drafts.delete(ticket_id)
    return [{"kind": DRAFT, "ticket": ticket_id, "draft": asdict(draft)}]


def _turn_message(store: Store, step: Step, *, forward: bool) -> None:
    store.messages.withdraw(step["message"], not forward)


def _turn_mail(store: Store, step: Step, *, forward: bool) -> None:
    entry = store.outbox.get(step["entry"])
    if forward:
        moved = store.outbox.move(step["entry"], OutboxState.RECALLED, OutboxState.QUEUED, due_at=step[LEAVES_AT])
    else:
        moved = (
            entry is not None
            and entry.state in RECALLABLE
            and store.outbox.move(entry.id, entry.state, OutboxState.RECALLED)
        )
    if not moved:
        raise RuleError("Already left", "The reply was sent and cannot be recalled; write to the customer again.")


def _turn_draft(store: Store, step: Step, *, forward: bool) -> None:
    values: dict[str, Any] = step["draft"]
    draft = Draft(**{**values, "kind": Direction(values["kind"])})
    if forward:
        store.drafts.delete(draft.ticket_id, revision=draft.revision)
    elif store.drafts.get(draft.ticket_id) is None:
        store.drafts.save(draft, replacing=0)


STEP_KINDS = {
    MESSAGE: StepKind(_turn_message, lambda step: "" if "part" in step else "the note"),
    OUTBOX: StepKind(_turn_mail, lambda step: _MAIL_OF[step["part"]]),
    DRAFT: StepKind(_turn_draft),
}
