"""Steps by command: the same gates, answers and undo as on the screen; what changed is listed until it is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from tui.cli.main import cli
from tui.setup.open_desk import open_desk

NOW = 1_790_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    desk = open_desk(path, clock=lambda: NOW)
    item = Incoming("demo", "1", "1", MessageKind.FORM, "Ana", "ana@home.example", "", "Hi", "Hi", NOW, lane="app")
    (received,) = desk.receive([item])
    desk.act([received.ticket_id], Change(procedure="login-code"))
    desk.store.close()
    return path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--db", str(path)])


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.output.splitlines()]


def test_solving_meets_the_gate_until_its_step_is_answered(path: Path) -> None:
    refused = run(path, "solve", "1")
    assert refused.exit_code != 0
    assert run(path, "procedures", "answer", "1", "known-issues", "on-the-moon").exit_code != 0
    assert run(path, "procedures", "answer", "1", "known-issues", "listed").exit_code == 0
    (step,) = [one for one in lines(run(path, "procedures", "state", "1", "--json")) if one["step"] == "known-issues"]
    assert (step["done"], step["answer"], step["gate"]) == (True, "listed", True)
    assert "x known-issues" in run(path, "procedures", "state", "1").output
    assert run(path, "solve", "1").exit_code == 0


def test_an_answer_is_taken_back_and_a_reason_goes_past(path: Path) -> None:
    run(path, "procedures", "answer", "1", "known-issues", "listed")
    run(path, "procedures", "answer", "1", "known-issues", "--take-back")
    assert run(path, "solve", "1").exit_code != 0
    assert run(path, "solve", "1", "--reason", "asked by the lead").exit_code == 0


def test_what_changed_is_listed_until_it_is_read(path: Path) -> None:
    assert run(path, "procedures", "changes").output == ""
    desk = open_desk(path, clock=lambda: NOW)
    desk.acknowledge("procedure", "crash", "[en]\ncrash v0\n* Ask for nothing.")
    desk.acknowledge("macro", "general/acknowledge", "[en]\nWe have it.")
    desk.store.close()
    shown = run(path, "procedures", "changes").output
    assert "- * Ask for nothing." in shown
    names = [one["name"] for one in lines(run(path, "procedures", "changes", "--read", "--json"))]
    assert names == ["crash", "general/acknowledge"]
    assert run(path, "procedures", "changes").output == ""


def test_a_ticket_without_a_procedure_says_so(path: Path) -> None:
    desk = open_desk(path, clock=lambda: NOW)
    item = Incoming("demo", "2", "2", MessageKind.FORM, "Bo", "bo@home.example", "", "Where?", "Where?", NOW)
    (received,) = desk.receive([item])
    desk.store.close()
    refused = run(path, "procedures", "state", str(received.ticket_id))
    assert "No procedure" in str(refused.exception)


def test_no_command_answers_before_a_gate_on_words(path: Path) -> None:
    desk = open_desk(path, clock=lambda: NOW)
    item = Incoming("demo", "3", "3", MessageKind.FORM, "Bo", "bo@home.example", "", "Please look at this.",
                    "Please look at this.", NOW, language="en", confidence=0.99, lane="safety")  # fmt: skip
    (received,) = desk.receive([item])
    desk.store.close()
    number = str(received.ticket_id)
    for more in ((), ("--status", "pending"), ("--status", "open")):
        refused = run(path, "reply", number, "All is well again.", *more)
        assert "step severity comes first" in str(refused.exception)
    assert run(path, "note", number, "Who is meant?").exit_code == 0
    (severity, *_) = lines(run(path, "procedures", "state", number, "--json"))
    assert (severity["step"], severity["gate"], severity["guards_words"]) == ("severity", True, True)
    assert "!! severity" in run(path, "procedures", "state", number).output
    assert run(path, "procedures", "answer", number, "severity", "S4").exit_code == 0
    assert run(path, "procedures", "answer", number, "topic", "other").exit_code == 0
    assert run(path, "reply", number, "All is well again.", "--status", "pending").exit_code == 0
