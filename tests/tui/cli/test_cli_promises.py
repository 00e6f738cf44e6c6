"""Promises and the hand-over from the command line and by keys: the same lines, the same file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from textual.pilot import Pilot

from data.errors import InputError
from data.records.changes import Change
from data.records.outbox import OutboxState
from data.records.promises import PromiseState
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.shifts.handover import hand_over
from tests.tui.playing import NOW, fifteen_tickets, picture, play, press
from tui.app import DeskApp
from tui.cli.main import cli
from tui.shifts.handover_line import farewell, item_line

DAY = 86_400


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk with an open, a late and a kept promise, a draft, and a reply that is held."""
    path = fifteen_tickets(tmp_path / "desk.db")
    monkeypatch.setattr("tui.setup.clock.wall_clock", lambda: NOW)
    (tmp_path / "config").mkdir()
    monkeypatch.setattr("tui.setup.settings.config_folder", lambda: tmp_path / "config")
    (tmp_path / "config" / "config.toml").write_text('time-zone = "Europe/Madrid"\nagent = "ann"\n', encoding="utf-8")
    store, time = Store.open(path), [NOW - DAY]
    desk = Desk(store, clock=lambda: time[0], rules=DeskRules(), agent="ann")
    desk.act([1], Change(reply="Te respondo en 30 horas.", status=Status.PENDING))
    desk.act([2], Change(reply="I will call you in 20 hours.", status=Status.PENDING))
    desk.act([3], Change(reply="Te escribo mañana.", status=Status.PENDING))
    desk.act([3], Change(reply="Ya está.", status=Status.SOLVED))
    time[0] = NOW - 7_200
    desk.save_draft(4, "Hola \x1b[31m\nmás", revision=0)
    (entry,) = [one for one in store.outbox.waiting() if one.ticket_id == 3][-1:]
    with store.write():
        store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.HELD, reason="the customer wrote again")
    store.close()
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.output.splitlines()]


def test_unkept_promises_are_listed_the_first_due_first(path: Path) -> None:
    found = rows(run("promises", "--db", str(path), "--json"))
    assert [(one["ticket"], one["state"], one["late"]) for one in found] == [(2, "open", True), (1, "open", False)]
    assert found[1]["text"] == "Te respondo en 30 horas"
    assert found[1]["by"] == "ann"
    assert found[1]["due"] == "2026-09-21T20:13:20Z"
    told = run("promises", "--db", str(path)).output.splitlines()
    assert told[0].startswith("#2      4h00 late")
    assert "in 6h00" in told[1]
    assert "Mon 21 Sep 22:13" in told[1]


def test_settled_ones_come_with_all_and_due_narrows(path: Path) -> None:
    everything = rows(run("promises", "--db", str(path), "--all", "--json"))
    assert {one["ticket"]: one["state"] for one in everything} == {1: "open", 2: "open", 3: "kept"}
    assert [one["ticket"] for one in rows(run("promises", "--db", str(path), "--due", "2h", "--json"))] == [2]
    with pytest.raises(InputError, match="is not a future time"):
        run("promises", "--db", str(path), "--due", "whenever")


def test_the_hand_over_tells_promises_replies_and_drafts(path: Path) -> None:
    found = rows(run("handover", "--db", str(path), "--json"))
    assert [(one["kind"], one["ticket"], one["late"]) for one in found] == [
        ("promise", 2, True), ("promise", 1, False), ("held", 3, False), ("draft", 4, False),
    ]  # fmt: skip
    told = run("handover", "--db", str(path)).output
    assert "promise, 4h00 late" in told
    assert "reply held" in told
    assert "the customer wrote again" in told
    assert "draft, 2h00 old" in told
    assert "\x1b" not in told


def test_leaving_the_desk_tells_what_is_left_in_a_few_lines(path: Path) -> None:
    store = Store.open(path)
    found = hand_over(store, NOW)
    told = farewell(found, NOW).splitlines()
    assert told[0] == "Open for the next shift (tridesk handover):"
    assert told[1:] == [item_line(one, NOW) for one in found]
    assert farewell(found * 9, NOW).splitlines()[-1] == "… and 26 more"
    assert farewell([], NOW) == ""
    assert "shift end" in farewell([], NOW, in_shift=True)
    store.close()


def test_an_empty_hand_over_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(tmp_path / "desk.db").close()
    result = run("handover", "--db", str(tmp_path / "desk.db"))
    assert result.stdout == ""
    assert "Nothing is open" in result.output


def test_show_tells_promises_and_overrides(path: Path) -> None:
    store = Store.open(path)
    desk = Desk(store, clock=lambda: NOW, rules=DeskRules(), agent="ann")
    desk.act([5], Change(reply="Mañana te escribo.", override_reason="the lead agreed"))
    store.close()
    (found,) = rows(run("show", "5", "--db", str(path), "--json"))
    assert [one["text"] for one in found["promises"]] == ["Mañana te escribo"]  # type: ignore[attr-defined]
    assert [(one["by"], one["reason"]) for one in found["overrides"]] == [("ann", "the lead agreed")]  # type: ignore[attr-defined]


def test_a_reply_from_a_script_promises_too_unless_told_otherwise(path: Path) -> None:
    run("reply", "6", "Hello, I will write to you tomorrow.", "--db", str(path), "--reason", "tried")
    run("reply", "7", "Hello, I will write to you tomorrow.", "--db", str(path), "--no-promise", "--reason", "tried")
    store = Store.open(path)
    assert [one.state for one in store.promises.of(6)] == [PromiseState.OPEN]
    assert store.promises.of(7) == []
    store.close()


def test_the_screen_lists_what_is_left_and_enter_opens_its_ticket(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "H")
        shown = picture(app)
        for told in ("promise, 4h00 late", "promise, due in 6h00", "reply held", "draft, 2h00 old"):
            assert told in shown, told
        await press(pilot, app, "enter")
        assert app.desk.view.ticket_id == 2
        assert "promise 4h00 late: “I will call you in 20 hours”" in picture(app)
        await press(pilot, app, "comma", "H", "escape")
        assert app.screen is app.desk.screen

    play(path, script)


def test_nothing_left_is_said(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "H")
        assert "Nothing is open" in picture(app)

    play(path, script)
