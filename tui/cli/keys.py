"""`tridesk keys`: every action and its keys, a sheet of them to print, and what the terminal sends for a key."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tui.cli.common import json_option, write_json
from tui.keys.actions import ACTIONS, BY_ID, Scope, of_scope
from tui.keys.keymap import Keymap, keymap_from
from tui.keys.start_settings import keymap_of
from tui.look.words import words
from tui.setup.settings import Settings, load


@click.command()
@click.option("--check", is_flag=True, help="Only check whether the settings' keymap can be used.")
@click.option("--sheet", is_flag=True, help="Write a sheet to print, in Markdown.")
@click.option("--test", "test", is_flag=True, help="Show what your terminal sends for each key you press.")
@click.option("--bind", "binds", multiple=True, metavar="ACTION=KEYS", help="Give an action other keys in config.toml.")
@json_option
def keys(check: bool, sheet: bool, test: bool, binds: tuple[str, ...], as_json: bool) -> None:
    """List every action with its keys; warns about conflicts and unknown names.

    --bind ticket.solve=f5,g s: KEYS are separated by commas; without KEYS, the preset's own.
    """
    if check + sheet + test + as_json + bool(binds) > 1:
        raise click.UsageError("Give only one of --check, --sheet, --test, --bind and --json.")
    settings = load().settings
    if binds:
        _bind(binds, settings)
        return
    keymap = keymap_of(settings)
    if check:
        click.echo(words("The keymap is sound."))
    elif sheet:
        for line in sheet_lines(keymap):
            click.echo(line)
    elif test:
        from tui.cli.key_test import try_keys  # the terminal's parser loads Textual

        try_keys(keymap)
    else:
        for action in ACTIONS:
            if as_json:
                write_json(
                    {"id": action.id, "keys": list(keymap.of(action.id)), "scope": action.scope, "title": action.title}
                )
            else:
                click.echo(f"{keymap.shown(action.id):<14} {action.scope:<9} {action.id:<22} {action.title}")


def _bind(binds: tuple[str, ...], settings: Settings) -> None:
    """Write keys into the settings, all or none, and say what they are now."""
    from tui.keys.rebinding import without_defaults
    from tui.setup.config_file import change_settings
    from tui.setup.settings import config_folder

    bound = dict(settings.keys)
    wanted = {name.strip(): keys for name, _, keys in (bind.partition("=") for bind in binds)}
    for name, written in wanted.items():
        bound.pop(name, None)
        if written or name not in BY_ID:
            bound[name] = written
    keymap = keymap_from(bound, settings.preset)
    change_settings(config_folder(), {}, without_defaults(bound, settings.preset))
    for name in wanted:
        click.echo(f"{name}: {keymap.shown(name) or words('no key')}")


def sheet_lines(keymap: Keymap) -> Iterator[str]:
    """Yield a Markdown table of the keys for each place, in the language of the interface; unbound actions are out."""
    from tui.keys.help_lines import PLACES  # needs Rich

    yield f"# {words('Keys of tridesk')}"
    for scope in Scope:
        bound = [action for action in of_scope(scope) if keymap.of(action.id)]
        if not bound:
            continue
        yield f"\n## {words(PLACES[scope])}\n"
        yield f"| {words('key')} | {words('what it does')} |"
        yield "|---|---|"
        for action in bound:
            shown = keymap.shown(action.id).replace("|", "\\|")
            yield f"| `{shown}` | **{words(action.title)}**: {words(action.tooltip)} |"
