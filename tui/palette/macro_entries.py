"""Macros as entries of the palette, and the text that one would send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.look.words import words
from tui.palette.entries import Entry, Kind
from tui.palette.matching import searchable

if TYPE_CHECKING:
    from data.records.tickets import Ticket
    from macros.filling.context import Context
    from macros.filling.macro import Macro
    from tui.digits.macros_at_hand import Answering

WEAK = "~ "
FIRST_DIGITS = 3
"""Their macros head the list: they are what is sure to answer."""


def macro_entries(answering: Answering, ticket: Ticket) -> list[Entry]:
    """Return the macros offered for a ticket: those of its first digits, those of its topic, the others."""
    first = [macro.name for macro in answering.slots(ticket)[:FIRST_DIGITS] if macro is not None]
    titles = dict(answering.titles(ticket, ticket.language))
    macros = [answering.macro(name) for name in titles]
    macros.sort(
        key=lambda macro: (
            first.index(macro.name) if macro.name in first else FIRST_DIGITS,
            not (ticket.topic and ticket.topic in macro.topics),
        )
    )
    return [_entry(macro, titles[macro.name]) for macro in macros]


def _entry(macro: Macro, title: str) -> Entry:
    every = " ".join(text for _, text in macro.title.by_language)
    return Entry(
        Kind.MACRO,
        macro.name,
        title.removeprefix(WEAK),
        f"({macro.name})",
        weak=title.startswith(WEAK),
        words=searchable(f"{title} {macro.name}", every, *macro.topics, *macro.tags),
    )


def preview_of(macro: Macro, context: Context, language: str) -> str:
    """Return what a macro asks for and does, and its text for a ticket, missing values in braces.

    Raises InputError if the text cannot be made.
    """
    from macros.render import render

    filled = render(macro, language, context, {})
    asks = ", ".join(ask.label.for_language(language) or ask.name for ask in macro.asks)
    change = filled.change
    does = [
        words("asks for {values}").format(values=asks) if asks else "",
        words(str(change.status)) if change.status is not None else "",
        " ".join([*(f"+{tag}" for tag in change.add_tags), *(f"-{tag}" for tag in change.remove_tags)]),
        words("hands over to {team}").format(team=change.escalate.team) if change.escalate is not None else "",
    ]
    head = " · ".join(filter(None, [filled.language, *does]))
    return f"{head}\n\n{filled.text}"
