"""By when an answer is owed, and when no clock runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.tickets import Priority, Severity, Status, Ticket
from queues.clocks.calendar import ALWAYS, Calendar
from queues.clocks.sla import DAY, DEFAULT_POLICIES, HOUR, MINUTE, Clocks, Policy, clocks, paused, policy_of

START = 1_800_000_000
TICKET = Ticket(1, "mail", Status.NEW, Priority.NORMAL, "Help", 1, START, START)
OFFICE = Calendar("Europe/Madrid", (((9 * HOUR, 17 * HOUR),),) * 5 + ((), ()))
WAITING = [Status.PENDING, Status.ON_HOLD, Status.SNOOZED]


def run(ticket: Ticket, *, asked: int | None = START, replied: int | None = None) -> Clocks:
    return clocks(ticket, "standard", last_incoming_at=asked, last_reply_at=replied, now=START)


@pytest.mark.parametrize(
    ("changes", "first", "resolution"),
    [
        ({}, 4 * HOUR, DAY),
        ({"priority": Priority.LOW}, DAY, 5 * DAY),
        ({"topic": "data-request"}, DAY, 30 * DAY),
        ({"lane": "app"}, 8 * HOUR, 3 * DAY),
        ({"lane": "app", "priority": Priority.HIGH}, 4 * HOUR, 8 * HOUR),
        ({"lane": "safety"}, HOUR, DAY),
        ({"lane": "safety", "severity": Severity.S0}, 15 * MINUTE, 4 * HOUR),
        ({"lane": "safety", "severity": Severity.S1}, 30 * MINUTE, 12 * HOUR),
        ({"lane": "safety", "topic": "ban-appeal"}, 12 * HOUR, 3 * DAY),
        ({"lane": "chat"}, 8 * HOUR, 3 * DAY),
    ],
)
def test_the_default_promises(changes: dict[str, str], first: int, resolution: int) -> None:
    assert run(replace(TICKET, **changes)) == Clocks(START + first, None, START + resolution)  # type: ignore[arg-type]


def test_after_the_first_reply_the_next_question_starts_the_next_clock() -> None:
    ticket = replace(TICKET, status=Status.OPEN, first_replied_at=START + HOUR)
    found = run(ticket, asked=START + 2 * HOUR, replied=START + HOUR)
    assert found == Clocks(None, START + 6 * HOUR, START + DAY)


def test_an_answered_ticket_owes_no_reply() -> None:
    ticket = replace(TICKET, status=Status.OPEN, first_replied_at=START + HOUR)
    assert run(ticket, asked=None, replied=START + HOUR) == Clocks(None, None, START + DAY)


def test_a_question_in_the_second_of_our_reply_is_still_owed_an_answer() -> None:
    ticket = replace(TICKET, status=Status.OPEN, first_replied_at=START + HOUR)
    assert run(ticket, asked=START + HOUR, replied=START + HOUR).next_due == START + 5 * HOUR


@pytest.mark.parametrize("status", WAITING)
def test_waiting_for_others_stops_the_clocks(status: Status) -> None:
    assert run(replace(TICKET, status=status)) == Clocks()


@pytest.mark.parametrize("status", WAITING)
def test_a_statutory_clock_never_pauses(status: Status) -> None:
    ticket = replace(TICKET, topic="data-request", status=status, waits=(START, START + 5 * DAY, START + 6 * DAY))
    assert run(ticket) == Clocks(resolve_due=START + 30 * DAY)


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED])
def test_finished_work_has_no_clock(status: Status) -> None:
    assert run(replace(TICKET, topic="data-request", status=status)) == Clocks()


def test_a_snooze_that_ran_out_counts_as_ours() -> None:
    ticket = replace(TICKET, status=Status.SNOOZED, snoozed_until=START)
    assert run(ticket).first_due == START + 4 * HOUR
    assert run(replace(ticket, snoozed_until=START + 1)).first_due is None


@given(st.lists(st.integers(0, 100 * DAY), max_size=8))
def test_time_spent_waiting_moves_the_resolution_only(times: list[int]) -> None:
    waits = tuple(START + at for at in sorted(times))
    waited = sum(end - start for start, end in zip(waits[::2], waits[1::2], strict=False))
    found = run(replace(TICKET, status=Status.OPEN, waits=waits))
    assert found == Clocks(START + 4 * HOUR, None, START + DAY + waited)


def test_a_pause_counts_in_open_time() -> None:
    friday = int(datetime(2026, 11, 20, 16, tzinfo=ZoneInfo("Europe/Madrid")).timestamp())
    monday = int(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Madrid")).timestamp())
    assert paused([friday, monday], OFFICE) == 2 * HOUR
    assert paused([friday, monday, monday + DAY], ALWAYS) == monday - friday


def test_a_policy_counts_in_its_calendar_and_a_statutory_resolution_day_and_night() -> None:
    friday = int(datetime(2026, 11, 20, 16, tzinfo=ZoneInfo("Europe/Madrid")).timestamp())
    policy = Policy("office", first_reply=2 * HOUR, resolution=2 * HOUR, calendar="office")
    ticket = replace(TICKET, created_at=friday)

    def due(policy: Policy) -> Clocks:
        return clocks(ticket, "", [policy], {"office": OFFICE}, last_incoming_at=friday, last_reply_at=None, now=friday)

    monday = int(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Madrid")).timestamp())
    assert due(policy) == Clocks(monday, None, monday)
    assert due(replace(policy, statutory=True)) == Clocks(monday, None, friday + 2 * HOUR)


def test_the_first_policy_that_fits_is_taken() -> None:
    spanish_gold = Policy("gold", HOUR, languages=frozenset({"es"}), tiers=frozenset({"gold"}))
    policies = (spanish_gold, *DEFAULT_POLICIES)
    assert policy_of(replace(TICKET, language="es"), "gold", policies) is spanish_gold
    assert policy_of(replace(TICKET, language="es"), "standard", policies) is not spanish_gold
    assert policy_of(replace(TICKET, language="en"), "gold", policies) is not spanish_gold


def test_no_policy_no_clock() -> None:
    assert clocks(TICKET, "", [], {}, last_incoming_at=START, last_reply_at=None, now=START) == Clocks()
