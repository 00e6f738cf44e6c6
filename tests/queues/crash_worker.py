"""Does one kind of work without end and tells each finished step on a line, until it is killed."""

from __future__ import annotations

import itertools
import json
import sys
from dataclasses import replace
from pathlib import Path

from data.records.changes import Change, NewTicket
from data.records.escalations import Escalation
from data.records.forwards import Forward
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxEntry
from data.records.promises import Promise
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.teams import Team
from queues.outgoing.outbox import deliver_due
from queues.routing.rules import Rules

RULES = DeskRules(routing=Rules(()), undo_seconds=0, teams=(Team("Security", "security@x.example"),))
WHOLE = Change(
    reply="Hello",
    status=Status.SOLVED,
    add_tags=("whole",),
    escalate=Escalation("Security", "taken over"),
    promise=Promise("news", 9_000),
)
"""Everything that one action can do to a ticket."""


class Attempts:
    """Writes down each reply that it is handed, durably, before it answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def send(self, entry: OutboxEntry) -> None:
        number = len(list(self.folder.iterdir()))
        (self.folder / f"{number:06}").write_text(entry.message_id)

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def mail(number: int) -> Incoming:
    text = f"message {number}"
    return Incoming(
        connector="post", source="test", raw_sha256=text, kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"a{number % 50}@x.example", subject=f"Subject {number}", text=text, new_text=text, at=None,
    )  # fmt: skip


def type_without_end(desk: Desk, folder: Path) -> None:
    desk.receive([mail(1)])
    revision = 0
    for length in itertools.count(1):
        revision = desk.save_draft(1, "x" * length, revision=revision).revision
        tell(revision=revision, length=length)


def send_without_end(desk: Desk, folder: Path) -> None:
    senders = {"post": Attempts(folder / "attempts")}
    for number in itertools.count(1):
        (filed,) = desk.receive([mail(number)])
        desk.act([filed.ticket_id], Change(reply="Hello", status=Status.SOLVED))
        tell(queued=True, ticket=filed.ticket_id)
        if deliver_due(desk.store, senders, 10_000).sent:
            tell(sent=True, ticket=filed.ticket_id)


def file_four_hundred(desk: Desk, folder: Path) -> None:
    for start in range(0, 400, 3):
        desk.receive([mail(number) for number in range(start, min(400, start + 3))], bulk=True)
        tell(filed=min(400, start + 3))


def undo_without_end(desk: Desk, folder: Path) -> None:
    for number in itertools.count(1):
        (filed,) = desk.receive([mail(number)])
        desk.act([filed.ticket_id], WHOLE)
        tell(ticket=filed.ticket_id, done=True)
        desk.undo()
        tell(ticket=filed.ticket_id, done=False)
        if number % 2:
            desk.redo()
            tell(ticket=filed.ticket_id, done=True)


def join_without_end(desk: Desk, folder: Path) -> None:
    """Merge, split, move, forward and open tickets, deliver what is due, and take some of it back."""
    senders = {"post": Attempts(folder / "attempts")}
    for number in itertools.count(1, 3):
        items = [replace(mail(number + place), from_address="ana@x.example") for place in range(3)]
        one, two, three = (filed.ticket_id for filed in desk.receive(items))
        desk.act([one], Change(reply="Hello"))
        desk.save_draft(one, f"draft {number}", revision=0)
        tell(received=number + 2)
        desk.act([one], Change(merge_into=two))
        tell(merged=one, into=two)
        first = desk.store.messages.of(two)[0].id
        _, new = desk.act([two], Change(move=(first,))).ticket_ids
        tell(split=new)
        if number % 2:
            desk.undo()
            tell(split_back=new)
        second = next(one.id for one in desk.store.messages.of(two) if one.direction is not Direction.NOTE)
        desk.act([two], Change(move=(second,), move_to=three))
        desk.act([three], Change(forward=Forward("courier@y.example", "Look")))
        desk.open_ticket(NewTicket("lia@y.example", f"Order {number}", "Hello", language="en"))
        tell(opened=number)
        deliver_due(desk.store, senders, 10_000)
        tell(delivered=number)


def main(work: str, folder: Path) -> None:
    store = Store.open(folder / "desk.db")
    desk = Desk(store, clock=lambda: 5_000, rules=RULES)
    {
        "undo": undo_without_end,
        "type": type_without_end,
        "send": send_without_end,
        "file": file_four_hundred,
        "join": join_without_end,
    }[work](desk, folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
