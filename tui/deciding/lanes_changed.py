"""When the settings have other lanes than the file: tickets move to theirs at start, and the status line says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import DeskError
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.part import Part
from tui.look.words import as_sentence, counted, words

if TYPE_CHECKING:
    from data.records.changes import Done
    from queues.desk.route_again import Plan

_GROUPS = 3
"""The most kinds of moves named; `tridesk history` has every ticket."""


class LanesChanged(Part):
    """Counts in a thread what moves, moves it as one action that z takes back, and reports it."""

    def __init__(self, desk: DeskContext, going: Going) -> None:
        super().__init__(desk)
        self.going = going

    def look(self) -> None:
        """Move tickets if the lanes have changed since they were placed."""
        from queues.desk.lane_moves import lanes_before

        if lanes_before(self.desk.store) is not None:
            self.desk.say(words("The lanes in config.toml have changed; looking where tickets belong now…"))
            self.desk.in_thread("lanes", self._plan, exclusive=True)

    def _plan(self) -> None:
        """Read over a separate connection: many tickets take a while, and keys must keep working."""
        from data.store import Store
        from queues.desk.lane_moves import lanes_before, plan_moves
        from tui.setup.open_desk import routing_rules
        from tui.setup.settings import config_folder

        try:
            store = Store.open(self.desk.store.path, create=False)
            try:
                moves = plan_moves(store, routing_rules(config_folder()), store.lanes.all(), lanes_before(store))
            finally:
                store.close()
        except DeskError as error:
            self.desk.from_thread(self.desk.say, as_sentence(error), severe=True)
            return
        self.desk.from_thread(self._move, moves)

    def _move(self, moves: Plan) -> None:
        self.desk.run_worker(
            self.desk.ask(lambda desk: desk.move_lanes(moves), lambda done: self._report(moves, done)), group="lanes"
        )

    def _report(self, moves: Plan, done: Done | None) -> None:
        """Say what moved, and how to take it back."""
        if done is None:
            self.desk.say(words("The lanes in config.toml have changed; every ticket stays where it is."))
            return
        groups = moves.lanes()
        named = ", ".join(f"{n} {said}" for said, n in groups[:_GROUPS]) + (", …" if len(groups) > _GROUPS else "")
        count = len(done.ticket_ids)
        text = counted(
            "Lanes changed, {n} moved: {moves} · z takes it back",
            "Lanes changed, {n} moved: {moves} · z takes it back",
            count,
        ).format(n=count, moves=named)
        self.desk.refresh_lanes()
        self.going.show_active()
        self.desk.say(text)
        self.desk.toast(text, title=words("Lanes"))
