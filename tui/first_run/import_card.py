"""The progress of an import, as a card; the desk remains usable meanwhile."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ProgressBar, Static

from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.first_run.importing import Progress
from tui.look.one_line import one_line
from tui.look.words import counted, words

LOOK_SECONDS = 0.2


class ImportCard(BaseCard[None]):
    """Esc leaves it running, `x` stops it; imported messages are kept either way."""

    CSS_PATH = "import_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave"), ("x", "stop_import")]

    def __init__(self, path: str, progress: Progress) -> None:
        super().__init__()
        self._path, self._progress = path, progress

    def compose(self) -> ComposeResult:
        """The source, the progress, keys."""
        with Vertical(id="import-card"):
            title = words("Importing {path}").format(path=one_line(self._path))
            yield Static(Content(title), id="import-title", markup=False)
            yield ProgressBar(show_eta=False, id="import-bar")
            yield Static(Content(""), id="import-seen", markup=False)
            keys = words("Esc continues in the background · x stops, keeping what was imported")
            yield KeyLine(keys, id="import-keys")

    def on_mount(self) -> None:
        """Poll the progress."""
        self.set_interval(LOOK_SECONDS, self._look)

    def action_leave(self) -> None:
        """Close the card; a message will say when the import is done."""
        self.dismiss(None)

    def action_stop_import(self) -> None:
        """Stop it after the current batch."""
        self._progress.stopped = True

    def _look(self) -> None:
        known = self._progress
        self.query_one(ProgressBar).update(total=known.total or None, progress=min(known.read, known.total))
        seen = (
            words("stopping…")
            if known.stopped
            else counted("{n} message", "{n} messages", known.seen).format(n=f"{known.seen:,}")
        )
        self.query_one("#import-seen", Static).update(Content(seen))
