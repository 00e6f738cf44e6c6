"""`kill -9` while typing, sending and filing mail: nothing lost, nothing doubled, the file sound."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.records.messages import Direction
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.outgoing.outbox import recover
from tests.database import database

WORKER = Path(__file__).parents[1].joinpath("crash_worker.py")
ROOT = Path(__file__).parents[3]


class Unknowing:
    """A connector that cannot tell what became of a reply."""

    def send(self, entry: OutboxEntry) -> None:
        raise AssertionError("nothing is sent when a desk recovers")

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


def run_and_kill(folder: Path, work: str, lines: int) -> list[dict[str, int]]:
    """Start the worker, kill it without warning once it has told `lines` things, return what it told."""
    with subprocess.Popen(
        [sys.executable, str(WORKER), work, str(folder)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        told = []
        for line in process.stdout:
            told.append(json.loads(line))
            if len(told) >= lines:
                process.send_signal(signal.SIGKILL)
                break
        # What was told between the last line read and the kill counts too: the worker saw it done.
        told += [json.loads(line) for line in process.stdout if line.endswith(b"\n")]
    return told


def points(work: str, n: int) -> list[int]:
    return [random.Random(f"{work}{turn}").randint(1, 120) for turn in range(n)]


def check_typing(folder: Path, lines: int) -> None:
    told = run_and_kill(folder, "type", lines)
    store = Store.open(folder / "desk.db")
    draft = store.drafts.get(1)
    assert draft is not None
    assert draft.revision >= told[-1]["revision"]
    # each save adds a letter and raises the revision by one
    assert len(draft.text) - told[-1]["length"] == draft.revision - told[-1]["revision"]
    assert store.check() == []


def check_sending(folder: Path, lines: int) -> None:
    told = run_and_kill(folder, "send", lines)
    store = Store.open(folder / "desk.db")
    recover(store, {"post": Unknowing()})
    attempted = [path.read_text() for path in sorted((folder / "attempts").iterdir())]
    assert len(attempted) == len(set(attempted)), "a reply was handed to the connector twice"
    queued = [one["ticket"] for one in told if one.get("queued")]
    states = dict(database(store).execute("SELECT ticket_id, state FROM outbox").fetchall())
    assert all(ticket in states for ticket in queued)
    assert OutboxState.SENDING not in states.values()
    sent = {ticket for ticket, state in states.items() if state == OutboxState.SENT}
    assert {one["ticket"] for one in told if one.get("sent")} <= sent
    assert store.check() == []


def check_filing(folder: Path, lines: int) -> None:
    told = run_and_kill(folder, "file", lines)
    # A second run is left to finish: it meets what the first one filed.
    rest = run_and_kill(folder, "file", 10_000)
    assert rest[-1]["filed"] == 400
    assert told[-1]["filed"] <= 400
    store = Store.open(folder / "desk.db")
    rows = database(store).execute("SELECT content_hash, count(*) FROM message GROUP BY 1").fetchall()
    assert len(rows) == 400
    assert {n for _, n in rows} == {1}
    counted = sum(sum(lane.by_status.values()) for lane in store.tickets.counts().values())
    assert counted == len(list(store.tickets.each()))
    assert store.check() == []


def check_undoing(folder: Path, lines: int) -> None:
    told = run_and_kill(folder, "undo", lines)
    store = Store.open(folder / "desk.db")
    recover(store, {})
    standing = {number: how_much_stands(store, number) for number in {one["ticket"] for one in told}}
    assert set(standing.values()) <= {(1, 1, 1, 1, 1, 2), (0, 0, 0, 0, 0, 0)}
    # of the last ticket, one more step may have been taken than was told
    latest = {one["ticket"]: bool(one["done"]) for one in told if one["ticket"] != told[-1]["ticket"]}
    assert {number: bool(standing[number][0]) for number in latest} == latest
    desk = Desk(store, clock=lambda: 5_000, rules=DeskRules(), agent="agent")
    if any(one[0] for one in standing.values()):
        number = desk.undo().ticket_ids[0]
        assert how_much_stands(store, number) == (0, 0, 0, 0, 0, 0)
    assert store.check() == []


def how_much_stands(store: Store, number: int) -> tuple[int, ...]:
    """Count what one action did to a ticket: status, tag, reply, child, promise, mails."""
    ticket = store.tickets.get(number)
    assert ticket is not None
    replies = [one for one in store.messages.of(number) if one.direction is Direction.OUT]
    db = database(store)
    promises = db.execute("SELECT count(*) FROM promise WHERE ticket_id = ? AND state = 'open'", [number]).fetchone()[0]
    mails = [one for one in store.outbox.waiting() if one.ticket_id == number]
    return (
        int(ticket.status is Status.SOLVED), len(ticket.tags), len(replies), len(store.escalations.of(number)),
        promises, len(mails),
    )  # fmt: skip


def check_joining(folder: Path, lines: int) -> None:
    told = run_and_kill(folder, "join", lines)
    store = Store.open(folder / "desk.db")
    recover(store, {"post": Unknowing()})
    attempted = [path.read_text() for path in sorted((folder / "attempts").iterdir())]
    assert len(attempted) == len(set(attempted)), "a mail was handed to the connector twice"
    db = database(store)
    incoming = [row[0] for row in db.execute("SELECT text FROM message WHERE direction = 'in'").fetchall()]
    assert len(incoming) == len(set(incoming))
    assert len(incoming) >= max((one["received"] for one in told if "received" in one), default=0)
    left = """SELECT count(*) FROM message JOIN ticket ON ticket.id = message.ticket_id
        WHERE ticket.merged_into IS NOT NULL AND direction <> 'note' AND withdrawn = 0"""
    assert db.execute(left).fetchone()[0] == 0, "a merged ticket still holds a message"
    astray = """SELECT count(*) FROM outbox WHERE NOT EXISTS (SELECT 1 FROM message
        WHERE message.message_id = outbox.message_id AND message.ticket_id = outbox.ticket_id)"""
    assert db.execute(astray).fetchone()[0] == 0, "a mail and its message are in different tickets"
    drafts = [draft.text for draft in store.drafts.all()]
    assert len(drafts) == len(set(drafts))
    counted = sum(sum(lane.by_status.values()) for lane in store.tickets.counts().values())
    assert counted == len(list(store.tickets.each()))
    assert store.check() == []


CHECKS = {
    "type": check_typing,
    "send": check_sending,
    "file": check_filing,
    "undo": check_undoing,
    "join": check_joining,
}


@pytest.mark.parametrize("work", CHECKS)
@pytest.mark.parametrize("turn", range(4))
def test_killed_at_some_points(tmp_path: Path, work: str, turn: int) -> None:
    CHECKS[work](tmp_path, points(work, 4)[turn])


@pytest.mark.faults
@pytest.mark.parametrize("work", CHECKS)
def test_killed_at_many_points(tmp_path: Path, work: str) -> None:
    for turn, lines in enumerate(points(work, 170)):
        folder = tmp_path / str(turn)
        folder.mkdir()
        CHECKS[work](folder, lines)
