"""What importing mails costs: mails a second, processor time of both processes, statements a mail.

`python -m bench.intake [MAILS]` writes an mbox of demo texts and imports it into a new desk. With notmuch installed,
the same mails as a Maildir are indexed by it in the same run.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench.results import note
from data.demo import many
from data.store import Store
from queues.connectors.files import messages_of
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.helper.client import Helper
from queues.intake.take_in import take_in
from queues.mail.letter import write
from queues.mail.letter_fields import Letter, Person
from queues.routing.rules import default_rules
from tests.database import database
from tui.cli.mbox_writing import quoted

MAILS = 3_000
NOW = 1_790_000_000


def write_mails(folder: Path, amount: int) -> Path:
    """Write an mbox, and the same mails as a Maildir beside it."""
    for name in ("cur", "new", "tmp"):
        (folder / "mail" / name).mkdir(parents=True)
    path = folder / "mails.mbox"
    with path.open("wb") as mbox:
        for message in many(amount, 1):
            letter = Letter(
                message.subject,
                NOW + message.at,
                message.text,
                Person(message.name, message.address),
                Person("", "help@desk.example"),
                message_id=f"<{message.number}@bench.example>",
            )
            raw = write(letter).replace(b"\r\n", b"\n")
            (folder / "mail" / "cur" / f"{message.number}:2,").write_bytes(raw)
            mbox.write(b"From x@bench.example Mon Nov  3 10:00:00 2025\n" + quoted(raw) + b"\n")
    return path


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds by the clock, and of the processor, of this process and of those that have ended in it."""

    def cpu() -> float:
        return sum(
            usage.ru_utime + usage.ru_stime
            for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )

    wall, before = time.perf_counter(), cpu()
    work()
    return time.perf_counter() - wall, cpu() - before


def import_into(path: Path, mbox: Path, statements: Counter[str]) -> None:
    """Import an mbox into a new desk, and count the statements by their first word."""
    store = Store.open(path)
    database(store).conn.set_trace_callback(lambda sql: statements.update([sql.split(None, 1)[0].upper()]))
    desk = Desk(store, clock=lambda: NOW, rules=DeskRules(routing=default_rules()))
    with Helper() as helper:
        take_in(messages_of([mbox]), desk=desk, helper=helper, connector="files", clock=lambda: NOW)
    store.close()


def index(folder: Path) -> None:
    """Let notmuch index the Maildir."""
    config = folder / "notmuch.config"
    config.write_text(
        f"[database]\npath={folder / 'mail'}\n[user]\nname=x\nprimary_email=x@bench.example\n[new]\ntags=inbox;unread\n"
    )
    subprocess.run(
        ["notmuch", "new", "--quiet"], check=True, capture_output=True, env=os.environ | {"NOTMUCH_CONFIG": str(config)}
    )


def main(given: str = "") -> None:
    amount = int(given or MAILS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mbox = write_mails(folder, amount)
        counts: Counter[str] = Counter()
        rows = {"tridesk import": measured(lambda: import_into(folder / "desk.db", mbox, counts))}
        if shutil.which("notmuch"):
            rows["notmuch new"] = measured(lambda: index(folder))
        for name, (wall, cpu) in rows.items():
            note("take in a mail", name, cpu / amount * 1000, "ms CPU", amount)
            note("take in mails", name, amount / wall, "a second", amount)
            print(f"{name:16} {amount / wall:7,.0f} mails/s  {cpu / amount * 1000:6.2f} ms CPU a mail")
        note("take in a mail", "tridesk import", sum(counts.values()) / amount, "statements", amount)
        print(f"{sum(counts.values()) / amount:.1f} statements a mail")


if __name__ == "__main__":
    main(*sys.argv[1:2])
