"""What the reply card shows, as plain values: recipient, other actions, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.records.changes import Change, Finding
from data.records.participants import Participant, Standing
from data.records.tickets import Status
from queues.ground.presence import Present
from tui.look.one_line import one_line
from tui.look.short_times import moment
from tui.look.words import translated, words
from tui.replying.outcomes import done_words, outcome
from tui.ticket.presence_words import presence_words

if TYPE_CHECKING:
    from data.records.customers import Customer
    from queues.clocks.calendar import Calendar
    from tui.ticket.ticket_text import Conversation

ABOUT_THE_ADDRESS = frozenset({"recipient", "new-address"})
"""Findings whose digit switches to another address: there is no text to go to."""
MOST_NUMBERED = 9
"""How many findings get a digit."""


def other_addresses(customer: Customer | None, recipient: str) -> list[str]:
    """Return the customer's mail addresses but for the recipient's, starting with the one after it."""
    identities = customer.identities if customer is not None else ()
    known = [identity.value for identity in identities if identity.kind == "email"]
    place = known.index(recipient.casefold()) + 1 if recipient.casefold() in known else 0
    return [address for address in known[place:] + known[:place] if address != recipient.casefold()]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the agent chose: `send`, `edit`, `language`, `address`, `steps`, or nothing."""

    wish: str
    status: Status | None = None
    reason: str = ""
    """The reason for overriding what blocked it."""
    finding: Finding | None = None
    """The finding whose text is to be edited."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that the card shows."""

    title: str
    recipient: str
    change: Change
    findings: Sequence[Finding] = ()
    gates: Sequence[str] = ()
    """The texts of the open steps of the procedure that must precede the outcome."""
    guarded: bool = False
    """One of them restricts what may be said: it must precede every outcome."""
    addresses: Sequence[str] = ()
    """The customer's other addresses."""
    office: Calendar | None = None
    """The working week in the customer's time zone, used to interpret promised times."""
    now: int = 0
    people: Sequence[Participant] = ()
    """Everyone in Cc of the ticket's mails."""
    copies: tuple[str, ...] = ()
    """Who gets a copy unless the change says otherwise."""
    takes_cc: bool = True
    """False where a ticketing system sends the reply: it has a Cc of its own."""
    our_addresses: frozenset[str] = frozenset()
    """Our own addresses: none of them gets a copy."""
    mail: Conversation | None = None
    """The ticket's conversation, of which the card shows what is answered."""
    colleagues: Present = field(default_factory=Present)
    """Colleagues who are at the ticket, at other desks of the team."""
    weak: bool = False
    """The macro is not sure to be the answer to this ticket: it is sent only after a second press."""

    @property
    def blocked(self) -> bool:
        """A finding blocks the reply."""
        return any(finding.blocking for finding in self.findings)

    @property
    def cc(self) -> tuple[str, ...]:
        """Who gets a copy of this reply."""
        asked = self.change.cc if self.change.cc is not None else (*self.copies, *self.change.take_in)
        return tuple(dict.fromkeys(address for address in asked if address != self.recipient.casefold()))

    @property
    def new(self) -> tuple[str, ...]:
        """People who are left out because no agent has decided about them."""
        waiting = (person.address for person in self.people if person.standing is Standing.NEW)
        return tuple(address for address in waiting if address not in self.change.take_in and address not in self.cc)

    @property
    def outcome(self) -> Status:
        """The ticket's status after Enter: what the macro says."""
        return outcome(self.change)

    def held_up(self, status: Status) -> bool:
        """Open steps must precede this outcome: finishing the ticket, answering and handing over at once, or,
        if they restrict what may be said, any.
        """
        return bool(self.gates) and (self.guarded or status is Status.SOLVED or self.change.escalate is not None)

    @property
    def facts(self) -> str:
        """Everything but the reply's text, one fact per line; findings show the digit that goes to their text."""
        change = self.change
        where = words("To {who} · in {language}").format(
            who=one_line(self.recipient), language=change.reply_language or "?"
        )
        lines = [where + (words(" · a writes to another address") if self.addresses else "")]
        lines += [f"! {text}" for text in presence_words(self.colleagues)]
        lines += self._warnings()
        lines += self._in_cc()
        if change.subject:
            lines.append(words("Subject: {subject}").format(subject=one_line(change.subject)))
        if change.attachments:
            files = ", ".join(
                f"{one_line(attachment.filename)} ({attachment.size:,} B)" for attachment in change.attachments
            )
            lines.append(words("Attached: {files}").format(files=files))
        effects = [f"+{tag}" for tag in change.add_tags] + [f"-{tag}" for tag in change.remove_tags]
        if change.escalate is not None:
            effects.append(words("escalates to {team}").format(team=one_line(change.escalate.team)))
        if "TR-" in (change.reply or ""):
            from queues.quality.csat import TOKEN

            effects += [words("asks for a rating")] if TOKEN.search(change.reply or "") else []
        if effects:
            lines.append(words("And: {effects}").format(effects=" · ".join(effects)))
        lines += [words("~ this macro may not fit; compare it with the ticket")] if self.weak else []
        lines += self._promise()
        for number, finding in enumerate(self.findings, 1):
            digit = f"{number} " if number <= MOST_NUMBERED else ""
            lines.append(f"{'✗' if finding.blocking else '!'} {digit}{one_line(translated(finding.message))}")
        lines += [words("■ first: {step}").format(step=one_line(gate)) for gate in self.gates]
        return "\n".join(lines)

    def keys(self, reason: str) -> str:
        """What the keys do, Enter first with its real outcome; `reason` is the reason given to override what blocks."""
        jump = words(" · 1 goes to the text") if self.findings else ""
        if self.blocked and not reason:
            return words("Not sendable yet: e fills it in{jump} · ! sends anyway, with a reason · Esc back").format(
                jump=jump
            )
        if self.gates and self.held_up(Status.PENDING) and not reason:
            return words("Space answers the steps first · e edits · ! sends anyway, with a reason · Esc back")
        if self.gates and not reason:
            return words("Space answers the steps first · p pending · e edits · ! sends anyway · Esc back")
        onward = "" if self.outcome is Status.OPEN else words(", next")
        return words(
            "Enter sends, {done}{onward} · p pending · o keeps open · e edits{jump} · l language · Esc back"
        ).format(done=done_words(self.outcome), onward=onward, jump=jump)

    def _warnings(self) -> list[str]:
        """What is odd about who is answered, each once."""
        if self.mail is None:
            return []
        from tui.ticket.mail_lines import unanswered
        from tui.ticket.sign_line import ABOUT_SENDERS, warning

        signs = [sign for message in unanswered(self.mail) for sign in message.signs if sign.rule in ABOUT_SENDERS]
        return [warning(sign) for sign in dict.fromkeys(signs)]

    def _in_cc(self) -> list[str]:
        lines = []
        dropped = [address for address in self.copies if address not in self.cc]
        if self.cc:
            lines.append(words("Cc {who} · c drops all · C edits").format(who=one_line(", ".join(self.cc))))
        elif dropped:
            lines.append(words("No copy to {who} · c puts them back").format(who=one_line(", ".join(dropped))))
        if self.new:
            who = one_line(", ".join(self.new))
            lines.append(words("! new in Cc: {who} · left out, n takes them in").format(who=who))
        return lines

    def _promise(self) -> list[str]:
        if self.change.promise is None:
            return [words("Promises nothing · t sets a time")] if self.change.gives_no_promise else []
        when = moment(self.change.promise.due_at, self.office.time_zone if self.office is not None else "UTC")
        text = one_line(self.change.promise.text)
        effects = words("Promises an answer by {when}: “{text}” · t another time · T no promise")
        return [effects.format(when=when, text=text)]
