"""Days begin where the settings say, on the command line as on the screen, and are as long as they are there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tui.cli.periods import period_of, zone_of
from tui.look.short_times import day_end

MADRID = ZoneInfo("Europe/Madrid")
HOUR = 3600


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.fixture
def madrid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tridesk").mkdir()
    (tmp_path / "tridesk" / "config.toml").write_text('time-zone = "Europe/Madrid"\n', encoding="utf-8")


@pytest.mark.usefixtures("madrid")
@pytest.mark.parametrize(
    ("day", "after", "hours"),
    [("2026-10-25", "2026-10-26", 25), ("2026-03-29", "2026-03-30", 23), ("2026-12-31", "2027-01-01", 24)],
)
def test_a_day_of_a_report_is_one_of_the_desk(day: str, after: str, hours: int) -> None:
    period = period_of(day, after, zone_of(""), at("2027-02-01T12:00"))
    assert (period.until - period.since) / HOUR == hours
    assert datetime.fromtimestamp(period.since, MADRID).isoformat()[:16] == f"{day}T00:00"


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-12-31T22:59:59", "2026-12-31T23:00"),  # a second before midnight there
        ("2026-12-31T23:00:00", "2027-01-01T23:00"),
        ("2026-10-24T22:30:00", "2026-10-25T23:00"),  # a day of 25 hours
        ("2026-03-28T23:30:00", "2026-03-29T22:00"),  # one of 23
    ],
)
def test_what_is_due_today_is_due_by_midnight_there(now: str, ends: str) -> None:
    assert day_end(at(now), MADRID) == at(ends)
