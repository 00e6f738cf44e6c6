"""A ticket's figures on one line: the same numbers as in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.look.short_times import span
from tui.look.words import counted, words

if TYPE_CHECKING:
    from queues.figures.ticket_figures import TicketFigures


def figures_line(figures: TicketFigures | None) -> str:
    """Return what a report counts of a ticket: `2 replies · first reply 12m · handled 6m · late first reply`."""
    if figures is None:
        return ""
    parts = [counted("{n} reply", "{n} replies", figures.replies).format(n=figures.replies)]
    if figures.first_reply is not None:
        parts.append(words("first reply after {span}").format(span=span(figures.first_reply)))
    if figures.handling:
        parts.append(words("handled {span}").format(span=span(figures.handling)))
    if figures.one_touch:
        parts.append(words("one touch"))
    if figures.reopened:
        parts.append(words("reopened {n}×").format(n=figures.reopened))
    return " · ".join((*parts, *(words(metric) for metric in figures.late)))
