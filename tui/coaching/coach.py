"""The coach on the desk: keys are counted, its advice is one key away, and what was just sent becomes a macro."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.events import Key

from data.errors import DeskError
from data.records.messages import OwnReply
from data.records.shifts import Effort
from data.records.tickets import ACTIVE
from data.store import Store
from tui.coaching.key_meter import Meter, Subject, Visit
from tui.look.words import words
from tui.procedures.steps import Steps

if TYPE_CHECKING:
    from macros.authoring.coach import Advice
    from tui.coaching.advice import Coaching
    from tui.replying.composer import Composer

DELETING = frozenset({"backspace", "delete"})


class Coached(Steps):
    """Counts, and tells what would save keys."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.meter = Meter(self._visit_over)

    def count_key(self, event: Key) -> None:
        """Count a key before it is handled."""
        focused = self.app.focused
        writes = focused is not None and focused.check_consume_key("a", "a")
        typed = writes and (
            event.key in DELETING or (focused is not None and focused.check_consume_key(event.key, event.character))
        )
        self.meter.key(self._subject(), event.time, typed=typed)

    def look_at_work(self) -> None:
        """Notice that another ticket came under the agent's eyes."""
        self.meter.look(self._subject())

    async def all_kept(self) -> bool:
        """Keep what was counted too."""
        self.meter.look(None)
        return await super().all_kept()

    def _subject(self) -> Subject | None:
        in_list = self.focused is self.list or self.view.ticket_id is None
        number = self.list.current_id if in_list else self.view.ticket_id
        if number is None:
            return None
        is_open, known = number == self.view.ticket_id, self.meter.subject
        if known is not None and known.ticket_id == number:
            return replace(known, open=known.open or is_open)
        ticket = self.store.tickets.get(number)
        return None if ticket is None else Subject(number, ticket.version, is_open, ticket.status in ACTIVE)

    def _visit_over(self, visit: Visit) -> None:
        """Keep a visit, unless the ticket was only passed by in a list, or looked at after all was done."""
        subject = visit.subject
        ticket = self.store.tickets.get(subject.ticket_id)
        if ticket is None or (ticket.version == subject.version and not (subject.open and subject.waits)):
            return
        seconds = round(visit.seconds, 2)
        effort = Effort(ticket.id, self.agent, self.clock(), visit.keys, visit.letters, seconds)
        self.writer.submit(lambda desk: desk.spent(effort))

    def action_desk_coach(self) -> None:
        """Show what tickets took, and what would save keys."""
        if not self.answering.ready:
            self.say(words("Macros are loading."))
            return
        self.say(words("Looking at your replies…"))
        self._look_at_replies(self.only_here(self._show_coaching, of_ticket=False))

    @work(thread=True, group="coach", exclusive=True, exit_on_error=False)
    def _look_at_replies(self, then: Callable[[Coaching], None]) -> None:
        from tui.coaching.advice import coaching

        store = Store.open(self.store.path, create=False)
        try:
            found = coaching(store, self.answering.library(), self.agent, self.clock())
        finally:
            store.close()
        self.app.call_from_thread(then, found)

    def _show_coaching(self, found: Coaching) -> None:
        from tui.cards.pick_list import PickList
        from tui.coaching.advice import advice_line, figures

        by_number = {str(number): one for number, one in enumerate(found.advice, 1)}
        lines = [(f"figure {n}", line) for n, line in enumerate(figures(found))]
        lines += [(number, f"{number} {advice_line(one)}") for number, one in by_number.items()]
        hint = words("Enter does what a line advises · Esc leaves")
        if not by_number:
            hint = words("Nothing to save yet: what you change or type often comes here · Esc leaves")
        self.say("")

        def chosen(number: str | None) -> None:
            if number in by_number:
                self._save_advice(by_number[number])

        self.app.push_screen(PickList(lines, hint), chosen)

    def _save_advice(self, advice: Advice) -> None:
        from macros.authoring.coach import carry_out, title_of
        from tui.setup.settings import config_folder

        folder = config_folder() / "macros"

        def save(title: str | None) -> None:
            if title:
                self._save_macro(partial(carry_out, advice, self.answering.library(), folder, title))

        if advice.repeated is not None:
            self._ask_title(title_of(advice.repeated.text), save)
        else:
            self._save_macro(partial(carry_out, advice, self.answering.library(), folder))

    def action_macro_keep(self) -> None:
        """Make the reply that was sent last a macro of one's own."""
        newest: OwnReply | None = next(iter(self.store.messages.own_replies(self.agent, 1)), None)
        if newest is None:
            self.say(words("You have sent no reply yet. F4 keeps what you write."))
            return
        self._keep_reply(newest.ticket_id, newest.text, newest.language)

    def on_composer_keep_asked(self, message: Composer.KeepAsked) -> None:
        """Make a macro of what is being written."""
        message.stop()
        self._keep_reply(message.draft.ticket_id, message.draft.text, message.draft.language)

    def _keep_reply(self, ticket_id: int, text: str, language: str) -> None:
        ticket = self.store.tickets.get(ticket_id)
        if ticket is None or not self.answering.ready:
            self.say(words("Macros are loading."))
            return
        from macros.authoring.coach import title_of

        context = self.answering.context(ticket)

        def save(title: str | None) -> None:
            if title:
                self._save_macro(partial(self.answering.keep_as_macro, context, title, text, language))

        self._ask_title(title_of(text), save)

    def _ask_title(self, title: str, then: Callable[[str | None], None]) -> None:
        from tui.cards.ask_line import AskLine

        self.app.push_screen(AskLine(words("Title of the macro?"), words("lists show it by this"), title), then)

    @work(thread=True, group="coach", exit_on_error=False)
    def _save_macro(self, save: Callable[[], str]) -> None:
        try:
            told, severe = words("Saved as {name}; m finds it.").format(name=save()), False
        except DeskError as error:
            told, severe = f"{error.title}: {error.message}", True
        self.app.call_from_thread(self.say, told, severe=severe)
