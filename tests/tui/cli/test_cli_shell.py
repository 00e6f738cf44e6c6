"""What the shell gets: completion, examples in every help, man pages, and no colours in a pipe."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from data.records.tickets import Lane
from data.store import Store
from tests.data.desks import fill
from tools.man_pages import FOLDER, pages
from tui.__main__ import COMPLETING
from tui.cli.examples import EXAMPLES, shown
from tui.cli.main import cli, run
from tui.cli.shell_completion import SHELLS, VARIABLE


def commands(command: click.Command = cli, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that is not a group, with its name after `tridesk`."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in command.list_commands(click.Context(command)):
        below = command.get_command(click.Context(command), name)
        assert below is not None
        yield from commands(below, f"{path} {name}".strip())


LEAVES = dict(commands())


@pytest.mark.parametrize("path", LEAVES)
def test_the_help_of_every_command_has_an_example_that_parses(path: str) -> None:
    assert shown(path), "give it one in tui/cli/examples.py"
    around = click.Context(cli, info_name="tridesk", **cli.context_settings)
    context = click.Context(LEAVES[path], info_name=path, parent=around, **LEAVES[path].context_settings)
    text = LEAVES[path].get_help(context)
    for example in shown(path):
        assert example in text
        typed = shlex.split(example.partition("tridesk ")[2].removesuffix(')"').split(" < ")[0].split(" > ")[0])
        arguments = typed[len(path.split()) :]
        assert typed[: len(path.split())] == path.split()
        parser = LEAVES[path].make_parser(context)
        values, others, _ = parser.parse_args(list(arguments))
        assert not others
        for param in LEAVES[path].params:
            if isinstance(param, click.Argument) and param.required:
                assert values.get(param.name or ""), f"{example} gives no {param.name}"


def test_no_example_is_of_a_command_that_is_gone() -> None:
    assert set(EXAMPLES) == set(LEAVES)


def test_the_man_pages_are_up_to_date() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.1")} == pages(), "run make reference"


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_roff_has_nothing_to_say_about_the_man_pages() -> None:
    files = sorted(map(str, FOLDER.glob("*.1")))
    checked = subprocess.run(["groff", "-man", "-ww", "-z", *files], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "desk.db"
    monkeypatch.setenv("TRIDESK_DB", str(path))
    fill(path, 2)
    return path


def offered(*typed: str) -> list[str]:
    completer = ShellComplete(cli, {}, "tridesk", VARIABLE)
    *before, incomplete = typed
    return [str(item.value) for item in completer.get_completions(list(before), incomplete)]


def test_commands_and_options_are_completed() -> None:
    assert offered("sol") == ["solve"]
    assert offered("outbox", "re") == ["resend"]
    assert "--macro" in offered("reply", "12", "--ma")
    assert {"list", "reply", "completion"} <= set(offered(""))


def test_tickets_macros_lanes_and_settings_are_completed(desk: Path) -> None:
    assert "1" in offered("show", "")
    assert "1" in offered("solve", "2", "1")
    assert "mail" in offered("list", "--lane", "m")
    assert "general/ask-rating" in offered("reply", "1", "--macro", "general/ask")
    assert offered("macros", "show", "general/ask-ra") == ["general/ask-rating"]
    assert offered("config", "explain", "undo") == ["undo-seconds"]
    assert "hacked-account" in offered("procedures", "show", "hack")
    assert "+vip" in offered("tag", "1", "+v")
    assert offered("show", "x") == []


def test_nothing_is_offered_and_nothing_said_where_there_is_no_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "none.db"))
    assert offered("show", "") == []
    (tmp_path / "broken.db").write_bytes(b"x" * 5000)
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "broken.db"))
    assert offered("list", "--lane", "") == []
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert VARIABLE == COMPLETING
    run(["completion", shell])
    script = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in script
    run(["completion", shell, "--how"])
    assert f"tridesk completion {shell}" in capsys.readouterr().out
    if (program := shutil.which(shell)) is not None:
        assert subprocess.run([program, "-n"], input=script, text=True, check=False).returncode == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_a_command_and_a_ticket(desk: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run(["completion", "bash"])
    program = tmp_path / "tridesk"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tui "$@"\n')
    program.chmod(0o755)
    script = capsys.readouterr().out + (
        "COMP_WORDS=(tridesk show ''); COMP_CWORD=2; _tridesk_completion tridesk; printf '%s\\n' \"${COMPREPLY[@]}\"\n"
    )
    environment = os.environ | {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "TRIDESK_DB": str(desk),
    }
    answered = subprocess.run(
        ["bash", "--norc"], input=script, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert "1" in answered.stdout.split()


def test_nothing_in_a_pipe_has_colours(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["list"], ["show", "1"], ["report"], ["macros", "list"], ["--help"], ["lanes"]):
        run([*arguments])
        assert not re.search("\x1b", "".join(capsys.readouterr()))


def test_lanes_of_the_desk_are_offered(desk: Path) -> None:
    with closing(Store.open(desk)) as store:
        store.lanes.save([*store.lanes.all(), Lane("refunds", "Refunds", 3)])
    assert offered("list", "--lane", "re") == ["refunds"]
