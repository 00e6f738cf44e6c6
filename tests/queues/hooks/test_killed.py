"""Killed at any point, a hook delivers everything all the same; a receiver that drops doubles has each thing once."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.queues.hooks.conftest import HookedDesk
from tests.servers.hook_receiver import HookReceiver

WORKER = Path(__file__).with_name("hook_worker.py")


def test_killed_while_the_receiver_has_it(hooked: HookedDesk, receiver: HookReceiver) -> None:
    """The receiver took it and the desk never heard so: it is sent again under the same id."""
    receiver.hold.clear()
    with _worker(hooked.store.path, receiver.url, 1) as worker:
        try:
            receiver.wait(300)
        finally:
            worker.kill()
    receiver.hold.set()
    _finish(hooked, receiver, seconds=20)  # the lease of the one that is gone lasts longer, and is void
    first = receiver.requests[0]
    assert [request.id for request in receiver.requests].count(first.id) == 2
    assert {request.raw for request in receiver.requests if request.id == first.id} == {first.raw}


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_anywhere_nothing_is_lost_and_nothing_comes_under_two_ids(
    hooked: HookedDesk, receiver: HookReceiver, seed: int
) -> None:
    chance = random.Random(seed)
    for run in range(3):
        with _worker(hooked.store.path, receiver.url, run) as worker:
            try:
                for _ in range(chance.randint(1, 12)):
                    receiver.wait(300)
            finally:
                worker.kill()
    _finish(hooked, receiver)


def _worker(path: Path, url: str, run: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.queues.hooks.hook_worker", str(path), url, str(run)],
                            stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[3])  # fmt: skip


def _finish(hooked: HookedDesk, receiver: HookReceiver, *, seconds: int = 100_000) -> None:
    """Deliver the rest, and compare what came with what is in the desk."""
    deliverer = hooked.deliverer(url=receiver.url, events=("ticket.received", "ticket.solved"))
    hooked.later(seconds)
    hooked.run(deliverer)
    hooked.run(deliverer)
    came = [(request.body["data"]["ticket"], request.body["type"]) for request in receiver.taken()]
    solved = {ticket.id for ticket in hooked.store.tickets.each(limit=10_000) if ticket.status == "solved"}
    everyone = {ticket.id for ticket in hooked.store.tickets.each(limit=10_000)}
    assert sorted(came) == sorted([(n, "ticket.received") for n in everyone] + [(n, "ticket.solved") for n in solved])
    for number in solved:
        assert [kind for ticket, kind in came if ticket == number] == ["ticket.received", "ticket.solved"]
    assert len(everyone) >= 5
