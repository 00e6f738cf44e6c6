"""The procedure beside the open ticket: its steps by key, its gates on the card, and going past them with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual import work
from textual.events import Resize

from data.errors import DeskError, GateError
from data.records.changes import Change, Done, StepAnswer
from data.records.tickets import Status, Ticket
from tui.look.words import words
from tui.procedures.panel import ProcedurePanel
from tui.procedures.procedure_lines import DONE, WATCHED, Followed
from tui.replying.digit_slots import Asked
from tui.ticket.looking_closer import Looking

if TYPE_CHECKING:
    from queues.procedures.book import ProcedureBook
    from queues.procedures.procedure import Procedure

WATCH_SECONDS = 2
"""How often the agent's own procedures are looked at for changes."""


class Steps(Looking):
    """Shows the procedure of the open ticket and carries its steps out."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.panel = ProcedurePanel(self.clock)
        self.panel.hindrance = self._folded_words
        self.make_book: Callable[[], ProcedureBook] | None = None
        """Reads the procedures, in a thread; None where the desk has none."""
        self.book: ProcedureBook | None = None
        self._told_problems: list[str] = []
        self._resume: tuple[int, Callable[[], None]] | None = None
        """The ticket and the card to go back to once its gates are closed."""

    @property
    def reading(self) -> bool:
        """The agent is in the open ticket, or in its procedure."""
        return self.focused is self.view or self.panel.active

    @work(thread=True, group="procedures", exit_on_error=False)
    def load_book(self) -> None:
        """Read the procedures once the screen is drawn."""
        if self.make_book is not None:
            self.book = self.make_book()
            self.app.call_from_thread(self._book_loaded)

    def _asked(self, ticket: Ticket) -> Asked:
        """Return what the ticket's procedure makes of its macros."""
        procedure = self._procedure(ticket)
        if procedure is None:
            return Asked()
        followed = Followed(ticket, procedure, self._answers(ticket, procedure))
        waiting, hand_overs = followed.waiting, [step for step in procedure.steps if step.team]
        over = next((step for step in hand_overs if followed.mark(step) not in (DONE, WATCHED)), None)
        return Asked(
            free=procedure.plain_answers.union(*(step.passes for step in waiting)) if waiting else (),
            team=over.team if over is not None else "",
            due=over is not None and waiting == [over],
            ready=all(step is over for step in waiting),
            handed_over=bool(hand_overs) and over is None,
            established=procedure.established({name: one.value for name, one in followed.answers.items()}),
        )

    def _answers(self, ticket: Ticket, procedure: Procedure) -> Mapping[str, StepAnswer]:
        return self.store.work.steps(ticket.id, procedure.id)

    def _book_loaded(self) -> None:
        self.answering.asked = self._asked
        self.set_interval(WATCH_SECONDS, self.watch_book)
        self.watch_book()
        self.show_procedure()

    def watch_book(self) -> None:
        """Take in changed procedures; a file that cannot be used is told once and leaves its last good version."""
        if self.book is None:
            return
        if self.book.refresh():
            self.show_procedure()
        for problem in self.book.problems:
            if problem not in self._told_problems:
                self.say(words("Procedure not taken: {problem}").format(problem=problem), severe=True)
        self._told_problems = list(self.book.problems)

    def followed(self) -> Followed | None:
        """Return the open ticket's procedure and what was answered."""
        shown = self.view.shown
        procedure = self._procedure(shown.ticket) if shown is not None else None
        if shown is None or procedure is None:
            return None
        return Followed(shown.ticket, procedure, self._answers(shown.ticket, procedure))

    def _procedure(self, ticket: Ticket) -> Procedure | None:
        from queues.procedures.procedure import procedure_for

        book: Mapping[str, Procedure] | None = self.book
        return procedure_for(ticket, book) if book is not None else None

    def show_procedure(self) -> None:
        """Put the open ticket's procedure beside it, or give the ticket the whole width."""
        followed = self.followed()
        self.panel.display = followed is not None and (self.panel.active or not self.has_class("-narrow"))
        self.panel.show(followed)

    def show_ticket(self, ticket_id: int | None) -> None:
        """Open a ticket with its procedure."""
        super().show_ticket(ticket_id)
        if self._resume is not None and self._resume[0] != ticket_id:
            self._resume = None
        self.show_procedure()

    def show_active(self) -> None:
        """The same for another lane's ticket."""
        super().show_active()
        self.show_procedure()

    def refresh_lanes(self) -> None:
        """Take in what another window answered."""
        super().refresh_lanes()
        self.show_procedure()

    def action_procedure_step(self) -> None:
        """Go to the next open step of the ticket and show it; it is answered by a key of its own, once it is seen."""
        self.open_meant()
        followed = self.followed()
        if followed is None:
            self._choose_procedure()
            return
        following = followed.following()
        self.panel.display = True
        self.panel.focus()
        if following is None:
            self.say(words("Every step is done."))
        elif why := self._folded_words():
            self.say(why)
        else:
            self.panel.open_line()

    def _folded_words(self) -> str:
        """Say that the customer's words come before any answer, where they are folded."""
        shown = self.view.shown
        if shown is None or not self.folds(shown.ticket):
            return ""
        key = self.key("ticket.reveal")
        return words("The customer's words are folded: {key} shows them. Then answer the step.").format(key=key)

    def open_meant(self) -> None:
        """Open the ticket under the cursor, unless the agent is in an open one."""
        if self.view.ticket_id is None or (not self.reading and self.view.ticket_id != self.list.current_id):
            self.action_ticket_view()

    def _choose_procedure(self) -> None:
        """Let the agent say which procedure the ticket follows, where no rule did."""
        from tui.cards.pick_list import PickList

        ticket = self.ticket()
        if ticket is None or not self.book:
            self.say(words("No procedure holds for this ticket."))
            return

        async def chosen(name: str | None) -> None:
            if name:
                await self.change_of((ticket.id,), Change(procedure=name))

        lines = [
            (name, f"{name}: {procedure.steps[0].words(ticket.language)}")
            for name, procedure in sorted(self.book.items())
        ]
        self.app.push_screen(PickList(lines), chosen)

    async def on_procedure_panel_answered(self, message: ProcedurePanel.Answered) -> None:
        """Write an answer."""
        message.stop()
        why = self._folded_words() if message.value is not None else ""
        if why:
            self.say(why, severe=True)
        if why or self.burst():
            return
        await self.ask(
            lambda desk: desk.take_step(message.ticket_id, message.step, message.value),
            lambda done: self._stepped(done, message.value is None),
        )

    def _stepped(self, done: Done, taken_back: bool) -> None:
        """Go on with the next gate; once none is open but a hand-over, go back to the ticket or to the card."""
        self.refresh_lanes()
        self.tell(done)
        followed = self.followed()
        if followed is None or taken_back:
            return
        if any(not step.team for step in followed.waiting):  # an answer can hand over by itself
            self.panel.focus()
            self.panel.open_line()
            return
        self.view.focus()
        resume, self._resume = self._resume, None
        if resume is not None and resume[0] == followed.ticket.id:
            resume[1]()

    def on_resize(self, event: Resize) -> None:
        """A wide one shows it beside the ticket."""
        self.call_after_refresh(self.show_procedure)

    def on_procedure_panel_left(self, message: ProcedurePanel.Left) -> None:
        """Go back to the ticket."""
        message.stop()
        self._resume = None
        self.view.focus()

    def steps_first(self, ticket_id: int, card: Callable[[], None]) -> None:
        """Answer the gates of a ticket, then show the card again."""
        if self.view.ticket_id != ticket_id:
            self.open_ticket(self.active, ticket_id)
        self._resume = (ticket_id, card)
        self.action_procedure_step()

    def action_ticket_solve_anyway(self) -> None:
        """Solve past open steps, for a reason that is kept."""
        self.question(words("Why is it solved with steps left open?"), words("kept with the ticket"), self._anyway)

    async def _anyway(self, reason: str) -> None:
        await self.change(Change(status=Status.SOLVED, override_reason=reason))

    def refused(self, error: DeskError) -> None:
        """Name the keys that lead on from an open gate."""
        if isinstance(error, GateError):
            keys = words("Space goes to the step · ! goes past it with a reason, on the card or to solve")
            self.say(f"{error.title}: {error.message} {keys}", severe=True)
        else:
            super().refused(error)
