"""The form for a mail that is no reply: to whom, about what, which files, and the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from data.records.messages import FormDraft
from tui.cards.base_card import BaseCard
from tui.cards.written_area import WrittenArea
from tui.look.one_line import one_line
from tui.look.words import words
from tui.replying.composer import SAVE_EVERY
from tui.replying.outgoing_text import Written, file_numbers


class OutgoingForm(BaseCard[Written]):
    """ctrl+s goes on to what will leave; Esc leaves, and what was typed is returned all the same."""

    CSS_PATH = "../cards/text_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", priority=True),
        Binding("ctrl+s", "go_on", priority=True),
        Binding("down", "step(1)"),
        Binding("up", "step(-1)"),
    ]

    def __init__(
        self,
        title: str,
        draft: FormDraft,
        subject_hint: str,
        files: Sequence[str] = (),
        *,
        keep: Callable[[FormDraft], object],
    ) -> None:
        """Take the names of the ticket's files, in order; without any there is no line for them.

        `keep` saves what stands in the form; it is called soon after each change.
        """
        super().__init__()
        self._title, self._files, self._begun, self._keep = title, files, draft, keep
        self._kept = draft
        self._timer: Timer | None = None
        self.to = Input(draft.to, placeholder=words("an e-mail address"), compact=True, select_on_focus=False)
        self.subject = Input(draft.subject, placeholder=one_line(subject_hint), compact=True, select_on_focus=False)
        hint = words("numbers: 1 3, or all; empty for none")
        self.files = Input(draft.files, placeholder=hint, compact=True, select_on_focus=False)
        self.text = WrittenArea(draft.text, classes="-mail", soft_wrap=True, tab_behavior="focus", compact=True)
        self.told = Static("", id="escalate-told", markup=False)

    def compose(self) -> ComposeResult:
        """Title, one line per field, the list of files, the text, what is wrong, keys."""
        with Vertical(id="escalate"):
            yield Static(Content(one_line(self._title)), id="escalate-title", markup=False)
            fields = [(words("To"), self.to), (words("Subject"), self.subject)]
            for label, line in [*fields, *([(words("Files"), self.files)] if self._files else [])]:
                with Horizontal(classes="escalate-row"):
                    yield Static(Content(label), classes="escalate-label", markup=False)
                    yield line
            if self._files:
                listed = " · ".join(f"{n} {one_line(name)}" for n, name in enumerate(self._files, 1))
                yield Static(Content(listed), id="escalate-words", markup=False)
            yield self.text
            yield self.told
            keys = words("ctrl+s shows what leaves · Tab next · Esc leaves, all kept")
            yield Static(Content(keys), id="escalate-keys", markup=False)

    def on_mount(self) -> None:
        """Focus the address, or the text where there is one."""
        (self.text if self.to.value else self.to).focus()

    @property
    def draft(self) -> FormDraft:
        """What stands in the form."""
        return replace(
            self._begun,
            to=self.to.value.strip(),
            subject=self.subject.value,
            text=self.text.text,
            files=self.files.value,
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Save the form soon."""
        event.stop()
        self._keep_soon()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Save the form soon."""
        event.stop()
        self._keep_soon()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next line."""
        event.stop()
        self.focus_next()

    def action_step(self, step: int) -> None:
        """Go to the line above or below."""
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_go_on(self) -> None:
        """Go on, or to the first value that is missing or wrong."""
        if not self.to.value.strip():
            self._tell(words("Write the address that it goes to."))
            self.to.focus()
        elif not self.text.text.strip():
            self._tell(words("Write the text first."))
            self.text.focus()
        elif file_numbers(self.files.value, len(self._files)) is None:
            self._tell(words("Name files by their numbers, 1 to {n}, or all.").format(n=len(self._files)))
            self.files.focus()
        else:
            self._leave(complete=True)

    def action_leave(self) -> None:
        """Leave; what was typed is kept."""
        self._leave(complete=False)

    def _leave(self, *, complete: bool) -> None:
        self._save()
        self.dismiss(Written(self.draft, complete))

    def _keep_soon(self) -> None:
        """Save what was typed in a moment; further typing does not postpone that."""
        if self._timer is None:
            self._timer = self.set_timer(SAVE_EVERY, self._save)

    def _save(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.draft != self._kept:
            self._kept = self.draft
            self._keep(self._kept)

    def _tell(self, text: str) -> None:
        self.told.update(Content(text))
        self.told.add_class("-wrong")
