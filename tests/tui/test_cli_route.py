"""`tridesk route`: a message in, its place and the reason out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.errors import InputError
from tui.cli.route import route
from tui.settings import config_folder

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
