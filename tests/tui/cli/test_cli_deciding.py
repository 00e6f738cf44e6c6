"""Every key that changes a ticket has a command: it does the same, says so as JSON, and can be undone."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from data.errors import DeskError
from data.records.tickets import Status, Ticket
from data.store import Store
from queues.clocks.time_words import EXAMPLES
from tests.tui.playing import fifteen_tickets
from tui.cli.main import COMMANDS, cli, run
from tui.keys.actions import ACTIONS

OF_KEY = {
    "ticket.solve": "solve", "ticket.solve_anyway": "solve --reason", "ticket.pending": "pend",
    "ticket.snooze": "snooze", "ticket.escalate": "escalate", "ticket.team_answer": "escalation",
    "ticket.merge": "merge", "ticket.move": "move", "ticket.forward": "forward",
    "ticket.problem": "problem", "ticket.assign": "assign", "ticket.take": "take", "ticket.hand_over": "hand",
    "ticket.language": "set --language",
    "ticket.other_language": "set --language", "ticket.rating": "csat", "ticket.tags": "tag",
    "ticket.raise": "set --priority", "ticket.lower": "set --priority", "ticket.hold": "hold",
    "ticket.correct": "set --lane", "ticket.harm": "set --harm",
    "ticket.close": "close", "ticket.reopen": "reopen", "ticket.spam": "spam",
    "desk.undo": "undo", "desk.redo": "redo", "desk.reroute": "route --again", "ticket.urgent": "next",
    "ticket.history": "history", "ticket.reply": "reply", "ticket.note": "note",
}  # fmt: skip
"""The command, and its option, that does what an action of the screen does."""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = fifteen_tickets(tmp_path / "desk.db")
    monkeypatch.setenv("TRIDESK_DB", str(made))
    return made


def ticket(path: Path, number: int) -> Ticket:
    store = Store.open(path)
    found = store.tickets.get(number)
    store.close()
    assert found is not None
    return found


def told(capsys: pytest.CaptureFixture[str], *typed: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run([typed[0], "--json", *typed[1:]]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_action_that_changes_a_ticket_has_a_command() -> None:
    assert {action.id for action in ACTIONS if action.changes} - OF_KEY.keys() == set()
    for typed in OF_KEY.values():
        name, _, option = typed.partition(" ")
        command = cli.get_command(click.Context(cli), name)
        assert command is not None, name
        assert not option or any(option in parameter.opts for parameter in command.params), typed
    assert {"history", "next", "take"} <= COMMANDS.keys()


def test_owner_tags_and_waiting(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (done,) = told(capsys, "take", "1", "2")
    assert (done["tickets"], done["undone"]) == ([1, 2], False)
    assert ticket(path, 1).assignee == ticket(path, 2).assignee != ""
    told(capsys, "assign", "1", "eva")
    assert ticket(path, 1).assignee == "eva"
    told(capsys, "assign", "1", "-")
    assert ticket(path, 1).assignee == ""
    told(capsys, "tag", "1", "2", "+refund", "vip", "-nothing")
    assert {*ticket(path, 1).tags} >= {"refund", "vip"}
    told(capsys, "tag", "1", "-vip")
    assert "vip" not in ticket(path, 1).tags
    told(capsys, "pend", "3")
    told(capsys, "hold", "4")
    assert (ticket(path, 3).status, ticket(path, 4).status) == (Status.PENDING, Status.ON_HOLD)
    (done,) = told(capsys, "snooze", "5", "3h")
    assert str(done["until"]).endswith("Z")
    assert ticket(path, 5).status is Status.SNOOZED


def test_closing_and_reopening_count_and_undo_and_redo(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "close", "5")
    closed = ticket(path, 5)
    assert (closed.status, closed.solved_at is not None) == (Status.CLOSED, True)
    told(capsys, "reopen", "5")
    assert (ticket(path, 5).reopens, ticket(path, 5).solved_at) == (1, None)
    told(capsys, "undo")
    assert ticket(path, 5).status is Status.CLOSED
    told(capsys, "redo")
    assert ticket(path, 5).status is Status.OPEN


def test_what_a_ticket_is_known_as_can_be_set(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "set", "1", "2", "--lane", "app", "--topic", "refund", "--severity", "S3", "--priority", "high")
    for number in (1, 2):
        found = ticket(path, number)
        assert (found.lane, found.topic, found.severity, found.priority) == ("app", "refund", "S3", "high")
    told(capsys, "set", "2", "--automatic", "all")
    told(capsys, "set", "1", "--severity", "none", "--topic", "none")
    assert (ticket(path, 1).severity, ticket(path, 1).topic) == (None, "")
    told(capsys, "set", "1", "--tier", "gold", "--name", "Ana \x1b[31mLópez")
    (shown,) = told(capsys, "show", "1")
    assert "Ana" in str(shown["customer"])
    assert "\x1b" not in str(shown["customer"])


def test_the_next_ticket_is_the_most_urgent_and_can_be_passed_over(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (first,) = told(capsys, "next")
    assert first["id"] == 8  # S1
    assert "S1" in str(first["why"])
    (second,) = told(capsys, "next", "--instead-of", "8", "--reason", "not my language")
    assert second["id"] != 8
    assert any(line["kind"] == "skipped" for line in told(capsys, "history", "8"))


def test_the_history_says_who_did_what_and_undoes_it(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "tag", "3", "+one")
    told(capsys, "set", "3", "--priority", "urgent")
    told(capsys, "take", "1")
    lines = told(capsys, "history", "3")
    tagged = next(line for line in lines if "+one" in str(line["text"]))
    assert tagged["can_undo"]
    assert "priority normal → urgent" in str(lines[0]["text"])
    told(capsys, "undo", "--action", str(tagged["action"]))
    assert "one" not in ticket(path, 3).tags
    assert ticket(path, 3).priority == "urgent"
    assert not any(line["can_undo"] for line in told(capsys, "history", "3") if line["action"] == tagged["action"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["set", "1", "--lane", "nope"], "the lanes are mail, app, safety"),
        (["set", "1", "--procedure", "nope"], "safety-triage"),
        (["set", "1", "--topic", "two words"], "one word"),
        (["set", "1", "--name", " "], "needs a name"),
        (["set", "1", "--tier", "a b"], "one word"),
        (["snooze", "1", "some day"], EXAMPLES),
        (["undo", "--action", "1"], "nothing to undo"),
        (["history", "99"], "tridesk list --all"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(path: Path, typed: list[str], said: str) -> None:
    before = ticket(path, 1)
    with pytest.raises(DeskError) as refused:
        run(typed)
    assert said.casefold() in refused.value.message.casefold()
    assert ticket(path, 1) == before


@pytest.mark.parametrize("typed", [["tag", "1"], ["tag", "+x"], ["set", "1"], ["next", "--reason", "x"]])
def test_an_incomplete_command_is_wrong_usage(path: Path, typed: list[str]) -> None:
    assert run(typed) == 2
