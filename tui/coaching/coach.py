"""The coach on the desk: counts keys, shows advice, and saves the last reply as a macro."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.events import Key

from data.errors import DeskError
from data.records.messages import OwnReply
from data.records.shifts import Effort
from data.records.tickets import ACTIVE
from data.store import Store
from tui.cards.desk_message import DeskMessage
from tui.coaching.key_meter import Meter, Subject, Visit
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import as_sentence, words
from tui.replying.composer_messages import KeepAsked

if TYPE_CHECKING:
    from macros.authoring.coach import Advice
    from tui.coaching.advice import Coaching

DELETING = frozenset({"backspace", "delete"})


class Coach(Part):
    """Counts keys and seconds, and shows what would save keys."""

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self.meter = Meter(self._visit_over)

    def actions(self) -> Mapping[str, Act]:
        """The coach, and saving the last reply as a macro."""
        return {"desk.coach": self._coach, "macro.keep": self._keep_last}

    def messages(self) -> Mapping[type[DeskMessage], Callable[..., object]]:
        """The composer's text is to be saved as a macro."""
        return {KeepAsked: self._keep_asked}

    def count_key(self, event: Key) -> None:
        """Count a key before it is handled."""
        focused = self.desk.app.focused
        writes = focused is not None and focused.check_consume_key("a", "a")
        typed = writes and (
            event.key in DELETING or (focused is not None and focused.check_consume_key(event.key, event.character))
        )
        self.meter.key(self._subject(), event.time, typed=typed)

    def look_at_work(self) -> None:
        """Notice that another ticket is shown."""
        self.meter.look(self._subject())

    async def keep_visit(self) -> bool:
        """Save the counts before quitting; a failure never prevents quitting."""
        self.meter.look(None)
        return True

    def _subject(self) -> Subject | None:
        in_list = self.desk.focused is self.desk.list or self.desk.view.ticket_id is None
        number = self.desk.list.current_id if in_list else self.desk.view.ticket_id
        if number is None:
            return None
        is_open, known = number == self.desk.view.ticket_id, self.meter.subject
        if known is not None and known.ticket_id == number:
            return replace(known, open=known.open or is_open)
        ticket = self.desk.store.tickets.get(number)
        return None if ticket is None else Subject(number, ticket.version, is_open, ticket.status in ACTIVE)

    def _visit_over(self, visit: Visit) -> None:
        """Save a visit, unless the ticket was only passed in a list, or viewed when nothing was left to do."""
        subject = visit.subject
        ticket = self.desk.store.tickets.get(subject.ticket_id)
        if ticket is None or (ticket.version == subject.version and not (subject.open and subject.waits)):
            return
        seconds = round(visit.seconds, 2)
        effort = Effort(ticket.id, self.desk.agent, self.desk.clock(), visit.keys, visit.letters, seconds)
        self.desk.writer.submit(lambda desk: desk.spent(effort))

    def _coach(self) -> None:
        """Show keys and seconds per ticket, and advice to save keys."""
        if not self.desk.answering.ready:
            self.desk.say(words("Macros are loading."))
            return
        self.desk.say(words("Looking at your replies…"))
        then = self.desk.only_here(self._show_coaching, of_ticket=False)
        self.desk.in_thread("coach", partial(self._look_at_replies, then), exclusive=True)

    def _look_at_replies(self, then: Callable[[Coaching], None]) -> None:
        from tui.coaching.advice import coaching

        store = Store.open(self.desk.store.path, create=False)
        try:
            summary = coaching(store, self.desk.answering.library(), self.desk.agent, self.desk.clock())
        finally:
            store.close()
        self.desk.from_thread(then, summary)

    def _show_coaching(self, summary: Coaching) -> None:
        from tui.cards.pick_list import PickList
        from tui.coaching.advice import advice_line, figures

        by_number = {str(number): advice for number, advice in enumerate(summary.advice, 1)}
        lines = [(f"figure {n}", line) for n, line in enumerate(figures(summary))]
        lines += [(number, f"{number} {advice_line(advice)}") for number, advice in by_number.items()]
        hint = words("Enter follows the advice of a line · Esc leaves")
        if not by_number:
            hint = words("No suggestions yet: what you often retype is listed here · Esc leaves")
        self.desk.say("")

        def chosen(number: str | None) -> None:
            if number in by_number:
                self._save_advice(by_number[number])

        self.desk.push_screen(PickList(lines, hint), chosen)

    def _save_advice(self, advice: Advice) -> None:
        from macros.authoring.coach import carry_out, title_of
        from tui.setup.settings import config_folder

        folder = config_folder() / "macros"

        def save(title: str | None) -> None:
            if title:
                self._save_macro(partial(carry_out, advice, self.desk.answering.library(), folder, title))

        if advice.repeated is not None:
            self._ask_title(title_of(advice.repeated.text), save)
        else:
            self._save_macro(partial(carry_out, advice, self.desk.answering.library(), folder))

    def _keep_last(self) -> None:
        """Save the last sent reply as a macro of the agent's own."""
        newest: OwnReply | None = next(iter(self.desk.store.messages.own_replies(self.desk.agent, 1)), None)
        if newest is None:
            self.desk.say(words("You have not sent a reply yet. F4 saves what you are writing."))
            return
        self._keep_reply(newest.ticket_id, newest.text, newest.language)

    def _keep_asked(self, message: KeepAsked) -> None:
        """Save the text being written as a macro."""
        self._keep_reply(message.draft.ticket_id, message.draft.text, message.draft.language)

    def _keep_reply(self, ticket_id: int, text: str, language: str) -> None:
        ticket = self.desk.store.tickets.get(ticket_id)
        if ticket is None or not self.desk.answering.ready:
            self.desk.say(words("Macros are loading."))
            return
        from macros.authoring.coach import title_of

        context = self.desk.answering.context(ticket)

        def save(title: str | None) -> None:
            if title:
                self._save_macro(partial(self.desk.answering.keep_as_macro, context, title, text, language))

        self._ask_title(title_of(text), save)

    def _ask_title(self, title: str, then: Callable[[str | None], None]) -> None:
        from tui.cards.ask_line import AskLine

        self.desk.push_screen(
            AskLine(words("Title of the macro?"), words("shown in lists under this title"), title), then
        )

    def _save_macro(self, save: Callable[[], str]) -> None:
        self.desk.in_thread("coach", partial(self._save_in_thread, save))

    def _save_in_thread(self, save: Callable[[], str]) -> None:
        try:
            message, severe = words("Saved as {name}; m finds it.").format(name=save()), False
        except DeskError as error:
            message, severe = as_sentence(error), True
        self.desk.from_thread(self.desk.say, message, severe=severe)
