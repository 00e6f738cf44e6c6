"""Filtering the lanes as the agent types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.changing import Changes
from tui.lanes.row_source import LaneSource
from tui.look.words import words

if TYPE_CHECKING:
    from textual.widgets import Input

    from tui.lanes.lane_pane import LanePane

LEAST_LETTERS = 3
"""Shorter beginnings of words match too much to be quick or useful."""
MOST_HITS = 500

Found = dict[str, list[int]]
"""The tickets that hold some words, by number: looked for once for all lanes."""


class Filtering(Changes):
    """`/` opens a line; each lane shows what was found in it, still most urgent first."""

    looked_for = ""
    line: Input | None = None
    """The line to type in, made when it is first wanted."""

    def action_find_filter(self) -> None:
        """Open the line, with what was looked for last in it."""
        from textual.widgets import Input

        line = self.line
        if line is None:
            self.line = line = Input(
                placeholder=words("words, a name, #number: at least 3 letters"), id="filter", compact=True
            )
            self.mount(line, before=self.status)
        line.display = True
        line.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what is typed so far."""
        event.stop()
        self.find(event.value.strip())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to what was found; a number goes to that ticket."""
        event.stop()
        number = event.value.strip().lstrip("#")
        if number.isascii() and number.isdigit() and self.store.tickets.get(int(number[:15])) is not None:
            self.leave_filter()
            self.return_to(int(number[:15]))
            return
        if not self.list.window.rows:  # go where something was found
            self.go_lane(next((n for n, pane in enumerate(self.panes) if pane.list.window.rows), self.active))
        self.list.focus()

    def find(self, query: str) -> None:
        """List what matches `query`; fewer than three letters list everything."""
        wanted = query if len(query) >= LEAST_LETTERS else ""
        if wanted == self.looked_for:
            return
        self.looked_for = wanted
        known: Found = {}
        for pane in self.panes:
            pane.list.show_source(self.source(pane, known), self.empty_words(pane))
        found = len(self._look_for(wanted, known))
        self.say(words("{n} found; Esc shows all again").format(n=found) if wanted else "")

    def source(self, pane: LanePane, known: Found) -> LaneSource:
        """Return what a lane shows now: its view, and in it what is looked for, unless `known` tells it already."""
        wanted = f"{pane.named.words} {self.looked_for}".strip()
        among = self._look_for(wanted, known) if wanted else pane.named.among
        if wanted and pane.named.among is not None:
            among = sorted({*self._look_for(wanted, known)} & {*pane.named.among})
        return LaneSource(self.store, pane.lane.name, among, pane.named.view(self.agent, self.clock()))

    def _look_for(self, wanted: str, known: Found) -> list[int]:
        if wanted and wanted not in known:
            known[wanted] = sorted({hit.ticket_id for hit in self.store.search(wanted, limit=MOST_HITS)})
        return known.get(wanted, [])

    def empty_words(self, pane: LanePane) -> str:
        """Return what a lane says when it shows nothing."""
        if self.looked_for:
            return words("Nothing found. Esc shows the whole lane.")
        return pane.empty if pane.named.plain else words("Nothing here. Esc shows the whole lane.")

    def refresh_lanes(self) -> None:
        """Look again for the words before the rows are read anew; what today means may have changed too."""
        known: Found = {}
        for pane in self.panes:
            if self.looked_for or not pane.named.plain:
                pane.list.window.source = self.source(pane, known)
        super().refresh_lanes()

    def leave_filter(self) -> bool:
        """Show the whole lanes again; False when they are whole already."""
        line = self.line
        if line is None or not line.display:
            return False
        kept = self.list.current_id
        line.display = False
        line.value = ""
        self.find("")
        if kept is not None:
            self.list.select_ticket(kept)
        self.list.focus()
        return True

    def key_escape(self) -> None:
        """Esc in the line leaves the filter; elsewhere the keymap decides."""
        if self.line is not None and self.focused is self.line:
            self.leave_filter()
