"""Fills in a macro: the text in the fitting language, its holes, and the change to the ticket as one action."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.errors import InputError
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.promises import Promise
from data.records.tickets import Status
from data.safe_text import safe_text
from macros.files.attachments import enclosures
from macros.files.snippet_links import Snippets, link_macro, texts
from macros.filling.answers import due_at, for_template, given
from macros.filling.asking import asks
from macros.filling.context import CONTRACT, Context
from macros.filling.engine import Missing, NamedFields, Texts, fill
from macros.filling.filters import LOCALE
from macros.filling.greetings import without_closing, without_greeting
from macros.filling.locales import Locale
from macros.filling.macro import Actions, Body, Macro, Once, Words

HOLE = re.compile(r"\{\{([^{}\n]*)\}\}")
"""What a missing value looks like in a reply; `macros.checks.check` stops every one."""

NOTHING: frozenset[Once] = frozenset()
_BLANK = re.compile(r"\n{3,}")
"""What a snippet that says nothing leaves behind."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A value that is missing, and where it shows in the text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A macro filled in."""

    text: str
    subject: str
    """On one line; empty if the macro sets none."""
    language: str
    """The language of the body that was taken."""
    holes: tuple[Hole, ...]
    change: Change
    """The reply and the macro's actions, applied together."""


def render(
    macro: Macro, language: str, context: Context, answers: Mapping[str, str], without: frozenset[Once] = NOTHING
) -> Rendered:
    """Fill in `macro` for a customer who writes `language`, without the snippets of some kinds.

    A missing value stays in the text as `{{ name }}`; a required answer that the text does not print is put on a last
    line, so that it cannot be overlooked. Raises InputError when an answer does not fit its kind
    or the text cannot be made.
    """
    body = macro.body_for(regional(language, context.customer.region))
    spoken = body.language or language
    answered = given(macro.asks, answers)
    values = _values(macro, spoken, context, answered)
    asked = frozenset(ask.name for ask in macro.asks)
    snippets = texts(macro.snippets, regional(spoken, context.customer.region), without)
    text = _BLANK.sub("\n\n", _filled(macro, body.text, asked, values, snippets).strip())
    brought = {snippet.once for snippet in macro.snippets}
    if Once.FIRST in without - brought:
        text = without_greeting(text)
    if Once.LAST in without - brought:
        text = without_closing(text)
    unseen = [
        str(Missing(ask.name))
        for ask in macro.asks
        if not ask.optional and ask.name not in answered and str(Missing(ask.name)) not in text
    ]
    text = "\n".join([text, *unseen])
    subject = " ".join(_filled(macro, macro.subject.for_language(spoken), asked, values).split())
    holes = tuple(Hole(match[1].strip(), *match.span()) for match in HOLE.finditer(text))
    change = _change(macro, text, subject, spoken, context, answered)
    return Rendered(text, subject, spoken, holes, change)


def regional(language: str, region: str) -> str:
    """Return the customer's own form of a language, `es-MX` for `es`, where the region is one of that language."""
    return region if region and language == region.split("-")[0] else language


def closing(macro: Macro, language: str, context: Context, text: str) -> str:
    """Return the end of a reply's `text` that only the last of several macros brings; the empty string for none."""
    spoken = macro.body_for(language).language or language
    values = _values(macro, spoken, context, {})
    snippets = texts(macro.snippets, regional(spoken, context.customer.region))
    said = [
        _filled(macro, f'{{% include "{snippet.name}" %}}', frozenset(), values, snippets).strip()
        for snippet in macro.snippets
        if snippet.once is Once.LAST
    ]
    return max((item for item in said if item and text.endswith(item)), key=len, default="")


def frame(snippets: Snippets, names: Sequence[str], language: str, context: Context) -> tuple[str, ...]:
    """Return what each of the named snippets says to a customer; the empty string for one not in `language`.

    Values that are missing stay in the text as holes.
    """
    return tuple(_said(snippets, name, language, context) for name in names)


def _said(snippets: Snippets, name: str, language: str, context: Context) -> str:
    snippet = snippets.get(name)
    if snippet is None or snippet.body_for(language) is None:
        return ""
    text = f'{{% include "{name}" %}}'
    macro = link_macro(Macro(name, Words(), (Body(language, text, 1),)), snippets)
    return render(macro, language, context, {}).text


def _values(macro: Macro, language: str, context: Context, answered: Mapping[str, str]) -> dict[str, object]:
    known = context.values(language)
    locale = context.locale(language)
    values: dict[str, object] = {**known, LOCALE: locale}
    for group, fields in CONTRACT.items():
        present = known[group]
        values[group] = {name: Missing(f"{group}.{name}") for name in fields} | (
            {name: _fields(f"{group}.{name}", value, locale) for name, value in present.items()}
            if isinstance(present, dict)
            else {}
        )
    for ask in macro.asks:
        answer = answered.get(ask.name)
        values[ask.name] = Missing(ask.name) if answer is None else for_template(ask, answer, locale)
    return values


def _fields(name: str, value: object, locale: Locale) -> object:
    """Return a value as a template gets it: values by names of the desk's own print what is missing."""
    return NamedFields(name, value, locale) if isinstance(value, dict) else value


def _filled(macro: Macro, text: str, asked: frozenset[str], values: Mapping[str, object], snippets: Texts = ()) -> str:
    try:
        return safe_text(fill(text, asked, values, snippets))
    except ValueError as wrong:
        raise InputError("Macro not usable", f"{macro.name}: {wrong}.") from None


def _change(
    macro: Macro, text: str, subject: str, language: str, context: Context, answered: Mapping[str, str]
) -> Change:
    actions = macro.actions
    return Change(
        reply=text,
        subject=subject,
        status=_status(actions, text),
        priority=actions.priority,
        assignee=context.agent if actions.assign == "me" else actions.assign,
        add_tags=actions.add_tags,
        remove_tags=actions.remove_tags,
        escalate=_escalation(actions, context, answered),
        snooze_until=due_at(actions.snooze, answered, context.now, context.zone, end_of_day=False),
        promise=_promise(actions, context, answered),
        procedure=actions.procedure,
        macro=macro.name,
        attachments=enclosures(macro),
        edited=False,
        reply_language=language,
    )


def _status(actions: Actions, text: str) -> Status | None:
    """Return the ticket's status: what the macro says; else pending if its text asks something, else solved.

    What is handed over waits for the other team, whatever a file says of being done with it.
    """
    if actions.snooze:
        return None
    if actions.escalate is not None and actions.status in (None, Status.SOLVED, Status.CLOSED):
        return Status.ON_HOLD
    return actions.status or (Status.PENDING if asks(text) else Status.SOLVED)


def _escalation(actions: Actions, context: Context, answered: Mapping[str, str]) -> Escalation | None:
    if actions.escalate is None:
        return None
    due = due_at(actions.escalate.due, answered, context.now, context.zone, end_of_day=True)
    return Escalation(actions.escalate.team, actions.escalate.reason, due_at=due)


def _promise(actions: Actions, context: Context, answered: Mapping[str, str]) -> Promise | None:
    if actions.promise is None:
        return None
    due = due_at(actions.promise.due, answered, context.now, context.zone, end_of_day=True)
    return None if due is None else Promise(actions.promise.text, due)
