"""`tridesk account kinds`, and an account of a kind from another package, as its user types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.servers.example_package import describe, installed
from tui.cli.main import cli, run


@pytest.fixture
def example() -> Iterator[None]:
    with installed():
        yield


def test_all_kinds_are_listed_with_what_they_can_do_and_what_they_were_tried_against(
    example: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["account", "kinds", "--json"]) == 0
    rows = {row["kind"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert rows["json-folder"]["package"] == "tridesk-json-folder"
    assert (rows["zendesk"]["tried"], rows["rt"]["tried"], rows["rt"]["package"]) == ("", "Request Tracker 5", "")
    assert {"claim", "guard"} <= set(rows["zendesk"]["can"])
    assert run(["account", "kinds"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("zendesk") and "by its documentation only" in line for line in lines)


def test_a_broken_package_is_named_and_the_others_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    describe(tmp_path, "acme-desk", {"acme": "acme_lost:KIND"})
    monkeypatch.syspath_prepend(str(tmp_path))
    result = CliRunner().invoke(cli, ["account", "kinds"])
    assert result.exit_code == 1
    assert "zendesk" in result.stdout
    assert "The connector 'acme' of the package acme-desk cannot be used" in result.stderr
    refused = CliRunner().invoke(cli, ["account", "add", "--kind", "acme", "--url", "https://acme.example"])
    assert refused.exit_code == 2
    assert "of the package acme-desk cannot be used" in refused.stderr


def test_a_folder_of_another_package_is_set_up_and_fetched_without_any_secret(
    example: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    folder = tmp_path / "tickets-of-acme"
    (folder / "tickets").mkdir(parents=True)
    message = {"from": "ana@clientes.example", "at": 1_790_000_000, "direction": "in", "text": "Hello, where is it?",
               "mark": "", "files": []}  # fmt: skip
    ticket = {"subject": "My order", "requester": "ana@clientes.example", "status": "new", "owner": "", "queue": "Shop",
              "tags": [], "fields": {}, "messages": [message], "changed_by": ""}  # fmt: skip
    (folder / "tickets/1.json").write_text(json.dumps(ticket))
    (folder / "changes").write_text("1\n")
    new = ["account", "add", "--kind", "json-folder", "--url", str(folder), "--user", "eva", "--queue", "Shop=app"]
    assert run(new) == 0
    assert "a folder of 1 tickets, as eva" in capsys.readouterr().out
    assert run(["account", "test"]) == 0
    assert run(["sync", "--json"]) == 0
    assert run(["show", "1"]) == 0
    shown = capsys.readouterr().out
    assert "My order" in shown
    assert "Hello, where is it?" in shown
