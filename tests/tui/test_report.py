"""Reports on a rehearsed month: equal to a slow recomputation, open to the tickets behind, in every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.errors import InputError
from data.records import Change, Event, Status
from data.store import Store
from macros.library import Library
from queues.desk import Desk
from queues.desk_rules import DeskRules
from queues.figures.grouping import ALL, By
from queues.figures.metrics import Metric
from queues.figures.reporting import Period, behind, report
from tui.cli.report import report as report_command
from tui.rehearsal import DAY, HeldClock, Rehearsal

END = 1_800_000_000
PERIOD = Period(END - 10 * DAY, END - DAY)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A month of 240 tickets, worked by three agents, with one action of each taken back."""
    clock = HeldClock(END)
    with_store = Store.open(tmp_path_factory.mktemp("month") / "desk.db")
    desks: dict[str, Desk] = {}

    def desk_of(agent: str) -> Desk:
        desks[agent] = Desk(with_store, clock=clock, rules=DeskRules(), agent=agent)
        return desks[agent]

    Rehearsal(desk_of, clock, Library.standard(), seed=3, end=END, amount=240).play()
    clock.now = END - 2 * DAY
    waiting = [ticket.id for ticket in with_store.tickets.each() if ticket.status in (Status.OPEN, Status.PENDING)]
    for desk, ticket_id in zip(desks.values(), waiting, strict=False):
        desk.act([ticket_id], Change(reply="Solved for a moment.", status=Status.SOLVED))
        desk.undo()
    yield with_store
    with_store.close()


class Slow:
    """The definitions once more, one metric at a time, over plain lists of events."""

    def __init__(self, store: Store) -> None:
        rows = store.utils().query("SELECT id FROM action WHERE state = 'undone'")
        undone = {row["id"] for row in rows}
        self.events: dict[int, list[Event]] = {}
        for event in store.events.each():
            if event.at < PERIOD.until and event.action not in undone:
                self.events.setdefault(event.ticket_id, []).append(event)
        for held in self.events.values():
            held.sort(key=lambda event: (event.at, event.id))

    def values(self, metric: Metric) -> list[tuple[int, int]]:
        found = []
        for number, events in self.events.items():
            found += [(number, value) for at, value in self._of(metric, events) if at >= PERIOD.since]
        return sorted(found)

    def _of(self, metric: Metric, events: list[Event]) -> list[tuple[int, int]]:
        created = events[0].at
        replies = [event for event in events if event.kind == "reply"]
        match metric:
            case Metric.RECEIVED:
                return [(created, 1)]
            case Metric.REPLIES:
                return [(event.at, 1) for event in replies]
            case Metric.FIRST_REPLY:
                return [(event.at, event.at - self._asked(events, event)) for event in replies[:1]]
            case Metric.NEXT_REPLY:
                pairs = [(event.at, self._asked(events, event)) for event in replies[1:]]
                return [(at, at - asked) for at, asked in pairs if asked >= 0]
            case Metric.SOLVED:
                return [(event.at, 1) for event in self._stands(events)]
            case Metric.RESOLUTION:
                return [(event.at, event.at - created) for event in self._stands(events)]
            case Metric.ONE_TOUCH:
                again = any(_to(event, Status.OPEN) and _from(event, Status.SOLVED) for event in events)
                return [
                    (last.at, int(not again and len([r for r in replies if r.id <= last.id]) == 1))
                    for last in self._stands(events)
                ]
            case Metric.LATE_FIRST:
                return [(event.at, int(_due(event, "first_due") < event.at)) for event in replies[:1]]
        raise NotImplementedError(metric)

    def _asked(self, events: list[Event], reply: Event) -> int:
        """When the oldest message came in that this reply is the first to answer; -1 for none."""
        asked, solved = -1, False
        for event in events:
            if event.id == reply.id:
                return asked
            if event.kind == "reply":
                asked = -1
            elif event.kind == "received" and asked < 0 and not (solved and not _to(event, Status.OPEN)):
                asked = event.at
            if "status" in (event.detail.get("changed") or {}):
                solved = _to(event, Status.SOLVED)
        return asked

    def _stands(self, events: list[Event]) -> list[Event]:
        moves = [event for event in events if "status" in (event.detail.get("changed") or {})]
        return moves[-1:] if moves and _to(moves[-1], Status.SOLVED) else []


def _to(event: Event, status: Status) -> bool:
    return bool((event.detail.get("changed") or {}).get("status", [None, None])[1] == status)


def _from(event: Event, status: Status) -> bool:
    return bool((event.detail.get("changed") or {}).get("status", [None, None])[0] == status)


def _due(event: Event, name: str) -> int:
    return int(event.detail["changed"][name][0])


@pytest.mark.parametrize(
    "metric",
    [Metric.RECEIVED, Metric.REPLIES, Metric.SOLVED, Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION,
     Metric.ONE_TOUCH, Metric.LATE_FIRST],
)  # fmt: skip
def test_every_figure_equals_the_slow_one_to_the_second(month: Store, metric: Metric) -> None:
    found = [one for one, _ in behind(month, PERIOD, By.ALL, UTC) if one.metric is metric]
    slow = Slow(month).values(metric)
    assert len(slow) > 10
    assert sorted((one.ticket_id, one.value) for one in found) == slow
    assert report(month, PERIOD, By.ALL, UTC).now[ALL][metric].total == sum(value for _, value in slow)


def test_groups_share_the_measures_out(month: Store) -> None:
    whole = report(month, PERIOD, By.ALL, UTC).now[ALL]
    for by in By:
        groups = report(month, PERIOD, by, UTC).now.values()
        for metric in (Metric.REPLIES, Metric.SOLVED, Metric.RECEIVED):
            assert sum(held[metric].count for held in groups if metric in held) == whole[metric].count, by


def test_the_period_before_is_the_report_of_that_period(month: Store) -> None:
    assert report(month, PERIOD, By.AGENT, UTC).before == report(month, PERIOD.before, By.AGENT, UTC).now


def run(month: Store, *arguments: str) -> str:
    since, until = "2027-01-05", "2027-01-14"  # END is 2027-01-15
    base = ["--db", str(month.path), "--zone", "UTC", "--since", since, "--until", until]
    result = CliRunner().invoke(report_command, [*base, *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_a_figure_opens_into_its_tickets(month: Store) -> None:
    rows = [json.loads(line) for line in run(month, "--json", "--by", "agent").splitlines()]
    eva = next(row for row in rows if row["group"] == "eva" and row["metric"] == "replies")
    tickets = run(month, "--json", "--by", "agent", "--behind", "replies", "--group", "eva").splitlines()
    assert eva["count"] == len(tickets) > 0
    assert {json.loads(line)["group"] for line in tickets} == {"eva"}


def test_csv_has_a_row_a_figure(month: Store) -> None:
    rows = list(csv.DictReader(run(month, "--csv").splitlines()))
    assert {"received", "solved", "first reply"} <= {row["metric"] for row in rows}
    assert rows[0]["since"] == "2027-01-05T00:00:00Z"


def test_people_read_chapters_and_a_line_of_days(month: Store) -> None:
    told = run(month)
    assert "productivity" in told
    assert "first reply" in told
    assert "a day, most" in told


def test_the_page_loads_nothing_from_elsewhere(month: Store, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run(month, "--html", str(page))
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "First reply" in text or "first reply" in text
    assert "src=" not in text
    assert "http" not in text


def test_an_empty_period_says_what_to_do(month: Store) -> None:
    arguments = ["--db", str(month.path), "--since", "2020-01-01", "--until", "2020-02-01"]
    assert "--since" in CliRunner().invoke(report_command, arguments).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--since", "yesterdayish"], "7d"), (["--since", "2026-02-01", "--until", "2026-01-01"], "earlier"),
     (["--zone", "Mars/Base"], "Europe/Madrid"), (["--calendar", "office"], "always")],
)  # fmt: skip
def test_wrong_options_are_told(month: Store, arguments: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        CliRunner().invoke(report_command, ["--db", str(month.path), *arguments], catch_exceptions=False)
