"""What will be sent, to whom, in which language and with what outcome, before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

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


@dataclass(frozen=True, slots=True)
class Card:
    """All that the card shows."""

    title: str
    recipient: str
    change: Change
    findings: Sequence[Finding] = ()

    @property
    def blocked(self) -> bool:
        """A finding stands in the way."""
        return any(finding.blocking for finding in self.findings)

    @property
    def outcome(self) -> Status:
        """What becomes of the ticket on Enter."""
        return Status.ON_HOLD if self.change.escalate is not None else Status.SOLVED

    @property
    def facts(self) -> str:
        """Everything but the reply's words, a fact a line."""
        change = self.change
        lines = [
            words("To {who} · in {language}").format(
                who=one_line(self.recipient), language=change.reply_language or "?"
            )
        ]
        told = [f"+{tag}" for tag in change.add_tags] + [f"-{tag}" for tag in change.remove_tags]
        if change.escalate is not None:
            told.append(words("escalates to {team}").format(team=one_line(change.escalate.team)))
        if change.promise is not None:
            told.append(words("promises {text}").format(text=one_line(change.promise.text)))
        if told:
            lines.append(words("And: {told}").format(told=" · ".join(told)))
        for finding in self.findings:
            lines.append(("✗ " if finding.blocking else "! ") + one_line(finding.message))
        return "\n".join(lines)


class ReplyCard(ModalScreen[Verdict]):
    """Enter sends and solves; a blocking finding makes it say so instead."""

    CSS_PATH = "../styles/reply_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.PREVIEW)

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card

    def compose(self) -> ComposeResult:
        """Title, facts, the reply itself, keys."""
        with Vertical(id="card", classes="-blocked" if self.card.blocked else ""):
            yield Static(Content(one_line(self.card.title)), id="card-title", markup=False)
            yield Static(Content(self.card.facts), id="card-facts", markup=False)
            with VerticalScroll(id="card-reply"):
                yield Static(Content(safe_text(self.card.change.reply or "")), markup=False)
            keys = (
                words("Not sendable yet: e fills it in · Esc leaves")
                if self.card.blocked
                else words("Enter sends, solves, next · p pending · o keeps open · e edits · l language · Esc leaves")
            )
            yield Static(Content(keys), id="card-keys", markup=False)

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

    def action_cancel(self) -> None:
        """Send nothing."""
        self.dismiss(Verdict(""))

    def _send(self, status: Status) -> None:
        if self.card.blocked:
            self.app.bell()
            return
        self.dismiss(Verdict("send", status))
