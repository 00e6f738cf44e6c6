"""`tridesk config explain` and `check`: every setting with its source, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from tui.cli.common import json_option, write_json
from tui.setup.settings import Settings, load, store_path


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@json_option
def check(as_json: bool) -> None:
    """Check config.toml and routing.toml: keys, theme, lanes, clocks, teams, rules. Exit 1 if something is wrong."""
    from tui.cli.doctor import report, settings_checks

    report(settings_checks(), as_json=as_json)


@config.command()
@json_option
def explain(as_json: bool) -> None:
    """List each setting with its value and source."""
    configuration = load()
    default = msgspec.to_builtins(Settings())
    rows = [("store", str(store_path()), "TRIDESK_DB or the data folder")]
    plain: dict[str, Any] = msgspec.to_builtins(configuration.settings)
    for item in plain.pop("account"):
        rows.append((f"account.{item['name']}", item["address"], str(configuration.path)))
    for name, value in plain.items():
        rows.append(
            (name, value, str(configuration.path) if configuration.exists and value != default[name] else "default")
        )
    for name, value, source in rows:
        if as_json:
            write_json({"setting": name, "value": value, "source": source}, as_given=True)
        else:
            click.echo(f"{name:<14} {value!s:<40} {source}")
