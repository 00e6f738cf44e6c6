"""A time that someone typed, read whole or not at all: `1h30m`, `24 dic`, `next Monday at 9`, `pasado mañana`.

English and Spanish, with or without accents. Text with a word left over is not a time: half of the typed text would
be another moment than the one that was meant.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from queues.clocks.calendar import Calendar
from queues.clocks.spoken_times import HOURS, MONTHS, NUMBERS, PHRASES, WEEKDAYS, When, due_of, fold, months_later

EXAMPLES = "30m, 1h30m, 2 days, 1 month, 9:00, tomorrow at 9, Monday, 24 Dec"
"""The examples shown in an error."""
MORNING, AFTERNOON, EVENING, NOON = 9, 15, 20, 12
"""The hours that parts of a day stand for; a day named alone begins in the morning."""

_WORKING_MORNING = 7
"""`tomorrow 2h` might mean two hours; from this hour on it is a time of day."""
_UNITS = {
    word: unit
    for unit, words in {
        "minute": "m min mins minute minutes minuto minutos", "hour": "h hr hrs hour hours hora horas",
        "day": "d day days dia dias", "week": "w wk wks week weeks sem semana semanas",
        "fortnight": "fortnight fortnights quincena quincenas", "month": "mo month months mes meses",
        "year": "y yr yrs year years ano anos",
    }.items()
    for word in words.split()
}  # fmt: skip
_SECONDS = {"minute": 60, "hour": 3_600}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "year": 12}
_SHORT_DAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
               "lun": 0, "mie": 2, "jue": 3, "vie": 4, "sab": 5, "dom": 6}  # fmt: skip
_SHORT_MONTHS = {"ene": 1, "abr": 4, "ago": 8, "dic": 12}


def _any(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


_ALL_DAYS, _ALL_MONTHS = WEEKDAYS | _SHORT_DAYS, MONTHS | _SHORT_MONTHS
_COUNT = rf"\d{{1,4}}(?:[.,]\d{{1,2}})?|(?:{_any([*NUMBERS, *PHRASES])})(?= )"
_FIRST = re.compile(r"(?:in|within|for|en|dentro de|durante|por)\s+(?:the next |las proximas |los proximos )?")
_PARTS_OF_AN_HOUR = {
    r"half an hour|half hour|media hora": 1800, r"(?:a )?quarter of an hour|un cuarto de hora": 900,
    r"three quarters of an hour|tres cuartos de hora": 2700, r"hora y media": 5400,
}  # fmt: skip
_HALF = re.compile("|".join(f"({pattern})(?![a-z])" for pattern in _PARTS_OF_AN_HOUR))
_PIECE = re.compile(
    rf"(?P<count>{_COUNT})\s*-?(?P<working>(?:working|business) )?(?P<unit>{_any(_UNITS)})(?![a-z])"
    r"(?P<after> (?:habiles|laborables|de trabajo))?(?P<half> (?:and a half|y media|y medio))?"
)
_HALVES = re.compile(rf"(?P<count>{_COUNT}) and a half (?P<unit>{_any(_UNITS)})(?![a-z])")
_AND = re.compile(r"\s*(?:,|and |y )?\s*")
_MINUTES = re.compile(r"(?<=h)[0-5]?\d(?!\d)\s*(?:m|min)?(?![a-z:])")
_LAST = re.compile(r"\s+(?:from now|later|desde ahora|mas tarde)$")
_GAP = re.compile(r"[ ,]*")
_ON = r"(?:(?:on|by|until|till|for|from|of|a|at|el|la|los|the|para|hasta|desde|del|de) )*"
_NEXT = r"(?:(?:next|this|coming|este|esta|proximo|proxima|siguiente) )?"
_COMING = r"(?: (?:que viene|proximo|proxima|siguiente))?"
_DAY = re.compile(
    rf"{_ON}(?:"
    r"(?P<overmorrow>pasado manana|(?:the )?day after tomorrow|overmorrow)"
    r"|(?P<tomorrow>tomorrow|tmrw|manana)|(?P<today>today|hoy)"
    r"|(?P<nextweek>next week|(?:proxima|siguiente) semana|semana (?:que viene|proxima|siguiente))"
    r"|(?P<nextmonth>next month|(?:proximo|siguiente) mes|mes (?:que viene|proximo|siguiente))"
    r"|(?P<monthend>end of (?:the |this )?month|eom|(?:fin|final|finales) (?:de |del |de este )mes)"
    r"|(?P<weekend>(?:this )?weekend|(?:este )?(?:fin de semana|finde))"
    r"|(?P<weeksend>end of (?:the |this )?week|(?:final|finales) de (?:la |esta )?semana)"
    rf"|{_NEXT}(?P<weekday>{_any(_ALL_DAYS)})\.?{_COMING}"
    r"|(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
    rf"|(?:dia )?(?P<day1>\d{{1,2}})(?:st|nd|rd|th|o|º)?(?: of| de)?[ -]?(?P<month1>{_any(_ALL_MONTHS)})\.?"
    r"(?:,? (?:de |del )?(?P<year1>\d{4}))?"
    rf"|(?P<month2>{_any(_ALL_MONTHS)})\.? (?:the )?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year2>\d{{4}}))?"
    r"|(?P<day3>\d{1,2})[/.-](?P<month3>\d{1,2})(?:[/.-](?P<year3>\d{4}|\d{2}))?"
    r"|(?:(?:the )?(?P<ordinal>\d{1,2})(?:st|nd|rd|th)|dia (?P<dia>\d{1,2})|(?<=el )(?P<el>\d{1,2}))"
    r")(?![\w/:º])"
)
_CLOCK = re.compile(
    r"(?:(?P<word>(?:at )?(?:noon|midday)|(?:a |al )?mediodia)"
    r"|(?P<midnight>(?:at )?midnight|(?:a )?(?:la )?medianoche)"
    r"|(?P<at>(?:at|around|from|by|until|till|before|(?:a|sobre|desde|hasta|antes de|para) las?|las?) )?"
    r"(?P<hour>\d{1,2})(?:(?P<sign>[:.h])(?P<minute>\d{2})(?!\d)|(?P<more> y media| y cuarto| menos cuarto))?"
    r"(?P<part> ?(?:am|pm|a\.m\.|p\.m\.|o'clock|hrs?|horas|h|de la manana|de la tarde|de la noche|in the morning"
    r"|in the afternoon|in the evening))?)(?![\w:])"
)
_PART = re.compile(
    r"(?:(?P<morning>(?:in the |this |por la |de la |a la |esta )?(?:morning|manana)|first thing|a primera hora)"
    r"|(?P<afternoon>(?:in the |this |por la |de la |a la |esta )?(?:afternoon|tarde))"
    r"|(?P<evening>(?:in the |this |at |por la |de la |a la |esta )?(?:evening|night|noche)|tonight)"
    r"|(?P<close>(?:by |at )?(?:(?:the )?end of (?:the |my )?(?:business )?day|eod|cob|close of business)"
    r"|(?:a |al )?(?:fin|final) del dia|a ultima hora|last thing))(?!\w)"
)
_HOUR = rf"\d{{1,2}}|{_any(HOURS)}"
_SPOKEN = (
    (re.compile(rf"(?:at )?half past (?P<hour>{_HOUR})(?!\w)"), "at {hour} y media"),
    (re.compile(rf"(?:at )?(?:a )?quarter past (?P<hour>{_HOUR})(?!\w)"), "at {hour} y cuarto"),
    (re.compile(rf"(?:at )?(?:a )?quarter to (?P<hour>{_HOUR})(?!\w)"), "at {hour} menos cuarto"),
    (re.compile(
        rf"(?<!\w)(?P<lead>(?:at|las?) )(?!(?<=at )once)(?P<hour>{_any(HOURS)})(?! ?(?:{_any(_UNITS)})(?!\w))(?!\w)"
    ), "{lead}{hour}"),
    (re.compile(rf"(?<!\w)(?P<hour>{_any(HOURS)})(?= y media| y cuarto| menos cuarto)"), "{hour}"),
)  # fmt: skip
"""Hours in words, and how the rest of this file wants them."""
_STAMP = re.compile(r"(?<=\d)t(?=\d\d:\d\d)")
_FIRST_OF_MONTH = re.compile(r"(?<!\w)primero(?= de )")
_DOTTED_CLOCK = re.compile(r"(?<![\w.])(1[3-9]|2[0-3])\.(1[3-9]|[2-5]\d)(?![\w.])")
"""An hour and minutes that are no date in either order: `17.30`."""
_DAY_OF_MONTH = re.compile(
    rf"(?<!\w)(?P<weekday>{_any(_ALL_DAYS)})\.?,? (?:(?P<high>2[4-9]|3[01])(?![\w:./-])"
    r"|(?P<low>\d{1,2})(?= (?:a las?|at) \d| \d{1,2}:\d\d))"
)
"""A number right after a weekday that is not an hour: `lunes 30`, `Monday 7 at 9`."""
_SHARP = re.compile(r" (?:en punto|sharp)(?!\w)")


def read_time(text: str, now: int, office: Calendar, *, day_end: bool = False) -> int | None:
    """Return the moment that a text names, in Unix seconds and never before `now`; None if it is not wholly a time.

    Days, dates and hours are those of the office's time zone. A day named alone begins at nine in the morning, or with
    `day_end` is over when the office closes.
    """
    words = _plain(re.sub(r"\s+", " ", fold(text)).strip(" .!"))
    try:
        result = _Reading(words, now, office, day_end=day_end).moment()
    except (OverflowError, ValueError, OSError):  # no day of any calendar
        return None
    return result if result is not None and result >= now else None


def _plain(words: str) -> str:
    """Return the text with hours in digits: `a las ocho y media` as `a las 8 y media`."""
    words = _SHARP.sub(" o'clock", _STAMP.sub(" ", words))
    words = _DOTTED_CLOCK.sub(r"\1:\2", _FIRST_OF_MONTH.sub("1", words))
    words = _DAY_OF_MONTH.sub(lambda day: f"{day['weekday']} dia {day['high'] or day['low']}", words)
    for pattern, form in _SPOKEN:
        words = pattern.sub(lambda match, form=form: form.format(**_in_digits(match)), words)  # type: ignore[misc]
    return words


def _in_digits(match: re.Match[str]) -> dict[str, str]:
    return {**match.groupdict(), "hour": str(HOURS.get(match["hour"], match["hour"]))}


def read_due(answer: str, now: int, office: Calendar) -> int | None:
    """Return when an answer such as `tomorrow`, `viernes 17:00` or `2 days` is over; None if it is not a time."""
    due = read_time(answer, now, office, day_end=True)
    if due is not None:
        return due if due > now else None
    plain = fold(answer.strip())
    match = due_of(plain, now, office)
    return match[2] if match is not None and match[:2] == (0, len(plain)) else None


@dataclass(slots=True)
class _Length:
    """A length of time, its parts by how they are counted."""

    seconds: float = 0
    days: float = 0
    months: float = 0
    working_days: int = 0


_RELATIVE = ("today", "tomorrow", "overmorrow", "nextmonth", "monthend", "weekend", "weeksend")


class _Reading:
    """One text, read from its beginning to its end at one moment."""

    def __init__(self, words: str, now: int, office: Calendar, *, day_end: bool) -> None:
        self._words, self._now, self._day_end = words, now, day_end
        self._when = When(now, office)
        self._today = self._when.local.date()

    def moment(self) -> int | None:
        """Return the moment, None if a word is left over."""
        return self._after_a_length() or self._on_a_day()

    def _after_a_length(self) -> int | None:
        words = _LAST.sub("", self._words)
        begin = _FIRST.match(words)
        length, place = _length(words, begin.end() if begin else 0)
        if length is None:
            return None
        clock = None
        if place < len(words):
            gap = _GAP.match(words, place)
            clock = _CLOCK.match(words, gap.end() if gap else place)
            if clock is None or clock.end() < len(words) or length.seconds or not _says_clock(clock):
                return None
        if length.working_days:
            if length.seconds or length.days or length.months:
                return None
            day = self._when.open_days_later(length.working_days)
            return self._at(day, clock)
        day_and_time = months_later(self._when.local, length.months)
        day_and_time += timedelta(days=int(length.days))
        if clock is not None:
            return self._at(day_and_time.date(), clock)
        return int(day_and_time.timestamp() + (length.days % 1) * 86_400 + length.seconds)

    def _on_a_day(self) -> int | None:
        days: list[re.Match[str]] = []
        clock: re.Match[str] | None = None
        part: re.Match[str] | None = None
        place = 0
        while place < len(self._words):
            if len(days) < 2 and (match := _DAY.match(self._words, place)):
                days.append(match)
            elif part is None and (match := _PART.match(self._words, place)):
                part = match
            elif clock is None and (match := _CLOCK.match(self._words, place)) and _says_clock(match, bool(days)):
                clock = match
            else:
                return None
            gap = _GAP.match(self._words, match.end())
            place = gap.end() if gap else match.end()
        if days:
            named = self._named(days) if clock is None or not clock["midnight"] else None  # of which of two days?
            return None if named is None else self._at(named, clock, part)
        if clock is None and part is None:
            return None
        at = self._at(self._today, clock, part)
        soon = part is not None and (part["close"] or re.match("this |esta |tonight", part[0]))
        return at if at is None or at > self._now or soon else self._at(self._today + timedelta(days=1), clock, part)

    def _named(self, days: list[re.Match[str]]) -> date | None:
        """Return the day that is named: a weekday may stand with its date, or with the week that it is of."""
        if len(days) == 1:
            return self._day(days[0])
        weekday = next((day for day in days if day["weekday"]), None)
        other = next((day for day in days if not day["weekday"]), None)
        if weekday is None or other is None:
            return None
        number = _ALL_DAYS[weekday["weekday"]]
        if other["nextweek"]:
            return self._today + timedelta(days=7 - self._today.weekday() + number)
        dated = self._date(other) if not any(other[name] for name in _RELATIVE) else None
        return dated if dated is not None and dated.weekday() == number else None

    def _day(self, match: re.Match[str]) -> date | None:
        today = self._today
        ahead = {"today": 0, "tomorrow": 1, "overmorrow": 2}
        for name, days in ahead.items():
            if match[name]:
                return today + timedelta(days=days)
        if match["weekday"]:
            return today + timedelta(days=(_ALL_DAYS[match["weekday"]] - today.weekday() - 1) % 7 + 1)
        if match["nextweek"]:
            monday = today + timedelta(days=7 - today.weekday())
            return monday if not self._day_end else self._when.last_open_of_week(monday)
        if match["nextmonth"]:
            first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
            return first if not self._day_end else first.replace(day=monthrange(first.year, first.month)[1])
        if match["monthend"]:
            return today.replace(day=monthrange(today.year, today.month)[1])
        if match["weekend"] and not self._day_end:
            return today + timedelta(days=(4 - today.weekday()) % 7 + 1)
        if match["weekend"] or match["weeksend"]:
            return self._when.last_open_of_week(today)
        return self._date(match)

    def _date(self, match: re.Match[str]) -> date | None:
        today = self._today
        if match["iso"]:
            year, month, day = map(int, match["iso"].split("-"))
            return date(year, month, day)
        alone = match["ordinal"] or match["dia"] or match["el"]
        if alone:
            first = today.replace(day=1)
            for _ in range(3):  # the next month that has such a day, and has it still to come
                if int(alone) <= monthrange(first.year, first.month)[1] and first.replace(day=int(alone)) > today:
                    return first.replace(day=int(alone))
                first = (first + timedelta(days=32)).replace(day=1)
            return None
        named = match["month1"] or match["month2"]
        month = _ALL_MONTHS[named] if named else int(match["month3"])
        day = int(match["day1"] or match["day2"] or match["day3"])
        written = match["year1"] or match["year2"] or match["year3"]
        if written:
            return date(int(written) if len(written) == 4 else 2000 + int(written), month, day)
        for year in range(today.year, today.year + 9):  # the 29th of February waits for its year
            if day <= monthrange(year, month)[1] and date(year, month, day) >= today:
                return date(year, month, day)
        return None

    def _at(self, day: date, clock: re.Match[str] | None, part: re.Match[str] | None = None) -> int | None:
        if clock is not None:
            time = _time(clock, part)
            return None if time is None else self._when.at(day, *time)
        if part is not None and part["close"]:
            return self._when.closing(day)
        if part is not None:
            hour = MORNING if part["morning"] else AFTERNOON if part["afternoon"] else EVENING
            return self._when.at(day, hour if not self._day_end or not part["morning"] else NOON, 0)
        if not self._day_end:
            return self._when.at(day, MORNING, 0)
        closing = self._when.closing(day)
        return closing if closing > self._now else self._when.at(day, 23, 59)


def _length(words: str, place: int) -> tuple[_Length | None, int]:
    """Return the duration that begins at a position, None if there is none, and where it ends."""
    whole = _HALF.match(words, place)
    if whole:
        return _Length(seconds=tuple(_PARTS_OF_AN_HOUR.values())[(whole.lastindex or 1) - 1]), whole.end()
    length, end = _Length(), place
    units: set[str] = set()
    while (match := _HALVES.match(words, place) or _PIECE.match(words, place)) is not None:
        unit = _UNITS[match["unit"]]
        if unit in units:
            return None, place  # the same unit twice is a mistake
        units.add(unit)
        parts = match.groupdict()
        halves = match.re is _HALVES or bool(parts.get("half"))
        count = _count(match["count"]) + halves / 2
        working = bool(parts.get("working") or parts.get("after"))
        if (unit in _MONTHS and count % 1) or (working and (unit != "day" or count % 1)):
            return None, place
        length.seconds += count * _SECONDS.get(unit, 0)
        length.months += count * _MONTHS.get(unit, 0)
        if working:
            length.working_days += int(count)
        else:
            length.days += count * _DAYS.get(unit, 0)
        end = match.end()
        minutes = _MINUTES.match(words, end) if unit == "hour" else None
        if minutes:
            length.seconds += int(re.sub(r"\D", "", minutes[0])) * 60
            units.add("minute")
            end = minutes.end()
        glue = _AND.match(words, end)
        place = glue.end() if glue else end
    return (length if units else None), end


def _count(written: str) -> float:
    if written[0].isdigit():
        return float(written.replace(",", "."))
    return PHRASES.get(written) or NUMBERS[written]


def _says_clock(match: re.Match[str], on_a_day: bool = False) -> bool:
    """Return whether a number is surely meant as a time of day; `17h` is one only with a day, `2h` never."""
    part = (match["part"] or "").strip()
    if match["word"] or match["midnight"] or match["at"] or match["sign"] or match["more"]:
        return True
    of_a_day = on_a_day and int(match["hour"]) >= _WORKING_MORNING
    return bool(part) and (of_a_day or part not in ("h", "hr", "hrs", "horas"))


def _time(match: re.Match[str], named: re.Match[str] | None) -> tuple[int, int] | None:
    """Return hour and minute, None if no clock shows them."""
    if match["word"]:
        return NOON, 0
    if match["midnight"]:
        return 0, 0
    hour, minute, more, part = int(match["hour"]), int(match["minute"] or 0), match["more"] or "", match["part"] or ""
    minute += 30 if "media" in more else 15 if "y cuarto" in more else 0
    late = any(word in part for word in ("pm", "p.m.", "tarde", "noche", "afternoon", "evening"))
    early = any(word in part for word in ("am", "a.m.", "manana", "morning"))
    if named is not None:
        late, early = late or not named["morning"], early or bool(named["morning"])
    if ((late or early) and hour > 12) or (late and early):
        return (hour, minute) if late and not early and hour < 24 else None
    if late or (not early and match["at"] and not match["sign"] and 0 < hour < 8):
        hour = hour % 12 + 12
    elif early:
        hour %= 12
    if "menos" in more:
        hour, minute = hour - 1, 45
    return (hour, minute) if 0 <= hour < 24 and minute < 60 else None
