"""The card of a new desk: who you are, what you speak, which keys you know, and how to begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.cards.ask_row import ChoiceLine
from tui.cards.base_card import BaseCard
from tui.cards.form_rows import FormRows, FormText
from tui.cards.key_line import KeyLine
from tui.keys.presets import PRESETS
from tui.look.one_line import one_line
from tui.look.words import speak, spoken, words
from tui.setup.interface_language import languages

OWN_NAMES = {"en": "English", "es": "Español"}
"""Languages of the interface in themselves; another one shows its code."""
REGISTERS = ("usted", "tu", "vos")
BEGINNINGS = ("desk", "demo", "import", "mail", "tracker")
_FRAME = 4
"""Rows taken by the border and by the empty lines around the rows."""
_LABEL = 18
"""Cells of the labels; the card's border and padding take no more than the tenth that a form leaves free."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the card asks for."""

    language: str
    """The language of the interface."""
    name: str
    """Empty for the login name."""
    brand: str
    """Empty for none."""
    register: str
    preset: str
    begin: str = BEGINNINGS[0]
    """How to go on: one of `BEGINNINGS`."""


class SettingRow(Horizontal):
    """Label and line, side by side; both can be said in another language while the card is up."""

    def __init__(
        self, label: Callable[[], str], line: Input | ChoiceLine, choices: Callable[[], Sequence[str]]
    ) -> None:
        super().__init__(classes="setting-row")
        self._label, self._choices = label, choices
        self._shown = Static(Content(label()), markup=False, classes="setting-label")
        self.line = line

    def compose(self) -> ComposeResult:
        """Label, line."""
        yield self._shown
        yield self.line

    @property
    def place(self) -> int:
        """The index of the selected choice."""
        assert isinstance(self.line, ChoiceLine)
        return self.line.choices.index(self.line.value)

    def say_again(self) -> None:
        """Show label and choices in the language that is spoken now."""
        self._shown.update(Content(self._label()))
        if isinstance(self.line, ChoiceLine):
            place, self.line.choices = self.place, tuple(self._choices())
            self.line.value = self.line.choices[place]
            self.line.refresh(layout=True)


class SettingsCard(BaseCard[Answers]):
    """Enter goes to the next line and, on the last, saves; Esc leaves everything as it was."""

    CSS_PATH = "settings_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave"),
        ("ctrl+s", "save"),
        ("down,tab", "step(1)"),
        ("up,shift+tab", "step(-1)"),
    ]

    def __init__(
        self, answers: Answers, login: str, key: str, problem: Callable[[Answers], str], *, is_new: bool = False
    ) -> None:
        """Take the present answers, the login name, and the key that shows this card.

        `problem` returns why answers cannot be saved, empty if they can.
        """
        super().__init__()
        self._key, self._problem, self._is_new = key, problem, is_new
        self._codes = languages()
        self.language = _choice_row(lambda: "Language · Idioma", self._languages, self._codes, answers.language)
        self.name_row = _text_row(lambda: words("Your name"), answers.name, login)
        self.brand = _text_row(lambda: words("Company or brand"), answers.brand, "")
        self.register = _choice_row(
            lambda: words("Form of address"), lambda: ("usted", "tú", "vos"), REGISTERS, answers.register
        )
        self.preset = _choice_row(lambda: words("Keys as in"), _presets, tuple(PRESETS), answers.preset)
        self.begin = _choice_row(lambda: words("Begin with"), _beginnings, BEGINNINGS, answers.begin)
        self.rows = [self.language, self.name_row, self.brand, self.register, self.preset, self.begin]
        self._lines = FormRows(*self.rows, go_on=self._go_on, frame=_FRAME, percent=95, least=3, id="settings-rows")
        self._title = FormText(id="settings-title")
        self._wrong = FormText(id="settings-wrong")
        self._hint = FormText(id="settings-hint")
        self._keys = KeyLine(id="settings-keys")

    def compose(self) -> ComposeResult:
        """Title, one line per setting, help on the current line, keys."""
        with Vertical(id="settings-card"):
            yield self._title
            yield self._lines
            yield self._wrong
            yield self._hint
            yield self._keys

    def on_mount(self) -> None:
        """Begin with the language."""
        self._say()
        self.rows[0].line.focus()
        self.after_drawing(self._lines.fit)

    def on_resize(self, event: events.Resize) -> None:
        """Keep title and keys on the screen."""
        self.after_drawing(self._lines.fit)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the help of the focused line."""
        self._show_hint()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Remove the error once something was changed."""
        event.stop()
        self._wrong.update("")

    def action_step(self, step: int) -> None:
        """Go to the line above or below."""
        self._speak()
        self._lines.step(step)

    def action_save(self) -> None:
        """Save, unless something is wrong."""
        answers = Answers(
            self._codes[self.language.place],
            self.name_row.line.value.strip(),
            self.brand.line.value.strip(),
            REGISTERS[self.register.place],
            tuple(PRESETS)[self.preset.place],
            BEGINNINGS[self.begin.place],
        )
        wrong = self._problem(answers)
        self._wrong.update(Content(one_line(wrong)))
        if not wrong:
            self.dismiss(answers)

    def action_leave(self) -> None:
        """Change nothing; the desk speaks as before."""
        speak("")
        self.dismiss(None)

    def _go_on(self) -> None:
        """Go on; the card speaks the chosen language from here."""
        self._speak()
        if not self._lines.go_to_next():
            self.action_save()

    def _speak(self) -> None:
        """Speak the language that is selected."""
        wanted = self._codes[self.language.place]
        if wanted != spoken():
            speak(wanted)
            self._say()
            for row in self.rows:
                row.say_again()
            self.after_drawing(self._lines.fit)

    def _say(self) -> None:
        self._title.update(Content(words("Welcome to tridesk") if self._is_new else words("Settings")))
        keys = words("Enter next, on the last line saves · ctrl+s saves · ↑↓ other line · Esc changes nothing")
        self._keys.update(keys)
        self._show_hint()

    def _show_hint(self) -> None:
        hints = {
            self.language: "The language of this screen · El idioma de esta pantalla",
            self.name_row: words("Signs your replies, and is in the history of each ticket."),
            self.brand: words("Macros name it to your customers."),
            self.register: words(
                "How Spanish macros address customers of whom nothing is known; each customer may have their own."
            ),
            self.preset: words("Which program's keys your fingers know; every key can be changed later."),
            self.begin: words("What is saved applies at once; {key} brings this card back.").format(key=self._key),
        }
        self._hint.update(Content(hints[self.rows[self._lines.place]]))

    def _languages(self) -> Sequence[str]:
        return [OWN_NAMES.get(code, code) for code in self._codes]


def _choice_row(
    label: Callable[[], str], choices: Callable[[], Sequence[str]], values: Sequence[str], value: str
) -> SettingRow:
    shown = tuple(choices())
    line = ChoiceLine(shown, shown[list(values).index(value)], frame=_LABEL)
    return SettingRow(label, line, choices)


def _text_row(label: Callable[[], str], value: str, hint: str) -> SettingRow:
    return SettingRow(label, Input(value, placeholder=hint, compact=True, select_on_focus=True), tuple)


def _presets() -> Sequence[str]:
    return ("tridesk", "Gmail", "Zendesk", words("arrows"))


def _beginnings() -> Sequence[str]:
    return (words("desk"), words("demo"), words("import"), words("mailbox"), words("ticketing"))
