"""Problems by key: linking tickets to one cause, and answering all of them once it is solved."""

from __future__ import annotations

from collections.abc import Mapping

from data.records.changes import Change
from data.records.problems import Problem
from data.records.tickets import Status
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.one_line import one_line
from tui.look.words import counted, words
from tui.replying.bulk_answer import BulkAnswer

_DONE = (Status.SOLVED, Status.CLOSED)


class Problems(Part):
    """`P` links, unlinks, or answers all linked."""

    def __init__(self, desk: DeskContext, changing: Changing, bulk: BulkAnswer) -> None:
        super().__init__(desk)
        self.changing, self.bulk = changing, bulk

    def actions(self) -> Mapping[str, Act]:
        """Link, unlink, answer all."""
        return {"ticket.problem": self._choose}

    def _choose(self) -> None:
        """Link the tickets that keys act on to a problem, or solve the problem that they are linked to."""
        ids = self.desk.targets()
        if not ids:
            self.desk.say_no_ticket()
            return
        from tui.cards.pick_list import PickList

        linked = self.desk.store.problems.of(ids[0])

        async def chosen(line: str | None) -> None:
            wish, _, rest = (line or "").partition(":")
            if wish == "solve" and linked is not None:
                self._answer_all(linked)
            elif wish == "link":
                await self.changing.change_of(ids, Change(problem=int(rest)))
            elif wish == "new":
                await self.changing.change_of(ids, Change(new_problem=rest))

        hint = words("type to find an open problem, or the title of a new one")
        offer = words("New problem: {title}")
        self.desk.push_screen(
            PickList(self._problem_lines(linked), hint, lambda text: (f"new:{text}", offer.format(title=text))), chosen
        )

    def _problem_lines(self, linked: Problem | None) -> list[tuple[str, str]]:
        lines = []
        if linked is not None:
            named = f"{linked.label} {one_line(linked.title)}"
            if linked.waiting:
                text = words("Answer the {n} that wait for {named}, with a macro, and solve it")
                lines.append(("solve", text.format(n=linked.waiting, named=named)))
            lines.append(("link:0", words("Unlink from {named}").format(named=named)))
        for problem in self.desk.store.problems.all():
            if linked is None or problem.id != linked.id:
                text = counted("Link to {label} {title} ({n} ticket)", "Link to {label} {title} ({n} tickets)",
                               problem.tickets)  # fmt: skip
                lines.append(
                    (
                        f"link:{problem.id}",
                        text.format(label=problem.label, title=one_line(problem.title), n=problem.tickets),
                    )
                )
        return lines

    def _answer_all(self, problem: Problem) -> None:
        """Choose the macro that answers all waiting tickets."""
        from tui.cards.pick_list import PickList

        tickets = [self.desk.store.tickets.get(ticket_id) for ticket_id in self.desk.store.problems.tickets(problem.id)]
        waiting = [ticket for ticket in tickets if ticket is not None and ticket.status not in _DONE]
        if not waiting:
            self.desk.say(words("No tickets are waiting for it any more."))
            return
        first = waiting[0]

        def chosen(name: str | None) -> None:
            if name:
                self.bulk.preview([ticket.id for ticket in waiting], first, name, problem)

        lines = [(name, f"{title}  ({name})") for name, title in self.desk.answering.titles(first, first.language)]
        self.desk.push_screen(PickList(lines), chosen)
