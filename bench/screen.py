"""First paint and a cursor move at 1,000 and 100,000 tickets, compared with a bare Textual application, in one run.

Each desk is there twice, plain and encrypted.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.results import note
from bench.terminal import Run, run
from data.desk_file.encryption import KEY_BYTES, new_salt, remember
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.recovery.change_key import change_key
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules

SIZES = (1_000, 100_000)
ROUNDS = 3
KEYS = "jjjjjjjjjjjjjjjjjjjj"
LANES = ("mail", "app", "safety")


def make_store(path: Path, size: int) -> float:
    """Fill a store through the desk; return tickets a second."""
    desk = Desk(Store.open(path), clock=lambda: int(time.time()), rules=DeskRules(routing=Rules(())))
    now = int(time.time())
    started = time.perf_counter()
    for start in range(0, size, 2000):
        desk.receive([_item(number, now) for number in range(start, min(size, start + 2000))], bulk=True)
    desk.store.close()
    return size / (time.perf_counter() - started)


def _item(number: int, now: int) -> Incoming:
    text = f"This is question number {number}. Where do I find the page about it?"
    return Incoming(
        connector="bench", source="bench", raw_sha256=f"bench {number}", kind=MessageKind.MAIL,
        from_name=f"Person {number}",
        from_address=f"p{number}@x.example", subject=f"Request {number}", text=text, new_text=text, at=now,
        language="en", confidence=0.99, lane=LANES[number % 3], received_at=now - number % 86_400,
    )  # fmt: skip


def encrypted(path: Path) -> Path:
    """Return an encrypted copy, whose key the programs that are measured have in their environment."""
    secret, key = path.with_stem(f"{path.stem}-encrypted"), bytes(KEY_BYTES)
    shutil.copyfile(path, secret)
    salt = new_salt(passphrase=False)
    remember(salt, key)
    change_key(secret, salt, int(time.time()), "bench")
    os.environ["TRIDESK_KEY"] = key.hex()
    return secret


def main() -> None:
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        targets = {"bare Textual": ([python, "-m", "bench.bare"], "bare-is-ready")}
        for size in SIZES:
            path = Path(folder) / f"{size}.db"
            print(f"store of {size:,}: {make_store(path, size):,.0f} tickets a second through the desk")
            targets[f"desk, {size:,} tickets"] = ([python, "-m", "tui", "--db", str(path)], "Request")
            secret = encrypted(path)
            targets[f"encrypted, {size:,}"] = ([python, "-m", "tui", "--db", str(secret)], "Request")
        runs: dict[str, list[Run]] = {name: [] for name in targets}
        for _ in range(ROUNDS):
            for name, (command, shows) in targets.items():
                runs[name].append(run(command, shows, KEYS))
    report(runs)


def report(runs: dict[str, list[Run]]) -> None:
    floor = statistics.median(one.first_paint for one in runs["bare Textual"])
    print(f"{'':24} {'first paint':>12} {'x bare':>7} {'key p50':>9} {'key p95':>9} {'bytes/key':>10} {'CPU':>8}")
    for name, found in runs.items():
        paint = statistics.median(item.first_paint for item in found)
        keys = sorted(key for item in found for key in item.keys)
        middle, late = statistics.median(keys), keys[int(len(keys) * 0.95)]
        size = statistics.median(item.bytes_a_key for item in found)
        cpu = statistics.median(item.cpu for item in found)
        memory = statistics.median(item.memory for item in found)
        figures = (("first paint", paint, "ms"), ("move one row", middle, "ms"), ("move one row", size, "bytes"),
                   ("start and 20 moves", cpu, "ms CPU"), ("memory", memory, "MB"))  # fmt: skip
        for work, value, unit in figures:
            program, _, tickets = name.partition(", ")
            amount = "".join(filter(str.isdigit, tickets))
            note(work, program, value, unit, int(amount) if amount else None)
        print(
            f"{name:24} {paint:9.0f} ms {paint / floor:7.2f} {middle:6.1f} ms {late:6.1f} ms {size:10.0f} {cpu:5.0f} ms"
            f" {memory:5.0f} MB"
        )


if __name__ == "__main__":
    main()
