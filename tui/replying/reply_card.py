"""What will be sent, to whom, in which language and with what outcome, before it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from data.records.changes import Change
from data.records.tickets import Status
from queues.ground.presence import Present
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.digits.digit_ranking import WEAK
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.ascii_signs import as_written
from tui.look.one_line import one_line
from tui.look.shown import safe_text
from tui.look.words import words
from tui.replying.reply_card_lines import ABOUT_THE_ADDRESS, Card, Verdict
from tui.replying.reply_changes import copied_to, promised_by, taking_in
from tui.ticket.mail_lines import MailLines

LAST_WORDS, LEAST_WORDS = 5, 3
"""Lines of the customer's mail above the answer, on a screen that is too narrow to show it beside."""
BESIDE_FROM = 120
"""Columns from which the mail is beside the answer."""
ROOMY = 14
"""Lines for mail and answer from which the mail gets the more of these."""


class ReplyCard(BaseCard[Verdict]):
    """Enter sends and does what the macro says; a blocking finding prevents that until a reason is given."""

    CSS_PATH = "reply_card.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-above"), (BESIDE_FROM, "-beside")]  # noqa: RUF012 - Textual declares it this way
    AUTO_FOCUS = ""  # the line for a reason must not have the initial focus
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.PREVIEW),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("J", "scroll_mail(3)", show=False),
        Binding("K", "scroll_mail(-3)", show=False),
    ]

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self.reason = ""
        """The reason to override what blocks; empty until given."""
        self._asked = False
        """The question whether a weak macro is intended is on the screen."""

    def compose(self) -> ComposeResult:
        """Title, facts, the reply itself, keys; a line for an answer comes when something is asked."""
        beside = self.app.size.width >= BESIDE_FROM
        self.set_class(beside, "-beside", update=False)  # Textual would lay the card out first, and then again
        self.set_class(not beside, "-above", update=False)
        marks = ("-blocked" if self.card.blocked else "", "-weak" if self.card.weak else "")
        title = f"{WEAK} {self.card.title}" if self.card.weak else self.card.title
        with Vertical(id="card", classes=" ".join(marks)):
            yield Static(Content(one_line(title)), id="card-title", markup=False)
            yield Static(Content(self.card.facts), id="card-facts", markup=False)
            with Container(id="card-body"):
                with VerticalScroll(id="card-mail", can_focus=False):
                    yield MailLines(self.card.mail, self.card.now)
                with VerticalScroll(id="card-reply", can_focus=False):
                    yield Static(
                        Content(as_written(safe_text(self.card.change.reply or ""))), id="card-text", markup=False
                    )
            yield KeyLine(self.card.keys(""), id="card-keys")

    def on_mount(self) -> None:
        """Give the reply the height that the other widgets leave."""
        self.after_drawing(self._fit)

    def on_resize(self, event: events.Resize) -> None:
        """Update the layout after a resize."""
        self.after_drawing(self._fit)

    def action_solve(self) -> None:
        """Send, and set the ticket's status as the macro says; a text without a macro solves it."""
        self._send(self.card.outcome)

    def action_pending(self) -> None:
        """Send and wait for the customer."""
        self._send(Status.PENDING)

    def action_open(self) -> None:
        """Send and keep the ticket open."""
        self._send(Status.OPEN)

    def action_edit(self) -> None:
        """Edit the text first."""
        self.dismiss(Verdict("edit"))

    def action_language(self) -> None:
        """The same in the other language."""
        self.dismiss(Verdict("language"))

    def action_steps(self) -> None:
        """Answer the required steps; without any, scroll."""
        if self.card.gates:
            self.dismiss(Verdict("steps"))
        else:
            self.action_scroll(10)

    def action_override(self) -> None:
        """Ask for a reason to send it anyway."""
        if not (self.card.blocked or self.card.gates):
            self.notify(words("Nothing blocks this reply; Enter sends."), timeout=3, markup=False)
            return
        self._open_line("card-reason", words("why send it anyway?"))

    def action_finding(self, number: int) -> None:
        """Go to the text of a finding; a finding about the address asks for another address."""
        if number > len(self.card.findings):
            return
        finding = self.card.findings[number - 1]
        if finding.rule in ABOUT_THE_ADDRESS and self.card.addresses:
            self.dismiss(Verdict("address"))
        else:
            self.dismiss(Verdict("edit", finding=finding))

    def action_address(self) -> None:
        """Write to the customer's next address."""
        if self.card.addresses:
            self.dismiss(Verdict("address"))
        else:
            self.notify(words("No other address of this customer is known."), timeout=3, markup=False)

    def action_cc(self) -> None:
        """Drop everyone in Cc from this reply, or put them back."""
        if not (self.card.cc or self.card.copies or self.card.change.take_in):
            self.notify(words("No one gets a copy; C names people."), timeout=3, markup=False)
            return
        self._set(replace(self.card.change, cc=() if self.card.cc else None))

    def action_cc_new(self) -> None:
        """Take in who is new: this reply goes to them, and those to come."""
        if not self.card.new:
            self.notify(words("No one new is in Cc."), timeout=3, markup=False)
            return
        self._set(taking_in(self.card))

    def action_cc_edit(self) -> None:
        """Ask who gets a copy."""
        if not self.card.takes_cc:
            self.notify(words("The ticketing system sends this reply and has a Cc of its own."), markup=False)
            return
        line = self._open_line("card-cc", words("who gets a copy? addresses, separated by commas"))
        line.value = ", ".join(self.card.cc)

    def action_promise(self) -> None:
        """Ask by when an answer is promised."""
        self._open_line("card-time", words("answer by when? tomorrow, Friday 17:00, 2 days"))

    def action_no_promise(self) -> None:
        """Record no promise, even if the text looks like one."""
        self._set(replace(self.card.change, promise=None, gives_no_promise=True))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Store the reason or the time; an empty reason does not override anything."""
        event.stop()
        answer = " ".join(event.value.split())
        if event.input.id == "card-time":
            self._promise_by(answer)
            return
        if event.input.id == "card-cc":
            self._copy_to(answer)
            return
        self.reason = answer
        if not self.reason:
            self.notify(words("Enter a reason first; it is kept with the ticket."), severity="warning", markup=False)
            return
        self._close_line()

    def action_cancel(self) -> None:
        """Leave the input line, else close without sending."""
        if isinstance(self.focused, Input):
            self._close_line()
        else:
            self.dismiss(Verdict(""))

    def action_scroll(self, lines: int) -> None:
        """Scroll a long reply."""
        self.query_one("#card-reply").scroll_relative(y=lines, animate=False)

    def action_scroll_mail(self, lines: int) -> None:
        """Scroll a long mail."""
        self.query_one("#card-mail").scroll_relative(y=lines, animate=False)

    def _promise_by(self, answer: str) -> None:
        """Accept the agent's time, parsed like the text of a reply."""
        self._take(promised_by(self.card, answer))

    def _copy_to(self, answer: str) -> None:
        """Take the people that the agent names for this reply; people new to the ticket also get later replies."""
        self._take(copied_to(self.card, answer))

    def _take(self, answer: Change | str) -> None:
        if isinstance(answer, str):
            self.notify(answer, severity="warning", markup=False)
        else:
            self._set(answer)

    def _set(self, change: Change) -> None:
        self.card = replace(self.card, change=change)
        self._close_line()

    def _open_line(self, name: str, asks: str) -> Input:
        line = self.query_one_optional(f"#{name}", Input)
        if line is None:
            line = Input(placeholder=asks, id=name, compact=True)
            self.query_one("#card").mount(line, before="#card-keys")
        line.add_class("-open")
        line.focus()
        self.after_drawing(self._fit)
        return line

    def show_colleagues(self, there: Present) -> None:
        """Name the colleagues who are at the ticket now."""
        if there != self.card.colleagues:
            self.card = replace(self.card, colleagues=there)
            self._show_facts()
            self.after_drawing(self._fit)

    def _show_facts(self) -> None:
        reason_line = words("Reason, kept with the ticket: {reason}").format(reason=one_line(self.reason))
        facts = f"{self.card.facts}\n{reason_line}" if self.reason else self.card.facts
        self.query_one("#card-facts", Static).update(Content(facts))

    def _close_line(self) -> None:
        self.query(Input).remove_class("-open")
        self.set_focus(None)
        self._show_facts()
        self.query_one("#card-keys", KeyLine).update(self.card.keys(self.reason))
        self.query_one("#card").set_class(self.card.blocked and not self.reason, "-blocked")
        self.after_drawing(self._fit)

    def _fit(self) -> None:
        """Keep every line around mail and reply on the screen; these scroll; a low screen shows no mail."""
        mail, facts = self.query_one("#card-mail"), self.query_one("#card-facts")
        named = [self.query_one(f"#card-{name}") for name in ("title", "keys")]
        around = sum(widget.outer_size.height for widget in (*named, *self.query(Input)))
        frame = 2 + 2  # the border, and an empty line above and below the reply
        room = self.free_height * 95 // 100 - frame - around
        most_facts = max(1, min(self.size.height * 40 // 100, room - LEAST_WORDS))
        facts.styles.max_height = most_facts
        room -= min(facts.virtual_size.height, most_facts)
        most = max(3, room)
        if not self.has_class("-beside"):
            most = min(LAST_WORDS if room > ROOMY else LEAST_WORDS, room - 1 - LEAST_WORDS)
            if most > 0:
                room -= min(mail.virtual_size.height, most) + 1
        mail.display = most > 0
        mail.styles.max_height = max(1, most)
        self.query_one("#card-reply").styles.max_height = max(1, room)

    def _send(self, status: Status) -> None:
        if (self.card.blocked or self.card.held_up(status)) and not self.reason:
            self.app.bell()
            self.notify(self._why_held(), severity="warning", timeout=3, markup=False)
            return
        if self.card.weak and not self._asked:
            self._ask_once()
            return
        self.dismiss(Verdict("send", status, self.reason))

    def _why_held(self) -> str:
        """Say what keeps the reply here, and the key that goes on."""
        if self.card.blocked:
            return words("Not sent: ✗ marks what keeps it here; e edits the reply.")
        return words("Not sent: the steps marked ■ come first; Space answers them.")

    def _ask_once(self) -> None:
        """Ask whether a weak macro is intended; only a key pressed after the question is visible counts."""
        self.app.bell()
        question = words("This macro may not fit: press the same key again to send it · e edits · Esc back")
        self.query_one("#card-keys", KeyLine).update(question)
        self.call_after_refresh(setattr, self, "_asked", True)
