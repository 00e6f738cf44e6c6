"""Calendars and policies as people write them in their settings."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from data.errors import InputError
from data.records.tickets import Priority, Status, Ticket
from queues.clocks.calendar import from_table
from queues.clocks.clock_settings import PolicyTable, calendars_of, policies_of
from queues.clocks.sla import DAY, DEFAULT_POLICIES, HOUR, Clocks, clocks

OFFICE = {"time-zone": "Europe/Madrid", **{day: ["09:00-17:00"] for day in ("monday", "tuesday", "friday")}}


def test_a_policy_of_the_settings_counts_in_its_calendar() -> None:
    calendars = calendars_of({"office": OFFICE}, "config.toml")
    table = PolicyTable("spanish mail", first_reply="4h", calendar="office", languages=["es"], lanes=["mail"])
    policies = policies_of([table], calendars, "config.toml")
    friday = int(datetime(2026, 11, 20, 16, tzinfo=ZoneInfo("Europe/Madrid")).timestamp())
    ticket = Ticket(1, "mail", Status.NEW, Priority.NORMAL, "Hola", 1, friday, friday, language="es")
    monday_noon = int(datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Madrid")).timestamp())
    found = clocks(ticket, "standard", policies, calendars, last_incoming_at=friday, last_reply_at=None, now=friday)
    assert found == Clocks(first_due=monday_noon)


def test_without_policies_those_of_the_desk_hold() -> None:
    assert policies_of([], calendars_of({}, "config.toml"), "config.toml") == DEFAULT_POLICIES


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("4 h", 4 * HOUR), ("2d", 2 * DAY), ("", None)])
def test_spans_of_time(text: str, seconds: int | None) -> None:
    (policy,) = policies_of([PolicyTable("p", resolution=text)], calendars_of({}, ""), "")
    assert policy.resolution == seconds


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"first-reply": "soon"}, "first-reply"),
        ({"resolution": "0h"}, "resolution"),
        ({"calendar": "office"}, "office"),
    ],
)
def test_a_wrong_policy_is_told_by_its_name(table: dict[str, str], told: str) -> None:
    policy = msgspec.convert({"name": "vip", **table}, PolicyTable)
    with pytest.raises(InputError, match=told) as caught:
        policies_of([policy], calendars_of({}, ""), "config.toml")
    assert "vip" in caught.value.message


def test_a_country_closes_its_public_holidays() -> None:
    pytest.importorskip("holidays", reason="the extra tridesk[holidays] is not installed")
    calendar = from_table({**OFFICE, "country": "ES", "subdivision": "MD", "holidays": [date(2026, 7, 3)]}, "here")
    assert {date(2026, 1, 1), date(2026, 5, 2), date(2026, 12, 25), date(2026, 7, 3)} <= calendar.holidays
    assert date(2026, 4, 23) not in calendar.holidays  # a holiday of Catalonia's and Aragon's, not of Madrid's


def test_an_unknown_country_is_told() -> None:
    pytest.importorskip("holidays", reason="the extra tridesk[holidays] is not installed")
    with pytest.raises(InputError, match="Atlantis"):
        from_table({**OFFICE, "country": "Atlantis"}, "here")
