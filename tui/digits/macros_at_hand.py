"""The macros as the screen uses them. A thread loads them after the first paint, so that they never delay the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from threading import Lock
from typing import TYPE_CHECKING

from data.changes import unpacked
from data.errors import InputError
from data.macro_names import separate
from data.protocols import Clock
from data.records.changes import Change
from data.records.customers import Customer
from data.records.messages import Draft
from data.records.tickets import UNKNOWN_LANGUAGE, Ticket, harm_lanes
from tui.digits.digit_ranking import WEAK, Ranking, Slot, is_weak, slot, why
from tui.digits.digit_slots import SUGGESTED, Asked, first_digits
from tui.look.words import words

if TYPE_CHECKING:
    from data.store import Store
    from macros.files.library import Library, Verdict
    from macros.filling.context import Brand, Context
    from macros.filling.macro import EscalateTo, Macro, Once
    from macros.suggesting.learning import Learner
    from macros.suggesting.offering import Offer, Situation

SLOTS = 9
"""Keys 1 to 9."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A macro filled in for one ticket."""

    macro: str
    title: str
    language: str
    change: Change
    holes: tuple[str, ...] = ()
    closing: str = ""
    """The closing of the reply, before which more may be inserted."""


Given = Sequence[tuple[str, Mapping[str, str]]]
"""Names of macros, each with the answers to its asks."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a reply a macro is inserted."""

    draft: Draft
    before: str
    after: str


GREETING, CLOSING, SAFETY_CLOSING = "greeting", "closing", "closing-safety"
"""The snippets that a reply without a macro begins and ends with."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """A ticket as its macros are judged: what may be suggested, best first, and what its procedure says."""

    situation: Situation
    asked: Asked
    offers: Mapping[str, Offer]
    first: Macro | None
    """The macro that the procedure puts before all others."""

    def is_weak(self, macro: Macro) -> bool:
        """Return whether a macro is not sure to be the answer."""
        return macro != self.first and is_weak(self.offers.get(macro.name), self.situation, macro)


class Answering:
    """Finds and fills macros for a ticket of the store that the screen reads."""

    def __init__(self, store: Store, clock: Clock, agent: str) -> None:
        self._store, self._clock, self._agent = store, clock, agent
        self._library: Library | None = None
        self._learner: Learner | None = None
        self._ranking: Ranking | None = None
        self._brand: Brand | None = None
        self._zone: tzinfo = UTC
        self._register = "usted"
        self._form = ""
        self._threshold = 1.0
        self._looking = Lock()
        self.last = ""
        """The macro used last."""
        self.generation = 0
        """Changes whenever the digits of a ticket may."""
        self.asked: Callable[[Ticket], Asked] = lambda ticket: Asked()
        """Returns what a ticket's procedure says about macros."""

    def over(self, store: Store) -> Answering:
        """Return the same macros over another connection, for the thread that owns it."""
        other = Answering(store, self._clock, self._agent)
        other._library = self._library
        other._brand, other._zone, other._register = self._brand, self._zone, self._register
        other._form, other._threshold = self._form, self._threshold
        if self._library is not None and self._learner is not None:
            other._learner, other._ranking = (
                self._learner,
                Ranking(store, self._library, self._learner, self._threshold),
            )
        return other

    def load(self) -> None:
        """Read the library; called in a thread. Invalid files do not prevent loading the others."""
        from macros import render
        from macros.files.library import Library
        from macros.suggesting.first_lesson import is_kept
        from macros.suggesting.learning import Learner
        from tui.digits.lesson_process import learn_apart
        from tui.setup.open_desk import brand_of, zone_of
        from tui.setup.settings import cache_folder, config_folder
        from tui.setup.settings import load as load_settings

        settings = load_settings().settings
        self._brand, self._zone = brand_of(settings), zone_of(settings)
        self._register, self._form = settings.register, settings.csat.link
        self._threshold = settings.suggestions.sure
        del render  # loading it here is what keeps the first preview fast
        library = Library.standard(config_folder() / "macros")
        if not is_kept(cache_folder(), library):
            learn_apart()
        self._learner = Learner(library, cache_folder())
        self._ranking = Ranking(self._store, library, self._learner, self._threshold)
        # set the library last: it signals to the screen's thread that everything is loaded
        self._library = library

    def learn(self, most: int | None = None) -> None:
        """Learn from the replies of the store, or from its newest `most`; called in a thread."""
        from data.store import Store

        if self._learner is None:
            return
        store = Store.open(self._store.path, create=False)
        try:
            self._learner.catch_up(store, *([] if most is None else [most]))
        finally:
            store.close()

    def stop(self) -> None:
        """Have a thread that learns end soon."""
        if self._learner is not None:
            self._learner.stop()

    def refresh(self) -> list[Verdict] | None:
        """Reload changed macro files; called in a thread.

        Returns the files that are newly refused, None if nothing changed.
        """
        if self._library is None or not self._looking.acquire(blocking=False):
            return None  # a slow disk: the previous check is still running
        try:
            before = self._library.refused()
            if not self._library.refresh():
                return None
            return [verdict for verdict in self._library.refused() if verdict not in before]
        finally:
            self._looking.release()

    def know_new(self) -> None:
        """Make newly added macros available to suggestions; called when suggestions are requested."""
        self.generation += 1
        if self._learner is not None and self._library is not None:
            self._learner.know(self._library)

    def library(self) -> Library:
        """Return all macros. Raises InputError while they are loading."""
        if self._library is None:
            raise InputError(words("Macros are loading"), words("Press the key again in a moment."))
        return self._library

    def refused(self) -> list[Verdict]:
        """Return the files that cannot be used."""
        return self._library.refused() if self._library is not None else []

    @property
    def ready(self) -> bool:
        """The library is there."""
        return self._library is not None

    def slots(self, ticket: Ticket) -> list[Macro | None]:
        """Return the macros on the keys 1 to 9 for a ticket.

        A macro that names its key has it. Else 1 to 3 hold what is sure to answer the latest message and what the
        ticket's procedure asks for next (`tui.digits.digit_slots`), and may be empty; the others hold first the macros
        of the ticket's topic, then the rest. No digit holds a macro whose outcome is not established. Where harm is
        possible, 4 to 9 hold only what names the lane or the topic, by its own key.
        """
        stand = self._stand(ticket)
        return self._slots(ticket, stand) if stand is not None else [None] * SLOTS

    def _slots(self, ticket: Ticket, stand: _Stand) -> list[Macro | None]:
        situation = stand.situation
        offered = [macro for macro in self._offered(ticket) if situation.admits(macro)]
        named = {macro.key: macro for macro in reversed(offered) if macro.key and _keeps_its_key(macro, situation)}
        taken = {macro.name for macro in named.values()}
        rest = {macro.name: macro for macro in offered if macro.name not in taken}
        ranked = [rest[name] for name in stand.offers if name in rest and not stand.is_weak(rest[name])]
        best = first_digits(ranked, stand.asked, hands_over_first=situation.hands_over_first)
        for macro in best:
            del rest[macro.name]
        remaining = [] if situation.safety else sorted(rest.values(), key=lambda macro: not situation.is_about(macro))
        sure, others = iter(best), iter(remaining)
        return [named.get(str(n)) or next(sure if n <= SUGGESTED else others, None) for n in range(1, SLOTS + 1)]

    def strip(self, ticket: Ticket) -> list[Slot]:
        """Return the digits that hold a macro for a ticket, each with its title in the ticket's language.

        If the first digits are empty, a text without a digit says so and names the keys that help.
        """
        stand = self._stand(ticket)
        if stand is None:
            return []
        held = self._slots(ticket, stand)
        shown = [] if any(held[:SUGGESTED]) else [Slot(0, words("nothing fits · m find · r write"))]
        for number, macro in enumerate(held, 1):
            if macro is not None:
                title = macro.title.for_language(ticket.language)
                shown.append(slot(stand.offers.get(macro.name), number, title, weak=stand.is_weak(macro)))
        return shown

    def why(self, ticket: Ticket, macro: str) -> str:
        """Return the evidence for a macro in a few words; empty if there is none."""
        stand = self._stand(ticket)
        return why(stand.offers.get(macro)) if stand is not None else ""

    def weak(self, ticket: Ticket, names: str) -> bool:
        """Return whether a macro, or one of several joined, is not sure to be the answer to this ticket.

        A macro that is no longer in the library is never suggested.
        """
        known = {macro.name: macro for macro in self._library or ()}
        stand = self._stand(ticket)
        return stand is not None and any(stand.is_weak(known[name]) for name in separate(names) if name in known)

    def next_answer(self, ticket: Ticket) -> Macro | None:
        """Return the macro that hands over as the ticket's procedure asks next.

        None unless the ticket's words make it sure, or the steps have established what it states.
        """
        stand = self._stand(ticket)
        if stand is None or stand.first is None:
            return None
        name = stand.first.name
        return stand.first if stand.offers[name].sure or name in stand.asked.established else None

    def sure_hand_over(self, ticket: Ticket) -> EscalateTo | None:
        """Return how the macro that surely fits the ticket hands over, whatever steps are open; None without one."""
        stand = self._stand(ticket)
        sure = next((name for name, offer in stand.offers.items() if offer.sure), None) if stand is not None else None
        return self.macro(sure).actions.escalate if sure is not None else None

    def _stand(self, ticket: Ticket) -> _Stand | None:
        """Return what all answers about the ticket's macros go by, read once; None while macros are loading."""
        if self._ranking is None:
            return None
        situation, asked = self._situation(ticket)
        offers = self._ranking.of(ticket, situation)
        known = {macro.name: macro for macro in self._library or ()}  # a file may be gone since the ranking
        over = asked.over([known[name] for name in offers if name in known and asked.speaks_for(known[name])])
        return _Stand(situation, asked, offers, over[0] if over else None)

    def _situation(self, ticket: Ticket) -> tuple[Situation, Asked]:
        from macros.suggesting.offering import Situation

        asked = self.asked(ticket)
        harm = harm_lanes(self._store.lanes.all())
        return Situation.of(ticket, asked.established, handed_over=asked.handed_over, harm_lanes=harm), asked

    def opened(self, ticket_id: int) -> None:
        """Update the first digits with what was learned since the ticket was last open."""
        self.generation += 1
        if self._ranking is not None:
            self._ranking.anew(ticket_id)

    def ask_of_procedures(self, asked: Callable[[Ticket], Asked]) -> None:
        """Let `asked` say from now on what a ticket's procedure says about macros."""
        self.asked = asked
        self.generation += 1

    def titles(self, ticket: Ticket, language: str) -> list[tuple[str, str]]:
        """Return name and title of every macro offered for a ticket; those that may not fit have a sign."""
        if self._library is None:
            return []
        stand = self._stand(ticket)
        marks = {
            macro.name: f"{WEAK} " if stand is not None and stand.is_weak(macro) else ""
            for macro in self._offered(ticket)
        }
        return [(name, mark + self.macro(name).title.for_language(language)) for name, mark in marks.items()]

    def _offered(self, ticket: Ticket) -> list[Macro]:
        if self._library is None:
            return []
        customer = self._customer(ticket)
        return self._library.offered(ticket, replace(customer, register=customer.register or self._register))

    def _customer(self, ticket: Ticket) -> Customer:
        return self._store.customers.get(ticket.customer_id) or Customer(0, "")

    def escalations(self, topic: str = "") -> list[EscalateTo]:
        """Return the teams that the macros hand tickets over to; with a topic only its macros count."""
        macros = () if self._library is None else self._library
        return [
            macro.actions.escalate
            for macro in macros
            if macro.actions.escalate is not None and (not topic or topic in macro.topics)
        ]

    def macro(self, name: str) -> Macro:
        """Return a macro. Raises InputError if there is none of that name, or while macros are loading."""
        if self._library is None:
            raise InputError(words("Macros are loading"), words("Press the key again in a moment."))
        return self._library.get(name)

    def context(self, ticket: Ticket) -> Context:
        """Return the values that macros may use for a ticket; called where the store is read."""
        from macros.filling.context import Context
        from queues.quality.csat import token_of

        customer = self._customer(ticket)
        return Context(
            ticket, customer, self._agent, self._clock(), self._brand, self._zone, self._register,
            token_of(self._store, ticket.id), self._form,
        )  # fmt: skip

    def keep_as_macro(self, context: Context, title: str, text: str, language: str) -> str:
        """Save a reply as a macro in the agent's own folder and return its name; called in a thread.

        Raises InputError if that is not possible.
        """
        from macros.authoring.reply_to_macro import keep, make
        from tui.setup.settings import config_folder

        if self._library is None:
            raise InputError(words("Macros are loading"), words("Press the key again in a moment."))
        ticket = context.ticket
        made = make(title, text, language or ticket.language, context, self._library.snippets, ticket.topic)
        taken = {macro.name for macro in self._library}
        name = keep(made, config_folder() / "macros", taken)
        self.refresh()
        return name

    def fill_all(self, ticket: Ticket, given: Given, language: str = "", into: Place | None = None) -> Answer:
        """Fill macros in as one reply, or `into` the reply being written; their actions become one change.

        Only the first keeps its greeting and only the last its closing. Raises InputError as `fill` does, and if
        the macros' actions conflict.
        """
        from macros.filling.several_macros import in_place, left_out, stack, together

        if into is not None:
            ((name, answers),) = given
            without = left_out(bool(into.before.strip()), bool(into.after.strip() or into.draft.macro))
            answer = self.fill(ticket, name, language or into.draft.language, answers, without)
            text = in_place(answer.change.reply or "", into.before, into.after)
            there = replace(unpacked(into.draft.actions), macro=into.draft.macro)
            return replace(answer, change=stack(there, replace(answer.change, reply=text)))
        last = len(given) - 1
        answered = [
            self.fill(ticket, name, language, answers, left_out(number > 0, number < last))
            for number, (name, answers) in enumerate(given)
        ]
        return replace(
            answered[-1],
            title=" + ".join(filled.title for filled in answered),
            change=together([filled.change for filled in answered]),
            holes=tuple(hole for filled in answered for hole in filled.holes),
        )

    def letter(self, ticket: Ticket) -> tuple[str, str]:
        """Return the greeting and the closing of a reply that is written by hand; empty while macros are loading."""
        if self._library is None or ticket.language == UNKNOWN_LANGUAGE:
            return "", ""
        from macros.render import frame

        names = (GREETING, SAFETY_CLOSING if self._situation(ticket)[0].safety else CLOSING)
        greeting, closing = frame(self._library.snippets, names, ticket.language, self.context(ticket))
        return greeting, closing

    def fill(
        self,
        ticket: Ticket,
        name: str,
        language: str = "",
        answers: Mapping[str, str] | None = None,
        without: frozenset[Once] = frozenset(),
    ) -> Answer:
        """Fill a macro in with the answers to its asks, without the snippets of some kinds.

        Raises InputError if there is no such macro or it cannot be filled in.
        """
        from macros.render import closing, render

        macro = self.macro(name)
        context = self.context(ticket)
        filled = render(macro, language or ticket.language, context, answers or {}, without)
        self.last = macro.name
        return Answer(
            macro.name,
            macro.title.for_language(filled.language),
            filled.language,
            replace(filled.change, reply=filled.text, verbatim=not answers),
            tuple(hole.name for hole in filled.holes),
            closing(macro, filled.language, context, filled.text),
        )


def _keeps_its_key(macro: Macro, situation: Situation) -> bool:
    """Return whether a macro's key works here: where harm is possible it must be meant for such tickets."""
    return not situation.safety or situation.is_about(macro) or situation.lane in macro.when.lanes
