"""Where the backups of a desk are, how they are named, and which of them are kept.

They are in the folder `backups` next to the desk file: `desk.db` has `desk-20261129T130138Z.db` and so on.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FOLDER = "backups"
PART = ".part"
"""The ending of a backup that is being written."""
BEFORE_UPGRADE, REPLACED = "before-upgrade", "replaced"
"""Kinds of copies besides plain backups: made before a new version changes the file; put aside by a restore."""
ALWAYS_KEPT = 2
"""The newest backups of each kind are kept whatever their age."""
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy of a desk file."""

    path: Path
    at: int
    """When it was made, in seconds since 1970."""
    kind: str = ""
    """Empty for a backup, else `BEFORE_UPGRADE` or `REPLACED`."""
    size: int = 0
    """Bytes."""

    @property
    def when(self) -> str:
        """The minute in which it was made, for a sentence."""
        return f"{datetime.fromtimestamp(self.at, UTC):%Y-%m-%d %H:%M} UTC"


def backup_folder(desk: Path) -> Path:
    """Return the folder of a desk's backups, which may not exist."""
    return desk.absolute().parent / FOLDER


def backup_path(desk: Path, at: int, kind: str = "") -> Path:
    """Return the name of a copy made at that time; if it is taken, that of the next free second."""
    while True:
        stamp = datetime.fromtimestamp(at, UTC).strftime(_STAMP)
        path = backup_folder(desk) / f"{desk.stem}-{stamp}{f'-{kind}' if kind else ''}.db"
        if not path.exists():
            return path
        at += 1


def copies_of(desk: Path) -> list[Backup]:
    """Return every copy of the desk in its folder, newest first, those put aside by a restore included."""
    pattern = re.compile(rf"{re.escape(desk.stem)}-(\d{{8}}T\d{{6}}Z)(?:-({BEFORE_UPGRADE}|{REPLACED}))?\.db")
    copies = []
    with suppress(OSError):
        for path in backup_folder(desk).iterdir():
            match = pattern.fullmatch(path.name)
            if match is None:
                continue
            with suppress(ValueError, OSError):
                at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC).timestamp()
                copies.append(Backup(path, int(at), match[2] or "", path.stat().st_size))
    return sorted(copies, key=lambda copy: (copy.at, copy.path.name), reverse=True)


def backups_of(desk: Path) -> list[Backup]:
    """Return what can be restored, newest first. All of them were found sound when they were made."""
    return [copy for copy in copies_of(desk) if copy.kind != REPLACED and copy.size]


def to_remove(copies: Sequence[Backup], now: int, keep_days: int) -> list[Backup]:
    """Return the copies that rotation removes.

    Of the backups, the newest two stay, and the last one of each day for `keep_days` days; of each other kind, the
    newest two, as long as they are younger than that.
    """
    removed, days, numbers = [], set[int](), dict[str, int]()
    for copy in sorted(copies, key=lambda copy: copy.at, reverse=True):
        numbers[copy.kind] = numbers.get(copy.kind, 0) + 1
        day = copy.at // 86_400
        young = copy.at > now - keep_days * 86_400
        stays = numbers[copy.kind] <= ALWAYS_KEPT
        if copy.kind:
            stays = stays and young
        elif young and day not in days:
            stays = True
        if not copy.kind:
            days.add(day)
        if not stays:
            removed.append(copy)
    return removed


def restore_command(desk: Path, *more: str) -> str:
    """Return the command that restores the desk, as it can be pasted into a shell."""
    return shlex.join(["tridesk", "restore", *more, "--db", str(desk)])


def way_out(desk: Path) -> str:
    """Return what to do about a desk file that cannot be used, for the end of a sentence."""
    backups = backups_of(desk)
    if backups:
        return f"restore the backup of {backups[0].when} with `{restore_command(desk)}`."
    return f"there is no backup; `{restore_command(desk, '--salvage')}` reads out what can be read."
