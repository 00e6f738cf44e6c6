"""One macro for all selected tickets, or for all tickets linked to a problem, as one action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from data.macro_names import joined, separate
from data.records.changes import Change
from data.records.problems import Problem
from data.records.tickets import Ticket
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import MacroWish
from tui.context.part import Part
from tui.look.words import counted, words
from tui.replying.bulk_plan import AS_SAID, Plan, plan
from tui.replying.macro_questions import Given, MacroQuestions

if TYPE_CHECKING:
    from macros.filling.macro import Macro
    from queues.desk.desk import Desk
    from tui.replying.reply_card_lines import Verdict


class BulkAnswer(Part):
    """With several tickets selected, a digit shows how many replies it would send; Enter sends them all."""

    def __init__(self, desk: DeskContext, changing: Changing, macro_questions: MacroQuestions) -> None:
        super().__init__(desk)
        self.changing, self.macro_questions = changing, macro_questions

    def take_selected(self, wish: MacroWish, go_on: Callable[[MacroWish], None]) -> None:
        """Preview a macro for all selected tickets instead of one."""
        if len(self.desk.list.selected) < 2:
            go_on(wish)
        else:
            self.preview(self.desk.targets(), wish.ticket, wish.name)

    def preview(self, ids: Sequence[int], first: Ticket, name: str, problem: Problem | None = None) -> None:
        """Ask once for the macro's values, then show what it would send; `problem` is solved with it."""

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            title = " + ".join(macro.title.for_language(first.language) for macro, _ in given)
            named = [(macro.name, answers) for macro, answers in given]
            show = self.desk.only_here(partial(self._show_plan, title, named, problem))
            work = self._plan(ids, named, show)
            self.desk.run_worker(work, group="preview", exclusive=True)

        self.macro_questions.with_all_answers(first, separate(name), filled)

    async def _plan(self, ids: Sequence[int], given: Sequence[tuple[str, Given]], show: Callable[[Plan], None]) -> None:
        def made(desk: Desk) -> Plan:
            def complete(change: Change, ticket: Ticket) -> Change:
                return self.changing.complete(change, ticket, desk, self.desk.clock())

            answering = self.desk.answering.over(desk.store)
            return plan(desk, answering, given, ids, complete=complete)

        self.desk.say(counted("Filling in {n} reply…", "Filling in {n} replies…", len(ids)).format(n=len(ids)))
        await self.desk.ask(made, show)

    def _show_plan(self, title: str, given: Sequence[tuple[str, Given]], problem: Problem | None, made: Plan) -> None:
        from tui.replying.bulk_card import BulkCard

        async def decided(verdict: Verdict | None) -> None:
            if verdict is None:
                self.desk.say(words("Nothing was sent."))
                return
            changes, number = card.plan.changes(verdict.status), problem.id if problem is not None else None
            await self.desk.ask(
                lambda desk: desk.act_each(changes, versions=made.versions, solves=number), self.changing.changed
            )

        self.desk.say(made.words(AS_SAID))
        self.desk.answering.last = joined([name for name, _ in given])
        heading = title if problem is None else f"{problem.label} {problem.title} · {title}"
        card = BulkCard(heading, made)
        self.desk.push_screen(card, decided)
