"""Works on a desk file whose writes fail, end the program, or are recorded; preloaded with `faulty_files.c`.

    file_worker fail FOLDER ERROR STAYS FIRST EVERY    the n-th operation fails, n = FIRST, FIRST + EVERY, ...
    file_worker kill FOLDER FIRST EVERY                the program is killed there
    file_worker upgrade FOLDER FIRST EVERY             the same while the file of an older tridesk is opened
    file_worker record FOLDER                          writes all operations to FOLDER/../record

Each line that it writes is JSON: for each n what was acknowledged, refused, and what is wrong with the file afterwards.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from data.errors import DeskError, StoreError
from data.migrations.version import NEWEST
from data.records.changes import Change
from data.records.messages import Direction, FormDraft
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.outgoing.outbox import deliver_due, recover
from tests.queues.crash_worker import RULES, Attempts, mail

MOST = 5_000
_FAULTS = ctypes.CDLL(None)


def fault_at(folder: Path, n: int, error: int, *, stays: bool = False) -> None:
    _FAULTS.fault_at(str(folder).encode(), ctypes.c_long(n), error, int(stays))


def desk_at(path: Path) -> Desk:
    return Desk(Store.open(path), clock=lambda: 10_000, rules=RULES, agent="agent")


def steps(path: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the steps of a day's work by name."""
    desk = desk_at(path)
    senders = {"post": Attempts(path.parent.parent / "attempts")}
    yield "received", lambda: desk.receive([replace(mail(3), text="y" * 20_000)])
    yield "draft", lambda: desk.save_draft(1, "a draft " * 500, revision=0)
    yield "form", lambda: desk.save_form_draft(FormDraft(2, "x@y.example", "Subject", "a form"))
    yield "reply", lambda: desk.act([2], Change(reply="Hello", status=Status.SOLVED))
    yield "undone", lambda: desk.undo()
    yield "replied", lambda: desk.act([2], Change(reply="Hello again", status=Status.SOLVED))
    yield "sent", lambda: deliver_due(desk.store, senders, 20_000)
    yield "tagged", lambda: desk.act([1], Change(add_tags=("late",)))


def work(path: Path, acknowledge: Callable[[str], object]) -> None:
    """Take every step that can be taken; refusals must be sentences."""
    for name, step in steps(path):
        try:
            step()
        except DeskError as error:
            acknowledge(f"-{name} {error.title}")
        else:
            acknowledge(f"+{name}")


def wrong(path: Path, done: set[str]) -> list[str]:
    """Return what is wrong with a file in which these steps were acknowledged."""
    problems: list[str] = []
    store = Store.open(path)
    try:
        problems += store.check()
        mails = [message.text for message in store.messages.each() if message.direction is Direction.IN]
        if len(mails) < 2 or ("received" in done and "y" * 20_000 not in mails):
            problems.append("a mail is lost")
        draft = store.drafts.get(1)
        if "draft" in done and (draft is None or draft.text != "a draft " * 500):
            problems.append("the draft is lost")
        form = store.form_drafts.newest(2)
        if "form" in done and (form is None or form.text != "a form"):
            problems.append("the draft of a form is lost")
        ours = [message.text for message in store.messages.of(2) if message.direction is Direction.OUT]
        if "replied" in done and "Hello again" not in "".join(ours):
            problems.append("a reply is lost")
        if "undone" in done and "replied" not in done and ours and "Hello again" not in "".join(ours):
            problems.append("what was undone is back")
        rows = store._connection.execute("SELECT state FROM outbox WHERE state <> 'recalled'").fetchall()
        if len(ours) != len(rows):
            problems.append(f"{len(ours)} replies, {len(rows)} in the outbox")
        # a commit whose sync failed was refused, and is in the log all the same if the program ends right then
        if {"sent", "replied"} <= done and set(rows) - {("sent",)}:
            problems.append(f"a reply that left is {rows}")
        senders = {"post": Attempts(path.parent.parent / "attempts")}
        recover(store, senders)
        deliver_due(store, senders, 30_000)
        attempted = [file.read_text() for file in sorted((path.parent.parent / "attempts").iterdir())]
        if len(attempted) != len(set(attempted)):
            problems.append("a reply was sent twice")
    finally:
        store.close()
    return problems


def fresh(base: Path) -> Path:
    """Return a copy of the base to work in; nothing was sent from it yet."""
    folder = base.with_name("run")
    for old in (folder, base.with_name("attempts")):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(base, folder)
    return folder


def once(base: Path, n: int, error: int, *, stays: bool) -> bool:
    """Work on a copy of the desk with the n-th operation failing; return whether that operation was reached."""
    folder = fresh(base)
    path = folder / "desk.db"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            fault_at(folder, n, error, stays=stays)
            work(path, lambda said: os.write(writing, f"{said}\n".encode()))
            os.write(writing, f"={_FAULTS.fault_count()}\n".encode())
        except StoreError as error_at_open:
            os.write(writing, f"-open {error_at_open.title}\n".encode())
            os.write(writing, f"={_FAULTS.fault_count()}\n".encode())
        except BaseException:
            os.write(writing, f"!{traceback.format_exc().splitlines()[-1]}\n".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as lines:
        said = lines.read().splitlines()
    os.waitpid(child, 0)
    done = {line[1:] for line in said if line.startswith("+")}
    reached = not any(line.startswith("=") and int(line[1:]) < n for line in said)
    refused = [line[1:] for line in said if line.startswith("-")]
    crashed = [line[1:] for line in said if line.startswith("!")]
    tell(n=n, reached=reached, done=sorted(done), refused=refused, wrong=crashed + wrong(path, done))
    return reached


def upgraded(base: Path, n: int) -> bool:
    """Open a copy of an older desk and be killed at the n-th operation; return whether that was reached."""
    folder = fresh(base)
    path = folder / "desk.db"
    child = os.fork()
    if child == 0:
        fault_at(folder, n, 0)
        Store.open(path)
        os._exit(0 if _FAULTS.fault_count() < n else 3)
    reached = os.waitpid(child, 0)[1] != 0
    with closing(sqlite3.connect(path)) as raw:
        version = raw.execute("PRAGMA user_version").fetchone()[0]
        tickets = raw.execute("SELECT count(*) FROM ticket").fetchone()[0]
        problems = [line for (line,) in raw.execute("PRAGMA integrity_check") if line != "ok"]
    store = Store.open(path)
    problems += store.check()
    shape = sorted(row[0] for row in store._connection.execute("SELECT sql FROM sqlite_master WHERE sql <> ''"))
    if len(list(store.tickets.each())) != tickets:
        problems.append("a ticket is lost")
    store.close()
    tell(n=n, reached=reached, version=version, newest=NEWEST, shape=hash(tuple(shape)), wrong=problems)
    return reached


def prepare(base: Path) -> None:
    """Make the desk that each run works on a copy of."""
    base.mkdir()
    desk = desk_at(base / "desk.db")
    desk.receive([mail(1), mail(2)])
    desk.store.close()


def record(base: Path) -> None:
    """Work once, every operation recorded, acknowledgements too: they are writes to a file of their own."""
    folder, log = fresh(base), os.open(base.with_name("record"), os.O_CREAT | os.O_WRONLY, 0o600)
    acks = os.open(folder / "acks", os.O_CREAT | os.O_WRONLY, 0o600)
    _FAULTS.fault_record(str(folder).encode(), log)
    for turn in range(3):
        if turn:
            store = Store.open(folder / "desk.db")
            store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            store.close()
        else:
            work(folder / "desk.db", lambda said: os.write(acks, f"{said}\n".encode()))
    os._exit(0)


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main(mode: str, folder: str, *rest: str) -> None:
    base = Path(folder)
    if mode == "record":
        record(base)
    first, every = (int(rest[-2]), int(rest[-1]))
    for n in range(first, MOST, every):
        if mode == "upgrade":
            reached = upgraded(base, n)
        else:
            reached = once(base, n, int(rest[0]) if mode == "fail" else 0, stays=mode == "fail" and rest[1] == "1")
        if not reached:
            return
    raise AssertionError("the run never passed")


if __name__ == "__main__":
    main(*sys.argv[1:])
