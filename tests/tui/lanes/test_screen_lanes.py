"""Five lanes on the screen: three in sight, the others a key away, and nothing that waits out of sight of `.`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.tickets import Lane, LaneFilter, Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.lane_moves import lanes_before
from queues.routing.rules import Rules
from tests.tui.playing import NOW, Play, clock, incoming, picture, press, settled
from tests.tui.playing import play as play_desk
from tui.app import DeskApp

LANES = (
    Lane("one", "One", 0, LaneFilter(tags=("one",))),
    Lane("two", "Two", 1, LaneFilter(tags=("two",)), order="newest"),
    Lane("three", "Three", 2, LaneFilter(tags=("three",))),
    Lane("four", "Four", 3, LaneFilter(tags=("four",))),
    Lane("five", "Five", 4, LaneFilter(words=("refund",)), harm=True),
)
RULES = DeskRules(routing=Rules(()), lanes=LANES)


def desk_of(store: Store, rules: DeskRules = RULES) -> Desk:
    return Desk(store, clock=clock, rules=rules, agent="ann")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Tickets 1 and 2 in lane two, 3 in four, 4 in five, 5 in none."""
    made = tmp_path / "desk.db"
    store = Store.open(made)
    desk = desk_of(store)
    subjects = ("a", "b", "c", "a refund", "e")
    desk.receive([incoming(n, subject, "", at=NOW - 60 * n) for n, subject in enumerate(subjects, 1)])
    for number, tag in ((1, "two"), (2, "two"), (3, "four")):
        desk.act([number], Change(add_tags=(tag,)))
    store.close()
    return made


def play(path: Path, script: Play, size: tuple[int, int] = (120, 36), rules: DeskRules = RULES) -> None:
    play_desk(path, script, size, lambda store: desk_of(store, rules))


def sight(app: DeskApp) -> list[int]:
    return [pane.number for pane in app.desk.panes if pane.display]


def test_three_are_in_sight_and_keys_bring_the_others(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert sight(app) == [1, 2, 3]
        assert "g and number: 4 Four 1" in picture(app)
        await press(pilot, app, "g", "4")
        assert (sight(app), app.desk.pane.number) == ([2, 3, 4], 4)
        await press(pilot, app, "l")
        assert (sight(app), app.desk.list.current_id) == ([3, 4, 5], 4)
        await press(pilot, app, "l")
        assert (sight(app), app.desk.list.current_id) == ([4, 5, 0], 5)
        await press(pilot, app, "l", "h", "h")
        assert (sight(app), app.desk.pane.number) == ([4, 5, 0], 4)
        assert "1 One 0" in picture(app)
        assert "2 Two 2" in picture(app)
        await press(pilot, app, "g", "1")
        assert sight(app) == [1, 2, 3]
        await press(pilot, app, "g", "9")
        assert app.desk.said == "There is no lane 9; the last is 5."

    play(path, script)


def test_a_list_of_all_lanes_goes_to_one(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "l")
        assert "3 Three 0" in picture(app)
        await press(pilot, app, "escape")
        assert app.desk.pane.number == 1
        await press(pilot, app, "g", "l", "n", "o", "space", "l", "enter")
        assert (app.desk.pane.number, app.desk.list.current_id) == (0, 5)

    play(path, script)


@pytest.mark.parametrize("size", [(80, 24), (110, 30), (160, 48)])
def test_the_most_urgent_is_opened_in_its_lane_wherever_that_is(path: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        seen = []
        for _ in range(5):
            await app.parts.most_urgent.open_next(app.desk.view.ticket_id)
            await settled(pilot, app)
            number = app.desk.view.ticket_id
            assert number is not None
            seen.append(number)
            assert app.desk.pane.display or size[0] < 100
            assert app.desk.list.current_id == number
            pend = partial(Desk.act, ticket_ids=[number], change=Change(status=Status.PENDING))
            app.desk.writer.submit(pend).result()
            app.desk.poll()
        assert sorted(seen) == [1, 2, 3, 4, 5]
        await press(pilot, app, "full_stop")
        assert app.desk.said == "Nothing is waiting in any lane. Well done."

    play(path, script, size)


def test_what_another_team_holds_still_waits(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        def held(desk: Desk) -> None:
            desk.act([1, 2, 3, 4], Change(status=Status.PENDING))
            desk.act([5], Change(escalate=Escalation("Legal", due_at=NOW + 9999), status=Status.OPEN))

        app.desk.writer.submit(held).result()
        await press(pilot, app, "full_stop")
        assert app.desk.said == "No other ticket comes next; still waiting: 1 No lane; 1 of them with another team."
        app.desk.writer.submit(lambda desk: desk.act([5], Change(status=Status.SUSPENDED))).result()
        await press(pilot, app, "full_stop")
        assert app.desk.said == "Nothing waits for an answer; 1 suspended, f lists it."

    play(path, script)


def test_no_lane_is_gone_once_everything_is_in_one(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        assert "0 No lane 1" in picture(app)
        app.desk.writer.submit(lambda desk: desk.act([5], Change(add_tags=("one",)))).result()
        app.desk.poll()
        await settled(pilot, app)
        assert "No lane" not in picture(app)
        await press(pilot, app, "g", "0")
        assert app.desk.said == "Every ticket is in a lane."

    play(path, script)


def test_a_lane_lists_its_tickets_in_its_order(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "g", "2")
        assert [row.id for row in app.desk.list.window.rows] == [2, 1]

    play(path, script)


def test_other_lanes_in_the_settings_move_tickets_at_start_and_say_so(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tridesk").mkdir()
    (tmp_path / "tridesk" / "routing.toml").write_text("")
    now = (Lane("two", "Two", 0, LaneFilter(tags=("two",))), Lane("rest", "The rest", 1))
    rules = DeskRules(routing=Rules(()), lanes=now)
    store = Store.open(path)
    desk_of(store, rules)
    assert lanes_before(store) is not None
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        while lanes_before(app.desk.store) is not None:
            await settled(pilot, app)
            await pilot.pause(0.02)
        await settled(pilot, app)
        assert app.desk.said.startswith("Lanes changed, 3 moved: ")
        assert "1 no lane → rest" in app.desk.said
        assert app.desk.said.endswith("z takes it back")
        await press(pilot, app, "z")
        assert app.desk.store.lanes.others() == ["", "five", "four"]
        assert "0 No lane · 3 open" in picture(app)

    play(path, script, rules=rules)


def test_lanes_that_change_while_the_desk_is_open_are_announced(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        other = Store.open(path)
        desk_of(other, DeskRules(routing=Rules(()), lanes=LANES[:2]))
        other.close()
        app.desk.poll()
        await settled(pilot, app)
        assert app.desk.said == "The lanes in config.toml have changed; start the desk again to see them."

    play(path, script)
