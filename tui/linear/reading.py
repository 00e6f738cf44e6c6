"""A ticket as plain lines: its facts, then its messages, one thing a line and no text wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.records.messages import Direction, Message
from data.records.tickets import UNKNOWN_LANGUAGE, Ticket
from tui.look.short_times import clock_words, span
from tui.look.shown import safe_line, safe_text
from tui.look.stored_words import subject_line
from tui.look.words import counted, words
from tui.ticket.presence_words import presence_words

if TYPE_CHECKING:
    from tui.ticket.ticket_text import Conversation


def ticket_lines(shown: Conversation, now: int, *, most: int | None = None) -> Iterator[str]:
    """Yield a ticket's facts and its newest messages, all if `most` is None, the newest first."""
    yield from facts(shown, now)
    messages = list(reversed(shown.messages))
    for message in messages[:most]:
        yield ""
        yield from message_lines(message, now, folded=shown.folded and message.direction is Direction.IN)
    hidden = len(messages) - len(messages[:most])
    if hidden > 0:
        yield ""
        yield counted("{n} earlier message.", "{n} earlier messages.", hidden).format(n=hidden)


def facts(shown: Conversation, now: int) -> Iterator[str]:
    """Yield what is known of a ticket besides its messages."""
    from tui.ticket.field_lines import field_lines
    from tui.ticket.ticket_text import escalation_words, problem_words, proposed_words, rating_words

    ticket, customer = shown.ticket, shown.customer
    yield words("Ticket {n}: {subject}").format(n=ticket.id, subject=subject_line(ticket.subject))
    if customer is not None:
        yield words("From {name}.").format(name=safe_line(customer.name) or words("(no name)"))
    yield words("Lane {lane}, {status}, priority {priority}.").format(
        lane=safe_line(ticket.lane) or words("no lane"),
        status=words(ticket.status.value),
        priority=words(ticket.priority.value),
    )
    if ticket.severity:
        yield words("Severity {severity}.").format(severity=ticket.severity.value)
    yield _language(ticket)
    yield from _clocks(ticket, now)
    if ticket.assignee:
        yield words("assigned to {name}").format(name=safe_line(ticket.assignee))
    yield from presence_words(shown.colleagues)
    if ticket.tags:
        yield words("Tags: {tags}").format(tags=safe_line(", ".join(ticket.tags)))
    yield from field_lines(ticket, shown.fields)
    if ticket.merged_into is not None:
        yield words("merged into #{n}").format(n=ticket.merged_into)
    for promise in shown.promises:
        yield f"{clock_words(words('promise'), promise.due_at, now)}: {safe_line(promise.text)}"
    if shown.proposed_at is not None:
        yield proposed_words(shown.proposed_at, now)
    yield from (escalation_words(child, now) for child in shown.escalations)
    yield from (rating_words(rating, now) for rating in shown.ratings if not shown.folded)
    if shown.problem is not None:
        yield problem_words(shown.problem)
    others = [row for row in shown.earlier if row.id != ticket.id]
    if others:
        yield counted("{n} other ticket of this customer.", "{n} other tickets of this customer.", len(others)).format(
            n=len(others)
        )


def message_lines(message: Message, now: int, *, folded: bool) -> Iterator[str]:
    """Yield a message: who wrote it and when, its text, its files."""
    who = {
        Direction.IN: words("Customer {name}"),
        Direction.OUT: words("We, {name}"),
        Direction.NOTE: words("Internal note, {name}"),
    }[message.direction]
    ago = words("{span} ago").format(span=span(max(0, now - message.at)))
    yield f"{who.format(name=safe_line(message.from_name or message.from_address))}, {ago}:"
    if folded:
        yield words("(folded: it may be graphic or abusive)")
        return
    yield from safe_text(message.new_text or message.text).strip("\n").splitlines()
    for part in message.attachments:
        yield words("File: {name}, {n} bytes.").format(name=safe_line(part.filename), n=part.size)


def _language(ticket: Ticket) -> str:
    if ticket.language == UNKNOWN_LANGUAGE:
        return words("Language unknown.")
    return words("Language {code}.").format(code=safe_line(ticket.language))


def _clocks(ticket: Ticket, now: int) -> Iterator[str]:
    clocks = (
        (words("first reply"), ticket.first_due),
        (words("next reply"), ticket.next_due),
        (words("resolution"), ticket.resolve_due),
    )
    return (clock_words(name, due, now) for name, due in clocks if due is not None)
