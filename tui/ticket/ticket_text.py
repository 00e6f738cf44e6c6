"""A ticket as lines of text: who, what, the clocks, then the conversation. Does not use Textual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from data.records.changes import Event
from data.records.customers import Customer
from data.records.escalations import Escalation, EscalationState
from data.records.messages import Direction, Message, MessageKind
from data.records.problems import Problem
from data.records.promises import GivenPromise
from data.records.ratings import BEST, Rating
from data.records.tickets import UNKNOWN_LANGUAGE, LaneRow, Ticket
from tui.look.inked_lines import Ink, Line
from tui.look.one_line import fit, one_line
from tui.look.short_times import clock_words, span
from tui.look.stored_words import subject_line
from tui.look.words import counted, words
from tui.look.wrapping import wrap
from tui.ticket.event_line import aside_line
from tui.ticket.sign_line import sign_line

MARKS = {Direction.IN: "│ ", Direction.OUT: "  "}
"""Before each line of a message; a note has a word."""
MOST_OF_A_TAG = 60
"""The most characters of a tag that are shown: no one creates longer tags on purpose."""
INKS = {Direction.IN: Ink.CUSTOMER, Direction.OUT: Ink.OURS, Direction.NOTE: Ink.NOTE}


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything that the screen shows of a ticket, read together."""

    ticket: Ticket
    customer: Customer | None
    messages: Sequence[Message]
    earlier: Sequence[LaneRow]
    escalations: Sequence[Escalation] = ()
    problem: Problem | None = None
    promises: Sequence[GivenPromise] = ()
    """Promises not kept yet."""
    ratings: Sequence[Rating] = ()
    asked_at: int | None = None
    """When a rating was requested that is still unanswered."""
    asides: Sequence[Event] = ()
    """When it was passed over, or taken out of turn."""
    folded: bool = False
    """The customer's words may be graphic and are not shown yet."""


def ticket_lines(shown: Conversation, width: int, now: int, *, quotes: bool) -> list[Line]:
    """Lay a conversation out in `width` cells; `quotes` unfolds quoted text."""
    lines = [*_facts(shown, width, now), Line(Ink.PLAIN, "")]
    for message in shown.messages:
        folded = shown.folded and message.direction is Direction.IN
        lines += _folded(message, width, now) if folded else _message(message, width, now, quotes=quotes)
        lines.append(Line(Ink.PLAIN, ""))
    if not shown.messages:
        lines.append(Line(Ink.QUIET, words("No message yet. Press r to write one.")))
    return lines


def _facts(shown: Conversation, width: int, now: int) -> Iterator[Line]:
    ticket = shown.ticket
    yield Line(Ink.TITLE, fit(f"#{ticket.id} {subject_line(ticket.subject)}", width))
    state = [
        words(ticket.status.value),
        words(ticket.priority.value),
        *([ticket.severity.value] if ticket.severity else []),
    ]
    state.append(
        words("assigned to {name}").format(name=one_line(ticket.assignee)) if ticket.assignee else words("unassigned")
    )
    yield from _lines(
        Ink.PLAIN, " · ".join([*state, *(f"+{one_line(tag)[:MOST_OF_A_TAG]}" for tag in ticket.tags)]), width
    )
    if ticket.merged_into is not None:
        yield Line(Ink.TITLE, fit(words("merged into #{n}").format(n=ticket.merged_into), width))
    yield from _lines(Ink.PLAIN, " · ".join(_person(shown)), width)
    for name, due in (
        (words("first reply"), ticket.first_due),
        (words("next reply"), ticket.next_due),
        (words("resolution"), ticket.resolve_due),
    ):
        if due is not None:
            yield Line(Ink.LATE if due <= now else Ink.PLAIN, fit(clock_words(name, due, now), width))
    for promise in shown.promises:
        summary = f"{clock_words(words('promise'), promise.due_at, now)}: “{one_line(promise.text)}”"
        yield Line(Ink.LATE if promise.due_at <= now else Ink.PLAIN, fit(summary, width))
    for child in shown.escalations:
        ink = Ink.LATE if child.is_overdue(now) else Ink.QUIET if child.state is EscalationState.CLOSED else Ink.PLAIN
        yield from _lines(ink, escalation_words(child, now), width)
    yield from _rated(shown, width, now)
    for aside in shown.asides:
        yield from _lines(Ink.QUIET, aside_line(aside, now), width)
    if shown.problem is not None:
        yield Line(Ink.PLAIN, fit(problem_words(shown.problem), width))
    if ticket.procedure:
        yield Line(Ink.PLAIN, fit(words("procedure {name}").format(name=one_line(ticket.procedure)), width))
    if ticket.reason:
        yield Line(Ink.QUIET, fit(words("routed by the rule {name}").format(name=one_line(ticket.reason)), width))
    others = [row for row in shown.earlier if row.id != ticket.id]
    if others:
        summary = ", ".join(f"#{row.id} {words(row.status.value)}: {subject_line(row.subject)}" for row in others[:3])
        yield from _lines(Ink.QUIET, words("earlier ({n}): {tickets}").format(n=len(others), tickets=summary), width)


def _rated(shown: Conversation, width: int, now: int) -> Iterator[Line]:
    for rating in shown.ratings:
        summary = rating_words(replace(rating, comment="") if shown.folded else rating, now)
        yield from _lines(Ink.LATE if rating.value <= 2 else Ink.PLAIN, summary, width)
    if shown.asked_at is not None:
        ago = span(max(0, now - shown.asked_at))
        yield Line(Ink.QUIET, fit(words("asked for a rating {span} ago, no answer yet").format(span=ago), width))


def rating_words(rating: Rating, now: int) -> str:
    """Return a customer's rating: `rated 4 of 5 (8/10), 2h05 ago: “quick, thanks”`."""
    given = "" if rating.scale == BEST else f" ({rating.score:g}/{rating.scale})"
    summary = words("rated {value} of {best}{given}, {span} ago").format(
        value=rating.value, best=BEST, given=given, span=span(max(0, now - rating.at))
    )
    return f"{summary}: “{one_line(rating.comment)}”" if rating.comment else summary


def escalation_words(child: Escalation, now: int) -> str:
    """Return the state of an escalation: `E-12 with Security, due in 1h35: taken over`."""
    team = one_line(child.team)
    if child.state is EscalationState.OPEN:
        stand = words("with {team}").format(team=team)
        due = "" if child.due_at is None else clock_words(words("answer"), child.due_at, now)
    else:
        summary = {
            EscalationState.ANSWERED: words("{team} answered"),
            EscalationState.RETURNED: words("{team} sent it back"),
        }
        stand = summary.get(child.state, words("with {team}, closed")).format(team=team)
        due = "" if child.settled_at is None else words("{span} ago").format(span=span(max(0, now - child.settled_at)))
    reference = words("their {reference}").format(reference=one_line(child.reference)) if child.reference else ""
    line = ", ".join(part for part in (f"{child.label} {stand}", due, reference) if part)
    return f"{line}: {one_line(child.reason)}" if child.reason else line


def problem_words(problem: Problem) -> str:
    """Return the state of a problem: `P-3 Crash on upload, open, 12 tickets, 4 waiting`."""
    text = counted(
        "{label} {title}, {state}, {n} ticket, {waiting} waiting",
        "{label} {title}, {state}, {n} tickets, {waiting} waiting",
        problem.tickets,
    )
    return text.format(
        label=problem.label,
        title=one_line(problem.title),
        state=words(problem.state.value),
        n=problem.tickets,
        waiting=problem.waiting,
    )


def _person(shown: Conversation) -> list[str]:
    customer, ticket = shown.customer, shown.ticket
    parts = []
    if customer is not None:
        known = [one_line(identity.value) for identity in customer.identities[:2]]
        parts += [one_line(customer.name) or words("(no name)"), *known]
        if customer.tier != "standard":
            parts.append(one_line(customer.tier))
        parts += [one_line(said) for said in (customer.register, customer.region) if said]
    parts.append(_language(ticket))
    return parts


def _language(ticket: Ticket) -> str:
    """The ticket's language and its source."""
    if ticket.language == UNKNOWN_LANGUAGE:
        return words("?? language unknown: d sets it")
    sources = {"agent": words("set by an agent"), "customer": words("remembered from the customer")}
    sure = sources.get(ticket.language_source, f"{ticket.confidence:.0%}")
    return words("language {code} ({sure})").format(code=ticket.language, sure=sure)


def _message(message: Message, width: int, now: int, *, quotes: bool) -> Iterator[Line]:
    ink, mark = INKS[message.direction], _mark(message.direction)
    yield Line(ink, fit(_head(message, now), width), head=True)
    text = message.text if quotes else message.new_text or message.text
    room = width - len(mark)
    if not message.readable:
        yield Line(ink, fit(mark + words("This message could not be read; its raw bytes are kept."), width))
    for sign in message.signs:
        yield Line(Ink.QUIET, fit(mark + sign_line(sign), width))
    for line in wrap(text.strip("\n"), room):
        yield Line(ink, mark + line)
    if not quotes and message.new_text and len(message.new_text.strip()) < len(message.text.strip()):
        yield Line(Ink.QUIET, fit(mark + words("… quoted text folded, Q shows it"), width))
    for attachment in message.attachments:
        yield Line(Ink.QUIET, fit(f"{mark}[{one_line(attachment.filename)}, {attachment.size:,} B]", width))


def _folded(message: Message, width: int, now: int) -> Iterator[Line]:
    """Show one line instead of the customer's text."""
    ink, mark = INKS[message.direction], _mark(message.direction)
    yield Line(ink, fit(_head(message, now), width), head=True)
    count = sum(1 for _ in wrap((message.new_text or message.text).strip("\n"), width - len(mark)))
    summary = counted(
        "▒ may be graphic or abusive: {n} line folded · X shows it, which is recorded",
        "▒ may be graphic or abusive: {n} lines folded · X shows them, which is recorded",
        count,
    )
    yield Line(Ink.LATE, fit(mark + summary.format(n=count), width))


def _head(message: Message, now: int) -> str:
    ago = words("{span} ago").format(span=span(max(0, now - message.at)))
    name = one_line(message.from_name) or one_line(message.from_address)
    if message.direction is Direction.NOTE:
        return words("NOTE by {name}, {ago}; not visible to the customer").format(name=name, ago=ago)
    moved = [words("from #{n}").format(n=message.moved_from)] if message.moved_from else []
    if message.direction is Direction.OUT:
        sent = words("we answered, {ago}").format(ago=ago)
        by = [one_line(part) for part in (message.macro, message.procedure) if part]
        return " · ".join([f"→ {name}", sent, *by, *moved])
    kind = "" if message.kind is MessageKind.MAIL else f" · {words(message.kind.value)}"
    return " · ".join([f"← {name} <{one_line(message.from_address)}>", ago, f"{_spoken(message)}{kind}", *moved])


def _spoken(message: Message) -> str:
    """The language of a message, if known; both languages if it is mixed."""
    if message.mixed:
        return words("mixed {languages}").format(languages=message.mixed)
    return "??" if message.language == UNKNOWN_LANGUAGE else f"{message.language} {message.confidence:.0%}"


def _lines(ink: Ink, text: str, width: int) -> Iterator[Line]:
    return (Line(ink, line) for line in wrap(text, width))


def _mark(direction: Direction) -> str:
    return MARKS.get(direction) or f"{words('NOTE')} ┃ "
