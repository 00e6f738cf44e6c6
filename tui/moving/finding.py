"""Filtering the lanes as the agent types: over all statuses, with the state of what a lane does not show by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.errors import InputError
from data.records.tickets import NO_LANE, View
from tui.cards.desk_message import DeskMessage
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.part import Part
from tui.lanes.lane_messages import FilterLeft, FilterSubmitted, FilterTyped
from tui.lanes.row_source import LaneSource
from tui.look.words import counted, translated, words

if TYPE_CHECKING:
    from tui.lanes.filter_line import FilterLine
    from tui.lanes.lane_pane import LanePane

LEAST_LETTERS = 3
"""Shorter prefixes match too much to be quick or useful."""
MOST_HITS = 500

Found = dict[str, list[int]]
"""The numbers of the tickets that match the filter: searched once for all lanes."""


class Filter(Part):
    """`/` opens a line; each lane shows its matches, still most urgent first."""

    def __init__(self, desk: DeskContext, going: Going) -> None:
        super().__init__(desk)
        self.going = going
        self.looked_for = ""
        self._states: dict[int, tuple[str, str]] = {}
        """Status and lane of each ticket that was found."""
        self._problem = ""
        """What is wrong with an operator."""
        self._line: FilterLine | None = None
        """The line to type in, created on first use."""

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """Handlers of the line's messages."""
        return {
            FilterTyped: lambda message: self._find(message.text),
            FilterSubmitted: self._submitted,
            FilterLeft: lambda message: self.leave(),
        }

    def open(self) -> None:
        """Open the line with the last search in it."""
        line = self._line
        if line is None:
            from tui.lanes.filter_line import FilterLine

            self._line = line = FilterLine()
            self.desk.screen.mount(line, before=self.desk.status)
        line.display = True
        line.focus()

    def _submitted(self, message: FilterSubmitted) -> None:
        """Go to the matches; a number goes to that ticket."""
        number = message.text.lstrip("#")
        if number.isascii() and number.isdigit() and self.desk.store.tickets.get(int(number[:15])) is not None:
            self.leave()
            self.going.return_to(int(number[:15]))
            return
        if not self.desk.list.window.rows:  # go to a lane with matches
            self.going.go_lane(
                next((n for n, pane in enumerate(self.desk.panes) if pane.list.window.rows), self.desk.active)
            )
        self.desk.list.focus()

    def _find(self, query: str) -> None:
        """List what matches `query`; fewer than three letters list everything."""
        wanted = query if len(query) >= LEAST_LETTERS else ""
        if wanted == self.looked_for:
            return
        self.looked_for, self._states, self._problem = wanted, {}, ""
        known: Found = {}
        for pane in self.desk.panes:
            pane.list.show_source(self.source(pane, known), self.empty_words(pane))
        self._look_for(wanted, known)
        self.desk.say(self._problem or self._summary() if wanted else "")

    def _summary(self) -> str:
        """Return how many were found, in which state, and how many are in lanes that are not shown."""
        by_status: dict[str, int] = {}
        for status, _ in self._states.values():
            by_status[status] = by_status.get(status, 0) + 1
        names = [pane.lane.name for pane in self.desk.panes]
        shown = {names[place] for place in self.desk.in_sight}
        elsewhere = sum((lane if lane in names else NO_LANE) not in shown for _, lane in self._states.values())
        parts = [f"{n} {words(status)}" for status, n in sorted(by_status.items(), key=lambda item: -item[1])]
        count = len(self._states)
        summary = counted("{n} found; Esc clears the search", "{n} found; Esc clears the search", count).format(n=count)
        if len(parts) > 1 or by_status.keys() - {"new", "open"}:
            summary = counted(
                "{n} found ({states}); Esc clears the search", "{n} found ({states}); Esc clears the search", count
            ).format(n=count, states=", ".join(parts))
        return summary + (words(" · {n} in lanes out of sight").format(n=elsewhere) if elsewhere else "")

    def source(self, pane: LanePane, known: Found) -> LaneSource:
        """Return what a lane shows now: its view, filtered by the search, whose result may be passed as `known`."""
        wanted = f"{pane.named.words} {self.looked_for}".strip()
        among = self._look_for(wanted, known) if wanted else pane.named.among
        if wanted and pane.named.among is not None:
            among = sorted({*self._look_for(wanted, known)} & {*pane.named.among})
        view = pane.named.view(self.desk.agent, self.desk.clock())
        if self.looked_for and pane.named.plain:
            view = View(found=True)
        return LaneSource(self.desk.store, pane.lane, among, view)

    def _look_for(self, wanted: str, known: Found) -> list[int]:
        if wanted and wanted not in known:
            try:
                hits = self.desk.store.search(
                    wanted, limit=MOST_HITS, now=self.desk.clock(), zone=ZoneInfo(self.desk.zone())
                )
            except InputError as error:  # an operator whose value is not written to its end
                hits, self._problem = [], translated(error.message)
            self._states |= {hit.ticket_id: (str(hit.status), hit.lane) for hit in hits}
            known[wanted] = sorted({hit.ticket_id for hit in hits})
        return known.get(wanted, [])

    def empty_words(self, pane: LanePane) -> str:
        """Return the text of an empty lane."""
        if self.looked_for:
            return words("Nothing found. Esc shows the whole lane.")
        return pane.empty if pane.named.plain else words("Nothing here. Esc shows the whole lane.")

    def look_again(self) -> None:
        """Repeat the search before the rows are reloaded; the start of today may have changed too."""
        known: Found = {}
        for pane in self.desk.panes:
            if self.looked_for or not pane.named.plain:
                pane.list.window.source = self.source(pane, known)

    def leave(self) -> bool:
        """Show the whole lanes again; False if they are not filtered."""
        line = self._line
        if line is None or not line.display:
            return False
        kept = self.desk.list.current_id
        line.display = False
        line.value = ""
        self._find("")
        if kept is not None:
            self.desk.list.select_ticket(kept)
        self.desk.list.focus()
        return True
