"""Asks the agent for a macro's values, and remembers the answers while the desk is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from data.errors import DeskError
from data.records.tickets import Ticket
from tui.context.desk_context import DeskContext
from tui.context.part import Part
from tui.look.words import as_sentence, words

if TYPE_CHECKING:
    from macros.filling.macro import Macro
    from tui.cards.ask_form import Filled

Given = Mapping[str, str]
"""The answers, by the names of the asks."""


class MacroQuestions(Part):
    """Opens the form if a macro asks for values."""

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self.answered: dict[tuple[int, str], Filled] = {}
        """Answers by ticket and macro, kept when a form is left or the language is switched."""

    def with_answers(
        self, ticket: Ticket, name: str, then: Callable[[Macro, Given], None], *, anew: bool = True
    ) -> None:
        """Call `then` once a macro has its answers; `anew` shows the form even if all were given before."""
        try:
            macro = self.desk.answering.macro(name)
        except DeskError as error:
            self.desk.say(as_sentence(error), severe=True)
            return
        known = self.answered.get((ticket.id, macro.name))
        if not macro.asks or (known is not None and known.complete and not anew):
            then(macro, known.answers if known is not None else {})
            return
        from tui.cards.ask_form import AskForm

        def filled(form: Filled | None) -> None:
            if form is None:
                return
            self.answered[ticket.id, macro.name] = form
            if form.complete:
                then(macro, form.answers)
            else:
                self.desk.say(words("Not finished; the same key continues with what you typed."))

        self.desk.push_screen(AskForm(macro, ticket.language, known.answers if known is not None else {}), filled)

    def with_all_answers(
        self,
        ticket: Ticket,
        names: Sequence[str],
        then: Callable[[Sequence[tuple[Macro, Given]]], None],
        *,
        anew: bool = True,
    ) -> None:
        """Call `then` once all macros have their answers, asked for one macro after the other."""
        given: list[tuple[Macro, Given]] = []

        def go_on() -> None:
            if len(given) == len(names):
                then(given)
            else:
                self.with_answers(ticket, names[len(given)], answered, anew=anew)

        def answered(macro: Macro, answers: Given) -> None:
            given.append((macro, answers))
            go_on()

        go_on()
