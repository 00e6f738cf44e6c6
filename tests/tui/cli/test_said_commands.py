"""Every command that a message, a page of the docs or a macro's procedure names exists, with the options it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tui.cli.main import cli

ROOT = Path(__file__).parents[3]
ROOMS = ("data", "queues", "macros", "tui")
SAID = re.compile(r"`tridesk ([^`\n]+)`|\(tridesk ([^)\n]+)\)|^\$? ?tridesk ((?!is )[^#\n]+)", re.MULTILINE)
OPTION = re.compile(r"--[a-z][a-z-]*")
SUBCOMMAND = re.compile(r"[a-z][a-z-]*(?:\\?\|[a-z-]+)*")


def pages() -> list[Path]:
    sources = [path for room in ROOMS for kind in ("py", "toml", "j2") for path in (ROOT / room).rglob(f"*.{kind}")]
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"), *sources]


def said() -> Iterator[tuple[str, str]]:
    """Yield what is said to be typed after `tridesk`, and where."""
    for path in pages():
        for found in SAID.finditer(path.read_text(encoding="utf-8")):
            yield next(group for group in found.groups() if group), path.relative_to(ROOT).as_posix()


def wrong(typed: str) -> str:
    """Return what of a command line does not exist; the empty string where all does."""
    words = [word for word in typed.split() if word != "…"]
    command: click.Command = cli
    options = {"--help", *(option for param in cli.params for option in param.opts)}
    while isinstance(command, click.Group) and words and SUBCOMMAND.fullmatch(words[0]):
        name, *others = re.split(r"\\?\|", words.pop(0))
        context = click.Context(command)
        for one in (name, *others):
            found = command.get_command(context, one)
            if found is None:
                return one
            options |= {option for param in found.params for option in (*param.opts, *param.secondary_opts)}
        found = command.get_command(context, name)
        assert found is not None
        command = found
    unknown = [option for option in OPTION.findall(" ".join(words)) if option not in options]
    return unknown[0] if unknown else ""


@pytest.mark.parametrize("typed", ["mend FILE", "outbox mend", "reply --because x", "outbox resend|mend 3"])
def test_what_does_not_exist_is_found(typed: str) -> None:
    assert wrong(typed)


@pytest.mark.parametrize("typed", ["outbox resend|drop 3", "solve 3 --reason x", "--help", "macros list --json"])
def test_what_exists_is_not(typed: str) -> None:
    assert not wrong(typed)


def test_every_command_that_is_named_exists() -> None:
    found = list(said())
    assert len({typed for typed, _ in found}) > 100
    assert [(typed, place) for typed, place in found if wrong(typed)] == []
