"""Help and usage errors of the command line in the language of the interface; in English nothing is changed."""

from __future__ import annotations

import os
from inspect import cleandoc

import click

from tui.cli.examples import shown
from tui.look.words import words
from tui.setup.interface_language import DOMAIN, ENGLISH, FOLDER, language


def speak() -> None:
    """Let click, which asks gettext for its own texts, find them in our catalogue."""
    spoken = language()
    if spoken != ENGLISH:
        import gettext

        os.environ["LANGUAGE"] = spoken  # the one variable that gettext reads first; programs that we start follow
        gettext.bindtextdomain(DOMAIN, FOLDER)
        gettext.textdomain(DOMAIN)


def translate(command: click.Command) -> click.Command:
    """Put the help of a command, its options and its commands into the language of the interface."""
    if language() == ENGLISH:
        return command
    if command.help:
        command.help = words(plain(command.help))
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            option.help = words(plain(option.help))
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        translate(below)
    return command


def with_examples(command: click.Command, path: str) -> None:
    """Put the examples of a command, and of those below it, at the end of its help."""
    examples = shown(path)
    if examples:
        lines = "\n".join(f"  {example}" for example in examples)
        command.epilog = f"\b\n{words('Examples:')}\n{lines}"
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        with_examples(below, f"{path} {name}")


def plain(text: str) -> str:
    """Return a help text with one line per paragraph, however the code breaks its lines."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in cleandoc(text).split("\n\n"))
