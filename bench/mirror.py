"""Ten thousand tickets mirrored from a Request Tracker while someone types: killed halfway, then resumed.

`python -m bench.mirror [TICKETS]`; needs Request Tracker, as the tests do. Filling it takes longest.
"""

from __future__ import annotations

import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from tests.servers.request_tracker import RequestTrackerServer, missing
from tests.tui.real_terminal import ENTER, Terminal

TICKETS = 10_000
CUT_AT = 0.4
WORDS = "thequickbrownfoxjumpsoverthelazydog"
SURE = 8
"""Letters of a line that appear nowhere else on the screen; the echo of the letters after them is timed."""
REST = 0.1
LEAST = 100
PATIENCE = 60.0


def main() -> None:
    if absent := missing():
        print(f"mirror: not measured, {', '.join(absent)} missing")
        return
    folder = Path(tempfile.mkdtemp(prefix="tdrt", dir="/tmp"))
    server = RequestTrackerServer(folder)
    try:
        server.start()
        measure(server, folder, int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(server: RequestTrackerServer, folder: Path, amount: int) -> None:
    server.fill("Billing", amount)
    place = folder / "desk"
    (place / "tridesk").mkdir(parents=True)
    (place / "tridesk/config.toml").write_text(
        f'[[tracker]]\nname = "rt"\nurl = "{server.url}"\nsecret = "env:RT_TOKEN"\nrequests-per-minute = 6000\n'
        'queues = { Billing = "mail" }\n'
    )
    path = place / "desk.db"
    around = {f"XDG_{name}_HOME": str(place) for name in ("CONFIG", "DATA", "STATE")}
    around["RT_TOKEN"] = server.tokens["alice"]
    started = time.perf_counter()
    begun = typed_while(path, around, lambda: mirrored(path) < amount * CUT_AT)
    cut = mirrored(path)
    reported: set[str] = set()
    resumed = typed_while(path, around, lambda: mirrored(path) < amount, reported)
    seconds = time.perf_counter() - started
    at_rest = typed_while(path, around, lambda: False)
    print(f"{amount:,} tickets mirrored in {seconds:.0f} s, killed at {cut:,}, progress told {len(reported)} times")
    for name, keys in (("meanwhile", sorted(begun + resumed)), ("at rest", sorted(at_rest))):
        middle, late = statistics.median(keys), keys[int(len(keys) * 0.95)]
        print(f"  echo of a key {name}: p50 {middle:.1f} ms, p95 {late:.1f} ms, slowest {keys[-1]:.1f} of {len(keys)}")


def typed_while(
    path: Path, around: dict[str, str], goes_on: Callable[[], bool], reported: set[str] | None = None
) -> list[float]:
    """Type a reply as long as that holds, then end the program at once; return milliseconds to each echo."""
    found: list[float] = []
    with Terminal("--db", str(path), environment=around, longest=PATIENCE) as terminal:
        terminal.see("Letter")
        terminal.press("\x1b")  # a shift may be offered
        time.sleep(1)
        terminal.press(".")
        terminal.see(r"\n #\d+ Letter")
        terminal.press("r")
        terminal.see("REPLY")
        terminal.press(ENTER)  # what was typed before the end is still there
        number = int(time.time()) % 50_000
        while goes_on() or len(found) < LEAST:
            number += 1
            line = f"{number:05d} {WORDS}"
            terminal.press(line[:SURE])
            terminal.see(re.escape(line[:SURE]))
            for end in range(SURE, len(line)):
                pressed = time.perf_counter()
                terminal.press(line[end])
                terminal.see(re.escape(line[: end + 1].rstrip()))
                found.append((time.perf_counter() - pressed) * 1000)
                time.sleep(REST)
            terminal.press(ENTER)
            if reported is not None:
                reported.update(re.findall(r"[\d,.]+ of [\d,.]+", terminal.picture))
    return found


def mirrored(path: Path) -> int:
    return int(Database(path)["ticket"].count)


if __name__ == "__main__":
    main()
