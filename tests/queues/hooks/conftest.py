"""A desk with one hook, by a clock that is set by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data.records.customers import Customer
from data.records.hooks import Delivery, DeliveryState
from data.records.tickets import Ticket
from data.store import Store
from queues.accounts.secrets import Keyed
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.ground.teams import Team
from queues.hooks.deliver import Deliverer
from queues.hooks.hook import ALL, Hook
from queues.hooks.plan import Planner
from queues.routing.rules import Rules
from tests.queues.mails import START, Clock, mail
from tests.servers.hook_receiver import SECRET, HookReceiver, hook_receiver

UNDO = 10
LIVE = frozenset({"post"})
RULES = DeskRules(routing=Rules(()), undo_seconds=UNDO, teams=(Team("Security", "security@x.example"),))


class HookedDesk:
    """A desk, and what its hook is to be told."""

    def __init__(self, path: Path, rules: DeskRules = RULES) -> None:
        self.clock = Clock()
        self.store = Store.open(path)
        self.desk = Desk(self.store, clock=self.clock, rules=rules, agent="Ann")
        self.told: list[str] = []

    def planner(self, **settings: Any) -> Planner:
        hook = Hook(**{"name": "board", "events": (ALL,), "command": ("true",), **settings})
        planner = Planner(self.store, hook, LIVE, UNDO)
        planner.begin(self.clock.now)
        return planner

    def deliverer(self, **settings: Any) -> Deliverer:
        hook = Hook(**{"name": "board", "events": (ALL,), **settings})
        deliverer = Deliverer(
            self.store, hook, live=LIVE, undo_seconds=UNDO, body=body, secrets=secret, clock=self.clock,
            tell=self.told.append,
        )  # fmt: skip
        deliverer.begin()
        return deliverer

    def ticket(self, **more: Any) -> int:
        (filed,) = self.desk.receive([mail(**more)])
        return filed.ticket_id

    def later(self, seconds: int = UNDO) -> None:
        self.clock.now += seconds

    def planned(self, hook: str = "board") -> list[Delivery]:
        return self.store.hooks.listed(hook=hook, everything=True, limit=10_000)[::-1]

    def types(self) -> list[str]:
        """Return what is planned and not taken back, in order."""
        return [item.type for item in self.planned() if item.state is not DeliveryState.TAKEN_BACK]

    def run(self, deliverer: Deliverer) -> None:
        """Let the hook work until there is nothing to do now."""
        while deliverer.work():
            pass


def body(delivery: Delivery, ticket: Ticket | None, customer: Customer | None) -> bytes:
    values = {"id": delivery.webhook_id, "type": delivery.type, "data": dict(delivery.facts) | {"ticket": ticket.id}}  # type: ignore[union-attr]
    return json.dumps(values).encode()


def secret(hook: Keyed) -> str:
    return SECRET


@pytest.fixture
def hooked(tmp_path: Path) -> Iterator[HookedDesk]:
    hooked = HookedDesk(tmp_path / "desk.db")
    assert hooked.clock.now == START
    yield hooked
    hooked.store.close()


@pytest.fixture
def make_hooked(tmp_path: Path) -> Callable[[DeskRules], HookedDesk]:
    return lambda rules: HookedDesk(tmp_path / "other.db", rules)


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    with hook_receiver() as receiver:
        yield receiver
