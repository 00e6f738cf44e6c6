"""`tridesk lanes`, and that list, next and the key `.` give one order."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

from data.errors import DeskError
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.tickets import Status
from data.store import Store
from queues.desk.lane_moves import lanes_before
from queues.quality.cards import card_for
from tests.tui.playing import fifteen_tickets, make_desk
from tui.cli.main import run
from tui.setup.clock import wall_clock
from tui.setup.open_desk import open_desk, scorecards
from tui.setup.settings import load

LANES = """
[[lane]]
name = "trust"
harm = true

[[lane]]
name = "refunds"
title = { en = "Refunds", es = "Reembolsos" }
words = ["refund*"]

[[lane]]
name = "tagged"
tags = ["mailed"]
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = fifteen_tickets(tmp_path / "desk.db")
    monkeypatch.setenv("TRIDESK_DB", str(made))
    return made


def configure(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "config" / "tridesk"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text)


def printed(capsys: pytest.CaptureFixture[str], *typed: str) -> str:
    capsys.readouterr()
    assert run(list(typed)) == 0
    return capsys.readouterr().out


def told(capsys: pytest.CaptureFixture[str], *typed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed(capsys, *typed, "--json").splitlines()]


def test_the_lanes_are_listed_with_what_they_take_and_what_waits(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mail, app, safety, none = told(capsys, "lanes")
    assert (mail["lane"], mail["number"], mail["waiting"], safety["harm"]) == ("mail", 1, 5, True)
    assert (app["filter"], none["lane"], none["number"], none["waiting"]) == ({}, "", 0, 0)
    assert "no lane" not in printed(capsys, "lanes")
    configure(tmp_path, LANES)
    _, refunds, _, none = told(capsys, "lanes")
    assert (refunds["filter"], none["waiting"]) == ({"words": ["refund*"]}, 15)  # all three are gone
    assert "0 no lane" in printed(capsys, "lanes")


def test_moving_to_the_lanes_of_now_is_counted_first_and_undone_whole(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {item["id"]: item["lane"] for item in told(capsys, "list")}
    configure(tmp_path, LANES)
    (tried,) = told(capsys, "lanes", "--again", "--dry-run")
    assert (tried["moved"], tried["action"]) == (0, None)
    assert {item["id"]: item["lane"] for item in told(capsys, "list")} == before
    said = printed(capsys, "lanes", "--again")
    assert "→ refunds" in said
    assert "`tridesk undo` takes it back" in said
    store = Store.open(path)
    assert (store.lanes.others(), lanes_before(store)) == ([""], None)
    store.close()
    assert {item["lane"] for item in told(capsys, "list", "--lane", "none")} == {""}
    printed(capsys, "undo")
    assert {item["id"]: item["lane"] for item in told(capsys, "list")} == before
    with pytest.raises(DeskError, match="the lanes are trust, refunds, tagged, none"):
        run(["list", "--lane", "app"])


def test_list_next_and_the_desk_give_one_order(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tmp_path, LANES)  # most tickets are in lanes that are gone
    desk = make_desk(Store.open(path))
    now = wall_clock()
    desk.act([3], Change(severity="S1"))
    desk.act([4], Change(escalate=Escalation("Legal", due_at=now + 9 * 86_400), status=Status.OPEN))
    desk.act([5], Change(escalate=Escalation("Legal", due_at=now - 60), status=Status.OPEN))
    desk.act([6], Change(status=Status.PENDING))
    desk.store.close()
    order = [item["id"] for item in told(capsys, "list")]
    assert (len(order), order[-1]) == (14, 4)
    assert "[with Legal]" in printed(capsys, "list").splitlines()[-1]
    assert [item["held_by"] for item in told(capsys, "list")] == [None] * 13 + ["Legal"]
    worked = []
    while given := told(capsys, "next"):
        desk = open_desk(path)
        found = desk.next_up()
        assert found is not None
        assert found.ticket_id == given[0]["id"] == told(capsys, "list")[0]["id"]
        worked.append(found.ticket_id)
        desk.act([found.ticket_id], Change(status=Status.SOLVED, override_reason="test"))
        desk.store.close()
    assert worked == order[:-1]
    assert [item["id"] for item in told(capsys, "list")] == [4]


def test_a_skip_counts_for_every_command(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (item["id"] for item in told(capsys, "list")[:2])
    (given,) = told(capsys, "next", "--instead-of", str(first), "--reason", "later")
    assert given["id"] == second
    order = [item["id"] for item in told(capsys, "list")]
    assert (order[0], order[-1]) == (second, first)
    store = Store.open(path)
    assert store.events.of_kinds(int(str(first)), ["skipped"])[0].actor == getpass.getuser()
    store.close()


def test_the_lane_that_handles_harm_has_its_clocks_procedures_checks_and_cards(path: Path, tmp_path: Path) -> None:
    configure(tmp_path, LANES)
    desk = open_desk(path)
    harm = [policy.name for policy in desk.rules.policies if "trust" in policy.lanes]
    assert harm == ["safety S0", "safety S1", "safety S4", "safety appeal", "safety"]
    assert not any("refunds" in policy.lanes for policy in desk.rules.policies)
    triage, crash = (desk.rules.procedures[name] for name in ("safety-triage", "crash"))
    assert ("trust" in triage.lanes, "refunds" in triage.lanes) == (True, False)
    assert {"refunds", "tagged"} <= crash.lanes
    desk.store.close()
    cards = scorecards(load().settings)
    assert card_for("trust", cards).id == "safety-reply"
    assert card_for("refunds", cards).id != "safety-reply"
