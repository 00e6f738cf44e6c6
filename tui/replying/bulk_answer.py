"""One macro for all selected tickets, or for all that are linked to a problem, as one action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from data.macro_names import joined, separate
from data.records.changes import Change
from data.records.problems import Problem
from data.records.tickets import Ticket
from tui.deciding.escalating import Escalating
from tui.look.words import words
from tui.replying.bulk_plan import AS_SAID, Plan, plan
from tui.replying.macro_questions import Given

if TYPE_CHECKING:
    from macros.filling.macro import Macro
    from queues.desk.desk import Desk
    from tui.replying.reply_card_lines import Verdict


class Bulk(Escalating):
    """A digit with several tickets selected previews how many it sends to; Enter sends them all."""

    def preview_macro(self, ticket: Ticket, name: str, language: str = "", *, anew: bool = True) -> None:
        """Show what a macro would send, to one ticket or to all selected."""
        if len(self.list.selected) < 2:
            super().preview_macro(ticket, name, language, anew=anew)
        else:
            self.preview_bulk(self.targets(), ticket, name)

    def preview_bulk(self, ids: Sequence[int], first: Ticket, name: str, problem: Problem | None = None) -> None:
        """Ask once what the macro asks, for all, and show what it would send; `problem` is solved with it."""

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            title = " + ".join(macro.title.for_language(first.language) for macro, _ in given)
            named = [(macro.name, answers) for macro, answers in given]
            show = self.only_here(partial(self._show_plan, title, named, problem))
            work = self._plan(ids, named, show)
            self.run_worker(work, group="preview", exclusive=True, exit_on_error=False)

        self.with_all_answers(first, separate(name), filled)

    async def _plan(self, ids: Sequence[int], given: Sequence[tuple[str, Given]], show: Callable[[Plan], None]) -> None:
        def made(desk: Desk) -> Plan:
            def complete(change: Change, ticket: Ticket) -> Change:
                return self.handing_over.completed(change, ticket, desk, self.clock())

            answering = self.answering.over(desk.store)
            return plan(desk, answering, given, ids, complete=complete)

        self.say(words("Filling in {n} replies…").format(n=len(ids)))
        await self.ask(made, show)

    def _show_plan(self, title: str, given: Sequence[tuple[str, Given]], problem: Problem | None, made: Plan) -> None:
        from tui.replying.bulk_card import BulkCard

        async def decided(verdict: Verdict | None) -> None:
            if verdict is None:
                self.say(words("Nothing was sent."))
                return
            changes, number = made.changes(verdict.status), problem.id if problem is not None else None
            await self.ask(lambda desk: desk.act_each(changes, versions=made.versions, solves=number), self.changed)

        self.say(made.words(AS_SAID))
        self.answering.last = joined([name for name, _ in given])
        heading = title if problem is None else f"{problem.label} {problem.title} · {title}"
        self.app.push_screen(BulkCard(heading, made), decided)
