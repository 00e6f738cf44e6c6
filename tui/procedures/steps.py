"""The procedure next to the open ticket: steps by key, gates on the card, and overriding them with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from data.errors import DeskError, GateError
from data.records.changes import Change, Done, StepAnswer
from data.records.tickets import Status, Ticket
from tui.cards.desk_message import DeskMessage
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act
from tui.context.part import Part
from tui.digits.digit_slots import Asked
from tui.look.words import translated, words
from tui.procedures.asked_macros import asked_of
from tui.procedures.changed_wording import ChangedWording
from tui.procedures.panel import ProcedurePanel
from tui.procedures.procedure_lines import Followed

if TYPE_CHECKING:
    from queues.procedures.book import ProcedureBook
    from queues.procedures.procedure import Procedure

WATCH_SECONDS = 2
"""How often to check the agent's own procedures for changes."""


class ProcedureSteps(Part):
    """Shows the procedure of the open ticket and performs its steps."""

    def __init__(
        self,
        desk: DeskContext,
        going: Going,
        changing: Changing,
        wordings: ChangedWording,
        make_book: Callable[[], ProcedureBook] | None,
    ) -> None:
        """`make_book` reads the procedures, in a thread; None where the desk has none."""
        super().__init__(desk)
        self.going, self.changing, self.wordings = going, changing, wordings
        self.make_book = make_book
        self.book: ProcedureBook | None = None
        self._told_problems: list[str] = []
        self._resume: tuple[int, Callable[[], None]] | None = None
        """The ticket and the card to go back to once its gates are closed."""
        self.panel = ProcedurePanel(desk.clock)
        self.panel.hindrance = self._folded_words

    def actions(self) -> Mapping[str, Act]:
        """The steps, and solving despite open steps."""
        return {"procedure.step": self.go_to_steps, "ticket.solve_anyway": self._ask_why}

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """Handlers of the panel's messages."""
        return {ProcedurePanel.Answered: self.answer, ProcedurePanel.Left: self._back_to_ticket}

    def is_active(self) -> bool:
        """The steps have the focus."""
        return self.panel.active

    def load_book(self) -> None:
        """Read the procedures once the screen is drawn."""
        if self.make_book is not None:
            self.desk.in_thread("procedures", partial(self._load_book, self.make_book))

    def _load_book(self, make: Callable[[], ProcedureBook]) -> None:
        self.book = make()
        self.desk.from_thread(self._book_loaded)

    def _asked(self, ticket: Ticket) -> Asked:
        """Return what the ticket's procedure says about macros."""
        procedure = self._procedure(ticket)
        return asked_of(None if procedure is None else Followed(ticket, procedure, self._answers(ticket, procedure)))

    def _answers(self, ticket: Ticket, procedure: Procedure) -> Mapping[str, StepAnswer]:
        return self.desk.store.work.steps(ticket.id, procedure.id)

    def _book_loaded(self) -> None:
        self.desk.answering.ask_of_procedures(self._asked)
        self.desk.screen.set_interval(WATCH_SECONDS, self.watch_book)
        self.watch_book()
        self.show()

    def watch_book(self) -> None:
        """Reload changed procedures; an invalid file is reported once, and its last valid version stays in use."""
        if self.book is None:
            return
        if self.book.refresh():
            self.desk.answering.ask_of_procedures(self._asked)
            self.show()
        for problem in self.book.problems:
            if problem not in self._told_problems:
                self.desk.say(words("Procedure not loaded: {problem}").format(problem=translated(problem)), severe=True)
        self._told_problems = list(self.book.problems)

    def _followed(self) -> Followed | None:
        """Return the procedure of the ticket in sight, and its answers."""
        shown = self.desk.view.in_sight
        procedure = self._procedure(shown.ticket) if shown is not None else None
        if shown is None or procedure is None:
            return None
        return Followed(shown.ticket, procedure, self._answers(shown.ticket, procedure))

    def _procedure(self, ticket: Ticket) -> Procedure | None:
        from queues.procedures.procedure import procedure_for

        book: Mapping[str, Procedure] | None = self.book
        return procedure_for(ticket, book) if book is not None else None

    def show(self) -> None:
        """Show the procedure of the ticket in sight next to it, or give the ticket the full width."""
        followed = self._followed()
        narrow = self.desk.screen.has_class("-narrow")
        self.panel.display = followed is not None and (self.panel.active or not narrow)
        self.panel.show(followed)

    def show_of(self, ticket_id: int | None) -> None:
        """Show the procedure of a newly opened ticket; forget the card to go back to if it was another ticket's."""
        if self._resume is not None and self._resume[0] != ticket_id:
            self._resume = None
        self.show()

    def go_to_steps(self) -> None:
        """Go to the next open step of the ticket and show it; once visible, its own key answers it."""
        self._open_meant()
        followed = self._followed()
        if followed is None:
            self._choose_procedure()
        else:
            self.wordings.before_steps(followed, self._focus_steps)

    def _focus_steps(self) -> None:
        self._open_meant()
        followed = self._followed()
        if followed is None:
            self._choose_procedure()
            return
        following = followed.following()
        self.panel.display = True
        self.panel.focus()
        if following is None:
            self.desk.say(words("All steps are done."))
        elif why := self._folded_words():
            self.desk.say(why)
        else:
            self.panel.open_line()

    def unfolded(self) -> None:
        """Go on to the next step once folded text is shown, if text and steps are in view together."""
        followed, view = self._followed(), self.desk.view
        narrow = self.desk.screen.has_class("-narrow")
        if followed is not None and followed.waiting and self.desk.reading and view.fits and not narrow:
            self.go_to_steps()

    def _folded_words(self) -> str:
        """Say that folded customer text must be shown before a step is answered."""
        shown = self.desk.view.shown
        if shown is None or not self.desk.folds(shown.ticket):
            return ""
        key = self.desk.key("ticket.reveal")
        return words("The customer's text is folded: {key} shows it. Then answer the step.").format(key=key)

    def _open_meant(self) -> None:
        """Open the ticket under the cursor, unless the agent is in an open one."""
        if self.desk.view.ticket_id is None or (
            not self.desk.reading and self.desk.view.ticket_id != self.desk.list.current_id
        ):
            self.going.open_under_cursor()

    def _choose_procedure(self) -> None:
        """Let the agent choose the ticket's procedure if no rule did."""
        from tui.cards.pick_list import PickList

        ticket = self.desk.ticket()
        if ticket is None or not self.book:
            self.desk.say(words("No procedure applies to this ticket."))
            return

        async def chosen(name: str | None) -> None:
            if name:
                await self.changing.change_of((ticket.id,), Change(procedure=name))

        lines = [
            (name, f"{name}: {procedure.steps[0].words(ticket.language)}")
            for name, procedure in sorted(self.book.items())
        ]
        self.desk.push_screen(PickList(lines), chosen)

    async def answer(self, message: ProcedurePanel.Answered) -> None:
        """Store an answer."""
        why = self._folded_words() if message.value is not None else ""
        if why:
            self.desk.say(why, severe=True)
        if why or self.changing.burst():
            return
        before = self._followed()
        closes = before is not None and any(step.id == message.step for step in before.waiting)
        await self.desk.ask(
            lambda desk: desk.take_step(message.ticket_id, message.step, message.value),
            lambda done: self._stepped(done, taken_back=message.value is None, closes_gate=closes),
        )

    def _stepped(self, done: Done, *, taken_back: bool, closes_gate: bool) -> None:
        """Continue with the next gate; if only a hand-over is still open, go back to the ticket or on to the card."""
        self.desk.refresh_lanes()
        self.changing.tell(done)
        followed = self._followed()
        if followed is None or taken_back or followed.ticket.id != done.ticket_ids[0]:
            return
        if any(not step.team for step in followed.waiting):  # an answer can hand over by itself
            self.panel.focus()
            self.panel.open_line()
            return
        self.desk.view.focus()
        resume, self._resume = self._resume, None
        if resume is not None and resume[0] == followed.ticket.id:
            resume[1]()
        elif closes_gate and not self.desk.writing():
            for act in self.desk.hooks.on_steps_answered:
                act(followed.ticket)

    def _back_to_ticket(self, message: ProcedurePanel.Left) -> None:
        """Go back to the ticket."""
        self._resume = None
        self.desk.view.focus()

    def first(self, ticket_id: int, card: Callable[[], None]) -> None:
        """Answer the gates of a ticket, then show the card again."""
        if self.desk.view.ticket_id != ticket_id:
            self.going.open_ticket(self.desk.active, ticket_id)
        self._resume = (ticket_id, card)
        self.go_to_steps()

    def _ask_why(self) -> None:
        """Solve despite open steps, with a reason that is kept."""
        self.desk.ask_about_targets(
            words("Why solve it with steps still open?"), words("kept with the ticket"), self._anyway
        )

    async def _anyway(self, reason: str) -> None:
        await self.changing.change(Change(status=Status.SOLVED, override_reason=reason))

    def keys_past(self, error: DeskError) -> str:
        """Return the keys that help at an open gate."""
        if not isinstance(error, GateError):
            return ""
        return words("Space goes to the step · ! overrides it with a reason, on the card or to solve")
