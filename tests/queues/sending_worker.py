"""Sends what waits in a desk file, and ends itself without warning at the n-th step; one line in, one line out.

Every command is carried out by a child process, so that what takes long to load is loaded once.
"""

from __future__ import annotations

import json
import os
import signal
import smtplib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from data.store import Store
from queues.accounts.mail_account import Account, complete
from queues.accounts.providers import Server
from queues.connectors.email import EmailConnector
from queues.outgoing.outbox import deliver_due

STEPS = [(smtplib.SMTP, "send"), (smtplib.SMTP, "getreply"), (smtplib.SMTP, "connect")]


def deadly(owner: Any, name: str, step: Callable[[], None]) -> None:
    """Have a method count a step before it begins and after it ends."""
    real = getattr(owner, name)

    def counted(*args: Any, **kwargs: Any) -> Any:
        step()
        found = real(*args, **kwargs)
        step()
        return found

    setattr(owner, name, counted)


def send(job: dict[str, Any]) -> None:
    """Send everything that is due; die at step `kill` (0: never)."""
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1
        if taken == job["kill"]:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS:
        deadly(owner, name, step)
    write = Store.write

    @contextmanager
    def stepped(self: Store, *, bulk: bool = False) -> Iterator[None]:
        step()
        with write(self, bulk=bulk):
            yield
            step()  # before the commit
        step()

    Store.write = stepped  # type: ignore[method-assign]
    server = Server("localhost", job["port"])
    account = Account("support", "support@desk.example", imap=server, smtp=server, ca_file=job["ca"], per_minute=10**6)
    connector = EmailConnector(complete(account), lambda account: "secret")
    store = Store.open(Path(job["path"]))
    with store.write():
        store.outbox.doubt_all([connector.name])
    while deliver_due(store, {connector.name: connector}, 10_000).sent:
        continue
    connector.rest()


def main() -> None:
    for line in sys.stdin:
        job: dict[str, Any] = msgspec.json.decode(line)
        child = os.fork()
        if child == 0:
            send(job)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"killed": os.WIFSIGNALED(status), "code": status}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
