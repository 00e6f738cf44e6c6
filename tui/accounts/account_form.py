"""The form that sets up an account: one line per setting of its kind, with keys to test and to save it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from data.errors import DeskError
from queues.accounts.forms import Blank, Form, hint_for
from tui.accounts.setup import Kept
from tui.accounts.trial_run import TrialRun
from tui.cards.ask_row import ChoiceLine
from tui.cards.base_card import BaseCard
from tui.cards.form_rows import FormRows, FormText
from tui.cards.key_line import KeyLine
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import one_line
from tui.look.words import translated, words

if TYPE_CHECKING:
    from queues.accounts.forms import Remote
    from tui.accounts.setup import AccountSetup

_FRAME = 4
"""Rows taken by the border and by the empty lines around the fields."""


class BlankRow(Horizontal):
    """Label and line, side by side."""

    def __init__(self, blank: Blank, value: str) -> None:
        super().__init__(classes="account-row")
        self.blank = blank
        self.line: Input | ChoiceLine
        if blank.choices:
            self.line = ChoiceLine(blank.choices, value or blank.choices[0])
        else:
            self.line = Input(value, password=blank.is_secret, compact=True, select_on_focus=not blank.is_secret)

    def compose(self) -> ComposeResult:
        """Label, line."""
        needed = " *" if self.blank.is_needed else ""
        yield Static(Content(words(self.blank.label) + needed), markup=False, classes="account-label")
        yield self.line

    @property
    def value(self) -> str:
        """What was typed; a secret is not stripped."""
        return self.line.value if self.blank.is_secret else self.line.value.strip()


class AccountForm(BaseCard[Kept]):
    """Enter goes to the next line; one key tests, another saves. Esc cancels a running test, else leaves."""

    CSS_PATH = "account_form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.ACCOUNT)

    def __init__(self, form: Form, setup: AccountSetup, before: Remote | None = None) -> None:
        super().__init__()
        self.form, self.setup, self._before = form, setup, before
        self.trial = TrialRun(self, setup, self._tell)
        filled = form.filled(before) if before is not None else {}
        self.rows = [BlankRow(blank, filled.get(blank.name, "")) for blank in form.blanks]
        self._lines = FormRows(*self.rows, go_on=self._go_on, frame=_FRAME, percent=95, least=2, id="account-rows")
        self._message = FormText(Content(words(form.warning)), id="account-told")
        self._message.display = bool(form.warning)
        self._hint = FormText(id="account-hint")
        self._saving = False

    def compose(self) -> ComposeResult:
        """Title, one line per field, the test result, help on the current line, keys."""
        title = words(self.form.title)
        with Vertical(id="account-form"):
            known = f": {self._before.name}" if self._before is not None else ""
            yield Static(Content(f"{title}{one_line(known)}"), id="account-title", markup=False)
            yield self._lines
            yield self._message
            yield self._hint
            keys = words("ctrl+t tries it · ctrl+s saves · Enter next · ↑↓ other line · Esc back")
            yield KeyLine(keys, id="account-keys")

    def on_mount(self) -> None:
        """Focus the first line that needs a value."""
        wanted = (row for row in self.rows if row.blank.is_needed and not row.value)
        next(wanted, self.rows[0]).line.focus()
        self.after_drawing(self._lines.fit)

    def on_resize(self, event: events.Resize) -> None:
        """Give the lines the height that the other widgets leave."""
        self.after_drawing(self._lines.fit)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the help of the focused line."""
        self._show_hint()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Name the provider as soon as the address identifies it."""
        event.stop()
        self._show_hint()

    def action_step(self, step: int) -> None:
        """Go to the line above or below."""
        self._lines.step(step)

    def action_try_out(self) -> None:
        """Log in with what is filled in."""
        account = self._made()
        if account is not None and not self._saving:
            self.trial.begin(account, self._typed())

    def action_save(self) -> None:
        """Save it and leave, if nothing prevents that."""
        account = self._made()
        if account is None or self._saving:
            return
        self.trial.forget()
        self._saving = True
        self._tell(words("Saving…"), good=True)
        self._keep(account, self._typed())

    def action_leave(self) -> None:
        """Cancel a running test, else leave without saving. A save already under way is awaited."""
        if not self._saving and not self.trial.end():
            self.dismiss(None)

    def _tell(self, sentence: str, *, good: bool) -> None:
        """Show one sentence above the keys."""
        self._message.update(Content(one_line(sentence)))
        self._message.display = bool(sentence)
        self._message.set_class(not good, "-wrong")

    @work(thread=True, group="account", exit_on_error=False)
    def _keep(self, account: Remote, typed: str) -> None:
        try:
            kept = self.setup.keep(account, typed, self._before.name if self._before is not None else "")
        except (DeskError, OSError) as error:
            said = translated(error.message) if isinstance(error, DeskError) else f"config.toml: {error.strerror}."
            self.app.call_from_thread(self._refused, said)
            return
        self.app.call_from_thread(self.dismiss, kept)

    def _refused(self, sentence: str) -> None:
        self._saving = False
        self._tell(sentence, good=False)

    def _made(self) -> Remote | None:
        """Return the account as filled in; an error is shown and its line focused."""
        missing = next((row for row in self.rows if row.blank.is_needed and not row.value), None)
        if missing is not None:
            missing.line.focus()
            self._tell(words("{label} is required.").format(label=words(missing.blank.label)), good=False)
            return None
        try:
            return self.form.make({row.blank.name: row.value for row in self.rows}, self._before)
        except DeskError as error:
            self._tell(translated(error.message), good=False)
            return None

    def _typed(self) -> str:
        return next((row.value for row in self.rows if row.blank.is_secret), "")

    def _go_on(self) -> None:
        if not self._lines.go_to_next():
            self.action_save()

    def _show_hint(self) -> None:
        blank = self.rows[self._lines.place].blank
        address = next((row.value for row in self.rows if row.blank.name == "address"), "")
        hint = hint_for(address) if blank.name in ("address", "typed", "imap", "smtp") else ""
        self._hint.update(Content(one_line(hint or words(blank.hint) or " ")))
