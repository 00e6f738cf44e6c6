"""The agent's answers to what a macro asks: checked by kind, then ready for a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from data.errors import InputError
from data.spans import span_seconds
from macros.filling.context import Value
from macros.filling.locales import Locale
from macros.filling.macro import Ask, Kind
from macros.filling.safe_patterns import MAX_CHECKED
from macros.filling.values import Moment

MAX_ANSWER = 2000

_AMOUNT = r"\d{1,3}(?:[., ]?\d{3})*(?:[.,]\d{1,2})?"
_CURRENCY = r"(?:[€$£]|US\$|[A-Z]{3})"
_SHAPES = {
    Kind.NUMBER: (re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?"), "a number, such as 3 or 2.5"),
    Kind.EMAIL: (re.compile(r"[^\s@<>\"(),;]{1,64}@[^\s@<>\"(),;.]+(?:\.[^\s@<>\"(),;.]+)+"), "an e-mail address"),
    Kind.MONEY: (
        re.compile(rf"{_CURRENCY}\s?{_AMOUNT}|{_AMOUNT}\s?{_CURRENCY}"),
        "an amount with its currency, such as 12.50 EUR or $20",
    ),
}


def problem(ask: Ask, answer: str) -> str:
    """Tell in one sentence why `answer` does not do; the empty string when it does, or when nothing was answered."""
    answer = answer.strip()
    if not answer:
        return ""
    if len(answer) > MAX_ANSWER:
        return f"{ask.name} may be {MAX_ANSWER} characters at most"
    if ask.kind is Kind.CHOICE and answer not in ask.choices:
        return f"{ask.name} has to be one of {', '.join(ask.choices)}"
    if ask.kind is Kind.DATE and _day(answer) is None:
        return f"{ask.name} has to be a date such as 2026-01-31"
    if ask.kind in _SHAPES and not _SHAPES[ask.kind][0].fullmatch(answer):
        return f"{ask.name} has to be {_SHAPES[ask.kind][1]}"
    if ask.pattern and len(answer) > MAX_CHECKED:
        return f"{ask.name} may be {MAX_CHECKED} characters at most"
    if ask.pattern and not re.fullmatch(ask.pattern, answer):
        return f"{ask.name} does not fit the pattern {ask.pattern}"
    return ""


def given(asks: tuple[Ask, ...], answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that were given, defaults filled in. Raises InputError for an invalid answer."""
    results: dict[str, str] = {}
    for ask in asks:
        answer = answers.get(ask.name, ask.default).strip()
        wrong = problem(ask, answer)
        if wrong:
            raise InputError("Answer not usable", f"{wrong}.")
        if answer:
            results[ask.name] = answer
    return results


def for_template(ask: Ask, answer: str, locale: Locale) -> Value:
    """Return what the template sees: a date in words, a whole number as a number, all else as it was written."""
    day = _day(answer) if ask.kind is Kind.DATE else None
    if day is not None:
        return Moment.of(day, locale)
    if ask.kind is Kind.NUMBER and re.fullmatch(r"-?\d+", answer):
        return int(answer)
    return answer


def due_at(due: str, answers: Mapping[str, str], now: int, zone: tzinfo, *, end_of_day: bool) -> int | None:
    """Return when a duration or a date answer falls due, in Unix seconds; None if the date was not given."""
    seconds = span_seconds(due)
    if seconds is not None:
        return now + seconds
    day = _day(answers.get(due, ""))
    if day is None:
        return None
    hour = (23, 59, 59) if end_of_day else (0, 0, 0)
    return int(datetime(day.year, day.month, day.day, *hour, tzinfo=zone).timestamp())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
