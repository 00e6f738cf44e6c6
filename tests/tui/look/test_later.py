"""When a ticket put away comes back, as agents say it."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.look.short_times import DAY, later

NOW = 1_790_000_000
TOMORROW = ("tomorrow", "mañana", "manana")
WEEKDAYS = (
    ("monday", "mon", "lunes"),
    ("tuesday", "tue", "martes"),
    ("wednesday", "wed", "miércoles", "miercoles"),
    ("thursday", "thu", "jueves"),
    ("friday", "fri", "viernes"),
    ("saturday", "sat", "sábado", "sabado"),
    ("sunday", "sun", "domingo"),
)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1_800), (" 3 hours ", 10_800), ("2d", 2 * DAY), ("1w", 7 * DAY), ("0m", 0)]
)
def test_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert later(text, NOW) == NOW + seconds


@given(
    st.integers(1_600_000_000, 2_000_000_000), st.sampled_from([*TOMORROW, *(name for day in WEEKDAYS for name in day)])
)
def test_a_day_is_the_next_of_its_name_in_the_morning(now: int, name: str) -> None:
    at = later(name.upper(), now)
    assert at is not None
    assert 0 < at - now < 8 * DAY
    then = datetime.fromtimestamp(at)
    assert (then.hour, then.minute, then.second) == (9, 0, 0)
    assert then.date() > datetime.fromtimestamp(now).date()
    if name not in TOMORROW:
        assert name in WEEKDAYS[then.weekday()]


@given(st.text(max_size=12))
def test_what_is_no_time_is_none_and_never_fails(text: str) -> None:
    at = later(text, NOW)
    assert at is None or at >= NOW
