"""`tridesk keys`: every action and its keys, and whether your own keymap clashes."""

from __future__ import annotations

import click

from tui.cli.common import json_option, write_json
from tui.keys.actions import ACTIONS
from tui.keys.keymap import keymap_from
from tui.look.words import words
from tui.setup.settings import load


@click.command()
@click.option("--check", is_flag=True, help="Only check whether the settings' keymap can be used.")
@json_option
def keys(check: bool, as_json: bool) -> None:
    """List every action with its keys; warns about conflicts and unknown names."""
    settings = load().settings
    keymap = keymap_from(settings.keys, settings.preset)
    if check:
        click.echo(words("The keymap is sound."))
        return
    for action in ACTIONS:
        if as_json:
            write_json(
                {"id": action.id, "keys": list(keymap.of(action.id)), "scope": action.scope, "title": action.title}
            )
        else:
            click.echo(f"{keymap.shown(action.id):<14} {action.scope:<9} {action.id:<22} {action.title}")
