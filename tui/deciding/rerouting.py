"""Re-routing from the palette: counted in a worker, confirmed, then done as one action that z undoes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from data.errors import DeskError
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import as_sentence, counted, words

if TYPE_CHECKING:
    from queues.desk.route_again import Plan

_GROUPS = 6
"""The most kinds of moves listed in the question; `tridesk route --again --dry-run` lists all."""


class RouteAgain(Part):
    """Applies the current rules to existing tickets."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing

    def actions(self) -> Mapping[str, Act]:
        """Route again."""
        return {"desk.reroute": self._count}

    def _count(self) -> None:
        """Count what would move, then ask."""
        self.desk.say(words("Checking the rules against every open ticket…"))
        then = self.desk.only_here(self._ask_about, of_ticket=False)
        self.desk.in_thread("rerouting", partial(self._plan_routes, then), exclusive=True)

    def _plan_routes(self, then: Callable[[Plan], None]) -> None:
        """Read over a separate connection: many tickets take a while, and keys must keep working."""
        from data.store import Store
        from queues.desk.route_again import plan
        from tui.setup.open_desk import routing_rules
        from tui.setup.settings import config_folder

        try:
            store = Store.open(self.desk.store.path, create=False)
            try:
                routing_plan = plan(store, routing_rules(config_folder()), store.lanes.all())
            finally:
                store.close()
        except DeskError as error:
            self.desk.from_thread(self.desk.say, as_sentence(error), severe=True)
            return
        self.desk.from_thread(then, routing_plan)

    def _ask_about(self, routing_plan: Plan) -> None:
        from tui.cards.key_menu import KeyMenu, Line

        looked = counted(
            "{n} open ticket; the rules would move {m}",
            "{n} open tickets; the rules would move {m}",
            routing_plan.looked_at,
        ).format(n=f"{routing_plan.looked_at:,}", m=f"{len(routing_plan.moves):,}")
        if not routing_plan.moves:
            self.desk.say(looked)
            return

        async def answered(wish: str | None) -> None:
            if wish == "move":
                await self.desk.ask(lambda desk: desk.reroute(routing_plan), self.changing.changed)

        move = Line("y", "move", words("Move them; z undoes it"))
        note = "\n".join(f"{amount:,}  {said}" for said, amount in routing_plan.groups()[:_GROUPS])
        self.desk.push_screen(KeyMenu(looked, [move], note), answered)
