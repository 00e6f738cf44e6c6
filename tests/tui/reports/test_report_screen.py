"""The report on the screen, by keys: figures, plots, the tickets behind them and the way back."""

from __future__ import annotations

import csv
from datetime import UTC
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input

from data.records.changes import Change
from data.records.tickets import Status
from data.store import Store
from queues.figures.grouping import By
from queues.figures.metrics import Figure, Metric
from tests.tui.playing import fifteen_tickets, make_desk, picture, play, press, tap
from tui.app import DeskApp
from tui.reports.question import LENGTHS_OF_PERIODS, Asked
from tui.reports.rows import Row, turn
from tui.reports.screen import ReportScreen
from tui.reports.table import signed
from tui.reports.tickets_card import BehindCard
from tui.setup.settings import CONFIG_NAME, config_folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of fifteen tickets 1 and 2 are answered and solved, 3 is answered."""
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    desk = make_desk(store)
    desk.act([1], Change(reply="Solved it.", status=Status.SOLVED, override_reason="test"))
    desk.act([2], Change(reply="Solved too.", status=Status.SOLVED, override_reason="test"))
    desk.act([3], Change(reply="We look at it.", override_reason="test"))
    store.close()
    return path


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def report_of(app: DeskApp) -> ReportScreen:
    assert isinstance(app.screen, ReportScreen)
    return app.screen


def test_a_figure_opens_into_its_tickets_and_back(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "r")
        shown = picture(app)
        assert "[1 all]" in shown
        assert "received" in shown
        assert "tickets that were opened" in shown  # what the marked figure is
        assert "█" in shown
        await press(pilot, app, "2", "down", "l")  # by agent: ann, unassigned; received, replies, solved
        marked = report_of(app).marked
        assert marked is not None
        await press(pilot, app, *["up"] * 3, *["h"] * 9, "l", "l", "enter")
        assert isinstance(app.screen, BehindCard)
        listed = picture(app)
        assert "solved, ann" in listed
        assert "#1 " in listed
        assert "#2 " in listed
        assert "#3 " not in listed
        await press(pilot, app, "down", "enter")
        assert app.desk.view.ticket_id == 1
        assert "Esc" in app.desk.said
        await press(pilot, app, "escape")
        assert isinstance(app.screen, BehindCard)
        assert app.screen.list.cursor_row == 1
        await press(pilot, app, "v")
        assert sorted(row.id for pane in app.desk.panes for row in pane.list.window.rows) == [1, 2]
        assert "solved, ann" in picture(app)
        await press(pilot, app, "escape")
        assert isinstance(app.screen, BehindCard)
        await press(pilot, app, "escape", "escape")
        assert [type(screen).__name__ for screen in app.screen_stack] == ["Screen", "DeskScreen"]
        assert sum(len(pane.list.window.rows) for pane in app.desk.panes) == 12

    play(path, script)


@pytest.mark.parametrize("size", [(60, 20), (200, 50)])
def test_every_grouping_and_period_is_a_key(path: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "r")
        keys = "1234567r890"
        for key, by in zip(keys, By, strict=True):
            await press(pilot, app, key)
            assert f"[{key} {by}]" in " ".join(picture(app).split()), by
            assert report_of(app).state.answers, by
        await press(pilot, app, "1")
        for key, span in zip("twmy", LENGTHS_OF_PERIODS, strict=True):
            await press(pilot, app, key)
            assert report_of(app).state.asked.span == span
            assert "received" in picture(app)
        await press(pilot, app, "b")
        assert "No activity" in picture(app)
        assert report_of(app).marked is None
        await press(pilot, app, "enter", "v", "n")  # nothing to open; forward again
        assert report_of(app).state.asked.back == 0
        await press(pilot, app, "c")
        assert "[calendar.office]" in picture(app)
        config_folder().mkdir(parents=True, exist_ok=True)
        (config_folder() / CONFIG_NAME).write_text('[calendar.office]\nmonday = ["09:00-17:00"]\n', encoding="utf-8")
        await press(pilot, app, "c")
        assert "hours of office" in " ".join(picture(app).split())

    play(path, script, size)


def test_the_report_is_written_where_the_agent_says(path: Path, tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "r", "2", "Y")
        assert "received\treplies" in app.clipboard
        for name, told in [
            ("a.html", "Written"),
            ("a.csv", "Written"),
            ("a.csv", "already exists"),
            ("a.doc", "end in"),
        ]:
            await press(pilot, app, "x")
            app.screen.query_one(Input).value = str(tmp_path / name)
            await press(pilot, app, "enter")
            assert told in picture(app), name

    play(path, script)
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "By agent" in page
    assert page.count("<svg") > 3
    lines = list(csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()))
    assert {"ann", "unassigned"} == {line["group"] for line in lines}


def test_esc_stops_the_reading_and_r_reads_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Event()

    def endless(*arguments: object, on_progress: object, **named: object) -> object:
        try:
            while callable(on_progress):
                on_progress(0.5)
        finally:
            stopped.set()
        raise AssertionError

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        monkeypatch.setattr("tui.reports.screen.reports", endless)
        await tap(pilot, "g", "r")
        while not (isinstance(app.screen, ReportScreen) and app.screen.reading):
            await pilot.pause()
        await press(pilot, app, "escape")
        assert stopped.is_set()
        assert "Stopped" in picture(app)
        monkeypatch.undo()
        await press(pilot, app, "R")
        assert "received" in picture(app)

    play(path, script)


@given(st.integers(1, 2_000_000_000), st.sampled_from(sorted(LENGTHS_OF_PERIODS)), st.integers(0, 50))
def test_periods_follow_each_other(now: int, span: str, back: int) -> None:
    asked = Asked(now, span, back)
    assert asked.moved(1).period(UTC).until == asked.period(UTC).since
    assert asked.moved(1).moved(-1) == asked
    names = [name for name, _ in asked.times(UTC)]
    assert len(names) == len(set(names))
    assert len(names) <= 367


def test_every_figure_is_explained() -> None:
    from tui.reports.rows import EVERY, MEANINGS

    assert set(MEANINGS) == set(EVERY) == set(Metric)


def test_a_change_says_whether_it_is_good() -> None:
    fast, slow = (Figure(1, seconds, seconds, seconds) for seconds in (60, 600))
    assert turn(Row("", Metric.FIRST_REPLY, fast, slow)) == 1
    assert turn(Row("", Metric.FIRST_REPLY, slow, fast)) == -1
    assert turn(Row("", Metric.FIRST_REPLY, fast, fast)) == 0
    few, many = (Figure(count, count, 1, 1) for count in (2, 4))
    assert turn(Row("", Metric.SOLVED, many, few)) == 1
    assert turn(Row("", Metric.RECEIVED, many, few)) == 0
    assert (signed("+100%", 1), signed("-20%", -1), signed("", 0)) == ("+100% ✓", "-20% ✗", "")


def test_the_plot_is_beside_the_table_on_a_wide_screen_and_headers_over_their_columns(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "r")
        table, plot = (app.screen.query_one(name).region for name in ("#report-table", "#report-one"))
        assert table.right <= plot.x
        head, first = picture(app).splitlines()[2:4]
        assert head.index("now") + len("now") == first.index("15") + len("15")
        await pilot.resize_terminal(100, 30)
        await press(pilot, app, "R")
        table, plot = (app.screen.query_one(name).region for name in ("#report-table", "#report-one"))
        assert table.bottom <= plot.y

    play(path, script, (140, 40))
