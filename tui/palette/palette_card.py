"""The palette: one line to type in, what fits, and a preview."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.help_lines import INDENT, KEYS, TITLE
from tui.look.ascii_signs import as_written
from tui.look.one_line import fit, one_line
from tui.look.shown import safe_text
from tui.look.words import words
from tui.look.wrapping import hanging
from tui.palette.entries import BY_SIGN, GROUPS, TICKETS, Entry, Group, Kind, Listed

WEAK = "~"
PADDING = 2
"""Cells left and right of an option's text."""
LEAST_TEXT = 24
"""Cells that the further lines of an entry have at least."""
SEARCHES = "palette"
"""The group of the workers that search."""

Find = Callable[[Group, str], Awaitable[Listed | None]]
"""Returns what fits a text; None if another was asked for meanwhile."""
Preview = Callable[[Entry], Awaitable[str]]
"""Returns a line about what an entry does, an empty line, and the text that it would send."""


class PaletteCard(BaseCard[Entry]):
    """Returns the entry that was chosen, or nothing.

    What fits is searched for elsewhere, and Enter acts only on a list that is of what is typed now: if it comes before
    that list is there, it waits for it, and then takes no guess that would change something.
    """

    CSS_PATH = "palette_card.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it this way
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high")]  # noqa: RUF012 - Textual declares it this way
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave"),
        ("down", "step(1)"),
        ("up", "step(-1)"),
        ("pagedown", "page(1)"),
        ("pageup", "page(-1)"),
        Binding("tab", "group(1)", priority=True),
        Binding("shift+tab", "group(-1)", priority=True),
    ]

    def __init__(self, group: Group, find: Find, preview: Preview) -> None:
        super().__init__()
        self._group, self._find, self._preview = group, find, preview
        self._wanted: tuple[Group, str] | None = None
        self._listed_for: tuple[Group, str] | None = None
        self._listed = Listed()
        self._at: list[Entry | None] = []
        """The entries by their place in the list, None for a heading."""
        self._early: str | None = None
        """The text for which Enter came before its list."""
        self._line = Input(placeholder=words("type to find"), compact=True)
        self._list = OptionList(markup=False)
        self._list.can_focus = False
        self._shown = Static("", id="palette-preview", markup=False)
        self._note = Static("", id="palette-note", markup=False)
        self._groups = Static("", id="palette-groups", markup=False)

    def compose(self) -> ComposeResult:
        """Kinds, line, note, list and preview, keys."""
        with Vertical(id="palette"):
            yield self._groups
            yield self._line
            yield self._note
            with Container(id="palette-body"):
                yield self._list
                yield self._shown
            yield KeyLine(words("Enter chooses · Tab other kind · ↑↓ move · Esc back"), id="palette-keys")

    def on_mount(self) -> None:
        """List what there is without a text."""
        self._line.focus()
        self._show_groups()
        self._search()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the lines to the new width."""
        self._show_groups()
        self.after_drawing(lambda: self._fill(self._list.highlighted))

    @property
    def only_goes(self) -> bool:
        """Whether Enter could only lead to a ticket or a person: nothing is sent or changed by it."""
        return self._group.kinds[0] in (Kind.TICKET, Kind.PERSON)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search; a sign at the beginning chooses the kind."""
        event.stop()
        group = BY_SIGN.get(self._line.value[:1])
        if group is not None:
            self._group = group
            place = self._line.cursor_position
            self._line.value = self._line.value[1:]
            self._line.cursor_position = max(0, place - 1)
            self._show_groups()
        elif self._line.value.startswith("#") and Kind.TICKET not in self._group.kinds:
            self._group = TICKETS
            self._show_groups()
        self._search()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose the selected line, as soon as it is of what is typed."""
        event.stop()
        if self._listed_for == (self._group, event.value) and event.value == self._line.value:
            self._take()
        else:
            self._early = event.value

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the clicked line."""
        event.stop()
        self._choose(event.option_index)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the line under the cursor would send."""
        event.stop()
        self._show_preview()

    def action_group(self, step: int) -> None:
        """Search the next kind for the same text."""
        self._group = GROUPS[(GROUPS.index(self._group) + step) % len(GROUPS)]
        self._early = None
        self._show_groups()
        self._search()

    def action_step(self, step: int) -> None:
        """Mark another."""
        if step > 0:
            self._list.action_cursor_down()
        else:
            self._list.action_cursor_up()

    def action_page(self, pages: int) -> None:
        """Move the selection by a page."""
        for _ in range(max(1, self._list.size.height - 1)):
            self.action_step(pages)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def _take(self) -> None:
        if self._list.highlighted is not None:
            self._choose(self._list.highlighted)

    def _choose(self, place: int) -> None:
        entry = self._at[place] if place < len(self._at) else None
        if entry is not None:
            self.dismiss(entry)

    def _search(self) -> None:
        wanted = (self._group, self._line.value)
        if wanted != self._wanted:
            self._wanted = wanted
            self.run_worker(self._look(*wanted), group=SEARCHES, exit_on_error=False)

    async def _look(self, group: Group, text: str) -> None:
        listed = await self._find(group, text)
        if listed is None or (group, text) != self._wanted:
            return
        self._listed, self._listed_for = listed, (group, text)
        self._fill(None)
        early, self._early = self._early == text, None
        first = next((entry for entry in self._at if entry is not None), None)
        if early and first is not None and (listed.exact or not first.changes):
            self._take()

    def _fill(self, place: int | None) -> None:
        """Draw the list; the cursor goes to a place, or to the first entry."""
        self._note.update(Content(self._listed.note))
        self._note.set_class(bool(self._listed.note), "-shown")
        several = len({entry.kind for entry in self._listed.entries}) > 1
        width = self._list.scrollable_content_region.width - PADDING
        self._at, options = [], []
        for kind, entries in groupby(self._listed.entries, lambda entry: entry.kind):
            if several:
                self._at.append(None)
                options.append(Option(Content(words(kind)).stylize("bold"), disabled=True))
            for entry in entries:
                self._at.append(entry)
                options.append(Option(Content(_line(entry, width))))
        self._list.clear_options()
        self._list.add_options(options)
        self._list.highlighted = (
            next((n for n, entry in enumerate(self._at) if entry is not None), None) if place is None else place
        )
        self.set_class(any(entry.kind is Kind.MACRO for entry in self._listed.entries), "-previews")
        self._show_preview()

    def _show_groups(self) -> None:
        """Name the kinds with their signs, the searched one in brackets so that no colour is needed."""
        parts = []
        for group in GROUPS:
            here = group == self._group
            text = f"{group.sign} {group.title}"
            parts.append(Content.styled(f"[{text}]" if here else f" {text} ", "bold $primary" if here else "$quiet"))
        self._groups.update(Content(" ").join(parts))

    def _show_preview(self) -> None:
        place = self._list.highlighted
        entry = self._at[place] if place is not None and place < len(self._at) else None
        if entry is None or entry.kind is not Kind.MACRO:
            self._shown.update(Content(""))
            return
        self.run_worker(self._read_preview(entry), group="preview-text", exit_on_error=False)

    async def _read_preview(self, entry: Entry) -> None:
        text = await self._preview(entry)
        place = self._list.highlighted
        if place is not None and place < len(self._at) and self._at[place] == entry:
            head, gap, body = safe_text(text).partition("\n\n")
            self._shown.update(Content(head + gap + as_written(body)))


def _line(entry: Entry, width: int) -> str:
    """Return an entry as the list shows it; it needs no colours, which those of the cursor would hide."""
    if entry.kind in (Kind.ACTION, Kind.SETTING):
        note = entry.note if entry.possible else words("not now: {what}").format(what=entry.note)
        text = f"{fit(entry.key, KEYS)} {fit(entry.title, TITLE)} {note}"
        return hanging(text, min(INDENT, max(0, width - LEAST_TEXT)), width) if width > 0 else text
    sign = f"{WEAK} " if entry.weak else ""
    title = as_written(one_line(entry.title)) if entry.kind in (Kind.TICKET, Kind.PERSON) else one_line(entry.title)
    line = "  ".join(filter(None, (sign + title, one_line(entry.note))))
    return fit(line, width) if width > 0 else line
