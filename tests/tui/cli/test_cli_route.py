"""`tridesk route`: a message in, its place and the reason out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from data.errors import InputError
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules
from tui.cli.acting import undo
from tui.cli.route import route
from tui.setup.settings import config_folder

RULES = """
[[rule]]
name = "hacked"
when = { words = "hackear*" }
then = { lane = "safety", severity = "S1" }

[[rule]]
name = "app address"
when = { to = "app@" }
then = { lane = "app" }
"""
MAIL = b"From: Ana <ana@example.org>\nTo: app@example.com\nSubject: =?utf-8?q?ay=C3=BAdame?=\n\nno puedo entrar\n"


@pytest.fixture
def rules(tmp_path: Path) -> str:
    path = tmp_path / "routing.toml"
    path.write_text(RULES)
    return str(path)


def test_a_mail_is_routed_by_its_headers(rules: str) -> None:
    result = CliRunner().invoke(route, ["--rules", rules], input=MAIL)
    assert result.exit_code == 0
    assert result.stdout.startswith("app · normal priority")
    assert "because: app address" in result.stdout


def test_plain_text_that_begins_like_a_header_is_text(rules: str) -> None:
    result = CliRunner().invoke(route, ["--rules", rules, "--explain"], input="Hola: me hackearon la cuenta")
    first, *rest = result.stdout.splitlines()
    assert first.startswith("safety · normal priority · S1 · language es")
    assert rest == ["  hacked: matched on words hackear*", "  app address: not tried, an earlier rule ended the search"]


def test_json_lines_keep_their_other_keys_and_bad_ones_are_named(rules: str) -> None:
    lines = '{"id": 7, "text": "me hackearon", "language": "es"}\n\n{"id": 8}\n[1]\n{"text": "x", "to": 3}\n'
    lines += '{"text": "hi \\ud800", "lane": "app", "note": "\\ud800"}\n'
    result = CliRunner().invoke(route, ["--rules", rules, "--json", "--explain"], input=lines)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["id"], first["lane"], first["severity"], first["reason"]) == (7, "safety", "S1", "hacked")
    assert (first["language"], first["confidence"]) == ("es", 1.0)
    assert [trial["matched"] for trial in first["trace"]] == [True, False]
    assert (second["lane"], second["reason"], second["note"]) == ("app", "no rule", "\ud800")
    assert "text" not in first
    assert [f"Line {number} " in result.stderr for number in range(1, 7)] == [False, False, True, True, True, False]
    assert result.exit_code == 1


def test_escapes_in_a_lane_do_not_reach_the_terminal(rules: str) -> None:
    result = CliRunner().invoke(route, ["--rules", rules], input='{"text": "hi", "lane": "\\u001b[31mred"}\n')
    assert "\x1b" not in result.stdout


def test_own_rules_come_before_the_built_in_ones() -> None:
    built_in = CliRunner().invoke(route, ["--json"], input="me hackearon la cuenta")
    assert json.loads(built_in.stdout)["procedure"] == "hacked-account"
    config_folder().mkdir(parents=True)
    (config_folder() / "routing.toml").write_text(RULES)
    own = CliRunner().invoke(route, ["--json"], input="me hackearon la cuenta")
    assert (json.loads(own.stdout)["procedure"], json.loads(own.stdout)["reason"]) == ("", "hacked")


def test_a_wrong_rule_file_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "routing.toml"
    path.write_text("[[rule]]\nnam = 3\n")
    result = CliRunner().invoke(route, ["--rules", str(path)], input="hi")
    assert isinstance(result.exception, InputError)
    assert "routing.toml, line 2" in result.exception.message


def test_options_say_what_a_mail_does_not(tmp_path: Path) -> None:
    path = tmp_path / "routing.toml"
    path.write_text(
        '[[rule]]\nname = "all"\n[rule.when]\nconnector = "imap"\ntier = "gold"\ntags = "vip"\nto = "app@"\n'
    )
    arguments = ["--explain", "--rules", str(path), "--connector", "imap", "--tier", "gold"]
    failed = CliRunner().invoke(route, arguments, input=MAIL)
    assert "all: failed on tag, wanted vip" in failed.stdout
    matched = CliRunner().invoke(route, [*arguments, "--tag", "vip"], input=MAIL)
    assert "all: matched on connector imap, customer tier gold, tag vip, to app@" in matched.stdout


def test_a_file_is_checked_with_the_line(tmp_path: Path, rules: str) -> None:
    assert json.loads(CliRunner().invoke(route, ["--check", rules, "--json"]).stdout) == {"file": rules, "rules": 2}
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[rule]]\nname = "a"\nthen = { lane = "nowhere" }\n')
    error = CliRunner().invoke(route, ["--check", str(wrong)]).exception
    assert isinstance(error, InputError)
    assert "line 3" in error.message


def test_routing_again_is_counted_done_and_undone(tmp_path: Path, rules: str) -> None:
    path = tmp_path / "desk.db"
    store = Store.open(path)
    item = Incoming("files", "x", "a", MessageKind.MAIL, "Ana", "ana@x.example", "", "no puedo entrar", "", None,
                    to=("app@desk.example",))  # fmt: skip
    Desk(store, clock=lambda: 1_800_000_000, rules=DeskRules(routing=Rules(()))).receive([item])
    store.close()

    def run(*arguments: str) -> dict[str, Any]:
        given = ["--again", "--json", "--rules", rules, "--db", str(path), *arguments]
        found: dict[str, Any] = json.loads(CliRunner().invoke(route, given, catch_exceptions=False).stdout)
        return found

    counted = run("--dry-run")
    assert (counted["looked_at"], counted["moves"], counted["moved"], counted["action"]) == (1, 1, 0, None)
    assert counted["groups"] == [{"change": "mail → app · normal", "tickets": 1}]
    assert run()["moved"] == 1
    assert run()["moves"] == 0
    CliRunner().invoke(undo, ["--db", str(path)], catch_exceptions=False)
    assert run("--dry-run")["moves"] == 1
    words = CliRunner().invoke(route, ["--again", "--dry-run", "--rules", rules, "--db", str(path)])
    assert "1 open tickets, the rules send 1 elsewhere." in words.stdout
    assert "because: app address" in words.stdout


def test_counting_needs_routing_again() -> None:
    assert CliRunner().invoke(route, ["--dry-run"]).exit_code == 2
