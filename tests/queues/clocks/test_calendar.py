"""Working time against a slow reference that looks at every minute's wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputError
from queues.clocks.calendar import ALWAYS, DAY, Block, Calendar, from_table

HOUR = 3_600
MINUTE = 60
OFFICE_DAY = ((9 * HOUR, 14 * HOUR), (15 * HOUR, 18 * HOUR))
OFFICE = Calendar("Europe/Madrid", (OFFICE_DAY,) * 5 + ((), ()), frozenset({date(2026, 12, 25), date(2027, 1, 1)}))


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: str = "Europe/Madrid") -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp())


def slow_open(calendar: Calendar, minute: int) -> bool:
    wall = datetime.fromtimestamp(minute * MINUTE, UTC).astimezone(ZoneInfo(calendar.time_zone))
    second = wall.hour * HOUR + wall.minute * MINUTE
    return wall.date() not in calendar.holidays and any(
        first <= second < last for first, last in calendar.blocks[wall.weekday()]
    )


def slow_between(calendar: Calendar, first_minute: int, last_minute: int) -> int:
    return MINUTE * sum(slow_open(calendar, minute) for minute in range(first_minute, last_minute))


@st.composite
def day_blocks(draw: st.DrawFn) -> tuple[Block, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple((first * 900, last * 900) for first, last in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone = draw(
        st.sampled_from(
            ["Europe/Madrid", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
        )
    )
    week = draw(st.tuples(*[day_blocks()] * 7).filter(any))
    new_year = date(2026, 12, 31)
    holidays = draw(st.frozensets(st.integers(-3, 3).map(lambda days: new_year + timedelta(days)), max_size=2))
    return Calendar(zone, week, holidays)


# Clock changes of these zones, and the turn of a year.
TURNS = [
    at(2026, 3, 29),
    at(2026, 10, 25),
    at(2026, 3, 8, zone="America/New_York"),
    at(2026, 11, 1, zone="America/New_York"),
    at(2026, 4, 5, zone="America/Santiago"),
    at(2026, 9, 6, 12, zone="America/Santiago"),
    at(2026, 4, 5, zone="Australia/Lord_Howe"),
    at(2026, 10, 4, zone="Australia/Lord_Howe"),
    at(2026, 12, 31, 12, zone="UTC"),
]


@st.composite
def starts(draw: st.DrawFn) -> int:
    return draw(st.sampled_from(TURNS)) // MINUTE + draw(st.integers(-2 * 1440, 1440))


@settings(max_examples=80, deadline=None)
@given(calendars(), starts(), st.integers(0, 3 * 1440))
def test_between_counts_what_the_wall_clock_shows(calendar: Calendar, minute: int, length: int) -> None:
    fast = calendar.between(minute * MINUTE, (minute + length) * MINUTE)
    assert fast == slow_between(calendar, minute, minute + length)


@settings(max_examples=150, deadline=None)
@given(calendars(), starts(), st.integers(0, 40 * HOUR))
def test_add_lands_where_exactly_that_much_open_time_has_passed(calendar: Calendar, minute: int, seconds: int) -> None:
    start = minute * MINUTE
    due = calendar.add(start, seconds)
    assert calendar.between(start, due) == seconds
    if seconds:
        assert calendar.between(start, due - 1) == seconds - 1, "there is no earlier such moment"


@settings(max_examples=100, deadline=None)
@given(calendars(), starts(), st.integers(0, 20 * HOUR), st.integers(0, 20 * HOUR))
def test_adding_twice_is_adding_the_sum(calendar: Calendar, minute: int, first: int, second: int) -> None:
    start = minute * MINUTE
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)


@given(st.integers(-(10**11), 10**11), st.integers(0, 10**9))
def test_always_is_plain_arithmetic(start: int, seconds: int) -> None:
    assert ALWAYS.add(start, seconds) == start + seconds
    assert ALWAYS.between(start, start + seconds) == seconds


def test_a_full_week_without_the_short_cut_is_always_open() -> None:
    holiday_far_away = Calendar("Europe/Madrid", holidays=frozenset({date(1999, 1, 1)}))
    start = at(2026, 3, 28, 12)
    assert holiday_far_away.add(start, 3 * DAY) == start + 3 * DAY


def test_the_lunch_break_the_night_and_the_weekend_do_not_count() -> None:
    friday_late = at(2026, 11, 20, 17)
    assert OFFICE.add(friday_late, HOUR) == at(2026, 11, 20, 18)
    assert OFFICE.add(friday_late, HOUR + 1) == at(2026, 11, 23, 9) + 1
    assert OFFICE.between(at(2026, 11, 20, 13, 30), at(2026, 11, 20, 15, 30)) == HOUR


def test_a_holiday_on_either_side_of_the_new_year() -> None:
    assert OFFICE.add(at(2026, 12, 31, 17, 30), HOUR) == at(2027, 1, 4, 9, 30)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 7, 1), 24)])
def test_a_day_of_a_clock_change_has_its_real_length(day: tuple[int, int, int], hours: int) -> None:
    calendar = Calendar("Europe/Madrid", holidays=frozenset({date(1999, 1, 1)}))
    start = at(*day)
    assert calendar.between(start - DAY, start + 2 * DAY) == 3 * DAY
    only = Calendar("Europe/Madrid", tuple(((0, DAY),) if n == date(*day).weekday() else () for n in range(7)))
    assert only.between(start - 12 * HOUR, start + 36 * HOUR) == hours * HOUR


def test_the_end_before_the_start_is_nothing() -> None:
    assert OFFICE.between(at(2026, 11, 24), at(2026, 11, 23)) == 0


def test_negative_time_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        OFFICE.add(0, -1)


@pytest.mark.parametrize("moment", [-(2**62), -(10**11), -1, 0, 253_402_300_799, 2**62])
def test_moments_outside_the_years_of_a_calendar_are_shut_not_a_crash(moment: int) -> None:
    assert 0 <= OFFICE.between(moment, moment + DAY) <= 8 * HOUR


def test_settings_become_a_calendar() -> None:
    table = {
        "time-zone": "Europe/Madrid",
        "monday": ["09:00-14:00", "15:00-18:00"],
        "sunday": ["00:00-24:00"],
        "holidays": [date(2026, 12, 25), "2027-01-01"],
    }
    calendar = from_table(table, "config.toml, calendar office")
    assert calendar.blocks == (OFFICE_DAY, (), (), (), (), (), ((0, DAY),))
    assert calendar.holidays == OFFICE.holidays


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, "at least one weekday"),
        ({"monday": "09:00-17:00"}, "lists"),
        ({"monday": ["9-17"]}, "09:00-17:30"),
        ({"monday": ["17:00-09:00"]}, "monday"),
        ({"monday": ["09:00-12:00", "11:00-13:00"]}, "monday"),
        ({"monday": ["09:00-24:30"]}, "09:00-17:30"),
        ({"monday": ["09:00-17:00"], "time-zone": "Europe/Nowhere"}, "Europe/Madrid"),
        ({"monday": ["09:00-17:00"], "time-zone": "../../etc/passwd"}, "Europe/Madrid"),
        ({"monday": ["09:00-17:00"], "holidays": ["Christmas"]}, "2026-12-25"),
        ({"mondays": ["09:00-17:00"]}, "mondays"),
    ],
)
def test_bad_settings_are_told_with_their_place(table: dict[str, object], told: str) -> None:
    with pytest.raises(InputError) as caught:
        from_table(table, "config.toml, calendar office")
    assert "config.toml, calendar office" in caught.value.message
    assert told in caught.value.message
