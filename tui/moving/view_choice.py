"""Views of a lane: chosen by a key, and saved under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.lanes.lane_stands import stored_names
from tui.lanes.views import BY_STATUS, LISTED, SETTING, WAITING, NamedView, base_title, saved, stored
from tui.look.words import words
from tui.moving.finding import Filter

if TYPE_CHECKING:
    from queues.desk.desk import Desk


class ViewChoice(Part):
    """`f` lists the views of the active lane; Esc in the list shows the whole lane again."""

    def __init__(self, desk: DeskContext, lane_filter: Filter) -> None:
        super().__init__(desk)
        self.filter = lane_filter

    def actions(self) -> Mapping[str, Act]:
        """Choose a view."""
        return {"find.view": self._choose}

    def _choose(self) -> None:
        """Choose what the lane shows."""
        from tui.cards.pick_list import PickList

        self.desk.push_screen(PickList(self._view_lines()), self._view_chosen)

    def _view_lines(self) -> list[tuple[str, str]]:
        lane, tickets = self.desk.pane.lane.name, self.desk.store.tickets
        names, all_counts = stored_names(self.desk.store, lane), tickets.counts()
        here = [all_counts[name] for name in names if name in all_counts]
        lines = []
        if self.desk.pane.named.among is None and (self.filter.looked_for or not self.desk.pane.named.plain):
            lines.append(("save:", words("save this view under a name…")))
        lines += [(f"saved:{view.name}", f"{view.name}  ({replace(view, name='').title})") for view in self._saved()]
        lines.append((WAITING, f"{base_title(WAITING)}  {sum(counts.active for counts in here)}"))
        lines += [(base, base_title(base)) for base in ("mine", "nobody")]
        for status in BY_STATUS:
            count = sum(counts.by_status.get(status, 0) for counts in here)
            lines.append((f"status:{status}", f"{base_title(f'status:{status}')}  {count}"))
        lines.append(("today", base_title("today")))
        for kind in ("language", "tag"):
            bases = sorted({f"{kind}:{value}" for name in names for value in tickets.values(name, kind)})
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
            await self._keep(kept, words("The view {name} is deleted; its tickets stay.").format(name=name))
        elif chosen:
            self.show_view(NamedView(chosen))

    def show_view(self, named: NamedView) -> None:
        """Show a view in the active lane, from its top."""
        self.desk.pane.named = named
        self.desk.pane.list.clear_selected()
        self.desk.pane.list.show_source(self.filter.source(self.desk.pane, {}), self.filter.empty_words(self.desk.pane))
        self.desk.show_counts()
        self.desk.list.focus()
        self.desk.say(words("{title} · Esc shows the whole lane").format(title=named.title) if not named.plain else "")

    def show_everywhere(self, named: NamedView) -> None:
        """Show a view in every lane."""
        for pane in self.desk.panes:
            pane.named = named
            pane.list.clear_selected()
            pane.list.show_source(self.filter.source(pane, {}), self.filter.empty_words(pane))
        self.desk.show_ticket(None)
        self.desk.lane_shown()
        self.desk.list.focus()

    def leave(self) -> bool:
        """Show the whole lane again, or all lanes if tickets were listed; False if nothing was hidden."""
        if self.desk.pane.named.plain:
            return False
        if self.desk.pane.named.base == LISTED:
            self.show_everywhere(NamedView())
            return True
        kept = self.desk.list.current_id
        self.show_view(NamedView())
        if kept is not None:
            self.desk.list.select_ticket(kept)
        return True

    def _ask_name(self) -> None:
        from tui.cards.ask_line import AskLine

        async def named(name: str | None) -> None:
            if not name:
                return
            wanted = f"{self.desk.pane.named.words} {self.filter.looked_for}".strip()
            view = NamedView(self.desk.pane.named.base, wanted, " ".join(name.split()))
            kept = [saved for saved in self._saved() if saved.name != view.name]
            await self._keep([*kept, view], words("Saved; f finds it by {name}.").format(name=view.name))
            self.filter.leave()
            self.show_view(view)

        self.desk.push_screen(AskLine(words("Save this view under which name?"), words("a name")), named)

    async def _keep(self, views: list[NamedView], said: str) -> None:
        def keep(desk: Desk) -> None:
            with desk.store.write():
                desk.store.settings.save(SETTING, stored(views))

        await self.desk.ask(keep, lambda _: self.desk.say(said))

    def _saved(self) -> list[NamedView]:
        return saved(self.desk.store.settings.get(SETTING))
