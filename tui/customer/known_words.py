"""`i` explains the slang, emoji and terms of the ticket: the words in view first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from data.errors import DeskError
from data.records.messages import Direction
from data.store import Store
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import words

if TYPE_CHECKING:
    from queues.glossary.glossary import Entry

NEWEST = 30
"""Messages that are looked through."""


class KnownWords(Part):
    """The key that explains words."""

    def actions(self) -> Mapping[str, Act]:
        """Explain the words of the ticket."""
        return {"ticket.words": self._start}

    def _start(self) -> None:
        """Look for known words in a thread: the texts may be long, and files of the glossary may have changed."""
        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
            return
        number, path, folded = ticket.id, self.desk.store.path, self.desk.folds(ticket)
        language = "" if ticket.language == "und" else ticket.language
        view = self.desk.view
        seen = view.text_in_view if view.drawn_id == number else ""
        show = self.desk.only_here(lambda near, far: self._show(number, near, far))

        def read() -> None:
            from queues.glossary.glossary import standard
            from tui.setup.settings import config_folder

            try:
                glossary = standard(config_folder() / "glossary")
                with closing(Store.open(path, create=False)) as store:
                    messages = store.messages.beginnings(number, NEWEST, 200_000)
            except DeskError as error:
                self.desk.from_thread(self.desk.refused, error)
                return
            shown = [message for message in messages if not folded or message.direction is not Direction.IN]
            everything = glossary.in_messages(shown)
            here = glossary.in_text(seen, language)
            near = [entry for entry in here if entry in everything]
            self.desk.from_thread(show, near, [entry for entry in everything if entry not in near])

        self.desk.in_thread("words", read, exclusive=True)

    def _show(self, ticket_id: int, near: Sequence[Entry], far: Sequence[Entry]) -> None:
        """Open the card, or say that there is nothing to explain."""
        from tui.cards.lines_card import LinesCard
        from tui.look.glossary_lines import meaning_line

        if not near and not far:
            self.desk.say(words("#{n} has no word of the glossary.").format(n=ticket_id))
            return
        lines = [("", words("In view"))] if near else []
        lines += [("near", meaning_line(entry)) for entry in near]
        lines += [("", words("Elsewhere in the ticket"))] if far else []
        lines += [("far", meaning_line(entry)) for entry in far]
        title = words("Words of #{n}").format(n=ticket_id)
        self.desk.push_screen(LinesCard(title, lines, words("What they mean is a guess from a list · Esc back")))
