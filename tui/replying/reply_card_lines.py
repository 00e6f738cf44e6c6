"""What the reply card shows, as plain values: whom it goes to, what it does besides, what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.records.changes import Change, Finding
from data.records.participants import Participant, Standing
from data.records.tickets import Status
from tui.look.one_line import one_line
from tui.look.short_times import moment
from tui.look.words import words
from tui.replying.outcomes import done_words, outcome

if TYPE_CHECKING:
    from queues.clocks.calendar import Calendar

ABOUT_THE_ADDRESS = frozenset({"recipient", "new-address"})
"""Findings whose digit takes another address: there are no words to go to."""
MOST_NUMBERED = 9
"""So many findings have a digit of their own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the agent wants done with the reply: `send`, `edit`, `language`, `address`, `steps`, or nothing."""

    wish: str
    status: Status | None = None
    reason: str = ""
    """Why it is sent past what stood in the way."""
    finding: Finding | None = None
    """Whose words are to be edited."""


@dataclass(frozen=True, slots=True)
class Card:
    """All that the card shows."""

    title: str
    recipient: str
    change: Change
    findings: Sequence[Finding] = ()
    gates: Sequence[str] = ()
    """What the open steps of the procedure say that come before the outcome."""
    guarded: bool = False
    """One of them guards what may be said: it comes before every outcome."""
    addresses: Sequence[str] = ()
    """Where else the customer can be written to."""
    office: Calendar | None = None
    """The working week in the customer's time zone, by which a promised time is read."""
    now: int = 0
    people: Sequence[Participant] = ()
    """Everyone in Cc of the ticket's mails."""
    copies: tuple[str, ...] = ()
    """Who gets a copy unless the change says otherwise."""
    takes_cc: bool = True
    """False where a ticketing system sends the reply: it has a Cc of its own."""
    ours: frozenset[str] = frozenset()
    """Our own addresses: none of them gets a copy."""
    weak: bool = False
    """Nothing speaks for the macro as the answer to this ticket: it is sent only when asked for twice."""

    @property
    def blocked(self) -> bool:
        """A finding stands in the way."""
        return any(finding.blocking for finding in self.findings)

    @property
    def cc(self) -> tuple[str, ...]:
        """Who gets a copy of this reply."""
        asked = self.change.cc if self.change.cc is not None else (*self.copies, *self.change.take_in)
        return tuple(dict.fromkeys(one for one in asked if one != self.recipient.casefold()))

    @property
    def new(self) -> tuple[str, ...]:
        """Who is left out because nobody decided about them."""
        waiting = (one.address for one in self.people if one.standing is Standing.NEW)
        return tuple(one for one in waiting if one not in self.change.take_in and one not in self.cc)

    @property
    def outcome(self) -> Status:
        """What becomes of the ticket on Enter: what the macro says."""
        return outcome(self.change)

    def held_up(self, status: Status) -> bool:
        """Open steps stand before this outcome: being done with the ticket, answering and handing over at once, or,
        where they guard what may be said, any.
        """
        return bool(self.gates) and (self.guarded or status is Status.SOLVED or self.change.escalate is not None)

    @property
    def facts(self) -> str:
        """Everything but the reply's words, a fact a line; findings bear the digit that goes to their words."""
        change = self.change
        where = words("To {who} · in {language}").format(
            who=one_line(self.recipient), language=change.reply_language or "?"
        )
        lines = [where + (words(" · a writes to another address") if self.addresses else "")]
        lines += self._in_cc()
        if change.subject:
            lines.append(words("Subject: {subject}").format(subject=one_line(change.subject)))
        if change.attachments:
            files = ", ".join(f"{one_line(one.filename)} ({one.size:,} B)" for one in change.attachments)
            lines.append(words("Attached: {files}").format(files=files))
        told = [f"+{tag}" for tag in change.add_tags] + [f"-{tag}" for tag in change.remove_tags]
        if change.escalate is not None:
            told.append(words("escalates to {team}").format(team=one_line(change.escalate.team)))
        if "TR-" in (change.reply or ""):
            from queues.quality.csat import TOKEN

            told += [words("asks for a rating")] if TOKEN.search(change.reply or "") else []
        if told:
            lines.append(words("And: {told}").format(told=" · ".join(told)))
        lines += [words("~ nothing here speaks for this macro; read it against the ticket")] if self.weak else []
        lines += self._promise()
        for number, finding in enumerate(self.findings, 1):
            digit = f"{number} " if number <= MOST_NUMBERED else ""
            lines.append(f"{'✗' if finding.blocking else '!'} {digit}{one_line(finding.message)}")
        lines += [words("■ first: {step}").format(step=one_line(gate)) for gate in self.gates]
        return "\n".join(lines)

    def keys(self, reason: str) -> str:
        """What the keys do, Enter first and as it really ends; `reason` is the one given to go past what blocks."""
        jump = words(" · 1 goes to the words") if self.findings else ""
        if self.blocked and not reason:
            return words(
                "Not sendable yet: e fills it in{jump} · ! sends all the same, with a reason · Esc back"
            ).format(jump=jump)
        if self.gates and self.held_up(Status.PENDING) and not reason:
            return words("Space answers the steps first · e edits · ! sends all the same, with a reason · Esc back")
        if self.gates and not reason:
            return words("Space answers the steps first · p pending · e edits · ! sends all the same · Esc back")
        onward = "" if self.outcome is Status.OPEN else words(", next")
        return words(
            "Enter sends, {done}{onward} · p pending · o keeps open · e edits{jump} · l language · Esc back"
        ).format(done=done_words(self.outcome), onward=onward, jump=jump)

    def _in_cc(self) -> list[str]:
        lines = []
        dropped = [one for one in self.copies if one not in self.cc]
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
        told = words("Promises an answer by {when}: “{text}” · t another time · T no promise")
        return [told.format(when=when, text=text)]
