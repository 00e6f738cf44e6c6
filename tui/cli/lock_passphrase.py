"""`tridesk lock`: the passphrase that the locked screen asks for."""

from __future__ import annotations

import sys

import click

from data.errors import InputError
from tui.lock import passphrase
from tui.look.words import words


@click.command()
@click.option("--remove", is_flag=True, help="Forget the passphrase; the lock then opens with Enter.")
def lock(remove: bool) -> None:
    """Set the passphrase of the screen's lock. In a script, it is read from standard input, one line."""
    if passphrase.is_set() and not passphrase.matches(_asked(words("Current passphrase"), new=False)):
        raise InputError("Not changed", "That is not the current passphrase; try again.")
    if remove:
        passphrase.remove()
        click.echo(words("The lock has no passphrase now."))
        return
    passphrase.set_passphrase(_asked(words("New passphrase"), new=True))
    click.echo(words("The lock asks for it: f12 locks, and so do some minutes without a key ([lock] in config.toml)."))


def _asked(question: str, *, new: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt(question, hide_input=True, confirmation_prompt=new)
    return answer
