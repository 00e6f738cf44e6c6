"""Routing again from the palette: counted in a worker, asked about, then one action that z takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work

from data.errors import DeskError
from tui.look.words import words
from tui.shifts.handover import HandOver

if TYPE_CHECKING:
    from queues.desk.route_again import Plan

_GROUPS = 6
"""Kinds of moves that the question names; `tridesk route --again --dry-run` names all."""


class Rerouting(HandOver):
    """Tries the rules of today on what is here already."""

    def action_desk_reroute(self) -> None:
        """Count what would move, then ask."""
        self.say(words("Trying the rules on every open ticket…"))
        self._plan_routes(self.only_here(self._ask_about, of_ticket=False))

    @work(thread=True, group="rerouting", exclusive=True, exit_on_error=False)
    def _plan_routes(self, then: Callable[[Plan], None]) -> None:
        """Read with a connection of its own: with many tickets it takes a while, and keys go on."""
        from data.store import Store
        from queues.desk.route_again import plan
        from tui.setup.open_desk import routing_rules
        from tui.setup.settings import config_folder

        try:
            store = Store.open(self.store.path, create=False)
            try:
                found = plan(store, routing_rules(config_folder()))
            finally:
                store.close()
        except DeskError as error:
            self.app.call_from_thread(self.say, f"{error.title}: {error.message}", severe=True)
            return
        self.app.call_from_thread(then, found)

    def _ask_about(self, found: Plan) -> None:
        from tui.cards.key_menu import KeyMenu, Line

        looked = words("{n} open tickets, the rules send {m} elsewhere").format(
            n=f"{found.looked_at:,}", m=f"{len(found.moves):,}"
        )
        if not found.moves:
            self.say(looked)
            return

        async def answered(wish: str | None) -> None:
            if wish == "move":
                await self.ask(lambda desk: desk.reroute(found), self.changed)

        move = Line("y", "move", words("Move them; z takes it back"))
        note = "\n".join(f"{amount:,}  {said}" for said, amount in found.groups()[:_GROUPS])
        self.app.push_screen(KeyMenu(looked, [move], note), answered)
