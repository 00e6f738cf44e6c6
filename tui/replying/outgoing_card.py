"""What will leave in a mail that is no reply: recipient, subject, files, findings and every word, before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from data.records.changes import Finding
from tui.cards.base_card import BaseCard
from tui.look.one_line import one_line
from tui.look.shown import safe_text
from tui.look.words import translated, words


@dataclass(frozen=True, slots=True)
class Leaving:
    """Everything that the card shows."""

    title: str
    to: str
    subject: str
    text: str
    files: Sequence[tuple[str, int]] = ()
    """Name and bytes of each."""
    findings: Sequence[Finding] = ()
    gates: Sequence[str] = ()
    """The texts of the open steps of the procedure that must come first."""

    @property
    def blocked(self) -> bool:
        """A finding or an open step prevents sending."""
        return bool(self.gates) or any(finding.blocking for finding in self.findings)

    @property
    def facts(self) -> str:
        """Everything but the text, one fact per line."""
        lines = [
            words("To {who}").format(who=one_line(self.to)),
            words("Subject: {subject}").format(subject=one_line(self.subject)),
        ]
        if self.files:
            named = ", ".join(f"{one_line(name)} ({size:,} B)" for name, size in self.files)
            lines.append(words("Files: {files}").format(files=named))
        lines += [f"{'✗' if one.blocking else '!'} {one_line(translated(one.message))}" for one in self.findings]
        lines += [words("✗ first: {step}").format(step=one_line(step)) for step in self.gates]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the agent chose: `send`, `hold` (send and wait for them), `edit`, or nothing."""

    wish: str
    reason: str = ""
    """The reason for overriding what blocked it."""


class OutgoingCard(BaseCard[Sent]):
    """Enter sends; what blocks prevents that until a reason is given."""

    CSS_PATH = "reply_card.tcss"
    AUTO_FOCUS = ""  # the line for a reason must not have the initial focus
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send('send')"),
        Binding("h", "send('hold')"),
        Binding("e", "edit"),
        Binding("exclamation_mark", "override"),
        Binding("escape", "cancel"),
        Binding("down,j", "scroll(1)"),
        Binding("up,k", "scroll(-1)"),
        Binding("pagedown", "scroll(10)"),
        Binding("pageup", "scroll(-10)"),
    ]

    def __init__(self, leaving: Leaving, *, may_hold: bool) -> None:
        """`may_hold` offers to put the ticket on hold until an answer comes."""
        super().__init__()
        self.leaving, self._may_hold, self.reason = leaving, may_hold, ""

    def compose(self) -> ComposeResult:
        """Title, facts, the text, the line for a reason, keys."""
        with Vertical(id="card", classes="-blocked" if self.leaving.blocked else ""):
            yield Static(Content(one_line(self.leaving.title)), id="card-title", markup=False)
            yield Static(Content(self.leaving.facts), id="card-facts", markup=False)
            with VerticalScroll(id="card-reply", can_focus=False):
                yield Static(Content(safe_text(self.leaving.text)), id="card-text", markup=False)
            yield Input(placeholder=words("why is it sent anyway?"), id="card-reason", compact=True)
            yield Static(Content(self._keys()), id="card-keys", markup=False)

    def on_mount(self) -> None:
        """Give the text the height that the other widgets leave."""
        self.after_drawing(self._fit)

    def on_resize(self, event: events.Resize) -> None:
        """Update the layout after a resize."""
        self.after_drawing(self._fit)

    def action_send(self, wish: str) -> None:
        """Send, unless something blocks."""
        if self.leaving.blocked and not self.reason:
            self.app.bell()
            message = words("Not sent: ✗ marks what keeps it here; e edits the mail.")
            self.notify(message, severity="warning", timeout=3, markup=False)
        elif wish == "send" or self._may_hold:
            self.dismiss(Sent(wish, self.reason))

    def action_edit(self) -> None:
        """Go back to the form."""
        self.dismiss(Sent("edit"))

    def action_override(self) -> None:
        """Ask for a reason to send it anyway."""
        if not self.leaving.blocked:
            self.notify(words("Nothing blocks this mail; Enter sends."), timeout=3, markup=False)
            return
        line = self.query_one("#card-reason", Input)
        line.add_class("-open")
        line.focus()
        self.after_drawing(self._fit)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Store the reason; an empty reason does not override anything."""
        event.stop()
        self.reason = " ".join(event.value.split())
        if not self.reason:
            self.notify(words("Enter a reason first; it is kept with the ticket."), severity="warning", markup=False)
            return
        self._close_line()

    def action_cancel(self) -> None:
        """Leave the input line, else close without sending."""
        if isinstance(self.focused, Input):
            self._close_line()
        else:
            self.dismiss(Sent(""))

    def action_scroll(self, lines: int) -> None:
        """Scroll a long text."""
        self.query_one("#card-reply").scroll_relative(y=lines, animate=False)

    def _close_line(self) -> None:
        self.query(Input).remove_class("-open")
        self.set_focus(None)
        self.query_one("#card-keys", Static).update(Content(self._keys()))
        self.query_one("#card").set_class(self.leaving.blocked and not self.reason, "-blocked")
        self.after_drawing(self._fit)

    def _keys(self) -> str:
        if self.leaving.blocked and not self.reason:
            return words("✗ stops it · ! sends all the same, with a reason · e edits · Esc leaves, all kept")
        hold = words(" · h sends and puts on hold") if self._may_hold else ""
        return words("Enter sends{hold} · e edits · Esc leaves, all kept").format(hold=hold)

    def _fit(self) -> None:
        """Keep every line around the text on the screen; the text scrolls."""
        around = sum(self.query_one(f"#card-{name}").outer_size.height for name in ("title", "facts", "reason", "keys"))
        frame = 2 + 2  # the border, and an empty line above and below the text
        self.query_one("#card-reply").styles.max_height = max(3, self.free_height * 95 // 100 - frame - around)
