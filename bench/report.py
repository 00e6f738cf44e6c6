"""The cost of a report compared with a raw scan of the record: `python -m bench.report [TICKETS | DESK.db]`.

Without a desk file one is made: a rehearsed month, its settled tickets again and again over three years, and a last
month in which some still wait. A report reads the period and the one before it. Seconds are those of the processor, so
that other work on the machine changes the ratio little.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC
from functools import partial
from pathlib import Path

from bench.results import note
from data.store import Store
from queues.figures.grouping import By, Grouped
from queues.figures.reporting import Period, reports
from tests.database import database
from tui.demo.demo_month import DAY

SIZE = 100_000
_MONTHS = 36
_MONTH = 1_200
"""Tickets of the rehearsed month."""
_SCAN = "SELECT id, action, ticket_id, at, actor, kind, detail FROM event"
_QUESTIONS: tuple[tuple[str, int, tuple[Grouped, ...]], ...] = (
    ("7 days", 7, (By.ALL,)),
    ("7 days, as tridesk report draws it", 7, (By.ALL, By.DAY, By.AGE)),
    ("7 days by agent, with its plots", 7, (By.AGENT, (By.AGENT, By.DAY), (By.AGENT, By.AGE))),
    ("7 days by lane", 7, (By.LANE,)),
    ("30 days", 30, (By.ALL,)),
    ("365 days", 365, (By.ALL,)),
)


def make_store(path: Path, size: int) -> None:
    """Rehearse a month and copy it: whole into the last month, else what is settled."""
    command = [
        sys.executable,
        "-m",
        "tui",
        "demo",
        "--worked",
        "--tickets",
        str(_MONTH),
        "--keep",
        str(path),
        "--no-ui",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    store = Store.open(path)
    db, whole = database(store), store.tickets.newest()
    fields = [column.name for column in db["ticket"].columns if column.name not in ("id", "created_at")]
    db.execute("PRAGMA cache_size = -500000")  # half a gigabyte: the copies go into every index
    copy = made = 0
    while made < size - whole:
        copy += 1
        back = copy % _MONTHS
        given = {"offset": copy * whole, "back": back * 30 * DAY, "most": whole,
                 "all": back == 0, "room": size - whole - made}  # fmt: skip
        with store.write(bulk=True):
            made += db.execute(
                f"""INSERT INTO ticket (id, created_at, {", ".join(fields)})
                    SELECT id + :offset, created_at - :back, {", ".join(fields)} FROM ticket
                    WHERE id <= :most AND (:all OR status IN ('solved', 'closed')) ORDER BY id LIMIT :room""",
                given,
            ).rowcount
            db.execute(
                """INSERT INTO event (action, ticket_id, at, actor, kind, detail)
                    SELECT action, ticket_id + :offset, at - :back, actor, kind, detail FROM event
                    WHERE ticket_id <= :most AND ticket_id + :offset IN (SELECT id FROM ticket WHERE id > :offset)
                    ORDER BY id""",
                given,
            )
    with store.write(bulk=True):
        db.execute("DELETE FROM lane_count")
        db.execute("INSERT INTO lane_count SELECT lane, status, count(*) FROM ticket GROUP BY lane, status")
    store.close()


def seconds(work: Callable[[], object]) -> float:
    """Return the time of the faster of two runs."""
    taken = []
    for _ in range(2):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def measure(path: Path) -> None:
    """Print each report's seconds and how many raw scans that is."""
    store = Store.open(path, create=False)
    db = database(store)
    newest, events, tickets = (db.execute(f"SELECT {of}").fetchone()[0] for of in (
        "max(at) FROM event", "count(*) FROM event", "count(*) FROM ticket"))  # fmt: skip
    print(f"{tickets:,} tickets, {events:,} events")
    for name, days, groupings in _QUESTIONS:
        period = Period(newest + 1 - days * DAY, newest + 1)
        scan = seconds(lambda: sum(1 for _ in db.execute(_SCAN)))
        took = seconds(partial(reports, store, period, groupings, UTC))
        note(f"report, {name}", "tridesk", took, "s CPU", tickets)
        note(f"report, {name}", "a scan of all events", scan, "s CPU", tickets)
        print(f"{name:36} {took:7.2f} s  raw scan {scan:6.2f} s  {took / scan:6.2f} scans")
    store.close()


def main(given: str = "") -> None:
    if given and not given.isdecimal():
        measure(Path(given))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        make_store(path, int(given or SIZE))
        measure(path)


if __name__ == "__main__":
    main(*sys.argv[1:2])
