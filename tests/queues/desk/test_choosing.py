"""What comes next when the agent passes over, picks by hand, or has looked at graphic words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import LaneRow, Priority, Severity, Status
from data.store import Store
from queues.clocks.sla import Policy
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.next_up.graphic_content import Exposure, Rest, lighter
from queues.next_up.offers import PASSED_FOR
from queues.next_up.urgency import DEFAULT_HANDLE_SECONDS, Waiting
from queues.routing.rules import Rules

NOW = 1_800_000_000
MINUTE = 60


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """Tickets 1 to 5, due in 50, 60, 70, 80 and 90 minutes."""
    rules = DeskRules(routing=Rules(()), policies=(Policy("all", first_reply=3600),), counts_picks=True)
    store = Store.open(tmp_path / "desk.db")
    made = Desk(store, clock=clock, rules=rules, agent="eva")
    made.receive([_mail(n, ("mail", "app")[n % 2], 10 * n - 20) for n in range(1, 6)])
    yield made
    store.close()


def _mail(number: int, lane: str, minutes: int) -> Incoming:
    return Incoming(
        connector="post", source="test", raw_sha256=str(number), kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"a{number}@x.example", subject=f"S{number}", text="Help", new_text="Help", at=NOW,
        message_id=f"<{number}@x>", lane=lane, received_at=NOW + minutes * MINUTE,
    )  # fmt: skip


def next_of(desk: Desk) -> int:
    found = desk.next_up()
    assert found is not None
    return found.ticket_id


def kinds(desk: Desk, ticket_id: int) -> list[str]:
    return [event.kind for event in desk.store.events.of(ticket_id) if event.kind != "received"]


def test_what_is_passed_over_comes_back_after_half_an_hour(desk: Desk, clock: Clock) -> None:
    assert next_of(desk) == 1
    taken = desk.skip(1, " not my language ")
    assert taken is not None
    assert taken.ticket_id == next_of(desk) == 2
    (event,) = desk.store.events.of_kinds(1, ["skipped"])
    assert (event.actor, dict(event.detail)) == ("eva", {"reason": "not my language", "taken": 2})
    clock.now += PASSED_FOR
    assert next_of(desk) == 1


def test_what_happens_to_a_passed_ticket_brings_it_back(desk: Desk, clock: Clock) -> None:
    desk.skip(1, "later")
    clock.now += 1
    desk.act([1], Change(priority=Priority.URGENT))
    assert next_of(desk) == 1


def test_where_nothing_else_waits_what_was_passed_is_offered_again(desk: Desk) -> None:
    desk.act([2, 3, 4, 5], Change(status=Status.SOLVED))
    assert desk.skip(1, "later") is None
    assert next_of(desk) == 1


def test_undo_passes_a_skip_by_and_takes_the_action_before_it_back(desk: Desk) -> None:
    desk.act([5], Change(note="Something."))
    desk.skip(1, "later")
    assert desk.undo().ticket_ids == (5,)


def test_an_answer_out_of_turn_leaves_its_place_and_goes_with_its_undo(desk: Desk) -> None:
    desk.act([3], Change(status=Status.SOLVED))
    (event,) = desk.store.events.of_kinds(3, ["picked"])
    assert dict(event.detail) == {"rank": 3, "first": 1}
    desk.undo()
    assert desk.store.events.of_kinds(3, ["picked"]) == []


def test_what_was_offered_and_what_changes_no_outcome_is_no_pick(desk: Desk) -> None:
    desk.act([4], Change(note="Only looked."))
    desk.skip(next_of(desk), "later")
    desk.act([2], Change(status=Status.SOLVED))  # was offered instead
    desk.act([3, 5], Change(status=Status.SOLVED))  # many at once are no turn of their own
    assert all("picked" not in kinds(desk, number) for number in range(1, 6))


def graphic(desk: Desk, *numbers: int) -> None:
    for number in numbers:  # by somebody else: who tags a ticket has worked on it
        Desk(desk.store, clock=Clock(), rules=desk.rules, agent="leo").act([number], Change(add_tags=("graphic",)))


def test_a_light_one_comes_between_two_graphic_ones(desk: Desk) -> None:
    graphic(desk, 1, 2)
    assert next_of(desk) == 1
    desk.act([1], Change(status=Status.SOLVED))
    found = desk.next_up()
    assert found is not None
    assert (found.ticket_id, found.why.endswith(", interleaving an easier ticket")) == (3, True)
    desk.act([3], Change(status=Status.SOLVED))
    assert next_of(desk) == 2


def test_looking_is_enough_and_leaves_an_event(desk: Desk) -> None:
    graphic(desk, 1, 2)
    desk.reveal(2)
    assert next_of(desk) == 3
    assert kinds(desk, 2)[-1] == "revealed"


def test_a_clock_that_would_run_out_lets_nothing_go_before(desk: Desk, clock: Clock) -> None:
    graphic(desk, 1, 2)
    desk.reveal(1)
    clock.now += 45 * MINUTE
    assert next_of(desk) == 1


@pytest.mark.parametrize("severity", [Severity.S0, Severity.S1])
def test_a_person_at_risk_waits_for_no_light_one(desk: Desk, severity: Severity) -> None:
    graphic(desk, 1, 2)
    Desk(desk.store, clock=Clock(), rules=desk.rules, agent="leo").act([2], Change(severity=severity))
    desk.reveal(1)
    assert next_of(desk) == 2


def test_rest_counts_tickets_not_actions() -> None:
    rest = Rest()
    assert not rest.is_due(1)
    rest.worked(1, graphic=True)
    assert (rest.is_due(1), rest.is_due(0)) == (True, False)
    rest.worked(2, graphic=False)
    rest.worked(2, graphic=False)
    assert (rest.is_due(1), rest.is_due(2)) == (False, True)


@pytest.mark.parametrize(
    "change",
    [{"topic": "harassment-report"}, {"tags": ("vip", "abusive")}, {"lane": "dark"}, {"severity": Severity.S1}],
)
def test_a_ticket_is_graphic_by_any_of_four(desk: Desk, change: dict[str, object]) -> None:
    exposure = Exposure(lanes=frozenset({"dark"}), severities=frozenset({"S1"}))
    plain = desk.store.tickets.get(1)
    assert plain is not None
    assert not exposure.holds(plain)
    assert exposure.holds(replace(plain, **change))  # type: ignore[arg-type]


WAITING = st.builds(
    lambda number, due, severity: Waiting(
        "mail",
        LaneRow(number, "", "", Status.OPEN, Priority.NORMAL, severity, "", due, 0, 0, "", False, 0),
        due,
    ),
    st.integers(1, 10_000),
    st.none() | st.integers(NOW - 3600, NOW + 4 * 3600),
    st.none() | st.sampled_from(Severity),
)


@given(st.lists(WAITING, max_size=8, unique_by=lambda one: one.row.id), st.integers(30, 2000), st.data())
def test_no_clock_that_could_be_kept_runs_out_for_a_light_one(
    order: list[Waiting], seconds: int, data: st.DataObject
) -> None:
    dark = {one.row.id for one in order if data.draw(st.booleans())}
    found = lighter(order, NOW, {"mail": seconds}, lambda one: one.row.id in dark)
    if found is None:
        return
    ahead = order[: order.index(found)]
    assert ahead
    assert all(one.row.id in dark for one in ahead)
    assert found.row.id not in dark
    at = NOW + seconds
    for one in ahead:
        at += seconds
        assert one.row.severity not in (Severity.S0, Severity.S1)
        assert one.due_at is None or one.due_at < NOW or one.due_at >= at


def test_without_history_a_ticket_takes_the_usual_time() -> None:
    one = Waiting("mail", LaneRow(1, "", "", Status.OPEN, Priority.NORMAL, None, "", None, 0, 0, "", False, 0), None)
    dark = replace(one, due_at=NOW + 3 * DEFAULT_HANDLE_SECONDS, row=replace(one.row, id=2))
    assert lighter([dark, one], NOW, {}, lambda one: one.row.id == 2) is one
    assert lighter([replace(dark, due_at=NOW + 3 * DEFAULT_HANDLE_SECONDS - 1), one], NOW, {},
                   lambda one: one.row.id == 2) is None  # fmt: skip


def test_after_hours_of_rest_the_most_urgent_comes_first_again(desk: Desk, clock: Clock) -> None:
    graphic(desk, 1, 2)
    desk.reveal(2)
    assert next_of(desk) == 3
    clock.now += 4 * 3600
    assert next_of(desk) == 1
