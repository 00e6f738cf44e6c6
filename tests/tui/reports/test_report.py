"""Reports on a rehearsed month: equal to a slow recomputation, open to the tickets behind, in every format."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC
from io import StringIO
from pathlib import Path
from statistics import median

import pytest
from click.testing import CliRunner

from data.errors import InputError
from data.records.changes import Change
from data.records.shifts import Effort
from data.records.tickets import Status
from data.store import Store
from macros.files.library import Library
from queues.desk.choose_next import Choosing
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.figures.grouping import AGE_ENDS, AGE_NAMES, ALL, By
from queues.figures.handling import EXPECTED_FROM
from queues.figures.metrics import Figure, Metric, measures
from queues.figures.reporting import Period, measures_of, report, reports
from queues.figures.shift import Own, OwnWork, own_figures
from queues.figures.ticket_history import history
from queues.next_up.graphic_content import Exposure
from tests.shared_files import copy_of
from tests.tui.playing import incoming
from tui.cli.report import report as report_command
from tui.demo.demo_month import DAY, HeldClock, Rehearsal
from tui.reports.report_files import write_csv

END = 1_800_000_000
PERIOD = Period(END - 10 * DAY, END - DAY)
JUDGED = {Metric.CSAT, Metric.RATING, Metric.ANSWERED, Metric.REVIEW}
"""What customers and reviewers say."""


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A month of 240 tickets, worked by three agents, with one action of each taken back."""
    with closing(Store.open(copy_of(tmp_path_factory, "report-month.db", make_month))) as store:
        yield store


def make_month(path: Path) -> None:
    clock = HeldClock(END)
    desks: dict[str, Desk] = {}
    with closing(Store.open(path)) as store:

        def desk_of(agent: str) -> Desk:
            desks[agent] = Desk(store, clock=clock, rules=DeskRules(), agent=agent)
            return desks[agent]

        Rehearsal(desk_of, clock, Library.standard(), seed=3, end=END, amount=240).play()
        clock.now = END - 2 * DAY
        waiting = [ticket.id for ticket in store.tickets.each() if ticket.status in (Status.OPEN, Status.PENDING)]
        for desk, ticket_id in zip(desks.values(), waiting, strict=False):
            desk.act([ticket_id], Change(reply="Solved for a moment.", status=Status.SOLVED))
            desk.undo()


def test_what_customers_and_reviewers_say_is_measured_as_it_stands(month: Store) -> None:
    found = [one for one, _ in measures_of(month, PERIOD, By.ALL, UTC)]
    given = list(month.csat.each(PERIOD.since, PERIOD.until))
    assert sorted((one.ticket_id, one.value) for one in found if one.metric is Metric.RATING) == sorted(
        (one.ticket_id, one.value) for one in given
    )
    of_report = report(month, PERIOD, By.ALL, UTC).now[ALL]
    assert of_report[Metric.CSAT].mean == sum(one.value >= 4 for one in given) / len(given)
    asked = [
        event for event in month.events.each()
        if event.detail.get("asked_rating") and PERIOD.since <= event.at < PERIOD.until
    ]  # fmt: skip
    assert of_report[Metric.ANSWERED].count == len(asked) > 20
    answered = {one.question_id for one in month.csat.each(0, PERIOD.until)}
    questions = list(month.csat.questions(PERIOD.since, PERIOD.until))
    assert of_report[Metric.ANSWERED].total == sum(one[2] for one in questions) <= len(answered)
    assert 0 < of_report[Metric.ANSWERED].mean < 1
    assert Metric.REVIEW not in of_report
    by_agent = report(month, PERIOD, By.AGENT, UTC).now
    assert sum(held[Metric.RATING].count for held in by_agent.values() if Metric.RATING in held) == len(given)


def test_every_group_sums_the_measures_behind_it_up(month: Store) -> None:
    grouped = reports(month, PERIOD, list(By), UTC)
    for by in By:
        values: dict[tuple[str, Metric], list[int]] = defaultdict(list)
        for one, group in measures_of(month, PERIOD, by, UTC):
            values[group, one.metric].append(one.value)
        told = {(group, metric): held for group, of in grouped[by].now.items() for metric, held in of.items()}
        assert told.keys() == values.keys(), by
        assert any(metric is Metric.BACKLOG for _, metric in told) == (by not in (By.HOUR, By.DAY, By.WEEK)), by
        for key, held in values.items():
            assert (told[key].count, told[key].total, told[key].median) == (len(held), sum(held), median(held)), key


def test_the_ages_share_the_backlog_out(month: Store) -> None:
    by_age = report(month, PERIOD, By.AGE, UTC).now
    ages = list(zip([0, *AGE_ENDS], AGE_NAMES, strict=True))
    backlog = [one.value for one, _ in measures_of(month, PERIOD, By.ALL, UTC) if one.metric is Metric.BACKLOG]
    for place, (low, name) in enumerate(ages):
        high = ages[place + 1][0] if place + 1 < len(ages) else END
        count = sum(low <= value < high for value in backlog)
        assert (by_age[name][Metric.BACKLOG].count if Metric.BACKLOG in by_age.get(name, {}) else 0) == count, name


def test_tickets_at_rest_are_not_read_and_change_nothing(month: Store) -> None:
    last = Period(END - 2 * DAY, END - DAY)
    all_lives = dict(month.events.lives(last.until))
    moved = dict(month.events.lives(last.until, since=last.before.since))
    assert len(moved) < len(all_lives) * 0.7
    replies, created = month.messages.replies([*all_lives], last.until), month.tickets.created([*all_lives])
    rest = [
        history(number, created[number], told, replies.get(number, ()))
        for number, told in all_lives.items() if number not in moved
    ]  # fmt: skip
    for span in (last.before, last):
        assert [measure for life in rest for measure in measures(life, span.since, span.until)] == []


def test_who_stops_a_report_gets_none(month: Store) -> None:
    def stop(share: float) -> None:
        assert 0 < share <= 1
        raise InterruptedError

    with pytest.raises(InterruptedError):
        reports(month, PERIOD, [By.ALL], UTC, on_progress=stop)


def test_groups_share_the_measures_out(month: Store) -> None:
    whole = report(month, PERIOD, By.ALL, UTC).now[ALL]
    for by in By:
        groups = report(month, PERIOD, by, UTC).now.values()
        for metric in (Metric.REPLIES, Metric.SOLVED, Metric.RECEIVED):
            assert sum(held[metric].count for held in groups if metric in held) == whole[metric].count, by


def test_figures_taken_in_by_and_by_are_those_taken_at_once(tmp_path: Path) -> None:
    clock = HeldClock(END)
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="eva")
    other = Desk(store, clock=clock, rules=DeskRules(), agent="leo")
    desk.receive([incoming(n, "Hola", "mail", at=END - 60 * n) for n in range(1, 5)])
    done = Change(reply="Here you are.", status=Status.SOLVED)
    steps: list[Callable[[], object]] = [
        lambda: desk.act([1], done),
        lambda: other.act([2], done),
        lambda: desk.act([3], Change(note="Looked.")),
        lambda: desk.act([3], done),
        lambda: desk.undo(),
        lambda: desk.redo(),
        lambda: other.act([1], Change(status=Status.OPEN)),  # opened again by somebody else
        lambda: desk.skip(4, "not my language"),
        lambda: desk.reveal(4),
        lambda: desk.spent(Effort(3, "eva", clock(), 4, 0, 9.0)),
    ]
    work = OwnWork("eva", END)
    for step in steps:
        clock.now += 100
        step()
        at_once = own_figures(store, "eva", END, clock.now, 60)
        assert work.look(store, clock.now, 60) == at_once
    assert {own: at_once.count(own) for own in Own} == {
        Own.SOLVED: 1, Own.HANDLE: 1, Own.FIRST_REPLY: 2, Own.ONE_TOUCH: 1, Own.REOPENED: 2, Own.KEPT: 4,
        Own.KEYS: 1, Own.EXPOSED: 1, Own.SKIPPED: 1, Own.PICKED: 0,
    }  # fmt: skip
    assert at_once.value(Own.REOPENED) == 0.5
    by_reason = report(store, Period(END, clock.now + 1), By.REASON, UTC).now
    assert by_reason["not my language"] == {Metric.SKIPPED: Figure(1, 1, 1, 1)}
    store.close()


def test_a_clock_that_runs_out_without_news_is_the_assignees_at_once(tmp_path: Path) -> None:
    clock = HeldClock(END)
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="eva")
    desk.receive([incoming(1, "Hola", "mail", at=END)])
    desk.act([1], Change(assignee="leo"))
    work = OwnWork("leo", END + 10, store.events.newest())
    assert work.look(store, END + 20, 60).count(Own.KEPT) == 0
    assert work.look(store, END + 5 * 3600, 60).value(Own.KEPT) == 0
    store.close()


def test_who_comes_new_is_not_late_for_what_ran_out_before(tmp_path: Path) -> None:
    clock = HeldClock(END)
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="noa")
    desk.receive([incoming(n, "Hola", "mail", at=END) for n in (1, 2)])
    clock.now = END + 5 * 3600  # both first replies are late
    desk.begin_shift({})
    desk.act([1], Change(reply="Hello"))
    period = Period(END, clock.now + 1)
    by_agent = report(store, period, By.AGENT, UTC).now
    assert Metric.LATE_FIRST not in by_agent["noa"]
    assert by_agent["noa"][Metric.REPLIES].count == 1
    assert by_agent["unassigned"][Metric.LATE_FIRST] == Figure(2, 2, 1, 1)
    assert report(store, period, By.ALL, UTC).now[ALL][Metric.LATE_FIRST].total == 2
    assert OwnWork("noa", clock.now).look(store, clock.now + 60, 60).count(Own.KEPT) == 0
    store.close()


def test_next_up_expects_nothing_of_what_was_done_before_its_days(tmp_path: Path) -> None:
    clock = HeldClock(END)
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="eva")
    desk.receive([incoming(n, "Hola", "mail", at=END) for n in range(1, 4)])
    for number, at in ((1, 0), (2, 100), (3, 300)):
        clock.now = END + at
        desk.act([number], Change(note="Looked."))
    for since, usual in ((0, {"mail": 150}), (101, {"mail": 200}), (301, {})):
        assert Choosing(store, Exposure(), "ann").usual_seconds(END + since + EXPECTED_FROM) == usual
    store.close()


def test_what_was_undone_for_good_counts_no_more_than_what_was_undone(tmp_path: Path) -> None:
    clock = HeldClock(END)
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=clock, rules=DeskRules(), agent="eva")
    desk.receive([incoming(1, "Hola", "mail", at=END - 60), incoming(2, "Hola", "mail", at=END - 60)])
    desk.act([1], Change(reply="Sent for a moment.", status=Status.SOLVED))
    desk.undo()
    desk.act([2], Change(note="Something else, so that the first cannot be done again."))
    assert Metric.REPLIES not in report(store, Period(END - 100, END + 1), By.ALL, UTC).now[ALL]
    assert own_figures(store, "eva", END - 100, END, 60).tickets_behind[Own.SOLVED] == ()
    store.close()


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


def test_no_group_of_a_csv_is_taken_for_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    row = {"group": "=HYPERLINK(1)", "metric": "received", "change": -2}
    monkeypatch.setattr("tui.reports.report_files.lines_of", lambda found: iter([row]))
    write_csv(out, None)  # type: ignore[arg-type]
    assert list(csv.DictReader(StringIO(out.getvalue()))) == [
        {"group": "'=HYPERLINK(1)", "metric": "received", "change": "-2"}
    ]


def test_a_figure_with_nothing_behind_says_so_and_a_group_alone_is_refused(month: Store) -> None:
    base = ["--db", str(month.path), "--since", "2027-01-05", "--until", "2027-01-14", "--by", "agent"]
    told = CliRunner().invoke(report_command, [*base, "--group", "nobody at all", "--behind", "solved"])
    assert (told.exit_code, told.stdout, told.stderr) == (0, "", "No tickets are behind that figure.\n")
    assert CliRunner().invoke(report_command, [*base, "--group", "eva"]).exit_code == 2
    assert CliRunner().invoke(report_command, [*base, "--json", "--csv"]).exit_code == 2


def test_days_of_a_long_time_are_its_last(month: Store) -> None:
    told = run(month, "--since", "2020-01-01")
    assert "a day of the last 366, most" in told
    assert "most 0" not in told


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
    assert "<script" not in text
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
