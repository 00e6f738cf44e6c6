"""Times as people promise them: `within 24 hours`, `antes del lunes`, `by Friday at 5 pm`.

A span counts real seconds, or the office's open days where it says working days. A day ends when the office closes on
it. A weekday's name never means today. `before Monday` ends with the last open day before it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from queues.clocks.calendar import Calendar

NUMBERS = {
    word: number
    for number, words in {
        1: "a an one un una uno", 2: "two dos", 3: "three tres", 4: "four cuatro", 5: "five cinco", 6: "six seis",
        7: "seven siete", 8: "eight ocho", 9: "nine nueve", 10: "ten diez", 11: "eleven once", 12: "twelve doce",
        13: "thirteen trece", 14: "fourteen catorce", 15: "fifteen quince", 16: "sixteen dieciseis",
        17: "seventeen diecisiete", 18: "eighteen dieciocho", 19: "nineteen diecinueve", 20: "twenty veinte",
        24: "twenty-four veinticuatro", 25: "twenty-five veinticinco", 30: "thirty treinta", 40: "forty cuarenta",
        45: "forty-five", 48: "forty-eight", 50: "fifty cincuenta", 60: "sixty sesenta", 72: "seventy-two",
        90: "ninety noventa",
    }.items()
    for word in words.split()
}  # fmt: skip
PHRASES = {"a couple of": 2, "un par de": 2, "cuarenta y cinco": 45, "cuarenta y ocho": 48, "setenta y dos": 72}
"""Numbers of more than one word."""
HOURS = {word: number for word, number in NUMBERS.items() if number <= 12 and word not in ("a", "an")}
"""The words for hours of a clock."""
_NUMBER = rf"\d{{1,3}}|{'|'.join(sorted({**NUMBERS, **PHRASES}, key=len, reverse=True))}"
_SPAN = re.compile(
    r"\b(?:(?:with)?in the next hour|within the hour|en la (?:proxima|siguiente) hora"
    r"|(?:within|in|inside|over|under|less than|no later than|dentro de|en|antes de|menos de|plazo de|maximo de)"
    r"(?: (?:the|a|el|las|los|un|plazo|maximo|max|of|de|less|menos|que|than|about|unas|unos|next|following|proximas"
    r"|proximos|siguientes|coming)){0,4}"
    rf" (?:(?:{_NUMBER}) ?(?:-|–|to|or|a|o|y|and) ?)?(?P<count>{_NUMBER})[ -]?"
    r"(?P<working>business |working )?"
    r"(?P<unit>minutes?|mins?|minutos?|hours?|hrs?|horas?|h|days?|dias?|weeks?|semanas?|fortnights?"
    r"|quincenas?|months?|mes(?:es)?)\b(?P<after> habiles| laborables| de trabajo)?)"
)
WEEKDAYS = {
    word: number
    for number, words in enumerate(
        ("monday lunes", "tuesday martes", "wednesday miercoles", "thursday jueves", "friday viernes",
         "saturday sabado", "sunday domingo")
    )
    for word in words.split()
}  # fmt: skip
MONTHS = {
    word: number
    for number, words in enumerate(
        ("january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo",
         "june jun junio", "july jul julio", "august aug agosto", "september sept sep septiembre setiembre",
         "october oct octubre", "november nov noviembre", "december dec diciembre"), start=1
    )
    for word in words.split()
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATED = rf",? (?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of| de)? (?:{_MONTH})\b|(?:{_MONTH})\.? \d)"
"""What follows a weekday that is named with its date: the date counts."""
_BEFORE = (
    r"(?P<before>\b(?:before|antes de|antes del)\s(?:el |the |next |este |proximo )?"
    rf"(?:(?:{'|'.join(WEEKDAYS)})(?={_DATED}),? (?:the )?)?)?"
)
_DAY = re.compile(
    rf"{_BEFORE}\b(?:"
    r"(?P<overmorrow>pasado manana|(?:the )?day after tomorrow)"
    r"|(?P<tomorrow>tomorrow|(?<!la )(?<!esta )manana)"
    r"|(?P<today>today|tonight|this (?:morning|afternoon|evening)|(?:the )?end of (?:the |my |our )?(?:business )?day"
    r"|close of business|eod|cob|hoy|esta (?:manana|tarde|noche)|(?:el )?final(?:es)? del dia)"
    r"|(?P<thisweek>(?:the )?end of (?:the|this) week|this week|the weekend|esta semana|(?:el )?final(?:es)? de (?:la"
    r" |esta )?semana|(?:el )?fin de semana)"
    r"|(?P<nextweek>next week|(?:la )?semana que viene|(?:la )?proxima semana|(?:la )?semana proxima)"
    r"|(?P<month>(?:the )?end of (?:the|this) month|(?:el )?final(?:es)? de mes|(?:el )?fin de mes)"
    rf"|(?:(?:el|del|al|este|proximo|on|by|next|this|until) )*(?P<weekday>{'|'.join(WEEKDAYS)})\b(?!{_DATED})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?:the )?(?P<dayfirst>\d{{1,2}})(?:st|nd|rd|th)?(?: of| de)? (?P<month1>{_MONTH})\b"
    rf"|(?P<month2>{_MONTH})\.? (?P<daylast>\d{{1,2}})(?:st|nd|rd|th)?\b"
    r"|(?P<slashday>\d{1,2})/(?P<slashmonth>\d{1,2})(?:/\d{2,4})?"
    r")(?![\w/])"
)
_SPOKEN_HOUR = rf"\d{{1,2}}|{'|'.join(sorted(HOURS, key=len, reverse=True))}"
_CLOCK = re.compile(
    r"\b(?:(?:at|by|before|until|around) (?P<hour>\d{1,2})(?:(?::(?P<minute>\d{2}))? ?(?P<half>am|pm|a\.m\.|p\.m\.)"
    r"|:(?P<minute24>\d{2})(?! ?[ap]\.?m)| o'clock)"
    r"|\bat (?P<bare>\d{1,2})(?= ?(?:$|[,.;!)](?!\d)|(?:on|and|or|tomorrow|today|sharp|next|this)\b))"
    rf"|\b(?P<past>half past|(?:a )?quarter past|(?:a )?quarter to) (?P<spoken>{_SPOKEN_HOUR})\b"
    r"(?: ?(?P<halfday>am|pm|in the morning|in the afternoon|in the evening)\b)?"
    rf"|(?:a|antes de|hasta|sobre|para|desde) las? (?P<hora>{_SPOKEN_HOUR})\b(?:[:.](?P<minuto>\d{{2}}))?"
    r"(?P<mas> y media| y cuarto| menos cuarto)?"
    r"(?: ?(?P<parte>am|pm|a\.m\.|p\.m\.|h\b|horas|de la manana|de la tarde|de la noche))?)"
)
_MORNING = re.compile(
    r"\bmorning\b|\bpor la manana\b|\besta manana\b|\bfirst thing\b|\ba primera hora\b|\bnoon\b|\bmediodia\b"
)
_NIGHT = re.compile(r"\btonight\b|\bevening\b|\bnoche\b")
_PM = ("pm", "p.m.", "de la tarde", "de la noche", "in the afternoon", "in the evening")
_AM = ("am", "a.m.", "de la manana", "in the morning")
_WORKING_MORNING = 8
"""A bare hour before this is one of the afternoon: `a las 5`."""
_USUAL_CLOSING = 18 * 3600
_SAME_LENGTH = str.maketrans("áéíóúüñ’", "aeiouun'")


def due_of(words: str, now: int, office: Calendar) -> tuple[int, int, int] | None:
    """Return the position of the first time in `words` (folded: lower case, no accents), and when it is over.

    The moment is in Unix seconds and always after `now`; None if no time is named or it is past already.
    """
    when = When(now, office)
    span, day, clock = _SPAN.search(words), _DAY.search(words), _CLOCK.search(words)
    if span is not None and (day is None or span.start() <= day.start()):
        return _checked(span, span, when.after_span(span), now)
    if day is not None:
        due = when.on_day(day, clock, words[day.start() :])
        return _checked(day, clock if clock is not None else day, due, now)
    return None if clock is None else _checked(clock, clock, when.at_clock(clock), now)


def fold(text: str) -> str:
    """Return a text in lower case without English and Spanish accents, keeping every character position."""
    plain = text.lower().translate(_SAME_LENGTH)
    # lower case can lengthen a letter such as İ: positions would shift
    return plain if len(plain) == len(text) else text.translate(_SAME_LENGTH)


def _checked(first: re.Match[str], last: re.Match[str], due: int | None, now: int) -> tuple[int, int, int] | None:
    start, end = min(first.start(), last.start()), max(first.end(), last.end())
    return (start, end, due) if due is not None and due > now else None


class When:
    """Reads times relative to a moment, `local` in the office's zone."""

    def __init__(self, now: int, office: Calendar) -> None:
        self._now, self._office = now, office
        self._zone = ZoneInfo(office.time_zone)
        self.local = datetime.fromtimestamp(now, self._zone)
        self._today = self.local.date()

    def after_span(self, match: re.Match[str]) -> int:
        """Return the end of `within 2 business days`."""
        if match["unit"] is None:
            return self._now + 3_600
        count, unit = _count(match["count"]), match["unit"]
        working = bool(match["working"] or match["after"])
        if unit.startswith(("mon", "mes")):
            return int(months_later(self.local, count).timestamp())
        if unit.startswith("m"):
            return self._now + count * 60
        if unit.startswith("h"):
            return self._office.add(self._now, count * 3600) if working else self._now + count * 3600
        days = count * (7 if unit[0] in "ws" else 14 if unit[0] == "f" else 15 if unit[0] == "q" else 1)
        if working:
            return self.closing(self.open_days_later(days))
        later = self.local + timedelta(days=days)  # the wall clock of that day, over a clock change too
        return int(later.timestamp())

    def on_day(self, match: re.Match[str], clock: re.Match[str] | None, words: str) -> int | None:
        """Return the end of the day named, or the clock time on it."""
        day = self._day(match)
        if day is None:
            return None
        if clock is not None:
            return self.at(day, *_clock(clock))
        if match["before"] and not match["today"]:
            return self._before(day)
        if _NIGHT.search(words):
            return self.at(day, 23, 59)
        if _MORNING.search(words):
            return self.at(day, 12, 0)
        closing = self.closing(day)
        return closing if closing > self._now else self.at(day, 23, 59)

    def at_clock(self, clock: re.Match[str]) -> int:
        """Return the next time that the clock shows this."""
        due = self.at(self._today, *_clock(clock))
        return due if due > self._now else self.at(self._today + timedelta(days=1), *_clock(clock))

    def _day(self, match: re.Match[str]) -> date | None:
        plain: tuple[tuple[str, Callable[[], date]], ...] = (
            ("today", lambda: self._today),
            ("tomorrow", lambda: self._today + timedelta(days=1)),
            ("overmorrow", lambda: self._today + timedelta(days=2)),
            ("thisweek", lambda: self.last_open_of_week(self._today)),
            ("nextweek", lambda: self.last_open_of_week(self._today + timedelta(days=7))),
            ("month", lambda: self._today.replace(day=monthrange(self._today.year, self._today.month)[1])),
        )
        for name, of in plain:
            if match[name]:
                return of()
        if match["weekday"]:
            ahead = (WEEKDAYS[match["weekday"]] - self._today.weekday() - 1) % 7 + 1
            return self._today + timedelta(days=ahead)
        return self._date(match)

    def _date(self, match: re.Match[str]) -> date | None:
        try:
            if match["iso"]:
                return date.fromisoformat(match["iso"])
            day = int(match["dayfirst"] or match["daylast"] or match["slashday"])
            name = match["month1"] or match["month2"]
            month = MONTHS[name] if name else int(match["slashmonth"])
            this_year = date(self._today.year, month, day)
            return this_year if this_year >= self._today else date(self._today.year + 1, month, day)
        except ValueError:  # the 31st of a short month, or another number that is not a date
            return None

    def _before(self, day: date) -> int:
        earlier = day - timedelta(days=1)
        while earlier > self._today and not self._is_open(earlier):
            earlier -= timedelta(days=1)
        closing = self.closing(earlier)
        return closing if self._is_open(earlier) and closing > self._now else self.at(day, 0, 0)

    def last_open_of_week(self, day: date) -> date:
        """Return the last open day of the week of a day, which is still to come."""
        sunday = day + timedelta(days=6 - day.weekday())
        for back in range(7):
            last = sunday - timedelta(days=back)
            if last >= self._today and self._is_open(last) and self.closing(last) > self._now:
                return last
        return sunday

    def open_days_later(self, days: int) -> date:
        """Return the day that is a number of open days later."""
        day, tried = self._today, 0
        while days > 0 and tried < 2000:
            day, tried = day + timedelta(days=1), tried + 1
            days -= self._is_open(day)
        return day

    def _is_open(self, day: date) -> bool:
        return bool(self._office.blocks[day.weekday()]) and day not in self._office.holidays

    def closing(self, day: date) -> int:
        """Return when the office closes on a day; on a closed day, when it usually would."""
        blocks = self._office.blocks[day.weekday()]
        seconds = blocks[-1][1] if blocks else _USUAL_CLOSING
        minutes = min(seconds // 60, 24 * 60 - 1)
        return self.at(day, minutes // 60, minutes % 60)

    def at(self, day: date, hour: int, minute: int) -> int:
        """Return a time of a day."""
        return int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=self._zone).timestamp())


def _count(word: str) -> int:
    if word.isdigit():
        return int(word)
    return PHRASES.get(word) or NUMBERS[word]


def months_later(moment: datetime, months: float) -> datetime:
    """Return the same day of a later month, or the last day of a shorter month."""
    if not months:
        return moment
    place = moment.year * 12 + moment.month - 1 + int(months)
    year, month = place // 12, place % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def _clock(match: re.Match[str]) -> tuple[int, int]:
    written = match["hour"] or match["hora"] or match["bare"] or match["spoken"]
    hour = HOURS.get(written) or int(written)
    minute = int(match["minute"] or match["minute24"] or match["minuto"] or 0)
    more = match["past"] or match["mas"] or ""
    minute += 30 if "half" in more or "media" in more else 15 if "past" in more or "y cuarto" in more else 0
    part = match["half"] or match["parte"] or match["halfday"] or ""
    if part in _PM or (not part and not match["hour"] and 0 < hour < _WORKING_MORNING):
        hour = hour % 12 + 12
    elif part in _AM:
        hour %= 12
    if " to" in more or "menos" in more:
        hour, minute = hour - 1, 45
    return (hour, minute) if 0 <= hour < 24 and minute < 60 else (23, 59)
