"""The language of tickets: set with a key, asked for before a macro where it is unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from data.records.changes import Change, Done
from data.records.messages import Direction
from data.records.tickets import UNKNOWN_LANGUAGE
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act, MacroWish
from tui.context.part import Part
from tui.look.words import words

MOST_READ = 20_000
"""Characters of a mail that its language is guessed from."""
_OTHER = {"en": "es", "es": "en"}


class CustomerLanguage(Part):
    """Corrects what was detected, and remembers it for the customer."""

    def __init__(self, desk: DeskContext, changing: Changing) -> None:
        super().__init__(desk)
        self.changing = changing

    def actions(self) -> Mapping[str, Act]:
        """Set the language, or switch it."""
        return {"ticket.language": self._ask, "ticket.other_language": self._other}

    def _ask(self) -> None:
        """Set the language, register or region of the tickets that keys act on."""
        ids = self.desk.targets()
        if not ids:
            self.desk.say_no_ticket()
            return
        named = f"#{ids[0]}" if len(ids) == 1 else words("{n} tickets").format(n=len(ids))
        self._ask_language(ids, words("Language and address: {named}").format(named=named), self.changing.changed)

    async def _other(self) -> None:
        """Correct with one key: English becomes Spanish and back, an unknown language becomes the likeliest."""
        ids = self.desk.targets()
        ticket = self.desk.store.tickets.get(ids[0]) if ids else None
        if ticket is None:
            self.desk.say_no_ticket()
            return
        other = _OTHER.get(ticket.language.partition("-")[0])
        if other is not None:
            await self.changing.change_of(ids, Change(language=other), self.changing.changed)
            return
        texts = [
            message.new_text
            for message in self.desk.store.messages.of(ticket.id, 20, MOST_READ)
            if message.direction is Direction.IN
        ]

        def guessed(best: str) -> None:
            if best == UNKNOWN_LANGUAGE:
                self._ask()
            else:
                self.desk.run_worker(self.changing.change_of(ids, Change(language=best), self.changing.changed))

        await self.desk.ask(lambda desk: _likeliest(texts), guessed)

    def ask_before_preview(self, wish: MacroWish, go_on: Callable[[MacroWish], None]) -> None:
        """Ask for the language of a ticket in triage before a macro is filled in, so that no reply uses a guess."""
        number = wish.ticket.id
        if wish.language or wish.ticket.language != UNKNOWN_LANGUAGE:
            go_on(wish)
            return

        def known(done: Done) -> None:
            self.changing.changed(done)
            fresh = self.desk.store.tickets.get(number)
            if fresh is not None and fresh.language != UNKNOWN_LANGUAGE:
                go_on(replace(wish, ticket=fresh))

        self._ask_language((number,), words("In which language? #{n} waits in triage").format(n=number), known)

    def _ask_language(self, ids: tuple[int, ...], title: str, then: Callable[[Done], None]) -> None:
        from tui.customer.language_card import LanguageCard

        first = self.desk.store.tickets.get(ids[0])
        suggestion = self._suggestion(ids[0]) if len(ids) == 1 else ""

        async def chosen(change: Change | None) -> None:
            if change is not None:
                await self.changing.change_of(ids, change, then)

        self.desk.push_screen(LanguageCard(title, first.language if first else "", suggestion), chosen)

    def _suggestion(self, ticket_id: int) -> str:
        """What the customer's latest messages say about tú, usted, vos and region, if they agree."""
        from queues.language.tu_or_usted import suggested

        said = [
            message.new_text
            for message in self.desk.store.messages.of(ticket_id, 20, MOST_READ)
            if message.direction is Direction.IN
        ]
        style = suggested(said[-1]) if said else None
        if style is None:
            return ""
        suggestion = " · ".join(part for part in (style.register.replace("tu", "tú"), style.region) if part)
        return words("Their words “{words}” suggest {suggestion}").format(words=style.words, suggestion=suggestion)


def _likeliest(texts: Sequence[str]) -> str:
    """Return the language of the latest text that has one, however uncertain; called in the writer's thread."""
    from queues.language.detector import detect

    languages = (detect(text, cut=0).best for text in reversed(texts))
    return next((best for best in languages if best != UNKNOWN_LANGUAGE), UNKNOWN_LANGUAGE)
