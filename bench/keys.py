"""What a key costs on the demo desk: milliseconds to the first byte, bytes, and processor time until all is drawn."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.results import note
from bench.terminal import LONG_QUIET, Press, Session

ROUNDS = 3
KEYS = (
    ("next ticket", "j"),
    ("open", "\r"),
    ("answer", "1"),
    ("back to the ticket", "\x1b"),
    ("write", "r"),
    ("a letter", "x"),
    ("leave the text", "\x1b"),
    ("close", "u"),
    ("next lane", "l"),
    ("help", "?"),
    ("leave the help", "\x1b"),
)
"""What each key does, in the order in which they are pressed."""
MOST_BYTES = 6_000
"""The aim for opening a ticket or a card at 160 by 48 in 24-bit colours."""


def main() -> None:
    found: dict[str, list[Press]] = {name: [] for name, _ in KEYS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        tridesk = [sys.executable, "-m", "tui"]
        subprocess.run([*tridesk, "demo", "--keep", str(path), "--no-ui"], check=True, capture_output=True)
        for _ in range(ROUNDS):
            with Session([*tridesk, "--db", str(path)], "open") as session:
                session.wait(5.0)  # macros and procedures are loaded after the first picture
                for name, key in KEYS:
                    found[name].append(session.press(key, LONG_QUIET))
    print(f"{'key':20} {'first byte':>12} {'bytes':>8} {'CPU':>8}")
    for name, runs in found.items():
        first, size, cpu, _ = (statistics.median(run[place] for run in runs) for place in range(4))
        for unit, value in (("ms", first), ("bytes", size), ("ms CPU", cpu)):
            note(name, "tridesk", value, unit)
        print(f"{name:20} {first:9.1f} ms {size:8.0f} {cpu:5.0f} ms{'' if size <= MOST_BYTES else '  over the aim'}")


if __name__ == "__main__":
    main()
