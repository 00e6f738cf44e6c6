"""`tridesk macros import`: answers of other tools made macros of one's own."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.safe_text import safe_line
from tui.cli.common import json_option, put
from tui.setup.settings import config_folder

SURE = 0.8
"""How sure the detection has to be to call a text's language."""
TOOLS = ("zendesk", "freshdesk", "helpscout", "gorgias", "rocketchat", "chatwoot", "csv")


@click.command("import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1)
@click.option("--account", help="Fetch the macros of this Zendesk account, with or without files.")
@click.option("--from", "tool", type=click.Choice(TOOLS), help="Whose export it is (else told by its shape).")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to; else your own.")
@click.option("--language", default="en", show_default=True, help="The language of texts that were for all others.")
@click.option("--replace", is_flag=True, help="Write over macros that are there.")
@click.option("--dry-run", is_flag=True, help="Tell what would be written, and write nothing.")
@json_option
def import_them(
    files: tuple[Path, ...],
    account: str | None,
    tool: str | None,
    folder: Path | None,
    language: str,
    replace: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make macros of exports of another tool, or of an account: one file each in your own folder, checked, told.

    Values and conditions are put into ours where there is one; else the macro asks for them, and the report says so.
    Exit 1 when an answer could not be taken.
    """
    from macros.importing.read_answers import read
    from macros.importing.run import Import
    from queues.mail.html import html_to_text
    from tui.cli.remote_macros import fetched

    if not files and not account:
        raise click.UsageError("Name a file, or an account with --account.")
    target = folder or config_folder() / "macros"
    job = Import(target, html_to_text, _language, language, replace, dry_run)
    answers = [answer for path in files for answer in read(str(path), _bytes(path), tool or "")]
    answers += read(account, fetched(account), "zendesk") if account else []
    outcomes: Counter[str] = Counter()
    unmapped: Counter[tuple[str, str]] = Counter()
    for one in job.run(answers):
        outcomes[one.outcome] += 1
        unmapped.update((one.tool, name) for name in one.unmapped)
        row = {"title": one.title, "macro": one.macro, "outcome": one.outcome, "languages": list(one.languages)}
        _tell(row | {"asks": list(one.asks), "told": list(one.told), "unmapped": dict(one.unmapped)}, as_json)
    if not as_json:
        _tell_unmapped(unmapped)
        counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        click.echo(f"{counted}{' (dry run: nothing was written)' if dry_run else f' in {target}'}.")
    if outcomes["refused"]:
        sys.exit(1)


def _tell(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        put(row)
        return
    spoken = ",".join(row["languages"]) or "-"
    click.echo(safe_line(f"{row['outcome']:<9} {row['macro']:<48} {spoken}"))
    for told in row["told"]:
        click.echo(f"          {safe_line(told)}")


def _tell_unmapped(unmapped: Counter[tuple[str, str]]) -> None:
    if unmapped:
        click.echo("Kept in the files under [extra], but with no place here:")
    for (tool, name), count in unmapped.most_common():
        click.echo(f"  {tool:<10} {safe_line(name):<32} {count:>7}")


def _language(text: str) -> str:
    from tui.setup.open_desk import detect

    spoken, sure = detect(text)
    return spoken if sure >= SURE and spoken != "und" else ""


def _bytes(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("Export not readable", f"{path}: {error.strerror}; give a file that is there.") from None
