"""`tridesk completion`: the script with which a shell completes commands, options, tickets, macros, lanes and tags."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from tui.look.words import words

VARIABLE = "_TRIDESK_COMPLETE"
"""The environment variable by which the shell's script asks what to offer."""
SHELLS = ("bash", "zsh", "fish")
_FILES = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/completions/tridesk.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.option("--how", is_flag=True, help="Say where the script belongs, and print nothing else.")
@click.pass_context
def completion(ctx: click.Context, shell: str, how: bool) -> None:
    """Print the script that makes SHELL complete commands, options, ticket numbers, macros, lanes and tags."""
    if how:
        line = f"tridesk completion {shell} > {_FILES[shell]}"
        if shell != "fish":
            line = f'eval "$(tridesk completion {shell})"'
            click.echo(words("Add this line to {file}:").format(file=_FILES[shell]))
        click.echo(line)
        return
    found = get_completion_class(shell)
    assert found is not None, "click knows the three shells"
    click.echo(ShellComplete.source(found(ctx.find_root().command, {}, "tridesk", VARIABLE)))
