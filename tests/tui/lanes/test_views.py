"""Views by keys: what waits for others is reachable, worked on and left again; what is saved is found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.messages import MessageKind, Sign
from data.records.tickets import Status, View
from data.store import Store
from tests.tui.playing import NOW, fifteen_tickets, incoming, make_desk, picture, play, press, status_of
from tui.app import DeskApp
from tui.lanes.views import NamedView, midnight, saved, stored


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of the mail lane's 1 4 7 10 13: 1 is pending, 4 solved, 7 mine, 10 tagged."""
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    desk = make_desk(store)
    desk.act([1], Change(status=Status.PENDING))
    desk.act([4], Change(status=Status.SOLVED))
    desk.act([7], Change(assignee="ann"))
    desk.act([10], Change(add_tags=("vip",)))
    store.close()
    return path


def shown(app: DeskApp) -> list[int]:
    return sorted(row.id for row in app.desk.list.window.rows)


@pytest.mark.parametrize(
    ("letters", "tickets", "title"),
    [
        ("mine", [7], "1 Mail: mine"),
        ("unassigned", [10, 13], "1 Mail: unassigned"),
        ("pending", [1], "1 Mail: pending"),
        ("solved today", [4], "1 Mail: solved today"),
        ("waiting in es", [7, 10, 13], "1 Mail: waiting in es"),
        ("+vip", [10], "1 Mail: +vip"),
        ("snoozed", [], "1 Mail: snoozed"),
    ],
)
def test_each_view_shows_its_tickets_and_escape_shows_the_lane(
    path: Path, letters: str, tickets: list[int], title: str
) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "f", *letters, "enter")
        assert shown(app) == tickets
        assert title in picture(app)
        assert tickets or "Nothing here. Esc" in picture(app)
        await press(pilot, app, "escape")
        assert shown(app) == [7, 10, 13]
        assert title not in picture(app)

    play(path, script)


@pytest.fixture
def suspended(path: Path) -> int:
    """Let spam come in; return its ticket."""
    store = Store.open(path)
    spam = replace(
        incoming(99, "You have won", "mail"), kind=MessageKind.SPAM, signs=(Sign("spam", "X-Spam-Flag: YES"),)
    )
    (received,) = make_desk(store).receive([spam])
    store.close()
    return received.ticket_id


def test_what_is_suspended_is_counted_in_sight_read_and_taken_in(path: Path, suspended: int) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert "1 suspended" in picture(app)
        assert suspended not in shown(app)
        await press(pilot, app, "f", *"suspended", "enter")
        assert shown(app) == [suspended]
        await press(pilot, app, "enter")
        assert "[spam?: X-Spam-Flag: YES]" in picture(app)
        await press(pilot, app, "O")
        assert status_of(path, suspended) is Status.OPEN
        assert "1 suspended" not in picture(app)
        await press(pilot, app, "z")
        assert status_of(path, suspended) is Status.SUSPENDED
        assert "1 suspended" in picture(app)

    play(path, script)


def test_a_closed_ticket_is_reopened_by_its_key(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).act([1], Change(status=Status.CLOSED))
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "f", *"closed", "enter")
        assert shown(app) == [1]
        await press(pilot, app, "O")
        assert status_of(path, 1) is Status.OPEN

    play(path, script)


def test_a_pending_ticket_is_found_read_and_reopened(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "f", *"pending", "enter")
        assert "pend." in picture(app)
        await press(pilot, app, "enter")
        assert app.desk.view.ticket_id == 1
        await press(pilot, app, "O")
        assert status_of(path, 1) is Status.OPEN
        assert (len(shown(app)), app.desk.target()) == (0, None)
        await press(pilot, app, "z")
        assert status_of(path, 1) is Status.PENDING
        assert shown(app) == [1]
        await press(pilot, app, "escape", "escape", "escape")
        assert shown(app) == [7, 10, 13]

    play(path, script, (80, 24))


def test_a_change_that_keeps_a_ticket_in_the_view_keeps_it_open(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "f", *"solved today", "enter", "enter", "t")
        assert app.desk.view.ticket_id == 4
        assert shown(app) == [4]

    play(path, script)


def test_a_number_opens_a_ticket_that_no_lane_shows(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "slash", "number_sign", "4", "enter")
        assert app.desk.view.ticket_id == 4
        await press(pilot, app, "O")
        assert status_of(path, 4) is Status.OPEN

    play(path, script)


def test_a_filter_within_a_view_is_saved_found_and_forgotten(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "f", *"unassigned", "enter", "slash", *"refund", "enter")
        found = shown(app)
        assert found == [13]
        await press(pilot, app, "f", *"save this", "enter", *"my-refunds", "enter")
        assert (shown(app), app.desk.pane.named.name) == (found, "my-refunds")
        assert app.parts.filter.looked_for == ""
        await press(pilot, app, "escape", "f", *"my-ref", "enter")
        assert shown(app) == found
        await press(pilot, app, "escape", "f", *"forget my", "enter")
        assert "deleted" in app.desk.said
        assert saved(app.desk.store.settings.get("views")) == []

    play(path, script)


def test_other_lanes_keep_their_view_and_news_come_into_it(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "f", *"mine", "enter", "l")
        assert len(shown(app)) == 5
        other = Store.open(path)
        make_desk(other).act([13], Change(assignee="ann"))
        other.close()
        app.desk.poll()
        await press(pilot, app, "h")
        assert shown(app) == [7, 13]

    play(path, script)


@given(
    st.lists(st.tuples(st.sampled_from(["mine", "status:pending", "tag:é x", "today"]), st.text(), st.text(min_size=1)))
)
def test_saved_views_survive_the_store(views: list[tuple[str, str, str]]) -> None:
    named = [NamedView(*view) for view in views]
    assert saved(stored(named)) == named


@pytest.mark.parametrize("found", [None, 7, ["x"], [{"base": "status:no", "words": "", "name": "a"}], [{"name": "a"}]])
def test_a_setting_that_cannot_be_understood_is_no_view(found: object) -> None:
    assert saved(found) == []


def test_today_began_at_midnight() -> None:
    began = midnight(NOW)
    assert 0 <= NOW - began < 90_000
    assert midnight(began) == began
    assert NamedView("today").view("ann", NOW) == View(status=Status.SOLVED, since=began)
