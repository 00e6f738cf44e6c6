"""A ticket as lines of text: its facts in two lines, what happened around it, then the conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rich.cells import cell_len

from data.records.changes import Event
from data.records.custom_fields import CustomField
from data.records.customers import Customer
from data.records.escalations import Escalation, EscalationState
from data.records.messages import Direction, Message, MessageKind
from data.records.problems import Problem
from data.records.promises import GivenPromise
from data.records.ratings import BEST, Rating
from data.records.tickets import UNKNOWN_LANGUAGE, LaneRow, Ticket
from queues.ground.presence import Present
from tui.look.ascii_signs import as_written
from tui.look.inked_lines import Ink, Line
from tui.look.one_line import fit, one_line
from tui.look.short_times import clock_words, span
from tui.look.shown import first_part, first_part_in_steps
from tui.look.stored_words import subject_line
from tui.look.words import counted, words
from tui.look.wrapping import wrap, wrap_safe
from tui.ticket.event_line import aside_line
from tui.ticket.field_lines import field_lines
from tui.ticket.presence_words import presence_words
from tui.ticket.sign_line import WARNINGS, sign_line

SEPARATOR = " · "
MOST, MOST_IN_ALL = 64_000, 1_000_000
"""Characters of one message, and of all messages of a ticket, that are laid out."""
MOST_AT_ONCE, MOST_IN_ALL_AT_ONCE = 8_000, 16_000
"""The same before anything is drawn: a key waits for these. The rest of an open ticket is laid out afterwards."""
LEAST = 400
"""Characters that are laid out of each message, however long the ticket is."""
_LINES_A_STEP = 100
SURE = 0.9
"""From this confidence on, the language of a message goes without saying."""
LEADS = {Direction.IN: "", Direction.OUT: " " * 6, Direction.NOTE: " " * 3}
"""The indent of a message by its author: the customer, us, us among ourselves."""
MARKS = {Direction.IN: "│ ", Direction.OUT: "  ", Direction.NOTE: "┃ "}
"""The margin of its text: no text of a customer is without one."""
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
    colleagues: Present = field(default_factory=Present)
    """Colleagues who write on it or have it open now, at other desks of the team."""
    fields: Sequence[CustomField] = ()
    """The custom fields that the desk has."""
    proposed_at: int | None = None
    """When an assistant drafted the reply that waits to be read, if one did."""


def title_line(shown: Conversation) -> str:
    """Return the ticket's number and subject."""
    return f"#{shown.ticket.id} {as_written(subject_line(shown.ticket.subject))}"


def fact_lines(shown: Conversation, width: int, now: int) -> list[Line]:
    """Return the two lines that stay on the screen: the ticket's state and clocks; who writes, and their history."""
    return [
        _state_line(shown.ticket, width, now, shown.colleagues),
        Line(Ink.QUIET, fit(" · ".join(_person(shown)), width)),
    ]


def rooms(messages: Sequence[Message], most: int, in_all: int, *, quotes: bool, least: int = 0) -> list[int]:
    """Return how many characters of each message are laid out, at most `in_all` together: the newest come first."""
    given: list[int] = []
    for message in reversed(messages):
        given.append(min(len(_shown_text(message, quotes=quotes)), max(least, min(most, in_all))))
        in_all -= given[-1]
    return given[::-1]


def ticket_lines(
    shown: Conversation,
    width: int,
    now: int,
    *,
    quotes: bool,
    room: Sequence[int] | None = None,
    laid_out: Mapping[int, list[Line]] | None = None,
) -> list[Line]:
    """Lay out in `width` cells what happened around the ticket, and its messages; `quotes` unfolds quoted text.

    `room` is how many characters of each message are laid out; `laid_out` has the texts of messages that are laid out
    already, by number.
    """
    lines = list(_notices(shown, width, now))
    room = rooms(shown.messages, MOST, MOST_IN_ALL, quotes=quotes, least=LEAST) if room is None else room
    for message, most in zip(shown.messages, room, strict=True):
        folded = shown.folded and message.direction is Direction.IN
        lines += [Line(Ink.PLAIN, "")] if lines else []
        text = None if folded or laid_out is None else laid_out.get(message.id)
        lines += message_lines(shown, message, width, now, folded=folded, quotes=quotes, most=most, text=text)
    if not shown.messages:
        lines.append(Line(Ink.QUIET, words("No message yet. Press r to write one.")))
    return lines


def _state_line(ticket: Ticket, width: int, now: int, colleagues: Present) -> Line:
    """Draw who else is here, state, tags and clocks in one line; if it is too long, the next clock goes before tags
    and before how many more there are.
    """
    owner = (
        words("assigned to {name}").format(name=one_line(ticket.assignee)) if ticket.assignee else words("unassigned")
    )
    severity = [ticket.severity.value] if ticket.severity else []
    others = presence_words(colleagues)
    state = [*others, words(ticket.status.value), words(ticket.priority.value), *severity, owner]
    clocks = [(clock_words(name, due, now), due <= now) for name, due in _clocks(ticket) if due is not None]
    tags = [f"+{one_line(tag)[:MOST_OF_A_TAG]}" for tag in ticket.tags]

    def too_long() -> bool:
        return _width(*state, *tags, _more(ticket, tags), *(text for text, _ in clocks)) > width

    while len(clocks) > 1 and _width(*state, *tags, *(text for text, _ in clocks)) > width:
        clocks.pop()
    while tags and too_long():
        tags.pop()
    if too_long() and not ticket.assignee:
        state.remove(owner)
    state = [*state, *tags, "" if clocks and too_long() else _more(ticket, tags)]
    text, marked = SEPARATOR.join(filter(None, state)), []
    for clock, late in clocks:
        text += SEPARATOR
        if late:
            marked.append((len(text), len(text) + len(clock), Ink.LATE))
        text += clock
    return Line(Ink.PLAIN, fit(text, width), marked=tuple(marked))


def _more(ticket: Ticket, shown: Sequence[str]) -> str:
    """Say how many tags are not shown."""
    hidden = len(ticket.tags) - len(shown)
    return words("+{n} more").format(n=hidden) if hidden else ""


def _width(*parts: str) -> int:
    return cell_len(SEPARATOR.join(filter(None, parts)))


def _clocks(ticket: Ticket) -> tuple[tuple[str, int | None], ...]:
    return (
        (words("first reply"), ticket.first_due),
        (words("next reply"), ticket.next_due),
        (words("resolution"), ticket.resolve_due),
    )


def _notices(shown: Conversation, width: int, now: int) -> Iterator[Line]:
    """What an agent should know besides the messages."""
    ticket = shown.ticket
    if ticket.merged_into is not None:
        yield Line(Ink.TITLE, fit(words("merged into #{n}").format(n=ticket.merged_into), width))
    if facts := SEPARATOR.join(field_lines(ticket, shown.fields)):
        yield from _lines(Ink.PLAIN, facts, width)
    for promise in shown.promises:
        summary = f"{clock_words(words('promise'), promise.due_at, now)}: “{as_written(one_line(promise.text))}”"
        yield Line(Ink.LATE if promise.due_at <= now else Ink.PLAIN, fit(summary, width))
    for child in shown.escalations:
        ink = Ink.LATE if child.is_overdue(now) else Ink.QUIET if child.state is EscalationState.CLOSED else Ink.PLAIN
        yield from _lines(ink, escalation_words(child, now), width)
    yield from _rated(shown, width, now)
    if shown.proposed_at is not None:
        yield from _lines(Ink.PLAIN, proposed_words(shown.proposed_at, now), width)
    for aside in shown.asides:
        yield from _lines(Ink.QUIET, aside_line(aside, now), width)
    if shown.problem is not None:
        yield Line(Ink.PLAIN, fit(problem_words(shown.problem), width))


def proposed_words(at: int, now: int) -> str:
    """Return that an assistant has drafted the reply, which no one has sent yet."""
    ago = words("{span} ago").format(span=span(max(0, now - at)))
    return words("an assistant has drafted a reply, {ago}: read it, then send it").format(ago=ago)


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
    return f"{summary}: “{as_written(one_line(rating.comment))}”" if rating.comment else summary


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
        first = one_line(customer.identities[0].value) if customer.identities else words("(no name)")
        parts.append(as_written(one_line(customer.name)) or first)
        if customer.tier != "standard":
            parts.append(one_line(customer.tier))
        parts += [one_line(said) for said in (customer.register, customer.region) if said]
    parts.append(_language(ticket))
    others = [row for row in shown.earlier if row.id != ticket.id]
    if others:
        newest = f"#{others[0].id} {words(others[0].status.value)}: {subject_line(others[0].subject)}"
        parts.append(words("earlier ({n}): {tickets}").format(n=len(others), tickets=newest))
    return parts


def _language(ticket: Ticket) -> str:
    """The ticket's language and its source."""
    if ticket.language == UNKNOWN_LANGUAGE:
        return words("?? language unknown: d sets it")
    sources = {"agent": words("set by an agent"), "customer": words("remembered from the customer")}
    sure = sources.get(ticket.language_source, f"{ticket.confidence:.0%}")
    return words("language {code} ({sure})").format(code=ticket.language, sure=sure)


def message_lines(
    shown: Conversation,
    message: Message,
    width: int,
    now: int,
    *,
    folded: bool = False,
    quotes: bool = False,
    most: int = MOST,
    text: list[Line] | None = None,
) -> list[Line]:
    """Lay one message out: a head, then its text with the margin of its author; `folded` shows none of the text.

    `text` is the text if it is laid out already.
    """
    lead, mark = LEADS[message.direction], MARKS[message.direction]
    width = width - len(lead)
    if folded:
        text = [Line(line.ink, f"{lead}{mark}{line.text}") for line in _folded_text(message, width)]
    elif text is None:
        safe = first_part(_shown_text(message, quotes=quotes).strip("\n"), most)
        text = list(_text(message, safe, width, quotes=quotes, most=most))
        text = [Line(line.ink, f"{lead}{mark}{line.text}") for line in text]
    return [Line(INKS[message.direction], lead + fit(_head(shown, message, now), width), head=True), *text]


def text_in_steps(message: Message, width: int, *, quotes: bool, most: int) -> Generator[None, None, list[Line]]:
    """Lay out the text of a message, as `message_lines` does, in steps of some milliseconds."""
    lead, mark = LEADS[message.direction], MARKS[message.direction]
    safe = yield from first_part_in_steps(_shown_text(message, quotes=quotes).strip("\n"), most)
    lines: list[Line] = []
    for line in _text(message, safe, width - len(lead), quotes=quotes, most=most):
        lines.append(Line(line.ink, f"{lead}{mark}{line.text}"))
        if len(lines) % _LINES_A_STEP == 0:
            yield
    return lines


def _text(message: Message, safe: str, width: int, *, quotes: bool, most: int) -> Iterator[Line]:
    """Yield what is laid out of a message below its head; `safe` is its text as it is shown."""
    ink, room = INKS[message.direction], width - len(MARKS[message.direction])
    if not message.readable:
        yield Line(ink, fit(words("This message could not be read; its raw bytes are kept."), room))
    for sign in message.signs:
        if sign.rule in WARNINGS:
            yield from _lines(Ink.LATE, sign_line(sign), room)
        else:
            yield Line(Ink.QUIET, fit(sign_line(sign), room))
    for line in wrap_safe(safe, room):
        yield Line(ink, as_written(line))
    if len(_shown_text(message, quotes=quotes)) > most or message.unread:
        more = words("… more text · tridesk show {ticket} prints it").format(ticket=message.ticket_id)
        yield Line(Ink.QUIET, fit(more, room))
    if not quotes and message.new_text and len(message.new_text.strip()) < len(message.text.strip()):
        yield Line(Ink.QUIET, fit(_fold_words(message), room))
    for attachment in message.attachments:
        yield Line(Ink.QUIET, fit(f"[{one_line(attachment.filename)}, {attachment.size:,} B]", room))


def _shown_text(message: Message, *, quotes: bool) -> str:
    return message.text if quotes else message.new_text or message.text


def _fold_words(message: Message) -> str:
    """Say how much of a message is folded, and of what kind; the lines of a long one are not counted."""
    if len(message.text) > MOST:
        return words("… more text folded · Q shows it")
    every, shown = (
        Counter(line for line in map(str.strip, text.splitlines()) if line) for text in (message.text, message.new_text)
    )
    folded = every - shown
    quoted = sum(n for line, n in folded.items() if line.startswith(">"))
    if folded.total() == 1:
        return words("… 1 quoted line folded · Q shows it") if quoted else words("… 1 line folded · Q shows it")
    if not quoted:
        return words("… {n} lines folded · Q shows them").format(n=folded.total())
    return words("… {n} lines folded, {quoted} of them quoted · Q shows them").format(n=folded.total(), quoted=quoted)


def _folded_text(message: Message, width: int) -> Iterator[Line]:
    """Show one line instead of the customer's text."""
    room = width - len(MARKS[message.direction])
    # to count lines nothing is masked: none of it is shown
    count = sum(1 for _ in wrap_safe(_shown_text(message, quotes=False)[:MOST].strip("\n"), room))
    summary = counted(
        "▒ may be graphic or abusive: {n} line folded · X shows it, which is recorded",
        "▒ may be graphic or abusive: {n} lines folded · X shows them, which is recorded",
        count,
    )
    yield Line(Ink.LATE, fit(summary.format(n=count), room))


def _head(shown: Conversation, message: Message, now: int) -> str:
    ago = words("{span} ago").format(span=span(max(0, now - message.at)))
    name = as_written(one_line(message.from_name)) or one_line(message.from_address)
    if message.direction is Direction.NOTE:
        return words("NOTE by {name}, {ago}; not visible to the customer").format(name=name, ago=ago)
    moved = [words("from #{n}").format(n=message.moved_from)] if message.moved_from else []
    if message.direction is Direction.OUT:
        sent = words("we answered, {ago}").format(ago=ago)
        by = [one_line(part) for part in (message.macro, message.procedure) if part]
        return SEPARATOR.join([f"→ {name}", sent, *by, *moved])
    kind = [] if message.kind is MessageKind.MAIL else [words(message.kind.value)]
    return SEPARATOR.join([f"← {name}{_other_address(shown, message)}", ago, *_spoken(shown, message), *kind, *moved])


def _other_address(shown: Conversation, message: Message) -> str:
    """Return the sender's address unless it is known to be the customer's; `c` shows those."""
    known = {identity.value.casefold() for identity in shown.customer.identities} if shown.customer is not None else ()
    address = message.from_address
    return f" <{one_line(address)}>" if address and address.casefold() not in known else ""


def _spoken(shown: Conversation, message: Message) -> list[str]:
    """The language of a message where it is not the ticket's, or not sure; both languages if it is mixed."""
    if message.mixed:
        return [words("mixed {languages}").format(languages=message.mixed)]
    if message.language == UNKNOWN_LANGUAGE:
        return ["??"] if shown.ticket.language == UNKNOWN_LANGUAGE else []
    sure = message.confidence >= SURE and message.language == shown.ticket.language
    return [] if sure else [f"{message.language} {message.confidence:.0%}"]


def _lines(ink: Ink, text: str, width: int) -> Iterator[Line]:
    return (Line(ink, line) for line in wrap(text, width))
