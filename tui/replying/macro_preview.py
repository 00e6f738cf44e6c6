"""Shows what would be sent on a card, and sends it: the screen sends every reply through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from data.errors import DeskError
from data.macro_names import separate
from data.records.changes import Change, Done
from data.records.messages import Direction
from data.records.promises import Promise
from data.records.tickets import Status, Ticket
from queues.ground.presence import Present, present
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import BeforePreview, MacroWish
from tui.context.part import Part
from tui.digits.macros_at_hand import Answer, Place
from tui.look.words import as_sentence, piecewise
from tui.moving.passing_over import MostUrgent
from tui.procedures.steps import ProcedureSteps
from tui.replying.composer_place import ComposerPlace
from tui.replying.macro_questions import Given, MacroQuestions

if TYPE_CHECKING:
    from macros.filling.macro import Macro
    from queues.desk.desk import Desk
    from tui.replying.reply_card import ReplyCard
    from tui.replying.reply_card_lines import Card, Verdict


class ReplyPreview(Part):
    """Shows a reply before it is sent, and does what the agent chooses on the card."""

    def __init__(
        self,
        desk: DeskContext,
        changing: Changing,
        next_up: MostUrgent,
        macro_questions: MacroQuestions,
        writing: ComposerPlace,
        steps: ProcedureSteps,
    ) -> None:
        super().__init__(desk)
        self.changing, self.next_up, self.macro_questions = changing, next_up, macro_questions
        self.writing, self.steps = writing, steps
        self._shown: tuple[int, ReplyCard] | None = None
        """The card that was shown last, and its ticket."""

    def fill(
        self, ticket: Ticket, given: Sequence[tuple[Macro, Given]], language: str = "", into: Place | None = None
    ) -> Answer | None:
        """Fill macros in, as one reply or `into` the reply being written; an error is shown."""
        try:
            named = [(macro.name, answers) for macro, answers in given]
            return self.desk.answering.fill_all(ticket, named, language, into)
        except DeskError as error:
            self.desk.say(as_sentence(error), severe=True)
            return None

    def preview_macro(self, ticket: Ticket, name: str, language: str = "", *, anew: bool = True) -> None:
        """Show what a macro, or several joined, would send, after the hooks that come before a preview."""
        self._take_turns(MacroWish(ticket, name, language, anew), self.desk.hooks.before_preview)

    def _take_turns(self, wish: MacroWish, turns: Sequence[BeforePreview]) -> None:
        if turns:
            turns[0](wish, lambda wish: self._take_turns(wish, turns[1:]))
        else:
            self._fill_and_preview(wish)

    def _fill_and_preview(self, wish: MacroWish) -> None:
        """Ask for the macro's values, fill it in and show it; Esc goes back to the values."""
        ticket, name, language = wish.ticket, wish.name, wish.language

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            answer = self.fill(ticket, given, language)
            if answer is not None:
                asks = any(macro.asks for macro, _ in given)
                back = partial(self.preview_macro, ticket, name, language) if asks else None
                why = self.desk.answering.why(ticket, name)
                self.preview(ticket, answer.change, f"{answer.title} · {why}" if why else answer.title, back)

        self.macro_questions.with_all_answers(ticket, separate(name), filled, anew=wish.anew)

    def preview(self, ticket: Ticket, change: Change, title: str, back: Callable[[], None] | None = None) -> None:
        """Show a reply, its recipient and its findings; then do what the agent chooses."""

        def show(looked: tuple[Card, Ticket]) -> None:
            from tui.replying.reply_card import ReplyCard
            from tui.replying.reply_card_lines import other_addresses

            facts, seen = looked
            in_sight = self.desk.view.in_sight
            is_it = in_sight is not None and in_sight.ticket.id == ticket.id
            mail = in_sight if is_it else self.desk.read_newest(ticket.id)
            customer = self.desk.store.customers.get(ticket.customer_id)
            addresses = other_addresses(customer, facts.recipient)
            card = ReplyCard(replace(facts, addresses=addresses, mail=mail))
            self._shown = ticket.id, card
            self.desk.push_screen(card, partial(self._decided, seen, card, change.promise, back))
            for act in self.desk.hooks.on_answer_shown:
                act()

        work = self._preview(ticket, change, title, self.desk.only_here(show))
        self.desk.run_worker(work, group="preview", exclusive=True)

    async def _preview(
        self, ticket: Ticket, change: Change, title: str, show: Callable[[tuple[Card, Ticket]], None]
    ) -> None:
        from queues.outgoing.mail_bytes import carries_cc
        from tui.replying.reply_card_lines import Card

        weak = self._is_weak(ticket, change)

        def look(desk: Desk) -> tuple[Card, Ticket]:
            seen = desk.store.tickets.get(ticket.id) or ticket
            recipient, findings = change.recipient or desk.recipient(ticket.id), desk.findings(ticket.id, change)
            promised = replace(change, promise=desk.promise(ticket.id, change))
            office = desk.office(ticket.id)
            card = Card(title, recipient, promised, findings, office=office, now=self.desk.clock(), weak=weak)
            card = replace(
                card,
                colleagues=present(desk.store, self.desk.clock()).get(ticket.id, Present()),
                people=desk.participants(ticket.id),
                copies=desk.copies(ticket.id, replace(change, cc=None, take_in=())) if recipient else (),
                takes_cc=carries_cc(seen.connector),
                our_addresses=desk.rules.our_addresses,
            )
            gates = desk.open_gates(ticket.id, replace(change, status=card.outcome))
            guarded = bool(desk.open_gates(ticket.id, replace(change, status=Status.PENDING)))
            return replace(card, gates=[step.words(ticket.language) for step in gates], guarded=guarded), seen

        await self.desk.ask(look, show)

    def show_colleagues(self, at_tickets: Mapping[int, Present]) -> None:
        """Name on a card that is open the colleagues who are at its ticket now."""
        if self._shown is not None and self._shown[1] is self.desk.app.screen:
            ticket_id, card = self._shown
            card.show_colleagues(at_tickets.get(ticket_id, Present()))

    def _is_weak(self, ticket: Ticket, change: Change) -> bool:
        """Return whether a reply is a macro's unchanged text that is not sure to fit here."""
        return bool(change.macro) and not change.edited and self.desk.answering.weak(ticket, change.macro)

    async def _decided(
        self,
        ticket: Ticket,
        shown: ReplyCard,
        promise: Promise | None,
        back: Callable[[], None] | None,
        verdict: Verdict | None,
    ) -> None:
        """Do what the agent chose on the card; `promise` is a promise set apart from the reply's text."""
        change, wish = shown.card.change, verdict.wish if verdict is not None else ""
        if wish == "send" and verdict is not None:
            # pending and open replace a snooze
            until = change.snooze_until if verdict.status is Status.SNOOZED else None
            sent = replace(change, status=verdict.status, snooze_until=until, override_reason=verdict.reason)
            await self.send(ticket, sent)
        elif wish == "steps":
            self.steps.first(ticket.id, partial(self.preview, ticket, change, shown.card.title, back))
        elif wish == "edit" and verdict is not None:
            # an edited text may promise something else: it is read again when sent
            await self.writing.write(Direction.OUT, replace(change, promise=promise), at=verdict.finding)
        elif wish == "address":
            other = replace(change, recipient=shown.card.addresses[0])
            self.preview(ticket, other, shown.card.title, back)
        elif wish == "language" and change.macro:
            other_language = "en" if change.reply_language.startswith("es") else "es"
            self.preview_macro(ticket, change.macro, other_language, anew=False)
        elif not wish and back is not None:
            back()

    async def send(self, ticket: Ticket, change: Change) -> None:
        """Send to the ticket as the agent saw it, and if it is then done, go to the most urgent ticket."""
        await self.changing.change_of((ticket.id,), change, self._sent, versions={ticket.id: ticket.version})

    def _sent(self, done: Done) -> None:
        self.writing.close()
        self.desk.refresh_lanes()
        self.changing.tell(done)
        if self.changing.waits(done.ticket_ids[0]):
            self.desk.lane_shown()
            return
        if self.desk.view.ticket_id == done.ticket_ids[0]:
            self.desk.show_ticket(None)
        self.desk.run_worker(self._go_on(done), group="next")

    async def _go_on(self, done: Done) -> None:
        await self.next_up.open_next(done.ticket_ids[0])
        # a narrow screen cuts the end: the next ticket comes before the well-known key
        self.desk.say(f"{piecewise(done.summary)} · {self.desk.last_said} · {self.changing.undo_words(done)}")
