"""`tridesk set`: language, register and region for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from data.errors import RuleError
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tui.cli.acting import undo
from tui.cli.listing import show
from tui.cli.setting import set_


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = Store.open(tmp_path / "desk.db")
    Desk(store, clock=lambda: 1_800_000_000, rules=DeskRules()).receive([
        Incoming(
            connector="files", source="test", raw_sha256="a", kind=MessageKind.MAIL, from_name="Ana",
            from_address="ana@clientes.example", subject="ok", text="ok", new_text="ok", at=None,
        )
    ])  # fmt: skip
    store.close()
    return tmp_path / "desk.db"


def shown(path: Path) -> dict[str, object]:
    result = CliRunner().invoke(show, ["1", "--json", "--db", str(path)], catch_exceptions=False)
    found: dict[str, object] = json.loads(result.stdout.splitlines()[0])
    return {name: found[name] for name in ("language", "language_source", "register", "region")}


def test_what_was_set_is_shown_and_undone(path: Path) -> None:
    before = shown(path)
    arguments = ["1", "--language", "es", "--register", "tu", "--region", "es-MX", "--db", str(path)]
    result = CliRunner().invoke(set_, arguments, catch_exceptions=False)
    assert "language es" in result.stdout
    assert shown(path) == {"language": "es", "language_source": "agent", "register": "tu", "region": "es-MX"}
    CliRunner().invoke(set_, ["1", "--register", "none", "--db", str(path)], catch_exceptions=False)
    assert shown(path)["register"] == ""
    for _ in range(2):
        CliRunner().invoke(undo, ["--db", str(path)], catch_exceptions=False)
    assert shown(path) == before


@pytest.mark.parametrize(
    ("option", "value"), [("--language", "Spanish"), ("--region", "Mexico"), ("--language", "es; DROP TABLE ticket")]
)
def test_a_code_that_is_none_is_refused(path: Path, option: str, value: str) -> None:
    result = CliRunner().invoke(set_, ["1", option, value, "--db", str(path)])
    assert isinstance(result.exception, RuleError)
    assert shown(path)["language"] == "und"


def test_nothing_to_set_is_wrong_usage(path: Path) -> None:
    assert CliRunner().invoke(set_, ["1", "--db", str(path)]).exit_code == 2


def test_harm_is_corrected_for_scripts_and_unknown_kinds_are_refused(path: Path) -> None:
    done = CliRunner().invoke(set_, ["1", "--harm", "hacked", "--json", "--db", str(path)], catch_exceptions=False)
    assert json.loads(done.stdout)["summary"] == "#1: harm: hacked; now in safety"
    result = CliRunner().invoke(show, ["1", "--json", "--db", str(path)], catch_exceptions=False)
    found = json.loads(result.stdout.splitlines()[0])
    assert (found["lane"], found["severity"], found["tags"]) == ("safety", "S2", ["triage", "hacked"])
    refused = CliRunner().invoke(set_, ["1", "--harm", "grief", "--db", str(path)])
    assert refused.exit_code == 2
    assert "'none'" in refused.output
