"""The feed by the time of the latest change: nothing is missed, whatever changes while it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.connectors.changed_since import OVERLAP, ChangedSince, Page, first_moment, moment, written

FULL = 3
Json = Mapping[str, Any]


class Hidden:
    """Tickets of which a change need not show: the list is ordered by a time that only the system knows.

    `said` counts a ticket's changes, which is what its rows bring; some change neither the time nor the state shown.
    """

    def __init__(self) -> None:
        self.now, self.cursor = 1_000_000, ""
        self.changed, self.shown = dict[str, int](), dict[str, tuple[int, str]]()
        self.said, self.read = dict[str, int](), dict[str, int]()
        self.feed = ChangedSince(lambda row: (row["id"], *self.shown[row["id"]]), clock=lambda: self.now / 1000)

    def change(self, ref: str, at: int) -> None:
        """Change a ticket so that it shows."""
        self.changed[ref], self.shown[ref] = at, (at, "")
        self.said[ref] = self.said.get(ref, 0) + 1

    def change_unseen(self, ref: str) -> None:
        """Change a ticket so that only its state shows it."""
        at, _ = self.shown.get(ref, (self.second - 100_000, ""))
        self.said[ref] = self.said.get(ref, 0) + 1
        self.changed[ref], self.shown[ref] = self.second, (at, str(self.said[ref]))

    @property
    def second(self) -> int:
        return self.now // 1000 * 1000

    def page(self, since: int, page: int) -> tuple[Sequence[Json], bool]:
        refs = sorted((at, ref) for ref, at in self.changed.items() if at >= since)
        return [{"id": ref} for _, ref in refs[(page - 1) * FULL : page * FULL]], len(refs) > page * FULL

    def next(self) -> Page:
        page = self.feed.next(self.cursor, 0, self.page)
        self.cursor = page.cursor
        for row in page.rows:
            self.read[row["id"]] = self.said[row["id"]]
        self.now += 50
        return page

    def run(self) -> list[str]:
        """Read to the end, which comes, and return what was listed as new."""
        refs: list[str] = []
        # by each of the moments as often as there are pages, and those that hold more than one once again
        pages = len(self.changed) // FULL + 1
        for _ in range(2 * pages * (len(set(self.shown.values())) + 2)):
            page = self.next()
            refs += [row["id"] for row in page.rows]
            if not page.more:
                return refs
        raise AssertionError("it never ends")


class Tickets:
    """Tickets by the time of their latest change, in whole seconds, and the feed that is tried on them."""

    def __init__(self) -> None:
        self.now, self.at, self.cursor = 1_000, dict[str, int](), ""
        self.asked: list[tuple[int, int]] = []
        self.feed = ChangedSince(lambda row: (row["id"], row["at"], ""), clock=lambda: float(self.now))

    def change(self, ref: str) -> None:
        self.at[ref] = self.now * 1000

    def page(self, since: int, page: int) -> tuple[Sequence[Json], bool]:
        self.asked.append((since, page))
        rows = sorted((at, ref) for ref, at in self.at.items() if at >= since)
        return [{"id": ref, "at": at} for at, ref in rows[(page - 1) * FULL : page * FULL]], len(rows) > page * FULL

    def next(self) -> Page:
        page = self.feed.next(self.cursor, 0, self.page)
        self.cursor = page.cursor
        return page

    def all(self) -> list[str]:
        seen: list[str] = []
        for _ in range(200):
            page = self.next()
            seen += [row["id"] for row in page.rows]
            self.now += 1
            if not page.more:
                return seen
        raise AssertionError("it never ends")


@pytest.fixture
def tickets() -> Tickets:
    return Tickets()


def test_each_change_is_seen_and_then_nothing_more(tickets: Tickets) -> None:
    for number in range(10):
        tickets.change(str(number))
        tickets.now += 10
    assert set(tickets.all()) == {str(number) for number in range(10)}
    tickets.now += 100
    tickets.all()
    cursor = tickets.cursor
    assert (tickets.all(), tickets.cursor) == ([], cursor)
    tickets.change("4")
    assert tickets.all() == ["4"]


def test_two_changes_within_one_second_are_both_seen(tickets: Tickets) -> None:
    tickets.change("1")
    assert [row["id"] for row in tickets.next().rows] == ["1"]
    tickets.change("1")  # bears the same time as before
    assert [row["id"] for row in tickets.next().rows] == ["1"]
    tickets.now += 60
    assert [row["id"] for row in tickets.next().rows] == ["1"]  # the last that could bear it
    assert tickets.next().rows == ()


def test_a_change_that_is_written_down_late_is_seen(tickets: Tickets) -> None:
    tickets.change("1")
    tickets.now += 60
    tickets.change("2")
    tickets.all()
    tickets.at["3"] = tickets.at["1"] + 1000  # an update that took a minute
    assert "3" in tickets.all()


def test_more_than_a_page_that_changed_at_one_moment_is_read_whole(tickets: Tickets) -> None:
    for number in range(11):
        tickets.change(f"{number:02}")
    tickets.now += 600
    tickets.change("later")
    first = tickets.next()
    assert (len(first.rows), first.more) == (FULL, True)
    tickets.next()
    for ref in ("00", "01"):  # what changes meanwhile draws others to pages that were read
        tickets.change(ref)
    seen = tickets.all()
    assert {f"{number:02}" for number in range(6, 11)} | {"00", "01", "later"} <= set(seen)
    tickets.now += 600
    tickets.all()
    assert tickets.all() == []


def test_a_fetch_reads_on_by_time_and_not_by_ever_later_pages(tickets: Tickets) -> None:
    for number in range(30):
        tickets.change(str(number))
        tickets.now += 600
    tickets.all()
    assert {page for _, page in tickets.asked} == {1}


def test_what_is_kept_of_a_cursor_is_of_the_last_minutes_only(tickets: Tickets) -> None:
    for number in range(200):
        tickets.change(str(number))
        tickets.now += 60
    tickets.all()
    assert len(tickets.cursor) < 200
    assert tickets.asked[-1][0] <= max(tickets.at.values()) - FULL


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 3), st.booleans()), max_size=60))
def test_whatever_happens_in_whatever_order_the_last_state_of_each_is_seen(
    acts: list[tuple[str, int, bool]],
) -> None:
    tickets = Tickets()
    seen: dict[str, int] = {}

    def look() -> Page:
        page = tickets.next()
        seen.update({row["id"]: row["at"] for row in page.rows})
        return page

    for ref, seconds, reads in acts:
        tickets.now += seconds
        tickets.change(ref)
        if reads:
            look()
    for _ in range(100):
        tickets.now += 5
        if not look().more:
            break
    assert seen == tickets.at


REFS = st.sampled_from("abcdefghijklm")
ACTS = st.one_of(
    st.tuples(st.just("change"), st.lists(REFS, min_size=1, max_size=13)),
    st.tuples(st.just("unseen"), st.lists(REFS, min_size=1, max_size=13)),
    st.tuples(st.just("late"), st.lists(REFS, min_size=1, max_size=3)),
    st.tuples(st.just("read"), st.integers(1, 4)),
    st.tuples(st.just("run"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from((0, 400, 1000, 3000, 60_000, 3_600_000))),
)


@given(st.lists(ACTS, max_size=30))
def test_every_run_ends_with_all_read_whatever_time_each_change_shows(acts: list[tuple[str, Any]]) -> None:
    tickets = Hidden()
    for act, what in acts:
        match act:
            case "change":  # all at one moment, as a bulk update does
                for ref in what:
                    tickets.change(ref, tickets.second)
            case "unseen":  # as a workflow does
                for ref in what:
                    tickets.change_unseen(ref)
            case "late":  # written down after others that are newer, and between two runs
                tickets.run()
                for ref in what:
                    tickets.change(ref, tickets.second - OVERLAP // 2 + 500 + tickets.said.get(ref, 0))
            case "read":
                for _ in range(what):
                    tickets.next()
            case "run":
                tickets.run()
            case "wait":
                tickets.now += what
    for _ in range(3):
        tickets.run()
        tickets.now += 3000
    assert tickets.read == tickets.said
    tickets.run()
    cursor = tickets.cursor
    assert (tickets.run(), tickets.cursor) == ([], cursor)


def test_what_changed_at_the_newest_moment_is_read_once_in_a_run(tickets: Tickets) -> None:
    for number in range(4 * FULL):
        tickets.change(str(number))
    refs, frozen = list[str](), tickets.now
    for _ in range(20):
        page = tickets.next()
        tickets.now = frozen  # the requests take no time at all
        refs += [row["id"] for row in page.rows]
        if not page.more:
            break
    assert not page.more
    assert sorted(refs) == sorted(map(str, range(4 * FULL)))


def test_more_than_a_page_that_shows_old_times_is_read_once() -> None:
    tickets = Hidden()
    for number in range(4 * FULL):
        tickets.change(f"{number:02}", tickets.second - 86_400_000 + number)
    tickets.change("last", tickets.second)
    tickets.run()
    tickets.now += 3_600_000
    tickets.run()
    for number in range(4 * FULL):
        tickets.change_unseen(f"{number:02}")
    assert sorted(tickets.run()) == [f"{number:02}" for number in range(4 * FULL)]
    assert tickets.run() == []


def test_a_change_written_down_late_is_seen_after_a_run_of_several_pages() -> None:
    tickets = Hidden()
    for number in range(4 * FULL):
        tickets.change(str(number), tickets.second)
        tickets.now += 1000
    tickets.run()
    tickets.change("late", tickets.second - 4 * FULL * 500)
    assert "late" in tickets.run()


def test_what_an_earlier_version_stored_is_read_on() -> None:
    tickets = Hidden()
    tickets.change("1", 999_000)
    tickets.change("2", 999_000)
    tickets.cursor = '[879000, 1, 999000, 0, 0, {"1": [999000, ""]}]'
    assert tickets.run() == ["2"]


def test_times_are_read_as_they_are_written() -> None:
    assert moment("2026-11-03T11:51:13.809Z") == 1793706673809
    assert written(moment("2026-11-03T11:51:13.809Z")) == "2026-11-03T11:51:13Z"
    assert (moment(None), moment("soon")) == (0, 0)
    assert written(first_moment(date(2026, 1, 2))) == "2026-01-02T00:00:00Z"
    assert first_moment(None) < first_moment(date(2001, 1, 1))
    assert OVERLAP > 0


def test_a_change_that_the_known_time_does_not_show_is_seen_by_the_state() -> None:
    states = {"1": "a", "2": "a"}

    def page(since: int, number: int) -> tuple[Sequence[Json], bool]:
        return [{"id": ref, "state": state} for ref, state in states.items()], False

    now = [0.0]
    feed = ChangedSince(lambda row: (row["id"], 5_000, row["state"]), clock=lambda: now[0])
    cursor = feed.next("", 0, page).cursor
    now[0] = 10.0
    cursor = feed.next(cursor, 0, page).cursor
    assert feed.next(cursor, 0, page).rows == ()
    states["2"] = "b"
    assert [row["id"] for row in feed.next(cursor, 0, page).rows] == ["2"]
