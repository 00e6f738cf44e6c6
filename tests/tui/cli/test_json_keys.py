"""docs/json.md names every command with `--json`; tests/tui/cli/conftest.py holds each written object against it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest

from data.errors import DeskError
from tests.data.desks import fill
from tools.json_keys import KEYS, PAGE, keys_of, page
from tui.cli.main import cli, run


def commands_with_json(command: click.Command = cli, path: str = "") -> Iterator[str]:
    if any("--json" in param.opts for param in command.params):
        yield path
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            below = command.get_command(click.Context(command), name)
            assert below is not None
            yield from commands_with_json(below, f"{path} {name}".strip())


def test_the_page_of_json_keys_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make reference"


@pytest.mark.parametrize("command", [name for name in commands_with_json() if name != "export"])
def test_every_command_with_json_has_its_keys_documented(command: str) -> None:
    assert keys_of(command), "document its keys in tools/json_keys.py"


def test_no_command_is_documented_that_is_gone() -> None:
    gone = set(KEYS) - set(commands_with_json()) - {"export tickets", "export messages", "export events"}
    assert gone == set()


READING = [
    ["list"], ["show", "1"], ["search", "text1"], ["lanes"], ["clocks"], ["history", "1"], ["files", "1"], ["verify"],
    ["report"], ["report", "--by", "lane"], ["promises"], ["handover"], ["escalations"], ["outbox", "list"],
    ["reviews", "list"], ["csat", "list"], ["problem", "list"], ["macros", "list"], ["macros", "stats"],
    ["macros", "show", "general/ask-rating"], ["macros", "render", "general/ask-rating"], ["procedures", "list"],
    ["procedures", "show", "hacked-account"], ["procedures", "state", "1"], ["procedures", "changes"], ["keys"],
    ["config", "explain"], ["account", "list"], ["coach"], ["shift"], ["access", "ana@x.example"],
    ["backup", "--list"], ["lanes", "--again", "--dry-run"], ["clocks", "--again", "--dry-run"],
    ["route", "--again", "--dry-run"], ["undo"], ["note", "1", "hello"], ["take", "1"], ["solve", "2"],
    ["snooze", "1", "3h"], ["next"], ["set", "1", "--priority", "high"], ["tag", "1", "+x"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_what_a_command_writes_is_documented(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "desk.db"
    fill(path, 2)
    monkeypatch.setenv("TRIDESK_DB", str(path))
    with suppress(DeskError, SystemExit):  # a refusal is fine here: what counts is what was written before
        assert run([*arguments, "--json"]) in (0, None)
