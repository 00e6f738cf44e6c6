"""One ticket's share of an action: checks the rules, writes the change, and tells the steps that undo it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from data.errors import ConflictError, RuleError
from data.protocols import ReplyChecker, Sending
from data.records.changes import Change, Finding
from data.records.customers import Customer
from data.records.escalations import BACK, TeamAnswer
from data.records.messages import Direction, Draft, Message, MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.records.promises import Promise
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.clocks import sla
from queues.clocks.calendar import Calendar
from queues.desk import customer_language as address
from queues.desk import escalations, problems
from queues.desk.desk_rules import DeskRules
from queues.desk.gates import Gates
from queues.desk.recipient import recipient
from queues.ground import statuses
from queues.ground.undo_steps import REPLY, Step, part_of
from queues.outgoing import attachments as enclosing
from queues.outgoing import mail_bytes
from queues.procedures.safeguards import ABSOLUTE, NO_ADDRESS
from queues.promises import find_promises, promise_steps
from queues.quality import csat

NOBODY = Customer(0, "")


class Acting:
    """Carries out changes inside the transaction that the desk holds."""

    def __init__(self, store: Store, rules: DeskRules, checker: ReplyChecker | None, agent: str) -> None:
        self._store = store
        self._rules = rules
        self._checker = checker
        self._agent = agent
        self.gates = Gates(store, rules, agent)

    def findings(self, ticket: Ticket, change: Change, now: int) -> list[Finding]:
        """Return what is wrong with the change, worst first."""
        if change.reply is not None and not change.reply.strip():
            return [Finding("empty", "The reply is empty; write something first.", blocking=True)]
        customer = self._store.customers.get(ticket.customer_id) or NOBODY
        conversation = self._store.messages.of(ticket.id) if change.reply is not None else []
        to = (change.recipient or self._address(ticket, conversation)) if change.reply is not None else ""
        found = self.gates.objections(ticket, change, customer, to)
        found += _no_address(to, ticket) if to else []
        if self._checker is not None and change.reply is not None:
            sending = Sending(to, self._agent, now, self._store.people)
            found += self._checker(change, ticket, customer, conversation, sending)
        watched = self.gates.watched(ticket)
        found = [replace(one, blocking=one.blocking or one.rule in watched) for one in found]
        return sorted(found, key=lambda one: not one.blocking)

    def carry_out(self, ticket: Ticket, change: Change, action: int, now: int) -> list[Step]:
        """Write the change and its event. Raises RuleError where a finding, a gate or the status forbids it."""
        self._refuse_stale(ticket, change)
        overridden = self._refuse(ticket, change, now)
        skipped = [step.id for step in self.gates.still_open(ticket, change)]
        steps = self._write_reply(ticket, change, action, now) + self._write_note(ticket, change, now)
        steps += self._write_work(ticket, change, action, now) + self.gates.handed_over(ticket, change, now)
        fields = self._fields(ticket, change, now)
        promise, done = self.promise(ticket, change, now), fields["status"] in statuses.DONE
        steps += promise_steps.carry_out(self._store, ticket, change, promise, steps, now, self._agent, done=done)
        if fields["status"] in statuses.DONE and ticket.status not in statuses.DONE:
            steps += escalations.close_settled(self._store, ticket)
        steps += self.write_fields(ticket, fields)
        steps += address.remember(self._store, ticket, change)
        kind = "reply" if change.reply is not None else "note" if change.note is not None else "change"
        detail = _detail(ticket, change, fields, overridden) | promise_steps.told(steps)
        if change.reply is not None and self._followed(ticket):
            detail["procedure"] = self._followed(ticket)
        if skipped:
            detail["skipped_steps"] = skipped
        if any(step["kind"] == "quality" for step in steps):
            detail["asked_rating"] = True
        self._store.events.add(action, ticket.id, now, self._agent, kind, detail)
        return steps

    def write_fields(self, ticket: Ticket, fields: dict[str, Any]) -> list[Step]:
        """Compare and set the changed fields; return the step. Raises ConflictError when the ticket moved on."""
        changed = {name: value for name, value in fields.items() if getattr(ticket, name) != value}
        if not changed:
            return []
        if not self._store.tickets.update(ticket, changed):
            raise ConflictError("Ticket changed", f"#{ticket.id} was changed meanwhile; look at it again.")
        before = {name: getattr(ticket, name) for name in changed}
        return [{"kind": "fields", "ticket": ticket.id, "before": before, "after": changed}]

    def clocks(self, ticket: Ticket, now: int) -> dict[str, Any]:
        """Return the fields of the clocks that run for the ticket as it is now, and of when it waited for others."""
        ticket = replace(ticket, waits=statuses.waits_after(ticket.waits, ticket.status, now))
        customer = self._store.customers.get(ticket.customer_id) or NOBODY
        waiting_since, last_reply = self._store.messages.last_times(ticket.id)
        found = sla.clocks(
            ticket,
            customer.tier,
            self._rules.policies,
            self._rules.calendars,
            last_incoming_at=waiting_since,
            last_reply_at=last_reply,
            now=now,
        )
        return {
            "first_due": found.first_due,
            "next_due": found.next_due,
            "resolve_due": found.resolve_due,
            "waits": ticket.waits,
        }

    def _refuse_stale(self, ticket: Ticket, change: Change) -> None:
        """Raise ConflictError where the draft that the words were written in was sent, or written on, elsewhere."""
        if not change.draft:
            return
        draft = self._store.drafts.get(ticket.id)
        if draft is None:
            raise ConflictError("Sent already", f"The draft of #{ticket.id} was sent already; nothing is sent twice.")
        if draft.revision != change.draft:
            raise ConflictError(
                "Draft changed", f"Another window wrote on #{ticket.id}; its text is kept, look there first."
            )

    def _followed(self, ticket: Ticket) -> str:
        """Return the procedure and version that the ticket follows, empty where it needs none."""
        procedure = self.gates.procedure(ticket)
        return procedure.label if procedure is not None else ""

    def _refuse(self, ticket: Ticket, change: Change, now: int) -> list[str]:
        """Raise where the rules forbid the change; a reason given by the agent passes findings and gates.

        Returns the names of the findings that the reason passed.
        """
        if change.status is not None:
            statuses.check_move(ticket.status, change.status)
        address.check(change)
        if change.recipient and change.recipient.casefold() in self._rules.ours:
            raise RuleError("Our own address", f"#{ticket.id}: {change.recipient} is an address of ours; name another.")
        if ticket.status is Status.CLOSED and change.reply is not None:
            raise RuleError(
                "Ticket is closed", f"#{ticket.id} is closed; reopen it first (O, or `tridesk reopen {ticket.id}`)."
            )
        blocking = [finding for finding in self.findings(ticket, change, now) if finding.blocking]
        overridden: list[str] = []
        if change.override_reason:
            overridden = [finding.rule for finding in blocking if finding.rule not in ABSOLUTE]
            blocking = [finding for finding in blocking if finding.rule in ABSOLUTE]
        if blocking:
            title = "Not sent" if change.reply is not None else "Not done"
            raise RuleError(title, f"#{ticket.id}: {blocking[0].message}")
        if not change.override_reason:
            self.gates.refuse(ticket, change)
        return list(dict.fromkeys(overridden))

    def _fields(self, ticket: Ticket, change: Change, now: int) -> dict[str, Any]:
        """Return every field of the ticket that the change sets, clocks included."""
        fields: dict[str, Any] = {"updated_at": now}
        if change.language:
            fields |= address.spoken(self._store, self._rules, ticket, change.language)
        for name in ("priority", "severity", "topic", "assignee", "lane", "procedure"):
            value = getattr(change, name)
            if value is not None:
                fields[name] = value
        kept = [tag for tag in fields.get("tags", ticket.tags) if tag not in change.remove_tags]
        fields["tags"] = tuple(dict.fromkeys((*kept, *change.add_tags)))
        if change.reply is not None:
            fields["touches"] = ticket.touches + 1
            fields["first_replied_at"] = now if ticket.first_replied_at is None else ticket.first_replied_at
        fields |= _status_fields(ticket, _status_after(ticket, change), change, now)
        return fields | self.clocks(replace(ticket, **fields), now)

    def _write_reply(self, ticket: Ticket, change: Change, action: int, now: int) -> list[Step]:
        if change.reply is None:
            return []
        earlier = self._store.messages.of(ticket.id)
        to = change.recipient or self.recipient(ticket, earlier)
        sender = self._rules.sender_for(ticket.connector)
        message_id = mail_bytes.new_message_id(ticket.id, sender.address)
        language = change.reply_language or ticket.language
        enclosed = enclosing.read(change.attachments)
        raw = mail_bytes.build(
            text=change.reply,
            subject=change.subject or ticket.subject,
            sender=sender.address,
            brand=sender.brand,
            recipient=mail_bytes.addressee(self._name_of(to, ticket, earlier), to, ticket.connector),
            message_id=message_id,
            at=now,
            earlier=earlier,
            answers=not change.subject,
            enclosed=enclosed,
            signature=sender.signature_in(language),
            html=sender.html,
        )
        message = self._message(ticket, Direction.OUT, change.reply, now, language=language, macro=change.macro)
        attachments = tuple(one.described(position) for position, one in enumerate(enclosed, 1))
        subject = mail_bytes.one_line(change.subject) or message.subject
        number = self._store.messages.insert(
            replace(
                message,
                message_id=message_id,
                subject=subject,
                attachments=attachments,
                procedure=self._followed(ticket),
            )
        )
        self._store.messages.refer(ticket.id, [message_id])
        entry = OutboxEntry(
            0,
            ticket.id,
            action,
            ticket.connector,
            OutboxState.QUEUED,
            message_id,
            to,
            raw,
            now + self._rules.undo_seconds,
            draft=change.draft,
        )
        queued = self._store.outbox.insert(entry)
        steps: list[Step] = [
            {"kind": "message", "ticket": ticket.id, "message": number},
            {"kind": "outbox", "ticket": ticket.id, "entry": queued},
            *csat.ask(self._store, ticket, change.reply, number, change.macro, now, self._agent),
        ]
        return part_of(REPLY, steps + self._drop_draft(ticket.id, Direction.OUT, change.reply))

    def recipient(self, ticket: Ticket, conversation: Sequence[Message]) -> str:
        """Return where a reply goes. Raises RuleError where there is no person to answer."""
        address = self._address(ticket, conversation)
        if not address:
            raise RuleError(
                "Nobody to answer", f"#{ticket.id} has no address of a person to send to; write a note instead."
            )
        return address

    def _address(self, ticket: Ticket, conversation: Sequence[Message]) -> str:
        customer = self._store.customers.get(ticket.customer_id) or NOBODY
        return recipient(conversation, customer, self._rules.ours)

    def _name_of(self, recipient: str, ticket: Ticket, conversation: Sequence[Message]) -> str:
        """Return the name that belongs to an address: what its person called themselves last, else the customer's."""
        for message in reversed(conversation):
            if message.direction is Direction.IN and recipient == (message.reply_to or message.from_address):
                return message.from_name
        customer = self._store.customers.get(ticket.customer_id) or NOBODY
        return customer.name if recipient.casefold() in {one.value for one in customer.identities} else ""

    def _write_note(self, ticket: Ticket, change: Change, now: int) -> list[Step]:
        if change.note is None:
            return []
        if not change.note.strip():
            raise RuleError("Empty note", f"The note on #{ticket.id} is empty; write something first.")
        number = self._store.messages.insert(self._message(ticket, Direction.NOTE, change.note, now))
        step: Step = {"kind": "message", "ticket": ticket.id, "message": number}
        return [step, *self._drop_draft(ticket.id, Direction.NOTE, change.note)]

    def _message(
        self, ticket: Ticket, direction: Direction, text: str, now: int, *, language: str = "und", macro: str = ""
    ) -> Message:
        sender = self._rules.sender_for(ticket.connector).address if direction is Direction.OUT else ""
        return Message(
            id=0, ticket_id=ticket.id, direction=direction, kind=MessageKind.MAIL, from_name=self._agent,
            from_address=sender, subject=mail_bytes.reply_subject(ticket.subject), text=text, new_text=text, at=now,
            received_at=now, language=language, confidence=1.0, macro=macro,
        )  # fmt: skip

    def _drop_draft(self, ticket_id: int, kind: Direction, written: str) -> list[Step]:
        """Drop the draft that was written out; one with other words is somebody's work and stays."""
        draft = self._store.drafts.get(ticket_id)
        if draft is None or draft.kind is not kind or draft.text.strip() != written.strip():
            return []
        self._store.drafts.delete(ticket_id)
        return [{"kind": "draft", "ticket": ticket_id, "draft": asdict(draft)}]

    def _write_work(self, ticket: Ticket, change: Change, action: int, now: int) -> list[Step]:
        steps: list[Step] = []
        if change.escalate is not None:
            steps += escalations.open_child(self._store, self._rules, ticket, change.escalate, action, now, self._agent)
        if change.team_answer is not None:
            steps += self._write_answer(ticket, change.team_answer, now)
        if change.problem is not None:
            steps += problems.link(self._store, ticket, change.problem)
        return steps

    def promise(self, ticket: Ticket, change: Change, now: int) -> Promise | None:
        """Return what the change promises the customer."""
        return promise_steps.of_change(change, self.office(ticket), now)

    def office(self, ticket: Ticket) -> Calendar:
        """Return the working week in the time zone of the ticket's customer."""
        customer = self._store.customers.get(ticket.customer_id) or NOBODY
        return find_promises.office_for(self._rules.office, customer)

    def _write_answer(self, ticket: Ticket, answer: TeamAnswer, now: int) -> list[Step]:
        """Write what another team said, in its name: the agent at the keys only passes it on."""
        child, steps = escalations.settle(self._store, ticket, answer, now)
        if answer.text.strip():
            note = self._message(ticket, Direction.NOTE, answer.text, now)
            number = self._store.messages.insert(replace(note, from_name=child.team))
            steps.append({"kind": "message", "ticket": ticket.id, "message": number})
        return steps


def _no_address(recipient: str, ticket: Ticket) -> list[Finding]:
    """Return the objection to a reply that no mail could carry to its recipient."""
    try:
        mail_bytes.addressee("", recipient, ticket.connector)
    except RuleError as error:
        return [Finding(NO_ADDRESS, error.message, blocking=True)]
    return []


def stored_draft(values: dict[str, Any]) -> Draft:
    """Return the draft that a step keeps."""
    return Draft(**{**values, "kind": Direction(values["kind"])})


def _status_after(ticket: Ticket, change: Change) -> Status:
    if change.snooze_until is not None:
        statuses.check_move(ticket.status, Status.SNOOZED)
        return Status.SNOOZED
    if change.status is not None:
        return change.status
    if change.escalate is not None and change.reply is None:
        return Status.ON_HOLD if ticket.status not in (Status.SOLVED, Status.CLOSED) else ticket.status
    if change.reply is not None:
        return statuses.after_reply(ticket.status)
    if change.team_answer is not None and change.team_answer.state in BACK:
        return escalations.wakes(ticket.status)
    touched = change.assignee or change.note is not None
    if ticket.status is Status.SUSPENDED and change.assignee:
        return Status.OPEN
    return Status.OPEN if ticket.status is Status.NEW and touched else ticket.status


def _status_fields(ticket: Ticket, status: Status, change: Change, now: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"status": status}
    fields["snoozed_until"] = change.snooze_until if status is Status.SNOOZED else None
    if status is Status.SNOOZED and change.snooze_until is None:
        fields["snoozed_until"] = ticket.snoozed_until
    if status is Status.SOLVED:
        fields["solved_at"] = ticket.solved_at if ticket.status is Status.SOLVED else now
    if statuses.reopens(ticket.status, status):
        fields |= {"reopens": ticket.reopens + 1, "solved_at": None}
    return fields


def _detail(ticket: Ticket, change: Change, fields: dict[str, Any], overridden: list[str]) -> dict[str, Any]:
    """Return what the event keeps: names and numbers, no text of anybody."""
    changed = {name: [getattr(ticket, name), value] for name, value in fields.items() if getattr(ticket, name) != value}
    detail: dict[str, Any] = {"changed": changed}
    for name in ("macro", "reply_language", "override_reason", "register", "region"):
        if getattr(change, name):
            detail[name] = getattr(change, name)
    if change.verbatim:
        detail["verbatim"] = True
    if change.edited is not None:
        detail["edited"] = change.edited
    if overridden:
        detail["overridden"] = overridden
    if change.escalate is not None:
        detail["escalated_to"] = change.escalate.team
    if change.problem is not None:
        detail["problem"] = change.problem
    if change.team_answer is not None:
        detail["escalation"] = change.team_answer.escalation
        detail["state"] = change.team_answer.state
    return detail
