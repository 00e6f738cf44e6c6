"""Problems by key: linking tickets to one cause, and answering all of them once it is gone."""

from __future__ import annotations

from data.records.changes import Change
from data.records.problems import Problem
from data.records.tickets import Status
from tui.look.one_line import one_line
from tui.look.words import words
from tui.replying.bulk_answer import Bulk

_DONE = (Status.SOLVED, Status.CLOSED)


class Problems(Bulk):
    """`P` links, unlinks, or answers all linked."""

    def action_ticket_problem(self) -> None:
        """Link the tickets that the keys mean to a problem, or solve the one that they are linked to."""
        ids = self.targets()
        if not ids:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return
        from tui.cards.pick_list import PickList

        linked = self.store.problems.of(ids[0])

        async def chosen(line: str | None) -> None:
            wish, _, rest = (line or "").partition(":")
            if wish == "solve" and linked is not None:
                self._answer_all(linked)
            elif wish == "link":
                await self.change_of(ids, Change(problem=int(rest)))
            elif wish == "new":
                await self.change_of(ids, Change(new_problem=rest))

        hint = words("letters of an open problem, or the title of a new one")
        offer = words("New problem: {title}")
        self.app.push_screen(
            PickList(self._problem_lines(linked), hint, lambda text: (f"new:{text}", offer.format(title=text))), chosen
        )

    def _problem_lines(self, linked: Problem | None) -> list[tuple[str, str]]:
        lines = []
        if linked is not None:
            named = f"{linked.label} {one_line(linked.title)}"
            if linked.waiting:
                told = words("Answer the {n} that wait for {named}, with a macro, and solve it")
                lines.append(("solve", told.format(n=linked.waiting, named=named)))
            lines.append(("link:0", words("Unlink from {named}").format(named=named)))
        for one in self.store.problems.all():
            if linked is None or one.id != linked.id:
                told = words("Link to {label} {title} ({n} tickets)")
                lines.append((f"link:{one.id}", told.format(label=one.label, title=one_line(one.title), n=one.tickets)))
        return lines

    def _answer_all(self, problem: Problem) -> None:
        """Choose the macro that answers all tickets that still wait."""
        from tui.cards.pick_list import PickList

        tickets = [self.store.tickets.get(one) for one in self.store.problems.tickets(problem.id)]
        waiting = [one for one in tickets if one is not None and one.status not in _DONE]
        if not waiting:
            self.say(words("No ticket waits for it any more."))
            return
        first = waiting[0]

        def chosen(name: str | None) -> None:
            if name:
                self.preview_bulk([one.id for one in waiting], first, name, problem)

        lines = [(name, f"{title}  ({name})") for name, title in self.answering.titles(first, first.language)]
        self.app.push_screen(PickList(lines), chosen)
