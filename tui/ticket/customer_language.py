"""The language of tickets: said with a key, asked for before a macro where nobody knows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data.records.changes import Change, Done
from data.records.messages import Direction
from data.records.tickets import UNKNOWN_LANGUAGE, Ticket
from tui.deciding.rerouting import Rerouting
from tui.look.words import words

_OTHER = {"en": "es", "es": "en"}


class Languages(Rerouting):
    """Corrects what was detected, and remembers it for the customer."""

    def action_ticket_language(self) -> None:
        """Say the language, the register or the region of the tickets that the keys mean."""
        ids = self.targets()
        if not ids:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return
        named = f"#{ids[0]}" if len(ids) == 1 else words("{n} tickets").format(n=len(ids))
        self._ask_language(ids, words("Language and address: {named}").format(named=named), self.changed)

    async def action_ticket_other_language(self) -> None:
        """Correct with one key: English and Spanish change places, an unknown language becomes the likeliest."""
        ids = self.targets()
        ticket = self.store.tickets.get(ids[0]) if ids else None
        if ticket is None:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return
        other = _OTHER.get(ticket.language.partition("-")[0])
        if other is not None:
            await self.change_of(ids, Change(language=other), self.changed)
            return
        texts = [one.new_text for one in self.store.messages.of(ticket.id, 20) if one.direction is Direction.IN]

        def guessed(best: str) -> None:
            if best == UNKNOWN_LANGUAGE:
                self.action_ticket_language()
            else:
                self.run_worker(self.change_of(ids, Change(language=best), self.changed), exit_on_error=False)

        await self.ask(lambda desk: _likeliest(texts), guessed)

    def preview_macro(self, ticket: Ticket, name: str, language: str = "", *, anew: bool = True) -> None:
        """Show what a macro would send; a ticket in triage is asked about first, so that no answer is a guess."""
        if language or ticket.language != UNKNOWN_LANGUAGE:
            super().preview_macro(ticket, name, language, anew=anew)
            return

        def known(done: Done) -> None:
            self.changed(done)
            fresh = self.store.tickets.get(ticket.id)
            if fresh is not None and fresh.language != UNKNOWN_LANGUAGE:
                self.preview_macro(fresh, name, anew=anew)

        title = words("In which language? #{n} waits in triage").format(n=ticket.id)
        self._ask_language((ticket.id,), title, known)

    def _ask_language(self, ids: tuple[int, ...], title: str, then: Callable[[Done], None]) -> None:
        from tui.ticket.language_card import LanguageCard

        first = self.store.tickets.get(ids[0])
        suggestion = self._suggestion(ids[0]) if len(ids) == 1 else ""

        async def chosen(change: Change | None) -> None:
            if change is not None:
                await self.change_of(ids, change, then)

        self.app.push_screen(LanguageCard(title, first.language if first else "", suggestion), chosen)

    def _suggestion(self, ticket_id: int) -> str:
        """What the customer's latest words say of tú, usted and region, where they say one thing."""
        from queues.language.tu_or_usted import suggested

        said = [one.new_text for one in self.store.messages.of(ticket_id, 20) if one.direction is Direction.IN]
        found = suggested(said[-1]) if said else None
        if found is None:
            return ""
        told = " · ".join(part for part in ("tú" if found.register == "tu" else "usted", found.region) if part)
        return words("Their words “{words}” suggest {told}").format(words=found.words, told=told)


def _likeliest(texts: Sequence[str]) -> str:
    """Return the language of the latest of the texts that has one, however unsure; called in the writer's thread."""
    from queues.language.detector import detect

    found = (detect(text, cut=0).best for text in reversed(texts))
    return next((best for best in found if best != UNKNOWN_LANGUAGE), UNKNOWN_LANGUAGE)
