"""What one ticket's events count for: each measure with the events that make it, and those that must not."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.changes import Event
from data.records.messages import MessageKind
from data.tables.events import Told
from queues.figures.metrics import (
    ASIDE,
    COUNTS,
    MEANS,
    Figure,
    Metric,
    aside,
    figure,
    figures,
    measures,
    measures_of_untouched,
    wall,
)
from queues.figures.ticket_history import History, history, untouched

DAY = 86_400


def event(at: int, kind: str, actor: str = "eva", /, *, whole: int = 1, **detail: Any) -> Told:
    return at, actor, kind, json.dumps(detail), whole


def came(at: int = 100, **detail: Any) -> Told:
    return event(at, "received", "intake", **{"direction": "in", "kind": "mail"} | detail)


def replied(at: int, *, status: tuple[str, str] | None = None, **changed: list[int | None]) -> Told:
    moved = {"status": list(status)} if status else {}
    return event(at, "reply", macro="m", changed=moved | changed)


def moved(at: int, old: str, new: str, **changed: list[int | None]) -> Told:
    return event(at, "change", changed={"status": [old, new]} | changed)


def life(*told: Told, created: int = 100) -> History:
    """A ticket's history, with a public message for each event of a reply."""
    return history(7, created, told, [(one[0], one[1], "m") for one in told if one[2] == "reply"])


SOLVED_AT_ONCE = replied(200, status=("new", "solved"))
OPENED = moved(300, "solved", "open")
SOLVED_AGAIN = moved(400, "open", "solved")


def values(*told: Told, since: int = 0, until: int = DAY) -> dict[Metric, list[int]]:
    found: dict[Metric, list[int]] = {}
    for one in measures(life(*told), since, until):
        assert one.ticket_id == 7
        found.setdefault(one.metric, []).append(one.value)
    return found


@pytest.mark.parametrize(
    ("told", "one_touch"),
    [
        ([SOLVED_AT_ONCE], [1]),
        ([replied(150, status=("new", "pending")), replied(200, status=("pending", "solved"))], [0]),
        ([moved(200, "new", "solved")], [0]),  # nobody wrote to the customer
        ([SOLVED_AT_ONCE, OPENED, SOLVED_AGAIN], [0]),  # one reply, but it did not do
        ([SOLVED_AT_ONCE, OPENED], []),
        ([SOLVED_AT_ONCE, moved(300, "solved", "closed")], [1]),
        ([SOLVED_AT_ONCE, moved(300, "solved", "closed"), moved(350, "closed", "open"), SOLVED_AGAIN], [0]),
        ([SOLVED_AT_ONCE, event(300, "note")], [1]),
        ([SOLVED_AT_ONCE, replied(300)], [0]),  # once more, after it was solved
    ],
)
def test_one_touch_is_one_reply_to_a_ticket_that_nobody_took_up_again(told: list[Told], one_touch: list[int]) -> None:
    assert values(came(), *told).get(Metric.ONE_TOUCH, []) == one_touch


def test_a_reopening_before_the_period_still_costs_the_one_touch() -> None:
    found = values(came(), SOLVED_AT_ONCE, OPENED, SOLVED_AGAIN, since=350)
    assert (found[Metric.ONE_TOUCH], found[Metric.REOPENED], found[Metric.SOLVED]) == ([0], [0], [1])


def test_each_solving_is_reopened_or_not_and_only_the_last_counts_as_solved() -> None:
    found = values(came(), SOLVED_AT_ONCE, OPENED, SOLVED_AGAIN)
    assert (found[Metric.REOPENED], found[Metric.SOLVED]) == ([1, 0], [1])
    assert (found[Metric.RESOLUTION], found[Metric.TOUCHES]) == ([300], [1])


def test_an_open_ticket_is_backlog_and_a_finished_one_is_not() -> None:
    assert values(came(), until=1_000)[Metric.BACKLOG] == [900]
    assert values(came(), SOLVED_AT_ONCE, OPENED)[Metric.BACKLOG] == [DAY - 100]
    for done in ("solved", "closed", "suspended"):
        assert Metric.BACKLOG not in values(came(), moved(200, "new", done))
    assert Metric.BACKLOG not in values(came(kind="spam"))


def test_a_first_and_a_next_reply_are_measured_from_the_oldest_unanswered_message() -> None:
    found = values(came(100), came(150), replied(200), came(300), came(350), replied(450))
    assert (found[Metric.FIRST_REPLY], found[Metric.NEXT_REPLY]) == ([100], [150])


def test_a_reply_that_nobody_waited_for_has_no_length() -> None:
    found = values(came(100), replied(200), replied(250))
    assert found[Metric.REPLIES] == [1, 1]
    assert Metric.NEXT_REPLY not in found


@pytest.mark.parametrize("kind", ["auto", "bounce", "spam", "rating"])
def test_what_machines_write_makes_nobody_wait(kind: str) -> None:
    assert Metric.NEXT_REPLY not in values(came(100), replied(200), came(300, kind=kind), replied(400))


def test_thanks_to_a_solved_ticket_make_nobody_wait_and_a_message_that_opens_it_does() -> None:
    assert Metric.NEXT_REPLY not in values(came(), SOLVED_AT_ONCE, came(300), replied(400))
    opening = came(300, changed={"status": ["solved", "open"]})
    assert values(came(), SOLVED_AT_ONCE, opening, replied(400))[Metric.NEXT_REPLY] == [100]


def test_a_reply_from_elsewhere_counts_like_ours() -> None:
    told = [came(100), came(150, direction="out"), came(300), came(400, direction="out")]
    found = measures(history(7, 100, told, [(150, "bruno", ""), (400, "eva", "m")]), 0, DAY)
    assert [(one.metric, one.value, one.agent) for one in found if one.metric is not Metric.BACKLOG][1:] == [
        (Metric.REPLIES, 1, "bruno"), (Metric.FIRST_REPLY, 50, "bruno"),
        (Metric.REPLIES, 1, "eva"), (Metric.NEXT_REPLY, 100, "eva"),
    ]  # fmt: skip


def test_a_ticket_that_we_opened_has_no_first_reply() -> None:
    told = [came(100, direction="out"), came(300)]
    found = measures(history(7, 100, told, [(100, "bruno", ""), (400, "eva", "m")]), 0, DAY)
    assert {one.metric: one.value for one in found if one.metric in (Metric.FIRST_REPLY, Metric.NEXT_REPLY)} == {
        Metric.NEXT_REPLY: 100
    }


def test_a_note_from_elsewhere_ends_no_wait() -> None:
    assert values(came(100), replied(120), came(150), came(160, direction="note"), replied(200))[Metric.NEXT_REPLY] == [
        50
    ]


def test_a_first_reply_is_measured_from_the_opening_even_after_a_wrong_suspension() -> None:
    found = values(came(100, kind="spam"), moved(200, "suspended", "open"), replied(260))
    assert found[Metric.FIRST_REPLY] == [160]


def test_what_an_action_did_to_the_status_does_not_count_once_it_was_undone_in_part() -> None:
    solved = event(200, "reply", macro="m", changed={"status": ["new", "solved"]}, whole=0)
    found = values(came(), solved, event(260, "undo", changed={"status": ["solved", "open"]}, whole=0))
    assert found.keys() == {Metric.RECEIVED, Metric.REPLIES, Metric.FIRST_REPLY, Metric.BACKLOG}


@pytest.mark.parametrize(("due", "late"), [(199, 1), (200, 0), (201, 0)])
def test_late_is_after_the_clock_not_at_it(due: int, late: int) -> None:
    assert values(came(changed={"first_due": [None, due]}), replied(200, first_due=[due, None]))[Metric.LATE_FIRST] == [
        late
    ]
    asked_again = came(160, changed={"next_due": [None, due]})
    assert values(came(), replied(150), asked_again, replied(200, next_due=[due, None]))[Metric.LATE_NEXT] == [late]
    begun = came(changed={"resolve_due": [None, due]})
    for done in ("solved", "closed"):
        assert values(begun, moved(200, "new", done, resolve_due=[due, None]))[Metric.LATE_RESOLUTION] == [late]


CLOCKED = came(changed={"first_due": [None, 300], "resolve_due": [None, 500]})


def test_a_clock_that_ran_out_is_late_whether_or_not_someone_answered() -> None:
    assert Metric.LATE_FIRST not in values(CLOCKED, until=300)
    assert values(CLOCKED, until=301)[Metric.LATE_FIRST] == [1]
    assert values(CLOCKED)[Metric.LATE_RESOLUTION] == [1]


def test_a_late_clock_counts_when_it_ran_out_and_one_that_was_kept_when_it_was_answered() -> None:
    late = next(one for one in measures(life(CLOCKED, replied(400)), 0, DAY) if one.metric is Metric.LATE_FIRST)
    assert (late.at, late.agent, late.macro, late.age, late.value) == (300, "eva", "m", 200, 1)
    kept = next(one for one in measures(life(CLOCKED, replied(250)), 0, DAY) if one.metric is Metric.LATE_FIRST)
    assert (kept.at, kept.agent, kept.value) == (250, "eva", 0)
    assert Metric.LATE_FIRST in values(CLOCKED, replied(400), since=300)
    assert Metric.LATE_FIRST not in values(CLOCKED, replied(400), since=301)


def test_until_someone_answers_a_late_clock_is_the_assignees() -> None:
    taken = event(120, "change", changed={"assignee": ["", "leo"]})
    late = next(one for one in measures(life(CLOCKED, taken), 0, DAY) if one.metric is Metric.LATE_FIRST)
    assert late.agent == "leo"


def test_a_clock_that_is_set_too_late_runs_out_when_it_is_set_and_one_that_is_moved_counts_once() -> None:
    paused = event(150, "change", changed={"first_due": [300, None]})
    woken = event(600, "woken", "clock", changed={"first_due": [None, 300]})
    found = [one for one in measures(life(CLOCKED, paused, woken), 0, DAY) if one.metric is Metric.LATE_FIRST]
    assert [(one.at, one.value) for one in found] == [(600, 1)]
    later = event(400, "change", changed={"first_due": [300, 700]})
    found = [one for one in measures(life(CLOCKED, later, replied(800)), 0, DAY) if one.metric is Metric.LATE_FIRST]
    assert [(one.at, one.value) for one in found] == [(300, 1)]
    in_time = event(200, "change", changed={"first_due": [300, 700]})
    assert values(CLOCKED, in_time, replied(600))[Metric.LATE_FIRST] == [0]


def test_a_first_clock_that_is_set_after_the_first_reply_was_filed_late_does_not_run() -> None:
    moved_since = event(250, "change", changed={"first_due": [300, 280]})
    assert values(CLOCKED, replied(200), moved_since, replied(400))[Metric.LATE_FIRST] == [0]


def test_each_solving_ends_the_clock_of_the_resolution() -> None:
    again = moved(600, "solved", "open", resolve_due=[None, 500])
    told = (CLOCKED, moved(400, "open", "solved", resolve_due=[500, None]), again, moved(700, "open", "solved"))
    found = [one for one in measures(life(*told), 0, DAY) if one.metric is Metric.LATE_RESOLUTION]
    assert [(one.at, one.value) for one in found] == [(400, 0), (600, 1)]


def test_what_was_solved_elsewhere_is_the_assignees() -> None:
    for kind in ("followed", "imported"):
        there = event(200, kind, "zendesk", changed={"status": ["new", "solved"], "assignee": ["", "bruno"]})
        found = {one.metric: one for one in measures(life(came(), there), 0, DAY)}
        assert found[Metric.SOLVED].agent == "bruno"


def test_a_solved_ticket_that_was_reopened_and_suspended_is_not_solved() -> None:
    found = values(came(), SOLVED_AT_ONCE, OPENED, moved(400, "open", "suspended"))
    assert not found.keys() & {Metric.SOLVED, Metric.BACKLOG}


def test_without_a_clock_nothing_is_late() -> None:
    found = values(came(), SOLVED_AT_ONCE)
    assert not found.keys() & {Metric.LATE_FIRST, Metric.LATE_NEXT, Metric.LATE_RESOLUTION}


def test_a_period_holds_its_first_moment() -> None:
    told = (came(100), replied(200, status=("new", "solved")))
    assert Metric.RECEIVED in values(*told, since=100)
    assert Metric.RECEIVED not in values(*told, since=101)
    assert {Metric.REPLIES, Metric.SOLVED, Metric.REOPENED} <= values(*told, since=200).keys()
    assert values(*told, since=201) == {}


def test_a_measure_names_the_agent_the_macro_and_the_tickets_age() -> None:
    found = {one.metric: one for one in measures(life(came(), SOLVED_AT_ONCE), 0, DAY)}
    for metric in (Metric.REPLIES, Metric.FIRST_REPLY, Metric.SOLVED, Metric.ONE_TOUCH, Metric.REOPENED):
        assert (found[metric].agent, found[metric].macro, found[metric].age, found[metric].at) == ("eva", "m", 100, 200)
    by_hand = next(one for one in measures(life(came(), moved(200, "new", "solved")), 0, DAY)
                   if one.metric is Metric.SOLVED)  # fmt: skip
    assert (by_hand.agent, by_hand.macro) == ("eva", "")
    assert (found[Metric.RECEIVED].agent, found[Metric.RECEIVED].age) == ("", 0)
    open_one = next(one for one in measures(life(came()), 0, DAY) if one.metric is Metric.BACKLOG)
    assert (open_one.at, open_one.age) == (DAY, DAY - 100)


def test_lengths_go_by_the_calendar_that_is_asked_for() -> None:
    told = [came(100), SOLVED_AT_ONCE, OPENED]
    found = {one.metric: one.value for one in measures(life(*told), 0, DAY, lambda start, end: (end - start) * 2)}
    assert (found[Metric.FIRST_REPLY], found[Metric.BACKLOG]) == (200, 2 * (DAY - 100))


def test_what_is_counted_of_the_order_of_work() -> None:
    for kind, metric in ASIDE.items():
        one = aside(Event(1, 1, 7, 50, "eva", kind, {"reason": "not mine"}))
        assert (one.metric, one.ticket_id, one.at, one.value, one.agent, one.reason) == (
            metric, 7, 50, 1, "eva", "not mine",
        )  # fmt: skip
        assert aside(Event(1, 1, 7, 50, "eva", kind, {})).reason == ""


def test_wall_time_never_runs_backwards() -> None:
    assert (wall(5, 9), wall(9, 5), wall(5, 5)) == (4, 0, 0)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([3], Figure(1, 3, 3, 3)),
        ([4, 1], Figure(2, 5, 2.5, 4)),
        ([*range(10, 0, -1)], Figure(10, 55, 5.5, 9)),
        ([*range(11, 0, -1)], Figure(11, 66, 6, 10)),
    ],
)
def test_a_figure_is_count_total_median_and_nearest_rank(held: list[int], expected: Figure) -> None:
    assert figure(held) == expected


def test_a_mean_of_nothing_is_nothing() -> None:
    assert Figure(0, 0, 0, 0).mean == 0.0
    assert Figure(4, 6, 0, 0).mean == 1.5
    assert figures({("eva", Metric.SOLVED): [1, 1], ("leo", Metric.SOLVED): [1]}) == {
        "eva": {Metric.SOLVED: Figure(2, 2, 1, 1)},
        "leo": {Metric.SOLVED: Figure(1, 1, 1, 1)},
    }


def test_no_metric_is_both_counted_and_told_by_its_mean() -> None:
    assert not COUNTS & MEANS


def test_a_life_with_no_events_measures_nothing() -> None:
    assert measures(History(7, 100), 200, DAY) == []


moments = st.integers(0, 40)
changed = st.fixed_dictionaries(
    {},
    optional={
        "first_due": st.tuples(st.none(), st.none() | moments),
        "next_due": st.tuples(st.none(), st.none() | moments),
        "resolve_due": st.tuples(st.none(), st.none() | moments),
        "assignee": st.tuples(st.just(""), st.sampled_from(["", "eva"])),
        "status": st.sampled_from([("new", "solved"), ("new", "suspended"), ("suspended", "new")]),
    },
)
details = st.fixed_dictionaries(
    {}, optional={
        "direction": st.sampled_from(["in", "out"]), "kind": st.sampled_from([*MessageKind]), "changed": changed,
    }
)  # fmt: skip


@given(moments, moments, details, st.sampled_from(["received", "clocks", "change"]), moments, st.integers(1, 20))
def test_a_ticket_on_which_nothing_was_done_is_measured_as_its_history_would_be(
    created: int, at: int, detail: dict[str, object], kind: str, since: int, length: int
) -> None:
    until = since + length
    told = (at, "intake", kind, json.dumps(detail), 1)
    found = untouched([told], [])
    if kind != "received" or "status" in cast(dict[str, object], detail.get("changed", {})):
        assert found is None
        return
    assert found is not None
    assert untouched([told, told], []) is None
    assert untouched([told], [(at, "eva", "")]) is None
    if at < until:
        whole = measures(history(7, created, [told]), since, until)
        assert measures_of_untouched(7, created, found, since, until) == whole
