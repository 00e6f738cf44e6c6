"""Delivers what is planned for one hook: in order for each ticket, again after a failure, given up after the last try.

Each delivery has one id for good. It is marked as delivered once the receiver says so: what a crash cuts off is
delivered again, and the receiver drops what it has had.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from data.errors import DeskError
from data.protocols import Clock
from data.records.customers import Customer
from data.records.hooks import Delivery, DeliveryState, Standing
from data.records.tickets import Ticket
from data.store import Store
from queues.accounts.secrets import Secrets
from queues.hooks import run_command, webhook
from queues.hooks.hook import Hook
from queues.hooks.outcome import Outcome, Verdict
from queues.hooks.plan import Planner
from queues.hooks.signature import keys_of

RETRY_SECONDS = 30
"""The wait after the first failed attempt; it doubles with each further one."""
MOST_ATTEMPTS = 12
"""A delivery is given up after so many: the waits between them are 17 hours together."""
LONGEST_PAUSE = 900
"""Seconds for which a receiver that fails is left alone, unless it asks for more."""
_BATCH = 20
"""Deliveries that are leased together."""
_ROUND_SECONDS = 1.0
"""How long results may wait to be written."""
_LEASE_SECONDS = 60
"""How much longer than its attempts a lease lasts."""
FAILING = 3
"""So many failures in a row are reported."""

Body = Callable[[Delivery, Ticket | None, Customer | None], bytes]
"""Writes the JSON of a delivery."""


@dataclass(slots=True)
class _Round:
    """What one round found out."""

    results: list[tuple[Delivery, Outcome]] = field(default_factory=list)
    untried: list[Delivery] = field(default_factory=list)


class Deliverer:
    """Plans and delivers for one hook, in the thread of its store; one process at a time."""

    def __init__(
        self, store: Store, hook: Hook, *, live: Collection[str], undo_seconds: int, body: Body, secrets: Secrets,
        clock: Clock, tell: Callable[[str], object],
    ) -> None:  # fmt: skip
        """`live` are the connectors of the settings' accounts; `tell` gets messages for the agent."""
        self._store, self._hook, self._body, self._secrets = store, hook, body, secrets
        self._clock, self._tell = clock, tell
        self._planner = Planner(store, hook, live, undo_seconds)

    def begin(self) -> None:
        """Begin, after whatever ended the process before: its leases are void."""
        self._planner.begin(self._clock())
        with self._store.write():
            self._store.hooks.end_leases(self._hook.name)

    def work(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Plan and deliver what is due; return whether there may be more at once."""
        more = self._planner.plan(self._clock())
        now = self._clock()
        standing = self._planner.begin(now)
        if standing.off or now < standing.paused_until or not self._store.hooks.is_due(self._hook.name, now):
            return more
        self._deliver(standing, stopping)
        return True

    def _deliver(self, standing: Standing, stopping: Callable[[], bool]) -> None:
        """Lease what is due, try it, and write what came of it, until nothing is due or the receiver fails."""
        done = _Round()
        while True:
            now = self._clock()
            until = now + _LEASE_SECONDS + _BATCH * self._hook.timeout
            ends = stopping() or any(outcome.verdict not in _GOES_ON for _, outcome in done.results)
            gave_up = []
            with self._store.write(bulk=True):
                for delivery, outcome in done.results:
                    gave_up += self._settle(delivery, outcome, now)
                before, standing = standing, self._noted(standing, done.results, now)
                self._store.hooks.give_back([delivery.id for delivery in done.untried])
                taken = [] if ends else self._store.hooks.take(self._hook.name, now, until, _BATCH)
            self._report(gave_up, before, standing)
            if not taken:
                return
            done = self._tried(taken, stopping)

    def _tried(self, taken: list[Delivery], stopping: Callable[[], bool]) -> _Round:
        done, began = _Round(), time.monotonic()
        for position, delivery in enumerate(taken):
            if stopping() or time.monotonic() - began > _ROUND_SECONDS:
                done.untried = taken[position:]
                break
            outcome = self._attempt(delivery)
            if outcome.verdict is Verdict.UNTRIED:
                done.untried = taken[position:]
                done.results.append((delivery, outcome))
                break
            done.results.append((delivery, outcome))
            if outcome.verdict not in _GOES_ON:
                done.untried = taken[position + 1 :]
                break
        return done

    def _attempt(self, delivery: Delivery) -> Outcome:
        ticket = self._store.tickets.get(delivery.ticket_id)
        customer = self._store.customers.get(ticket.customer_id) if ticket is not None else None
        return attempt(
            self._hook, delivery.webhook_id, self._body(delivery, ticket, customer), self._secrets, self._clock()
        )

    def _settle(self, delivery: Delivery, outcome: Outcome, now: int) -> list[Delivery]:
        """Write what came of one attempt; return the delivery if it is given up."""
        if outcome.verdict is Verdict.UNTRIED:
            return []
        state, due = DeliveryState.DELIVERED, now
        if outcome.verdict is not Verdict.DELIVERED:
            last = delivery.attempts + 1 >= MOST_ATTEMPTS or outcome.verdict is Verdict.GONE
            state = DeliveryState.GIVEN_UP if last else DeliveryState.WAITING
            due = now + (RETRY_SECONDS << delivery.attempts)
        self._store.hooks.settle(delivery.id, state, outcome.sentence, at=now, due_at=due)
        return [delivery] if state is DeliveryState.GIVEN_UP else []

    def _noted(self, standing: Standing, results: list[tuple[Delivery, Outcome]], now: int) -> Standing:
        """Write what the attempts say of the receiver; return how the hook stands after them."""
        if not results:
            return standing
        outcome, failures, pause = results[-1][1], standing.failures, 0
        for _, each in results:
            failures = 0 if each.verdict is Verdict.DELIVERED else failures + 1
        if outcome.verdict in (Verdict.FAILING, Verdict.UNTRIED):
            pause = max(min(RETRY_SECONDS << min(failures - 1, 10), LONGEST_PAUSE), outcome.wait)
        if outcome.verdict is Verdict.GONE:
            self._store.hooks.turn_off(self._hook.name, outcome.sentence)
        self._store.hooks.note(self._hook.name, outcome.sentence, now, failures=failures, paused_until=now + pause)
        after = self._store.hooks.get(self._hook.name)
        return after if after is not None else standing

    def _report(self, gave_up: list[Delivery], before: Standing, standing: Standing) -> None:
        """Tell the agent what was given up, and that a receiver fails or is gone."""
        name = self._hook.name
        if standing.off and not before.off:
            hint = standing.off
            self._tell(
                f"The receiver of the hook {name} is gone; change its url, or `tridesk hooks retry --hook {name}` "
                f"tries again: {hint}"
            )
        elif gave_up:
            first, hint = gave_up[0], standing.result
            self._tell(
                f"Hook {name} gave up {first.type} of #{first.ticket_id} after {MOST_ATTEMPTS} attempts; "
                f"`tridesk hooks retry {first.id}` tries again: {hint}"
            )
        elif before.failures < FAILING <= standing.failures:
            self._tell(f"Hook {name} fails, and is tried again: {standing.result}")


_GOES_ON = frozenset({Verdict.DELIVERED, Verdict.REFUSED})
"""The next delivery may be tried at once."""


def attempt(hook: Hook, webhook_id: str, body: bytes, secrets: Secrets, now: int) -> Outcome:
    """Try to deliver the JSON once."""
    if hook.command:
        return run_command.run(hook.command, body, hook.timeout)
    try:
        return webhook.post(hook, webhook_id, body, keys_of(secrets(hook)), now)
    except DeskError as error:  # no secret, or a ca-file that cannot be read
        return Outcome(Verdict.UNTRIED, error.message.rstrip("."))
