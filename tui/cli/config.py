"""`tridesk config`: every setting with its source, what is wrong with them, and the file in the agent's editor."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.locations import private_folder
from data.safe_text import safe_line
from tui.cli.common import json_option, write_json
from tui.cli.completing import SETTING
from tui.look.words import translated, words
from tui.setup.effective_settings import Effective, effective, written_rows
from tui.setup.setting_facts import Fact, as_toml, facts
from tui.setup.settings import CONFIG_NAME, config_folder, problems, read_text, store_path
from tui.setup.settings_problems import close_to


@click.group()
def config() -> None:
    """Look at the settings, check and edit them."""


@config.command()
@json_option
def check(as_json: bool) -> None:
    """Check config.toml and routing.toml: keys, theme, lanes, clocks, teams, rules. Exit 1 if something is wrong."""
    from tui.cli.doctor import report, settings_checks

    report(settings_checks(), as_json=as_json)


@config.command()
@click.argument("name", type=SETTING, required=False, default="")
@json_option
def explain(name: str, as_json: bool) -> None:
    """List each setting with its value and source; with NAME, say all about one, or about a table such as lock.

    What is wrong with the file is listed on standard error and left out of the values; then the exit code is 1.
    """
    known, state = facts(), effective()
    if name:
        chosen = [fact for fact in known if f"{fact.name}.".startswith(f"{name.replace('_', '-')}.")]
        if not chosen:
            near = close_to(name, [fact.name for fact in known])
            hint = f"did you mean {near}?" if near else "`tridesk config explain` lists them all."
            raise InputError("Unknown setting", f"There is no setting {name!r}; {hint}")
        for fact in chosen:
            _explain(fact, state, as_json=as_json)
    else:
        _list(known, state, as_json=as_json)
    for problem in state.problems:
        click.echo(safe_line(translated(problem.at(state.path))), err=True)
    if state.problems:
        sys.exit(1)


@config.command()
def edit() -> None:
    """Open config.toml in your editor (VISUAL or EDITOR) and take it over only if it can be used."""
    from tui.replying.external_editor import command
    from tui.replying.external_editor import edit as edited
    from tui.setup.config_file import ConfigFile

    path = private_folder(config_folder()) / CONFIG_NAME
    before = read_text(path)
    text = before if before is not None else words("# Settings of tridesk: `tridesk config explain` lists them all.\n")
    while True:
        text = edited(text, command(os.environ)).rstrip("\n") + "\n"
        if text.strip() == (before or "").strip():
            click.echo(words("Nothing was changed."))
            return
        wrong = problems(text)
        if not wrong:
            break
        for problem in wrong:
            click.echo(safe_line(translated(problem.at(path))), err=True)
        if not sys.stdin.isatty() or not click.confirm(words("Edit again? Otherwise the file stays as it was."), True):
            raise InputError("Settings not understood", f"{path} stays as it was; what you wrote cannot be used.")
    ConfigFile.raw(path).write(text)
    click.echo(words("Saved {path}; `tridesk config check` also looks at what it names.").format(path=path))


def _list(known: tuple[Fact, ...], state: Effective, *, as_json: bool) -> None:
    env = "TRIDESK_DB" if os.environ.get("TRIDESK_DB") else "the data folder"
    _row("store", str(store_path()), env, None, as_json=as_json)
    for fact in known:
        if not fact.is_single:
            continue  # what the file has of them follows
        value, line = state.value(fact.name), state.line(fact.name)
        if as_json or not isinstance(value, dict) or not value:
            _row(fact.name, value, _source(state.path, line), line, as_json=as_json)
    for name, value, line in written_rows(state):
        _row(name, value, _source(state.path, line), line, as_json=as_json)


def _row(name: str, value: Any, source: str, line: int | None, *, as_json: bool) -> None:
    if as_json:
        write_json({"setting": name, "value": value, "source": source, "line": line}, as_given=True)
    else:
        shown = value if isinstance(value, str) else as_toml(value)
        click.echo(f"{safe_line(name):<24} {safe_line(shown) or '-':<40} {safe_line(source)}")


def _source(path: Path, line: int | None) -> str:
    return "default" if line is None else f"{path}, line {line}"


def _explain(fact: Fact, state: Effective, *, as_json: bool) -> None:
    rows = [row for row in written_rows(state) if fact.name in (row[0], _without_names(row[0]))]
    line = state.line(fact.name) if fact.is_single else None
    value = state.value(fact.name) if fact.is_single else None
    values: Mapping[str, Any] = {
        "setting": fact.name, "value": value, "source": _source(state.path, line), "line": line,
        "type": fact.kind, "default": fact.default, "required": fact.required, "example": fact.example,
        "table": fact.header, "since": fact.since, "description": fact.description,
        "written": [{"setting": name, "value": held, "line": at} for name, held, at in rows],
    }  # fmt: skip
    if as_json:
        write_json(dict(values), as_given=True)
        return
    click.echo(safe_line(f"{fact.name}: {fact.description}"))
    if fact.is_single:
        _say("value", f"{as_toml(value) or 'empty'} ({_source(state.path, line)})")
    for name, held, at in rows:
        _say("value", f"{name} = {as_toml(held) or 'empty'} ({_source(state.path, at)})")
    _say("type", fact.kind)
    _say("default", "none; it is required" if fact.required else fact.default or "empty")
    _say("example", f"{fact.header}  {fact.example}" if fact.header else fact.example)
    _say("since", fact.since)


def _say(what: str, text: str) -> None:
    click.echo(f"  {what:<8} {safe_line(text)}")


def _without_names(name: str) -> str:
    """Return the name of a setting for that of one written: `account.help.imap.host` is `account.imap.host`."""
    parts = name.split(".")
    return ".".join((parts[0], *parts[2:]))
