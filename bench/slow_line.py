"""The desk over a slow line, as over SSH: 50 and 250 milliseconds there and back, one megabit a second.

How long until the desk is there, until a key has drawn all, and whether every key of a fast typist arrives.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench.results import note
from bench.terminal import LONG_QUIET, Press, Session
from data.store import Store
from tests.database import database

ROUNDS = 2
BITS = 1_000_000
LINES = (0, 50, 250)
"""Milliseconds that a key and its first byte need there and back."""
KEYS = (("next ticket", "j"), ("open", "\r"), ("answer", "1"), ("back", "\x1b"), ("next lane", "l"), ("help", "?"))
TYPED = "abcdefghijklmnopqrst" * 2
EVERY = 1 / 30
"""Seconds between two letters: key repeat."""


def main() -> None:
    tridesk = [sys.executable, "-m", "tui"]
    print(f"{'line':8} {'first paint':>12} " + "".join(f"{name:>22}" for name, _ in KEYS) + "   letters lost")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        subprocess.run([*tridesk, "demo", "--keep", str(path), "--no-ui"], check=True, capture_output=True)
        for line in LINES:
            paints: list[float] = []
            found: dict[str, list[Press]] = {name: [] for name, _ in KEYS}
            lost = 0
            for turn in range(ROUNDS):
                copy = path.with_stem(f"{line}-{turn}")
                shutil.copyfile(path, copy)
                command = [sys.executable, "-m", "bench.relay", str(line), str(BITS), *tridesk, "--db", str(copy)]
                with Session(command, "open") as session:
                    paints.append(session.first_paint)
                    session.wait(5.0)
                    for name, key in KEYS:
                        found[name].append(session.press(key, LONG_QUIET))
                    lost += len(TYPED) - typed(session, copy)
            print(_line(line, paints, found, lost))


def typed(session: Session, path: Path) -> int:
    """Type a text as fast as a key repeats; return how many of its letters are in the draft."""
    for key in ("\x1b", "r"):
        session.press(key, LONG_QUIET)
    for letter in TYPED:
        session.write(letter)
        time.sleep(EVERY)
    session.press("\x1b", LONG_QUIET)
    with closing(Store.open(path, create=False)) as store:
        texts = [row[0] for row in database(store).execute("SELECT text FROM draft")]
    return max((len(TYPED) for text in texts if TYPED in text), default=0)


def _line(line: int, paints: list[float], found: dict[str, list[Press]], lost: int) -> str:
    program = f"tridesk, line of {line} ms"
    paint = statistics.median(paints)
    note("first paint", program, paint, "ms")
    note("letters lost", program, lost, "")
    shown = []
    for name, presses in found.items():
        last, size = (statistics.median(press[place] for press in presses) for place in (3, 1))
        note(name, program, last, "ms to the last byte")
        note(name, program, size, "bytes")
        shown.append(f"{last:9.0f} ms {size:7,.0f} B")
    return f"{line:5} ms {paint:9.0f} ms " + "".join(f"{cell:>22}" for cell in shown) + f"   {lost}"


if __name__ == "__main__":
    main()
