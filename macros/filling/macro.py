"""One macro as a value, and the types of its front matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from data.records.customers import Customer
from data.records.tickets import Priority, Severity, Status, Ticket

DEFAULT_LANGUAGE = "en"
HOUSE_REGISTER = "usted"
"""How Spanish addresses customers without a register of their own."""
NO_SEVERITY = "none"
"""Stands in `[when]` for tickets without a severity."""
NOBODY = Customer(0, "")
"""A customer of whom nothing is known."""


class Kind(StrEnum):
    """What sort of answer an ask takes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    EMAIL = "email"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Words:
    """A text that may differ by language; `""` stands for all the others."""

    by_language: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_language)

    def for_language(self, language: str) -> str:
        """Return the nearest fitting text, or the empty string when there is none at all."""
        texts = dict(self.by_language)
        taken = nearest(tuple(texts), language)
        return texts[taken] if taken is not None else ""


@dataclass(frozen=True, slots=True)
class Body:
    """One language's template text and the line of the file it begins on."""

    language: str
    """`""` for a file that names no language."""
    text: str
    line: int


class Once(StrEnum):
    """Which of several macros in one reply brings a snippet: the first its greeting, the last its closing."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text that macros include by its name."""

    name: str
    """Its place in the folder of snippets."""
    bodies: tuple[Body, ...]
    path: Path
    once: Once | None = None

    def body_for(self, language: str) -> Body | None:
        """Return the text in `language`, or in a regional form of it; None if there is none."""
        fitting = [body for body in self.bodies if base(body.language) in (base(language), "")]
        taken = nearest(tuple(body.language for body in fitting), language)
        return next((body for body in fitting if body.language == taken), None)


@dataclass(frozen=True, slots=True)
class Ask:
    """A value the agent is asked for before the macro is complete."""

    name: str
    label: Words
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    pattern: str = ""
    """A regular expression for the whole answer."""
    default: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """Where a macro is offered; an empty field admits everything."""

    lanes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    priorities: tuple[Priority, ...] = ()
    tiers: tuple[str, ...] = ()
    """The customer's."""
    regions: tuple[str, ...] = ()
    """The customer's locale, such as `es-MX`; a language admits all its regions."""
    registers: tuple[str, ...] = ()
    """How Spanish addresses the customer: `tu`, `usted`, `vos`."""
    severities: tuple[str, ...] = ()
    """`S0` to `S4`, or `none` for tickets without a severity."""

    def suits(self, severity: Severity | None) -> bool:
        """Return whether the macro is offered for tickets of this severity."""
        return not self.severities or (severity or NO_SEVERITY) in self.severities

    def fits(self, ticket: Ticket, customer: Customer = NOBODY) -> bool:
        """Return whether the macro is offered for this ticket of a customer. A language admits its regional forms."""
        return (
            (not self.lanes or ticket.lane in self.lanes)
            and (not self.topics or ticket.topic in self.topics)
            and (not self.languages or bool({ticket.language, ticket.language.split("-")[0]} & set(self.languages)))
            and (not self.tags or bool(set(self.tags) & set(ticket.tags)))
            and (not self.statuses or ticket.status in self.statuses)
            and (not self.priorities or ticket.priority in self.priorities)
            and self.suits(ticket.severity)
            and (not self.tiers or customer.tier in self.tiers)
            and (not self.regions or bool({customer.region, base(customer.region)} & set(self.regions)))
            and (not self.registers or (customer.register or HOUSE_REGISTER) in self.registers)
        )


@dataclass(frozen=True, slots=True)
class EscalateTo:
    """Hand the ticket to a team; `due` is a duration or the name of a date ask, or empty."""

    team: str
    due: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PromiseOf:
    """A dated word to record; `due` is a duration or the name of a date ask."""

    text: str
    due: str


@dataclass(frozen=True, slots=True)
class Actions:
    """What the macro does to the ticket besides answering."""

    status: Status | None = None
    priority: Priority | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    assign: str | None = None
    """An agent, `me`, or the empty string if unassigned."""
    escalate: EscalateTo | None = None
    snooze: str = ""
    promise: PromiseOf | None = None
    procedure: str | None = None


@dataclass(frozen=True, slots=True)
class Macro:
    """An answer in one or more languages, and what goes with it."""

    name: str
    """`<topic>/<name>`, from its place in the folder."""
    title: Words
    bodies: tuple[Body, ...]
    path: Path | None = None
    key: str = ""
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    actions: Actions = field(default_factory=Actions)
    asks: tuple[Ask, ...] = ()
    when: When = field(default_factory=When)
    subject: Words = field(default_factory=Words)
    attachments: tuple[str, ...] = ()
    """Files next to the macro's own, that its reply carries."""
    outcome: bool = False
    """It states what was decided or done, so it is offered only once that is established."""
    snippets: tuple[Snippet, ...] = ()
    """All that its texts include, and what those include."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it has a body in, in the order of the file; empty when the file names none."""
        return tuple(body.language for body in self.bodies if body.language)

    def body_for(self, language: str) -> Body:
        """Return the body nearest to `language`: itself, without region, any region of it, English, the first."""
        by_language = {body.language: body for body in self.bodies}
        taken = nearest(tuple(by_language), language)
        return by_language[taken] if taken is not None else self.bodies[0]


def base(language: str) -> str:
    """Return the language without its region: `es` for `es-MX`."""
    return language.split("-")[0].lower()


def nearest(available: tuple[str, ...], wanted: str) -> str | None:
    """Return which of `available` serves `wanted` best (`es-MX`: es-MX, es, es-AR, default, first); None for none."""
    plain = base(wanted)
    steps = (
        [code for code in available if code.lower() == wanted.lower()],
        [code for code in available if code.lower() == plain],
        [code for code in available if plain and base(code) == plain],
        [code for code in available if code in ("", DEFAULT_LANGUAGE)],
        list(available),
    )
    return next((fitting[0] for fitting in steps if fitting), None)
