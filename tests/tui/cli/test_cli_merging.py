"""`tridesk merge`, `split` and `move` as scripts call them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules
from tests.queues.mails import BOB, START, mail
from tui.cli.main import cli


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two tickets of Ana, the first with two mails, and one of Bob."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: START, rules=DeskRules(routing=Rules(())))
    first = mail(subject="My order")
    desk.receive([first, replace(mail(subject="Re: My order"), references=(first.message_id,))])
    desk.receive([mail(subject="Invoice"), mail(BOB, "Hello")])
    store.close()
    return tmp_path / "desk.db"


def run(file: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["--db", str(file), *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        assert code == 1, result.exception
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


def told(file: Path, *arguments: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(run(file, *arguments, "--json"))
    return values


def test_merge_says_what_it_did_and_show_where_the_ticket_went(file: Path) -> None:
    assert run(file, "merge", "1", "2") == "#1: merged into #2\n"
    assert "merged into #2" in run(file, "show", "1")
    assert told(file, "show", "1")["merged_into"] == 2
    moved = [message["moved_from"] for message in told(file, "show", "2")["messages"]]
    assert sorted(moved, key=str) == [1, 1, None, None]
    assert run(file, "undo") == "Undone: #1: merged into #2\n"
    assert told(file, "show", "1")["merged_into"] is None


def test_several_are_merged_at_once_and_another_customers_only_when_told(file: Path) -> None:
    assert "--other-customer" in run(file, "merge", "1", "3", "2", code=1)
    assert told(file, "merge", "1", "3", "2", "--other-customer")["tickets"] == [1, 3]
    assert len(told(file, "show", "2")["messages"]) == 4 + 2


def test_split_takes_the_newest_message_or_those_that_are_named(file: Path) -> None:
    values = told(file, "split", "1")
    assert values["summary"] == "#1: 1 message split off into #4"
    assert values["tickets"] == [1, 4]
    run(file, "undo")
    assert "message 1" in run(file, "show", "1")
    assert told(file, "split", "1", "--message", "1")["tickets"] == [1, 5]
    assert 1 in [message["id"] for message in told(file, "show", "5")["messages"]]


def test_move_takes_a_message_to_another_ticket(file: Path) -> None:
    assert run(file, "move", "1", "2") == "#1: 1 message moved to #2\n"
    assert "different customers" in run(file, "move", "2", "3", "--message", "2", code=1)
    assert run(file, "move", "2", "3", "--message", "2", "--other-customer") == "#2: 1 message moved to #3\n"
    assert "has no message 77" in run(file, "move", "1", "2", "--message", "77", code=1)
    assert "no ticket #9" in run(file, "split", "9", "--message", "1", code=1)
