"""Changes tickets and delivers to a hook without end, and tells each finished step, until it is killed."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from pathlib import Path

from data.records.changes import Change
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.hooks.deliver import Deliverer
from queues.hooks.hook import Hook
from tests.queues.hooks.conftest import LIVE, RULES, body, secret
from tests.queues.mails import START, mail


def main(path: Path, url: str) -> None:
    store = Store.open(path)
    desk = Desk(store, clock=lambda: START, rules=replace(RULES, undo_seconds=0), agent="Ann")
    hook = Hook(name="board", events=("ticket.received", "ticket.solved"), url=url)
    deliverer = Deliverer(
        store, hook, live=LIVE, undo_seconds=0, body=body, secrets=secret, clock=lambda: START, tell=lambda text: None
    )
    deliverer.begin()
    run = sys.argv[3]
    for number in itertools.count(1):
        items = [
            replace(mail(sender=f"a{run}-{number}-{place}@x.example"), raw_sha256=f"{run}-{number}-{place}",
                    message_id=f"<{run}-{number}-{place}@x.example>") for place in range(5)
        ]  # fmt: skip
        tickets = [filed.ticket_id for filed in desk.receive(items)]
        desk.act(tickets, Change(status=Status.SOLVED))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        while deliverer.work():
            pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
