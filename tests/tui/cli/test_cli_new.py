"""`tridesk new` as scripts call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules
from tests.queues.mails import START, mail
from tui.cli.main import cli


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    store = Store.open(tmp_path / "desk.db")
    Desk(store, clock=lambda: START, rules=DeskRules(routing=Rules(()))).receive([mail()])
    store.close()
    return tmp_path / "desk.db"


def run(file: Path, *arguments: str, given: str = "") -> str:
    result = CliRunner().invoke(cli, ["--db", str(file), *arguments], input=given)
    failed = result.exception is not None and not isinstance(result.exception, SystemExit)
    return str(result.exception) if failed else result.output


def test_a_ticket_begins_with_our_mail(file: Path) -> None:
    said = run(
        file, "new", "--to", "lia@else.example", "--subject", "Order", "--name", "Lía", "--json", given="Hello Lía"
    )
    values = json.loads(said)
    assert (values["tickets"], values["summary"]) == ([2], "#2: written to lia@else.example")
    assert values["leaves"]
    shown = json.loads(run(file, "show", "2", "--json"))
    assert (shown["customer"], shown["subject"], shown["status"]) == ("Lía", "Order", "pending")
    assert [message["text"] for message in shown["messages"]] == ["Hello Lía"]
    assert run(file, "undo") == "Undone: #2: written to lia@else.example\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "lia@else.example", "--subject", "x", " "), "text is empty"),
        (("--to", "lia", "--subject", "x", "Hello"), "not a mail address"),
        (("--to", "lia@else.example", "--subject", " ", "Hello"), "needs a subject"),
        (("--to", "lia@else.example", "--subject", "x", "Hello", "--account", "none"), "no mail account none"),
        (("--to", "lia@else.example", "--subject", "x", "Hello", "--lane", "none"), "no lane none"),
        (("--to", "lia@else.example", "--subject", "x", "Hello", "--language", "english"), "not a language code"),
        (("--subject", "x", "Hello"), "--to"),
    ],
)
def test_what_cannot_be_sent_opens_no_ticket(file: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in run(file, "new", *arguments)
    store = Store.open(file)
    assert store.tickets.newest() == 1
    store.close()
