"""Days as people type them to search, in English and Spanish: `2026-11`, `28 nov`, `lunes`, `last-week`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from data.search.search_words import folded

_DAYS = {"today": 0, "hoy": 0, "yesterday": -1, "ayer": -1, "anteayer": -2, "tomorrow": 1, "manana": 1}
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        ("monday mon lunes lun", "tuesday tue martes", "wednesday wed miercoles mie", "thursday thu jueves jue",
         "friday fri viernes vie", "saturday sat sabado sab", "sunday sun domingo dom")
    )
    for word in words.split()
}  # fmt: skip
_MONTHS = {
    word: number
    for number, words in enumerate(
        ("january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril abr", "may mayo",
         "june jun junio", "july jul julio", "august aug agosto ago", "september sept sep septiembre setiembre",
         "october oct octubre", "november nov noviembre", "december dec diciembre dic"), start=1
    )
    for word in words.split()
}  # fmt: skip
_WEEK = {"this week": 0, "esta semana": 0, "last week": 1, "semana pasada": 1, "la semana pasada": 1}
_MONTH = {"this month": 0, "este mes": 0, "last month": 1, "mes pasado": 1, "el mes pasado": 1}
_PARTS = re.compile(r"(?:(\d{1,2})[ /.-])?(?:de )?(\d{1,2}|[a-z]+)(?:[ /.-](?:de )?(\d{4}|\d{2}))?")


def day_of(value: str, today: date) -> date | None:
    """Return the day that a value names, None if it names none. A month or a year begins with its first day.

    Without a year it is the last such day that has come. A number before a number is the day: `24/12`.
    """
    text = " ".join(re.sub(r"(?<=[a-z])[_-](?=[a-z])", " ", folded(value)).split())
    if text in _DAYS:
        return today + timedelta(days=_DAYS[text])
    if text in _WEEKDAYS:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS[text]) % 7)
    if text in _WEEK:
        return today - timedelta(days=today.weekday() + 7 * _WEEK[text])
    if text in _MONTH:
        first = today.replace(day=1)
        return (first - timedelta(days=1)).replace(day=1) if _MONTH[text] else first
    if re.fullmatch(r"\d{4}(?:-\d{2}){0,2}", text):
        return date.fromisoformat((text + "-01-01")[:10])
    return _dated(text, today)


def _dated(text: str, today: date) -> date | None:
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    day, named, year = match.groups()
    month = _MONTHS.get(named) or (int(named) if named.isdigit() and day else 0)
    if not month:
        return None
    if year:
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, int(day or 1))
    this_year = date(today.year, month, int(day or 1))
    return this_year if this_year <= today else this_year.replace(year=today.year - 1)
