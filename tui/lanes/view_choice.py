"""Views of a lane: what it shows, chosen by a key, and kept under a name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.records.tickets import LaneCounts
from tui.lanes.finding import Filtering
from tui.lanes.views import BY_STATUS, LISTED, SETTING, WAITING, NamedView, base_title, saved, stored
from tui.look.words import words

if TYPE_CHECKING:
    from queues.desk.desk import Desk


class Viewing(Filtering):
    """`f` lists the views of the active lane; Esc in the list shows the whole lane again."""

    def action_find_view(self) -> None:
        """Choose what the lane shows."""
        from tui.cards.pick_list import PickList

        self.app.push_screen(PickList(self._view_lines()), self._view_chosen)

    def _view_lines(self) -> list[tuple[str, str]]:
        lane, tickets = self.pane.lane.name, self.store.tickets
        counts = tickets.counts().get(lane, LaneCounts())
        lines = []
        if self.pane.named.among is None and (self.looked_for or not self.pane.named.plain):
            lines.append(("save:", words("save what is shown now under a name…")))
        lines += [(f"saved:{view.name}", f"{view.name}  ({replace(view, name='').title})") for view in self._saved()]
        lines.append((WAITING, f"{base_title(WAITING)}  {counts.active}"))
        lines += [(base, base_title(base)) for base in ("mine", "nobody")]
        for status in BY_STATUS:
            lines.append((f"status:{status}", f"{base_title(f'status:{status}')}  {counts.by_status.get(status, 0)}"))
        lines.append(("today", base_title("today")))
        for kind in ("language", "tag"):
            bases = [f"{kind}:{value}" for value in tickets.values(lane, kind)]
            lines += [(base, base_title(base)) for base in bases]
        lines += [(f"forget:{view.name}", words("forget {name}").format(name=view.name)) for view in self._saved()]
        return lines

    async def _view_chosen(self, chosen: str | None) -> None:
        kind, _, name = (chosen or "").partition(":")
        if kind == "save":
            self._ask_name()
        elif kind == "saved":
            self.show_view(next(view for view in self._saved() if view.name == name))
        elif kind == "forget":
            kept = [view for view in self._saved() if view.name != name]
            await self._keep(kept, words("{name} is forgotten; its tickets are where they were.").format(name=name))
        elif chosen:
            self.show_view(NamedView(chosen))

    def show_view(self, named: NamedView) -> None:
        """Show a view in the active lane, from its top."""
        self.pane.named = named
        self.pane.list.clear_selected()
        self.pane.list.show_source(self.source(self.pane, {}), self.empty_words(self.pane))
        self.show_counts()
        self.list.focus()
        self.say(words("{title} · Esc shows the whole lane").format(title=named.title) if not named.plain else "")

    def show_everywhere(self, named: NamedView) -> None:
        """Show a view in every lane."""
        for pane in self.panes:
            pane.named = named
            pane.list.clear_selected()
            pane.list.show_source(self.source(pane, {}), self.empty_words(pane))
        self.show_ticket(None)
        self.lane_shown()
        self.list.focus()

    def leave_view(self) -> bool:
        """Show the whole lane again, all of them where tickets were listed; False when it is whole already."""
        if self.pane.named.plain:
            return False
        if self.pane.named.base == LISTED:
            self.show_everywhere(NamedView())
            return True
        kept = self.list.current_id
        self.show_view(NamedView())
        if kept is not None:
            self.list.select_ticket(kept)
        return True

    def _ask_name(self) -> None:
        from tui.cards.ask_line import AskLine

        async def named(name: str | None) -> None:
            if not name:
                return
            wanted = f"{self.pane.named.words} {self.looked_for}".strip()
            view = NamedView(self.pane.named.base, wanted, " ".join(name.split()))
            kept = [one for one in self._saved() if one.name != view.name]
            await self._keep([*kept, view], words("Saved; f finds it by {name}.").format(name=view.name))
            self.leave_filter()
            self.show_view(view)

        self.app.push_screen(AskLine(words("Save what is shown under which name?"), words("a name")), named)

    async def _keep(self, views: list[NamedView], said: str) -> None:
        def keep(desk: Desk) -> None:
            with desk.store.write():
                desk.store.settings.put(SETTING, stored(views))

        await self.ask(keep, lambda _: self.say(said))

    def _saved(self) -> list[NamedView]:
        return saved(self.store.settings.get(SETTING))
