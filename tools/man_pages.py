"""Writes the man pages into docs/man from the commands themselves: `make reference`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from tui.cli.examples import shown
from tui.cli.in_language import plain
from tui.cli.main import cli

FOLDER = Path(__file__).parents[1] / "docs" / "man"
_FILES = r"""
.SH FILES
.TP
.I ~/.config/tridesk/config.toml
Settings; \fBtridesk config explain\fR lists them.
.TP
.I ~/.config/tridesk/routing.toml, macros/, procedures/
Your own rules, macros and procedures.
.TP
.I ~/.local/share/tridesk/desk.db
The desk file, with \fIbackups/\fR and \fIoutbox/\fR next to it.
.SH ENVIRONMENT
.TP
.B TRIDESK_DB
The desk file.
.TP
.B TRIDESK_KEY
The passphrase or key of an encrypted desk.
.TP
.B TRIDESK_REVEAL
The reason to show confidential data, as \fB\-\-reveal\fR gives it.
.TP
.B LANGUAGE, LC_ALL, LC_MESSAGES, LANG
The language, unless \fIinterface\-language\fR sets it.
.TP
.B NO_COLOR
Turns colours off.
.TP
.B VISUAL, EDITOR
The editor of long replies and of \fBtridesk config edit\fR.
.SH EXIT STATUS
0 done, 1 the work failed (one sentence on standard error), 2 wrong usage.
"""


def pages() -> dict[str, str]:
    """Return every page by file name."""
    root = click.Context(cli, info_name="tridesk", **cli.context_settings)
    made = {"tridesk.1": _page("tridesk", cli, root)}
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        assert command is not None
        made[f"tridesk-{name}.1"] = _page(
            f"tridesk-{name}", command, click.Context(command, info_name=name, parent=root, **command.context_settings)
        )
    return made


def _page(title: str, command: click.Command, context: click.Context) -> str:
    summary = plain(command.help or "").split("\n\n")[0].split(". ")[0].split(": ")[0].rstrip(".")
    lines = [
        f'.TH "{title.upper()}" "1" "" "tridesk" "tridesk"',
        ".SH NAME",
        f"{roff(title)} \\- {roff(summary[:1].lower() + summary[1:])}",
        ".SH SYNOPSIS",
        f".B {roff(context.command_path)}",
        roff(" ".join(command.collect_usage_pieces(context))),
        ".SH DESCRIPTION",
        *_paragraphs(command.help or ""),
        *_options(command, context),
        *_examples(context),
    ]
    if isinstance(command, click.Group):
        lines.append(".SH COMMANDS")
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            inner = click.Context(below, info_name=name, parent=context, **below.context_settings)
            if context.parent is None:
                lines += [".TP", f".BR tridesk\\-{roff(name)} (1)", roff(below.get_short_help_str(200))]
            else:
                lines += [
                    f".SS {roff(inner.command_path)} {roff(' '.join(below.collect_usage_pieces(inner)))}",
                    *_paragraphs(below.help or ""),
                    *_options(below, inner, header=False),
                    *_examples(inner, header=False),
                ]
    also = ".BR tridesk (1)" if context.parent is not None else "The pages of the commands."
    tail = _FILES.strip("\n").splitlines() if context.parent is None else []
    return "\n".join([*lines, *tail, ".SH SEE ALSO", also]) + "\n"


def _options(command: click.Command, context: click.Context, *, header: bool = True) -> Iterator[str]:
    # not `get_params`: a command remembers the names of its help option from whichever call was first
    options = [param for param in command.params if isinstance(param, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context))]
    records.append((", ".join(context.help_option_names), "Show this message and exit."))
    if records and header:
        yield ".SH OPTIONS"
    for names, text in records:
        yield from (".TP", f".B {roff(names)}", roff(" ".join(text.split())))


def _examples(context: click.Context, *, header: bool = True) -> Iterator[str]:
    examples = shown(context.command_path.partition(" ")[2])
    if examples:
        yield from ([".SH EXAMPLES"] if header else [])
        yield ".nf"
        yield from (roff(example) for example in examples)
        yield ".fi"


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(plain(text).split("\n\n")):
        yield from ([".PP"] if number else [])
        yield re.sub(r"`([^`]+)`", r"\\fB\1\\fR", roff(paragraph))


def roff(text: str) -> str:
    """Return a text that roff prints as it is."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    escaped = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in escaped)
    return f"\\&{escaped}" if escaped[:1] in (".", "'") else escaped


def main() -> None:
    """Write all pages; pages of commands that are gone are removed."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for old in FOLDER.glob("*.1"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{FOLDER}: {len(made)} pages")


if __name__ == "__main__":
    main()
