"""Working time: when a desk is staffed, and how far a number of working seconds reaches.

A moment is open when its wall-clock time in the calendar's time zone is in a block of its weekday and its date is
not a holiday. Real seconds are counted, so a block over a clock change is an hour shorter or longer, and an hour that
the clock shows twice counts twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from data.errors import InputError

DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = -62_135_500_000, 253_402_200_000
"""Unix seconds that `datetime` can hold in every zone (years 1 to 9999, less a day)."""
_CACHED_DAYS = 4_096
_HOLIDAY_YEARS = range(2015, 2041)
"""The years whose public holidays a calendar knows: enough for a desk's history and plans."""

Block = tuple[int, int]
"""Start and end in seconds since local midnight, the end not included; the longest is (0, 86400)."""
Span = tuple[int, int]
"""Start and end in Unix seconds, the end not included."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Blocks of open time per weekday in one time zone. Raises InputError when they cannot be used."""

    time_zone: str = "UTC"
    blocks: tuple[tuple[Block, ...], ...] = (((0, DAY),),) * 7
    """Seven tuples, Monday first; blocks in order, not overlapping."""
    holidays: frozenset[date] = frozenset()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _spans: dict[int, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_zone", _zone(self.time_zone))
        _check_blocks(self.blocks)

    @property
    def is_always(self) -> bool:
        """True if every second is open."""
        return not self.holidays and all(day == ((0, DAY),) for day in self.blocks)

    def add(self, start: int, seconds: int) -> int:
        """Return the first moment by which `seconds` of open time have passed since `start` (both >= it)."""
        if seconds < 0:
            raise ValueError("seconds must not be negative")
        if seconds == 0 or self.is_always:
            return start + seconds
        remaining = seconds
        for begin, end in self._open_from(start):
            if remaining <= end - begin:
                return begin + remaining
            remaining -= end - begin
        return _LAST

    def between(self, start: int, end: int) -> int:
        """Return the open seconds from `start` to `end`; 0 if `end` is not later."""
        if end <= start:
            return 0
        if self.is_always:
            return end - start
        total = 0
        for begin, stop in self._open_from(start, end):
            total += max(0, min(stop, end) - begin)
        return total

    def _open_from(self, start: int, end: int = _LAST) -> Iterator[Span]:
        """Yield the open spans that end after `start`, the first one cut at it, up to the day of `end`."""
        for day in range(max(start, _FIRST) // DAY, min(end, _LAST) // DAY + 1):
            for begin, end in self._day(day):
                if end > start:
                    yield max(begin, start), end

    def _day(self, day: int) -> tuple[Span, ...]:
        """Return the open spans inside one UTC day; remembered, since many tickets ask for the same days."""
        known = self._spans.get(day)
        if known is None:
            if len(self._spans) >= _CACHED_DAYS:
                self._spans.clear()
            known = self._spans[day] = tuple(self._compute_day(day * DAY, (day + 1) * DAY))
        return known

    def _compute_day(self, start: int, end: int) -> Iterator[Span]:
        change = self._clock_change(start, end)
        for begin, stop in ((start, change), (change, end)):
            if begin < stop:
                yield from self._steady(begin, stop, self._offset(begin))

    def _steady(self, start: int, end: int, offset: int) -> Iterator[Span]:
        """Yield the open spans of a stretch over which the zone keeps one offset."""
        for local_day in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1):
            ordinal = local_day + _EPOCH
            if ordinal < 1 or date.fromordinal(ordinal) in self.holidays:
                continue
            midnight = local_day * DAY - offset
            for first, last in self.blocks[(ordinal - 1) % 7]:
                begin, stop = max(start, midnight + first), min(end, midnight + last)
                if begin < stop:
                    yield begin, stop

    def _clock_change(self, start: int, end: int) -> int:
        """Return the first second with the offset that holds at the end, `end` where nothing changes."""
        before, after = self._offset(start), self._offset(end - 1)
        if before == after:
            return end
        low, high = start, end - 1
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset(middle) == before:
                low = middle
            else:
                high = middle
        return high

    def _offset(self, at: int) -> int:
        moment = datetime.fromtimestamp(min(max(at, _FIRST), _LAST), UTC).astimezone(self._zone)
        offset = moment.utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0


def from_table(table: Mapping[str, object], where: str) -> Calendar:
    """Build a calendar from settings: `time-zone`, a list of `HH:MM-HH:MM` per weekday name, `holidays` as dates.

    A weekday that is not named is closed. `country` and `subdivision` (ISO 3166, such as `ES` and `MD`) add the public
    holidays of there. `where` names the place in the settings. Raises InputError.
    """
    unknown = sorted(set(table) - {"time-zone", "holidays", "country", "subdivision", *WEEKDAYS})
    if unknown:
        raise InputError("Unknown calendar key", f"{where}: {unknown[0]!r} is not a calendar key; remove it.")
    blocks = tuple(tuple(_block(text, where) for text in _strings(table.get(day, []), where)) for day in WEEKDAYS)
    holidays = frozenset(_holiday(value, where) for value in _list(table.get("holidays", []), where))
    if "country" in table:
        holidays |= _public_holidays(str(table["country"]), str(table.get("subdivision", "")), where)
    try:
        return Calendar(str(table.get("time-zone", "UTC")), blocks, holidays)
    except InputError as error:
        raise InputError(error.title, f"{where}: {error.message}") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise InputError(
            "Unknown time zone", f"{name!r} is not a time zone of this machine; write one such as Europe/Madrid."
        ) from None


def _check_blocks(blocks: Sequence[Sequence[Block]]) -> None:
    if len(blocks) != 7:
        raise InputError("Calendar needs a week", "Give the blocks of seven days, Monday first.")
    if not any(blocks):
        raise InputError("Calendar is never open", "Give at least one weekday a block such as 09:00-17:00.")
    for day, name in zip(blocks, WEEKDAYS, strict=True):
        edges = [edge for block in day for edge in block]
        if (
            any(start >= end for start, end in day)
            or edges != sorted(edges)
            or (edges and not 0 <= edges[0] <= edges[-1] <= DAY)
        ):
            raise InputError(
                "Blocks out of order", f"The blocks of {name} must follow each other between 00:00 and 24:00."
            )


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise InputError("Not a list", f"{where}: weekdays and holidays are lists; {value!r} is not a list.")
    return value


def _strings(value: object, where: str) -> list[str]:
    return [str(item) for item in _list(value, where)]


def _block(text: str, where: str) -> Block:
    try:
        first, last = text.split("-")
        return _clock(first), _clock(last)
    except ValueError:
        raise InputError("Not a block of time", f"{where}: {text!r} must look like 09:00-17:30.") from None


def _clock(text: str) -> int:
    hour, minute = (int(part) for part in text.strip().split(":"))
    if not (0 <= hour <= 24 and 0 <= minute < 60 and hour * 60 + minute <= 24 * 60):
        raise ValueError(text)
    return hour * 3600 + minute * 60


def _holiday(value: object, where: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise InputError("Not a date", f"{where}: the holiday {value!r} must look like 2026-12-25.") from None


def _public_holidays(country: str, subdivision: str, where: str) -> frozenset[date]:
    try:
        import holidays  # an extra of 50 ms: loaded only where a calendar names a country
    except ImportError:
        raise InputError(
            "Holidays not installed", f"{where}: country needs the extra; install tridesk[holidays] or list the dates."
        ) from None
    try:
        known = holidays.country_holidays(country, subdiv=subdivision or None, years=_HOLIDAY_YEARS)
    except NotImplementedError:
        raise InputError(
            "Unknown country",
            f"{where}: no holidays are known for {country} {subdivision}".rstrip() + "; list the dates.",
        ) from None
    return frozenset(known)


ALWAYS = Calendar()
"""Open day and night."""
