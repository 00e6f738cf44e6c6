"""The coach's report for screen and command line: keys and seconds per ticket, and advice to save keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from queues.figures.effort import Took, took
from tui.look.words import counted, words

if TYPE_CHECKING:
    from data.store import Store
    from macros.authoring.coach import Advice
    from macros.files.library import Library

DAYS = 30
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Coaching:
    """The coach's report for an agent."""

    agent: str
    days: int
    now: Took
    before: Took
    """The same number of days before that."""
    advice: list[Advice]


def coaching(store: Store, library: Library, agent: str, now: int, days: int = DAYS) -> Coaching:
    """Analyse an agent's work of the last days; takes a second or two for a thousand replies."""
    from macros.authoring.coach import MOST, advise

    start = now - days * DAY
    return Coaching(
        agent,
        days,
        took(store.effort.of_solved(agent, start, now + 1)),
        took(store.effort.of_solved(agent, start - days * DAY, start)),
        advise(library, store.messages.own_replies(agent, MOST)),
    )


def figures(summary: Coaching) -> list[str]:
    """Return one line per figure, with its change."""
    if not summary.now.tickets:
        return [words("No solved tickets in the last {days} days.").format(days=summary.days)]
    heading = counted("{n} solved ticket in {days} days; medians, and the {days} days before",
                      "{n} solved tickets in {days} days; medians, and the {days} days before",
                      summary.now.tickets)  # fmt: skip
    names = (words("keys"), words("letters typed"), words("seconds"))
    now = (summary.now.keys, summary.now.letters, summary.now.seconds)
    before = (summary.before.keys, summary.before.letters, summary.before.seconds)
    return [
        heading.format(n=summary.now.tickets, days=summary.days),
        *(_figure(name, current, other) for name, current, other in zip(names, now, before, strict=True)),
    ]


def advice_line(advice: Advice) -> str:
    """Return advice as one line: the observation, and what its action does."""
    if advice.reworded is not None:
        reworded = advice.reworded
        seen = words("{macro} ({language}): you changed line {line} in {n} of {uses} uses: save as a variant")
        return seen.format(
            macro=reworded.macro,
            language=reworded.language or "-",
            line=reworded.line,
            n=reworded.changed,
            uses=reworded.uses,
        ) + (f" · “{reworded.new}”" if reworded.new else words(" without it"))
    assert advice.repeated is not None
    typed = advice.repeated
    from macros.authoring.coach import title_of

    seen = words("typed {n} times ({language}): make it a macro · “{text}”")
    return seen.format(n=typed.times, language=typed.language, text=title_of(typed.text))


def _figure(name: str, now: float | None, before: float | None) -> str:
    shown = f"{name}: {now:g}"
    if now is None or not before:
        return shown
    return f"{shown} ({before:g} · {(now - before) / before:+.0%})"
