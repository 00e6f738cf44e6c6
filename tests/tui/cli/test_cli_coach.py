from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data.errors import InputError
from data.records.changes import Change
from data.records.shifts import Effort
from data.records.tickets import Status
from data.store import Store
from tests.tui.playing import fifteen_tickets, make_desk
from tui.cli.main import cli
from tui.setup.clock import wall_clock


@pytest.fixture
def desk_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tests.tui.playing.NOW", wall_clock() - 86_400)
    path = fifteen_tickets(tmp_path / "desk.db")
    store = Store.open(path)
    desk = make_desk(store)
    for ticket in list(store.tickets.each())[:4]:
        text = f"Hello,\n\nThe invoice of your order {ticket.id} went out to your accountant again today."
        desk.act([ticket.id], Change(reply=text, reply_language="en", status=Status.SOLVED))
        desk.spent(Effort(ticket.id, "ann", wall_clock() - 86_400, 2 * ticket.id, 80, 10.5))
    store.close()
    return path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--db", str(path), "coach", "--agent", "ann", *arguments])


def test_figures_and_advice_come_as_lines_and_as_json(desk_file: Path) -> None:
    told = run(desk_file)
    assert "4 solved tickets in 30 days" in told.output
    assert "1 typed 4 times (en): make it a macro" in told.output

    head, advice = [json.loads(line) for line in run(desk_file, "--json").output.splitlines()]
    assert (head["tickets"], head["letters"], head["seconds"], head["before"]["tickets"]) == (4, 80, 10.5, 0)
    assert (advice["advice"], advice["kind"], advice["times"]) == (1, "macro", 4)


def test_an_agent_without_figures_learns_who_has_some(desk_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.cli.coach.agent_name", lambda settings: "noa")
    shown = CliRunner().invoke(cli, ["--db", str(desk_file), "coach"]).output
    assert shown.splitlines() == [
        "No solved tickets in the last 30 days.",
        "Others have figures: ann (tridesk coach --agent ann).",
    ]


def test_one_line_is_saved_and_then_no_longer_advised(desk_file: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    saved = run(desk_file, "--folder", str(own), "--save", "1", "--title", "Invoice again")
    assert saved.output == "saved as own/invoice-again\n"
    assert (own / "own" / "invoice-again.j2").exists()

    assert "typed 4 times" not in run(desk_file, "--folder", str(own)).output
    assert isinstance(run(desk_file, "--folder", str(own), "--save", "1").exception, InputError)


def test_an_agent_without_replies_is_told_so(desk_file: Path) -> None:
    assert run(desk_file, "--agent", "nobody").output == "No solved tickets in the last 30 days.\n"
