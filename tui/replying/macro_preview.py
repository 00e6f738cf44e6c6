"""Answering: macros on digits, the composer, and the preview from which a reply leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import work

from data.errors import DeskError
from data.macro_names import separate
from data.records.changes import Change, Done
from data.records.changes import Finding as Found
from data.records.messages import Direction, Draft
from data.records.promises import Promise
from data.records.tickets import Status, Ticket
from tui.look.one_line import one_line
from tui.look.words import words
from tui.replying.macro_questions import Asking, Given
from tui.replying.macros_at_hand import Answer, Place

if TYPE_CHECKING:
    from macros.files.library import Verdict as Refused
    from macros.filling.macro import Macro
    from queues.desk.desk import Desk
    from tui.replying.completion import Choice
    from tui.replying.composer import Composer
    from tui.replying.reply_card import ReplyCard
    from tui.replying.reply_card_lines import Card, Verdict


class Answers(Asking):
    """Writing to the customer, and notes that no customer sees."""

    composer: Composer | None = None
    """Made with the first text that is written; what it needs is not loaded before."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.revisions: dict[int, int] = {}
        """The revision of each draft as last kept; only the writer's thread touches it."""
        self._pressed_early: Callable[[], None] | None = None
        """Shows the macro of the digit that was pressed before the macros were there."""

    @work(thread=True, group="macros", exit_on_error=False)
    def load_macros(self) -> None:
        """Read the macros once the screen is drawn."""
        self.answering.load()
        self.app.call_from_thread(self._macros_taken, self.answering.refused())
        self.answering.learn()

    @work(thread=True, group="learning", exit_on_error=False)
    def learn_from_replies(self) -> None:
        """Let suggestions follow what was sent."""
        self.answering.learn()

    @work(thread=True, group="macros on disk", exit_on_error=False)
    def look_for_macros(self) -> None:
        """Take in macros that were changed on disk."""
        refused = self.answering.refresh()
        if refused is not None:
            self.app.call_from_thread(self._macros_taken, refused)

    def _macros_taken(self, refused: Sequence[Refused]) -> None:
        """Show what the digits hold now, and tell of files that cannot be used; what they held before stays."""
        self.answering.know_new()
        self.lane_shown()
        early, self._pressed_early = self._pressed_early, None
        if early is not None:
            early()
        if refused:
            first = refused[0]
            told = words("{file}, line {line}: {reason}").format(
                file=first.file.name, line=first.line, reason=first.reason
            )
            more = words("And {n} more; tridesk macros check shows all.").format(n=len(refused) - 1)
            text = one_line(told) + (f"\n{more}" if len(refused) > 1 else "")
            self.notify(text, title=words("Macro refused"), severity="warning", timeout=10, markup=False)

    def action_macro_slot(self, number: int) -> None:
        """Preview the macro on a digit."""
        ticket = self.ticket()
        if ticket is None:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return
        if not self.answering.ready:
            self._pressed_early = self.only_here(partial(self.action_macro_slot, number))
            self.say(words("Macros are loading; {n} shows in a moment.").format(n=number))
            return
        macro = self.answering.slots(ticket)[number - 1]
        if macro is None:
            self.say(words("No macro is on {n}.").format(n=number))
            return
        self.preview_macro(ticket, macro.name)

    def action_macro_again(self) -> None:
        """Preview the macro used last."""
        ticket = self.ticket()
        if ticket is not None and self.answering.last:
            self.preview_macro(ticket, self.answering.last)
        else:
            self.say(words("No macro was used yet."))

    def fill(
        self, ticket: Ticket, given: Sequence[tuple[Macro, Given]], language: str = "", into: Place | None = None
    ) -> Answer | None:
        """Fill macros in, as one reply or `into` one that is being written; a refusal is told."""
        try:
            named = [(macro.name, answers) for macro, answers in given]
            return self.answering.fill_all(ticket, named, language, into)
        except DeskError as error:
            self.say(f"{error.title}: {error.message}", severe=True)
            return None

    def preview_macro(self, ticket: Ticket, name: str, language: str = "", *, anew: bool = True) -> None:
        """Show what a macro, or several joined, would send; what asks is asked first, and Esc goes back to it."""

        def filled(given: Sequence[tuple[Macro, Given]]) -> None:
            answer = self.fill(ticket, given, language)
            if answer is not None:
                asks = any(macro.asks for macro, _ in given)
                back = partial(self.preview_macro, ticket, name, language) if asks else None
                why = self.answering.why(ticket, name)
                self.preview(ticket, answer.change, f"{answer.title} · {why}" if why else answer.title, back)

        self.with_all_answers(ticket, separate(name), filled, anew=anew)

    def preview(self, ticket: Ticket, change: Change, title: str, back: Callable[[], None] | None = None) -> None:
        """Show a reply, where it goes and what is wrong with it; then do what the agent wants with it."""

        def show(looked: tuple[Card, Ticket]) -> None:
            from tui.replying.reply_card import ReplyCard

            found, seen = looked
            card = ReplyCard(replace(found, addresses=self._addresses(ticket, found.recipient)))
            self.app.push_screen(card, partial(self._decided, seen, card, change.promise, back))

        work = self._preview(ticket, change, title, self.only_here(show))
        self.run_worker(work, group="preview", exclusive=True, exit_on_error=False)

    async def _preview(
        self, ticket: Ticket, change: Change, title: str, show: Callable[[tuple[Card, Ticket]], None]
    ) -> None:
        from tui.replying.reply_card_lines import Card

        weak = self.is_weak(ticket, change)

        def look(desk: Desk) -> tuple[Card, Ticket]:
            seen = desk.store.tickets.get(ticket.id) or ticket
            recipient, found = change.recipient or desk.recipient(ticket.id), desk.findings(ticket.id, change)
            promised = replace(change, promise=desk.promise(ticket.id, change))
            office = desk.office(ticket.id)
            card = Card(title, recipient, promised, found, office=office, now=self.clock(), weak=weak)
            gates = desk.open_gates(ticket.id, replace(change, status=card.outcome))
            guarded = bool(desk.open_gates(ticket.id, replace(change, status=Status.PENDING)))
            return replace(card, gates=[step.words(ticket.language) for step in gates], guarded=guarded), seen

        await self.ask(look, show)

    def is_weak(self, ticket: Ticket, change: Change) -> bool:
        """Tell whether a reply is a macro's words as they stand, and nothing here speaks for that macro."""
        return bool(change.macro) and not change.edited and self.answering.weak(ticket, change.macro)

    def _addresses(self, ticket: Ticket, recipient: str) -> list[str]:
        """Return the customer's addresses besides the recipient's, the one after it first."""
        customer = self.store.customers.get(ticket.customer_id)
        known = [one.value for one in customer.identities if one.kind == "email"] if customer is not None else []
        place = known.index(recipient.casefold()) + 1 if recipient.casefold() in known else 0
        return [address for address in known[place:] + known[:place] if address != recipient.casefold()]

    def steps_first(self, ticket_id: int, card: Callable[[], None]) -> None:
        """Answer what the ticket's procedure asks for first, then show the card again."""

    async def _decided(
        self,
        ticket: Ticket,
        shown: ReplyCard,
        promise: Promise | None,
        back: Callable[[], None] | None,
        verdict: Verdict | None,
    ) -> None:
        """Do with the reply what the agent chose on the card; `promise` is what was promised apart from its words."""
        change, wish = shown.card.change, verdict.wish if verdict is not None else ""
        if wish == "send" and verdict is not None:
            # what is to wait, or stays ours, does not sleep first
            until = change.snooze_until if verdict.status is Status.SNOOZED else None
            sent = replace(change, status=verdict.status, snooze_until=until, override_reason=verdict.reason)
            await self.send(ticket, sent)
        elif wish == "steps":
            self.steps_first(ticket.id, partial(self.preview, ticket, change, shown.card.title, back))
        elif wish == "edit" and verdict is not None:
            # other words may promise something else: they are read again when they are sent
            await self.write(Direction.OUT, replace(change, promise=promise), at=verdict.finding)
        elif wish == "address":
            other = replace(change, recipient=shown.card.addresses[0])
            self.preview(ticket, other, shown.card.title, back)
        elif wish == "language" and change.macro:
            other_language = "en" if change.reply_language.startswith("es") else "es"
            self.preview_macro(ticket, change.macro, other_language, anew=False)
        elif not wish and back is not None:
            back()

    async def send(self, ticket: Ticket, change: Change) -> None:
        """Send to the ticket as the agent saw it, and go on with the most urgent one where it is done with."""
        await self.change_of((ticket.id,), change, self._sent, versions={ticket.id: ticket.version})

    def _sent(self, done: Done) -> None:
        self.close_composer()
        self.refresh_lanes()
        self.tell(done)
        if self._waits(done.ticket_ids[0]):
            self.lane_shown()
            return
        if self.view.ticket_id == done.ticket_ids[0]:
            self.show_ticket(None)
        self.run_worker(self._go_on(done), group="next", exit_on_error=False)

    async def _go_on(self, done: Done) -> None:
        await self.open_next(done.ticket_ids[0])
        # a narrow screen cuts the end: what is next goes before the key that everybody knows
        self.say(f"{done.summary} · {self.said} · {self.undo_words(done)}")

    async def action_ticket_reply(self) -> None:
        """Write to the customer."""
        await self.write(Direction.OUT)

    async def action_ticket_note(self) -> None:
        """Write a note."""
        await self.write(Direction.NOTE)

    async def write(self, kind: Direction, change: Change | None = None, *, at: Found | None = None) -> None:
        """Open the composer on the ticket's draft, or on the text of `change`, with the words of `at` selected."""
        ticket = self.ticket()
        if ticket is None:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return
        if self.view.ticket_id != ticket.id:
            self.open_ticket(self.active, ticket.id)
        composer = await self._composer()
        draft = self.store.drafts.get(ticket.id) or Draft(ticket.id, "", kind)
        if not draft.text or kind is Direction.NOTE:
            # a reply may become a note; a note becomes a reply only by ctrl+t, never by the key that was pressed
            draft = replace(draft, kind=kind)
        known = draft.revision
        self.writer.submit(lambda desk: self.revisions.__setitem__(ticket.id, known))
        customer = self.store.customers.get(ticket.customer_id)
        composer.open(draft, customer.name if customer else "")
        composer.add_class("-open")
        if change is not None and change.reply is not None:
            composer.put(change, whole=True)
            if at is not None:
                composer.point_at(at)

    async def _composer(self) -> Composer:
        if self.composer is None:
            from tui.replying.composer import Composer

            self.composer = Composer(self._complete)
            await self.query_one("#tickets").mount(self.composer)
        return self.composer

    def _complete(self, letters: str) -> Sequence[Choice]:
        from tui.replying.completion import found_by

        ticket = self.ticket() or (self.view.shown.ticket if self.view.shown else None)
        if ticket is None:
            return []
        return found_by(letters, self.answering.titles(ticket, ticket.language))

    def close_composer(self) -> None:
        """Leave the composer; the draft is in the file."""
        if self.composer is not None and self.composer.has_class("-open"):
            self.composer.flush()
            self.composer.remove_class("-open")
            (self.view if self.view.ticket_id is not None else self.list).focus()
