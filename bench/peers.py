"""Mail programs of the terminal beside the desk, those that are installed: the list, a move, a mail, memory.

`python -m bench.peers [MAILS]`. Each reads the same Maildir, the desk the same mails after an import; runs take turns.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.intake import NOW, index, write_mails
from bench.results import note
from bench.terminal import Session

MAILS = 1_000
ROUNDS = 3
MOVES = 20


@dataclass(frozen=True, slots=True)
class Peer:
    """A program and its keys."""

    command: list[str]
    shows: str
    """What is on the screen once the list is."""
    down: str
    open: str
    environment: dict[str, str]


def peers(folder: Path, mbox: Path) -> dict[str, Peer]:
    """Return the installed programs, each with its settings in a folder of its own."""
    maildir = folder / "mail"
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "NO_COLOR": ""}
    desk = folder / "desk.db"
    tridesk = [sys.executable, "-m", "tui"]
    subprocess.run([*tridesk, "import", str(mbox), "--db", str(desk)], check=True, capture_output=True)
    found = {"tridesk": Peer([*tridesk, "--db", str(desk)], "open", "j", "\r", {})}
    for name in ("mutt", "neomutt"):
        if shutil.which(name):
            settings = folder / f"{name}rc"
            settings.write_text(f"set folder={folder}\nset header_cache={folder / name}.cache\nset quit=yes\n")
            command = [name, "-n", "-R", "-F", str(settings), "-f", str(maildir)]
            found[name] = Peer(command, "Msgs:", "j", "\r", home)
    if shutil.which("aerc"):
        place = folder / "config" / "aerc"
        place.mkdir(parents=True)
        place.chmod(0o700)
        (place / "accounts.conf").write_text(
            f"[x]\nsource = maildir://{folder}\ndefault = mail\nfrom = x <x@x.example>\n"
        )
        (place / "accounts.conf").chmod(0o600)
        found["aerc"] = Peer(["aerc"], f"{datetime.fromtimestamp(NOW, UTC):%Y}-", "j", "\r", home)
    if shutil.which("alot") and shutil.which("notmuch"):
        index(folder)
        config = str(folder / "notmuch.config")
        command = ["alot", "-n", config, "search", "tag:inbox"]
        found["alot"] = Peer(command, "unread", "j", "\r", {**home, "NOTMUCH_CONFIG": config})
    return found


def main(given: str = "") -> None:
    amount = int(given or MAILS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = peers(folder, write_mails(folder, amount))
        runs: dict[str, list[tuple[float, ...]]] = {program: [] for program in found}
        for _ in range(ROUNDS):
            for program, peer in found.items():
                try:
                    runs[program].append(measure(peer))
                except (OSError, TimeoutError) as error:
                    print(f"{program}: not measured, {error}")
    works = (("first paint", "ms"), ("move one row", "ms"), ("move one row", "bytes"), ("move one row", "ms CPU"),
             ("open", "ms"), ("open", "bytes"), ("memory", "MB"))  # fmt: skip
    print(f"{'':10}" + "".join(f"{f'{work}, {unit}':>24}" for work, unit in works))
    for program, measured in runs.items():
        if measured:
            figures = [statistics.median(values) for values in zip(*measured, strict=True)]
            print(f"{program:10}" + "".join(f"{figure:24,.1f}" for figure in figures))
            for (work, unit), figure in zip(works, figures, strict=True):
                note(f"{work}, a mailbox", program, figure, unit, amount)


def measure(peer: Peer) -> tuple[float, ...]:
    """Return the figures of one run, in the order of `works`."""
    with Session(peer.command, peer.shows, peer.environment) as session:
        session.wait(2.0)
        moves = [session.press(peer.down) for _ in range(MOVES)]
        opened = session.press(peer.open)
        first, size, cpu, _ = (statistics.median(values) for values in zip(*moves, strict=True))
        return (session.first_paint, first, size, cpu, opened.first, opened.size, session.memory)


if __name__ == "__main__":
    main(*sys.argv[1:2])
