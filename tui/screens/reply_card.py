"""What will be sent, to whom, in which language and with what outcome, before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from data.records import Change, Finding, Status
from data.safe_text import safe_text
from tui.actions import Scope
from tui.bindings import bindings
from tui.widgets.row_line import one_line
from tui.words import words


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the agent wants done with the reply: `send`, `edit`, `language`, or nothing."""

    wish: str
    status: Status | None = None
    reason: str = ""
    """Why it is sent past what stood in the way."""


@dataclass(frozen=True, slots=True)
class Card:
    """All that the card shows."""

    title: str
    recipient: str
    change: Change
    findings: Sequence[Finding] = ()
    gates: Sequence[str] = ()
    """What the open steps of the procedure say that come before the outcome."""

    @property
    def blocked(self) -> bool:
        """A finding stands in the way."""
        return any(finding.blocking for finding in self.findings)

    @property
    def outcome(self) -> Status:
        """What becomes of the ticket on Enter."""
        return Status.ON_HOLD if self.change.escalate is not None else Status.SOLVED

    def held_up(self, status: Status) -> bool:
        """Open steps stand before this outcome: being done with the ticket, or answering and handing over at once."""
        return bool(self.gates) and (status is Status.SOLVED or self.change.escalate is not None)

    @property
    def facts(self) -> str:
        """Everything but the reply's words, a fact a line."""
        change = self.change
        lines = [
            words("To {who} · in {language}").format(
                who=one_line(self.recipient), language=change.reply_language or "?"
            )
        ]
        if change.subject:
            lines.append(words("Subject: {subject}").format(subject=one_line(change.subject)))
        if change.attachments:
            files = ", ".join(f"{one_line(one.filename)} ({one.size:,} B)" for one in change.attachments)
            lines.append(words("Attached: {files}").format(files=files))
        told = [f"+{tag}" for tag in change.add_tags] + [f"-{tag}" for tag in change.remove_tags]
        if change.escalate is not None:
            told.append(words("escalates to {team}").format(team=one_line(change.escalate.team)))
        if change.promise is not None:
            told.append(words("promises {text}").format(text=one_line(change.promise.text)))
        if told:
            lines.append(words("And: {told}").format(told=" · ".join(told)))
        for finding in self.findings:
            lines.append(("✗ " if finding.blocking else "! ") + one_line(finding.message))
        lines += [words("■ first: {step}").format(step=one_line(gate)) for gate in self.gates]
        return "\n".join(lines)

    def keys(self, reason: str) -> str:
        """What the keys do, Enter first and as it really ends; `reason` is the one given to go past what blocks."""
        if self.blocked and not reason:
            return words("Not sendable yet: e fills it in · ! sends all the same, with a reason · Esc back")
        if self.gates and not reason:
            return words("Space answers the steps first · p pending · e edits · ! sends all the same · Esc back")
        done = words("solves") if self.outcome is Status.SOLVED else words("puts it on hold")
        return words("Enter sends, {done}, next · p pending · o keeps open · e edits · l language · Esc back").format(
            done=done
        )


class ReplyCard(ModalScreen[Verdict]):
    """Enter sends and solves; a blocking finding makes it say so instead, until a reason is given."""

    CSS_PATH = "../styles/reply_card.tcss"
    AUTO_FOCUS = ""  # the line for a reason is no place to start
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.PREVIEW),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self.reason = ""
        """Why the reply goes past what blocks; empty while no reason was given."""

    def compose(self) -> ComposeResult:
        """Title, facts, the reply itself, the line for a reason, keys."""
        with Vertical(id="card", classes="-blocked" if self.card.blocked else ""):
            yield Static(Content(one_line(self.card.title)), id="card-title", markup=False)
            yield Static(Content(self.card.facts), id="card-facts", markup=False)
            with VerticalScroll(id="card-reply", can_focus=False):
                yield Static(Content(safe_text(self.card.change.reply or "")), id="card-text", markup=False)
            yield Input(placeholder=words("why is it sent all the same?"), id="card-reason", compact=True)
            yield Static(Content(self.card.keys("")), id="card-keys", markup=False)

    def on_mount(self) -> None:
        """Give the reply the room that the rest leaves."""
        self.call_after_refresh(self._fit)

    def on_resize(self, event: events.Resize) -> None:
        """The same in another size."""
        self.call_after_refresh(self._fit)

    def action_solve(self) -> None:
        """Send and solve, or what the macro says becomes of the ticket: an escalated matter is not solved."""
        self._send(self.card.outcome)

    def action_pending(self) -> None:
        """Send and wait for the customer."""
        self._send(Status.PENDING)

    def action_open(self) -> None:
        """Send and keep the ticket ours."""
        self._send(Status.OPEN)

    def action_edit(self) -> None:
        """Change the words first."""
        self.dismiss(Verdict("edit"))

    def action_language(self) -> None:
        """The same in the other language."""
        self.dismiss(Verdict("language"))

    def action_steps(self) -> None:
        """Answer the steps that come first; where none does, read on."""
        if self.card.gates:
            self.dismiss(Verdict("steps"))
        else:
            self.action_scroll(10)

    def action_override(self) -> None:
        """Ask why it should be sent all the same."""
        if not (self.card.blocked or self.card.gates):
            self.notify(words("Nothing stands in the way; Enter sends."), timeout=3, markup=False)
            return
        line = self.query_one("#card-reason", Input)
        line.add_class("-open")
        line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the reason; an empty one opens nothing."""
        event.stop()
        self.reason = " ".join(event.value.split())
        if not self.reason:
            self.notify(words("Write the reason first; it is kept with the ticket."), severity="warning", markup=False)
            return
        self._close_line()

    def action_cancel(self) -> None:
        """Leave the line for the reason, else send nothing."""
        if self.query_one("#card-reason", Input).has_focus:
            self._close_line()
        else:
            self.dismiss(Verdict(""))

    def action_scroll(self, lines: int) -> None:
        """Read on in a long reply."""
        self.query_one("#card-reply").scroll_relative(y=lines, animate=False)

    def _close_line(self) -> None:
        line = self.query_one("#card-reason", Input)
        line.remove_class("-open")
        self.set_focus(None)
        told = words("Reason, kept with the ticket: {reason}").format(reason=one_line(self.reason))
        facts = f"{self.card.facts}\n{told}" if self.reason else self.card.facts
        self.query_one("#card-facts", Static).update(Content(facts))
        self.query_one("#card-keys", Static).update(Content(self.card.keys(self.reason)))
        self.query_one("#card").set_class(self.card.blocked and not self.reason, "-blocked")
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Leave every line around the reply on the screen; the reply scrolls in the rest."""
        around = [self.query_one(f"#card-{name}").outer_size.height for name in ("title", "facts", "reason", "keys")]
        frame = 2 + 2  # the border, and an empty line above and below the reply
        room = self.size.height * 95 // 100 - frame - sum(around)
        self.query_one("#card-reply").styles.max_height = max(3, room)

    def _send(self, status: Status) -> None:
        if (self.card.blocked or self.card.held_up(status)) and not self.reason:
            self.app.bell()
            return
        self.dismiss(Verdict("send", status, self.reason))
