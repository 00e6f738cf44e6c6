"""`tridesk backup` and `tridesk restore`: safe copies of the desk file, and the way back."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing, suppress
from pathlib import Path

import click

from data.desk_file.backup_files import Backup, backups_of, copies_of, restore_command, way_out
from data.desk_file.make_backup import make_backup, newest_event, rotate, same_key
from data.errors import DeskError, InputError, StoreError
from data.locations import doubtful_file_system, remove_unfinished
from data.safe_text import safe_line
from data.store import Store
from queues.ground.roles import Right
from tui.cli.common import chosen, db_option, json_option, write_json
from tui.cli.confirming import confirm
from tui.look.words import counted, words
from tui.look.written_values import iso
from tui.setup.clock import wall_clock
from tui.setup.desk_key import take
from tui.setup.settings import load

_NICE = 10
"""How much an automatic backup leaves to others."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--list", "list_", is_flag=True, help="List the backups, the newest first.")
@click.option("--automatic", is_flag=True, hidden=True)
@db_option
@json_option
def backup(file: Path | None, list_: bool, automatic: bool, db: Path | None, as_json: bool) -> None:
    """Back the desk up, to FILE or to the folder `backups` next to it; the desk may be in use meanwhile.

    The copy is opened and checked before it counts. While the screen is open, this happens by itself.
    """
    path, now = chosen(db), wall_clock()
    if automatic:
        _automatic(path, now)
    elif list_:
        for copy in copies_of(path):
            _tell(copy, as_json=as_json)
    else:
        if file is not None:
            from tui.setup.open_desk import require

            require(Right.EXPORT)
        made = make_backup(path, now, target=file)
        if file is None:
            rotate(path, now, load().settings.backup.keep_days)
        if as_json:
            _tell(made, as_json=True)
        else:
            text = words("{path}, {size}, opened and found sound")
            click.echo(text.format(path=safe_line(str(made.path)), size=_megabytes(made.size)))


def _tell(copy: Backup, *, as_json: bool) -> None:
    if as_json:
        kind = copy.kind or "backup"
        write_json({"backup": str(copy.path), "at": iso(copy.at), "kind": kind, "bytes": copy.size})
    else:
        kind = f"  {copy.kind.replace('-', ' ')}" if copy.kind else ""
        click.echo(f"{copy.when}  {_megabytes(copy.size):>9}  {safe_line(copy.path.name)}{kind}")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _automatic(path: Path, now: int) -> None:
    """Check the file, and back it up if that is due; write what the agent should know as JSON lines with `say`.

    Standard input has the keys of the screen, which started this.
    """
    take(json.loads(sys.stdin.readline() or "{}"))
    with suppress(OSError):
        os.nice(_NICE)
    remove_unfinished(path, now)
    try:
        for sentence in [] if is_due(path, now, 0) is None else file_problems(path):
            sys.stdout.write(json.dumps({"say": sentence}) + "\n")
            return
        kind = doubtful_file_system(path)
        if kind:
            sys.stdout.write(json.dumps({"say": slow_journal(path, kind)}) + "\n")
        table = load().settings.backup
        if table.every_hours and is_due(path, now, table.every_hours):
            make_backup(path, now)
            rotate(path, now, table.keep_days)
    except DeskError as error:
        sys.stdout.write(json.dumps({"say": f"{error.title}: {error.message}"}) + "\n")


def slow_journal(path: Path, kind: str) -> str:
    """Return the warning about a file system that may not keep what it promises."""
    return (
        f"{path} is on {kind}, where several programs at once may damage it: the safer rollback journal is used, "
        "which is slower. Open it in one program only, or move it to a local disk."
    )


def is_due(path: Path, now: int, hours: int) -> bool | None:
    """Return whether the desk changed since its newest backup, and that is at least `hours` old."""
    backups = [copy for copy in backups_of(path) if not copy.kind]
    if not backups:
        return True
    files = (path, path.with_name(f"{path.name}-wal"))
    changed = max((file.stat().st_mtime for file in files if file.exists()), default=0)
    return changed > backups[0].at and now - backups[0].at >= hours * 3600


def file_problems(path: Path) -> list[str]:
    """Return what is wrong with the desk file: damage, or fewer events than a backup that was made of it."""
    with closing(Store.open(path, create=False)) as store:
        wrong = store.check()
        if wrong:
            return [f"Damaged file: {path} is damaged ({safe_line(wrong[0])}): {way_out(path)}"]
        newest, restored = store.events.newest(), store.events.last_restored().at
    for copy in backups_of(path):
        if copy.at <= restored or not same_key(copy.path, path):
            break
        backed_up = newest_event(copy.path)
        if backed_up > newest:
            return [
                f"Older file: {path} has {backed_up - newest} events fewer than its backup of {copy.when}. It may be "
                f"an old copy, or was copied without {path.name}-wal; `{restore_command(path)}` restores the backup."
            ]
    return []


@click.command()
@click.argument("file", metavar="[BACKUP]", type=click.Path(path_type=Path), required=False)
@click.option("--list", "list_", is_flag=True, help="List what can be restored.")
@click.option("--salvage", is_flag=True, help="Read out what can be read of a damaged file (without BACKUP, the desk).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@db_option
@json_option
def restore(file: Path | None, list_: bool, salvage: bool, yes: bool, db: Path | None, as_json: bool) -> None:
    """Replace the desk by a backup: the newest, or BACKUP, a file or its name in `tridesk backup --list`.

    The file that was there is kept among the backups. No reply is sent twice: those that waited then are in doubt.
    """
    from data.recovery.restore import restore as restore_file
    from tui.setup.open_desk import agent_name, require

    path, now = chosen(db), wall_clock()
    if list_:
        for copy in backups_of(path):
            _tell(copy, as_json=as_json)
        return
    require(Right.RESTORE)
    agent = agent_name(load().settings)
    if salvage:
        _salvage(path, file or path, now, agent, yes=yes, as_json=as_json)
        return
    source = _named(path, file)
    question = words("Replace {path} by {name}? The file that is there now is kept.")
    confirm(yes, question.format(path=path, name=source.name))
    done = restore_file(path, source, now, agent)
    if as_json:
        write_json(
            {
                "desk": str(path),
                "backup": str(source),
                "kept": str(done.kept) if done.kept else None,
                "events_lost": done.events_lost,
                "in_doubt": done.in_doubt,
            }
        )
        return
    click.echo(words("{path} is now {name}.").format(path=safe_line(str(path)), name=safe_line(source.name)))
    _tell_rest(done.kept, done.events_lost, done.in_doubt)


def _tell_rest(kept: Path | None, events_lost: int | None, in_doubt: int) -> None:
    if kept is not None:
        lost = words("unknown") if events_lost is None else f"{events_lost}"
        text = words("The file before it is kept as {path}; events that only that one has: {lost}.")
        click.echo(text.format(path=safe_line(str(kept)), lost=lost))
    if in_doubt:
        text = counted("{n} reply is in doubt and will not be sent; `tridesk outbox list` shows it.",
                       "{n} replies are in doubt and will not be sent; `tridesk outbox list` shows them.",
                       in_doubt)  # fmt: skip
        click.echo(text.format(n=in_doubt))


def _named(path: Path, file: Path | None) -> Path:
    """Return the backup that is meant. Raises StoreError and InputError."""
    backups = backups_of(path)
    if file is None:
        if not backups:
            raise StoreError("No backup", f"There is no backup of {path}; name a file, or try `--salvage`.")
        return backups[0].path
    if file.exists():
        return file
    for copy in copies_of(path):
        if copy.path.name == file.name:
            return copy.path
    raise InputError("No such backup", f"There is no backup {file}; `tridesk restore --list` shows them.")


def _salvage(path: Path, damaged: Path, now: int, agent: str, *, yes: bool, as_json: bool) -> None:
    from data.recovery.salvage import salvage

    question = words("Replace {path} by what can be read of {damaged}? The file that is there now is kept.")
    confirm(yes, question.format(path=path, damaged=damaged))
    done = salvage(path, damaged, now, agent)
    if as_json:
        kept = str(done.restored.kept) if done.restored.kept else None
        write_json({"desk": str(path), "rows": done.rows, "damaged": list(done.damaged), "kept": kept})
        return
    names = ("ticket", "message", "customer", "draft", "outbox", "event")
    counts = ", ".join(words("{n} of {name}").format(n=done.rows.get(name, 0), name=name) for name in names)
    click.echo(words("Read from {path}: {counts}.").format(path=safe_line(str(damaged)), counts=counts))
    tables = ", ".join(done.damaged) or words("none")
    click.echo(words("Tables with unreadable rows: {tables}.").format(tables=tables))
    _tell_rest(done.restored.kept, None, done.restored.in_doubt)
