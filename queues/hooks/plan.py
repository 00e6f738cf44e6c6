"""What a hook is to be told: read off the record of events, which is written in the transaction of each change.

An event is looked at once its undo window is over, so that nothing is told that was taken back at once. Nothing runs
on the way of a key: the record itself is the outbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from data.records.changes import Event
from data.records.hooks import Delivery, DeliveryState, Standing
from data.records.tickets import Ticket
from data.store import Store
from data.tables.events import NO_TICKET
from queues.connectors import demo
from queues.desk.imported_state import IMPORT
from queues.desk.recognisers.arrival import INTAKE
from queues.hooks.happenings import Happening, happenings
from queues.hooks.hook import UNDONE, Hook

BATCH = 200
"""Events of one transaction: the agent's own changes come in between."""
LOOK_SECONDS = 5
"""How often broken promises and refused replies are looked for."""
KEPT_DAYS = 30
"""How long deliveries that arrived are listed."""
_PURGE_SECONDS = 3600
_States = dict[int, tuple[str, str, bool]]
_UNDONE = frozenset({"undone", "dropped"})
_IN_PART = "partly undone"
_STUCK = {"failed": "reply.refused", "held": "reply.held", "in doubt": "reply.doubted"}
_CLOCKS = {"first_due": "first reply", "next_due": "next reply", "resolve_due": "resolution"}


@dataclass(frozen=True, slots=True)
class _Told:
    """Something to tell, and what its id is made of."""

    ticket: Ticket
    happening: Happening
    at: int
    actor: str
    event: int = 0
    source: str = ""


class Planner:
    """Turns what happened into deliveries of one hook, in the thread of its store."""

    def __init__(self, store: Store, hook: Hook, live: Collection[str], undo_seconds: int) -> None:
        """`live` are the connectors of the settings' accounts."""
        self._store, self._hook, self._live, self._undo = store, hook, live, undo_seconds
        self._looked_at, self._looked_upto, self._purged_at, self._seen = 0, 0, 0, 0
        self._ahead = (0, 0)
        """The newest event when one in the future was seen, and when that was."""

    def begin(self, now: int) -> Standing:
        """Let the hook begin if it never did, or take note of its new receiver; return how far it has come."""
        hooks, name = self._store.hooks, self._hook.name
        standing = hooks.get(name)
        if standing is not None and standing.target == self._hook.target:
            return standing
        with self._store.write():
            if hooks.get(name) is None:
                hooks.begin(name, self._hook.target, now)
                for trouble in self._stuck(now):
                    self._add(trouble, now, state=DeliveryState.BEFORE)
            else:
                hooks.retarget(name, self._hook.target, now)
        begun = hooks.get(name)
        assert begun is not None
        return begun

    def plan(self, now: int) -> bool:
        """Plan what is to be told by now; return whether there may be more."""
        standing = self.begin(now)
        upto = now - self._undo
        events = self._store.events.after(max(standing.event, self._seen), BATCH)
        ready = list(takewhile(lambda event: self._is_over(event, upto, now), events))
        looks = not standing.off and not self._looked_at <= now < self._looked_at + LOOK_SECONDS
        found = self._look(standing, upto, now) if looks else []
        if looks:
            self._looked_at = now
        if not ready and not found:
            self._looked_upto = upto if looks else self._looked_upto
            return False
        with self._store.write(bulk=True):  # what a power cut takes is planned again, under the same ids
            if self._store.hooks.get(self._hook.name) != standing:
                return True  # another process was faster
            planned = 0
            if not standing.off:
                planned = self._plan_events(ready, standing, now) + sum(self._add(told, now) for told in found)
            seen = ready[-1].id if ready else max(standing.event, self._seen)
            # written only with what is planned: each write has every window look again
            if planned or standing.off or seen - standing.event >= BATCH:
                self._store.hooks.advance(self._hook.name, seen, upto)
            if now >= self._purged_at + _PURGE_SECONDS:
                self._purged_at = now
                self._store.hooks.purge(now - KEPT_DAYS * 86_400)
        self._seen, self._looked_upto = seen, upto if looks else self._looked_upto
        return len(ready) == BATCH

    def _is_over(self, event: Event, upto: int, now: int) -> bool:
        """Return whether an event's undo window is over.

        That of an event in the future, by a clock that was ahead, begins when it is seen first.
        """
        if event.at <= now:
            return event.at <= upto
        if event.id > self._ahead[0]:
            self._ahead = (self._store.events.newest(), now)
        return not 0 <= now - self._ahead[1] < self._undo

    def _look(self, standing: Standing, upto: int, now: int) -> list[_Told]:
        """Return broken promises and refused replies that are not planned yet."""
        found = [*self._breaches(standing, upto), *self._stuck(now)]
        return [
            told
            for told in found
            if self._wants(told)
            and not self._store.hooks.is_planned(self._hook.name, told.happening.type, told.source, event=0)
        ]

    def _plan_events(self, events: Sequence[Event], standing: Standing, now: int) -> int:
        """Plan what the events mean; return how much that is."""
        planned = 0
        states = self._store.actions.states({event.action for event in events} | set(_turned(events)))
        for event in events:
            if event.ticket_id == NO_TICKET:
                continue
            ticket = self._store.tickets.get(event.ticket_id)
            if ticket is None:
                continue
            if event.kind == "undo":
                planned += self._plan_undo(event, ticket, states, now)
            elif event.kind == "redo":
                planned += self._plan_redo(event, ticket, states, now)
            elif (state := _state(states, event.action)) not in _UNDONE and not self._was_imported(event):
                meant = [*self._stopped(event, ticket, standing), *self._meant(event, ticket, state)]
                planned += sum(self._add(told, now) for told in meant)
        return planned

    def _was_imported(self, event: Event) -> bool:
        """Return whether an event is of an import: what came in then came by no account of the settings."""
        if event.kind == "rated" and event.actor == INTAKE:
            same = (other for other in self._store.events.of(event.ticket_id) if other.action == event.action)
            return not any(other.detail.get("connector") in self._live for other in same)
        came_in = event.actor == INTAKE and "connector" in event.detail
        return event.actor == IMPORT or (came_in and event.detail["connector"] not in self._live)

    def _meant(self, event: Event, ticket: Ticket, state: str, by: Event | None = None) -> Iterator[_Told]:
        """Yield what an event means, without what was undone of it; `by` is the event that brought it back."""
        mentioned = self._store.hooks.mentioned(event.ticket_id, event.at)
        cause = by or event
        for happening in happenings(event, mentioned):
            if happening.type == "ticket.reopened" and self._was_split_off(event):
                continue
            if state != _IN_PART or self._remains(happening.type, event):
                yield _Told(ticket, happening, cause.at, cause.actor, event=cause.id)

    def _was_split_off(self, event: Event) -> bool:
        """Return whether the event's action made the ticket out of another's messages: it begins closed."""
        if "moved_from" not in event.detail:
            return False
        return any(
            other.action == event.action and "split_from" in other.detail
            for other in self._store.events.of(event.ticket_id)
        )

    def _remains(self, kind: str, event: Event) -> bool:
        """Return whether this is what had been sent, and was left, when an action was undone in part."""
        if kind == "ticket.answered":
            return self._store.hooks.has_reply(event.action, event.ticket_id)
        return kind == "ticket.escalated" and self._store.hooks.has_escalation(event.ticket_id, event.at)

    def _plan_undo(self, event: Event, ticket: Ticket, states: _States, now: int) -> int:
        """Tell that what the hook was told of an action no longer holds; what was not tried yet is dropped."""
        action = int(event.detail["action"])
        state = _state(states, action)
        if state not in (*_UNDONE, _IN_PART):
            return 0  # redone since
        told, dropped = [], 0
        for delivery in self._was_told(ticket.id, action):
            cause = self._event(delivery)
            if state == _IN_PART and cause is not None and self._remains(delivery.type, cause):
                continue
            if self._store.hooks.take_back(delivery.id):
                dropped += 1
            else:
                told.append({"id": delivery.webhook_id, "type": delivery.type})
        if told:
            facts = {"undone": told, "by": event.actor}
            self._store.hooks.plan(
                self._hook.name, ticket.id, UNDONE, "", event=event.id, at=event.at, facts=facts, due_at=now
            )
        return dropped + bool(told)

    def _plan_redo(self, event: Event, ticket: Ticket, states: _States, now: int) -> int:
        """Tell once more what was undone and done again, unless the hook was never told that it was undone."""
        action = int(event.detail["action"])
        if _state(states, action) != "done" or self._was_told(ticket.id, action):
            return 0
        first = [other for other in self._store.events.of(ticket.id) if other.action == action]
        originals = (other for other in first if other.kind not in ("undo", "redo"))
        again = [told for original in originals for told in self._meant(original, ticket, "done", by=event)]
        return sum(self._add(told, now) for told in again)

    def _was_told(self, ticket_id: int, action: int) -> list[Delivery]:
        """Return what the hook was told of an action, or waits to be, and not yet that it was undone."""
        deliveries = self._store.hooks.of_action(self._hook.name, ticket_id, action)
        undone = max((delivery.id for delivery in deliveries if delivery.type == UNDONE), default=0)
        return [
            delivery for delivery in deliveries if delivery.id > undone and delivery.state != DeliveryState.TAKEN_BACK
        ]

    def _event(self, delivery: Delivery) -> Event | None:
        return next(iter(self._store.events.after(delivery.event - 1, 1)), None)

    def _stopped(self, event: Event, ticket: Ticket, standing: Standing) -> Iterator[_Told]:
        """Yield the clocks that had run out when an event stopped them: no one looked in between."""
        changed = event.detail.get("changed", {})
        for clock in _CLOCKS if isinstance(changed, dict) else ():
            due = changed.get(clock, [None])[0]
            if due is not None and due <= event.at:
                yield from self._breach(ticket, clock, due, standing)

    def _breaches(self, standing: Standing, upto: int) -> Iterator[_Told]:
        """Yield the clocks that have run out and still stand so."""
        since = max(standing.looked_at, self._looked_upto)
        changed_since = since - self._undo - LOOK_SECONDS
        for number, clock, due in list(self._store.hooks.broken_clocks(since, upto, changed_since=changed_since)):
            ticket = self._store.tickets.get(number)
            if ticket is not None:
                yield from self._breach(ticket, clock, due, standing)

    def _breach(self, ticket: Ticket, clock: str, due: int, standing: Standing) -> Iterator[_Told]:
        """Yield a clock that ran out after the hook began; of an imported ticket, after the import too."""
        got_at, connector = self._store.hooks.origin(ticket.id)
        if due > max(standing.began_at, 0 if connector in self._live else got_at):
            happening = Happening("ticket.breached", {"clock": _CLOCKS[clock], "due": due})
            yield _Told(ticket, happening, due, "clock", source=f"{ticket.id} {clock} {due}")

    def _stuck(self, now: int) -> Iterator[_Told]:
        """Yield the replies that an agent has to decide about."""
        for number, ticket_id, became, reason, due_at in list(self._store.hooks.stuck_replies()):
            ticket = self._store.tickets.get(ticket_id)
            if ticket is not None:
                happening = Happening(_STUCK[became], {"reply": number, "reason": reason})
                yield _Told(ticket, happening, now, "clock", source=f"{number} {became} {due_at}")

    def _wants(self, told: _Told) -> bool:
        ticket = told.ticket
        return ticket.connector != demo.NAME and self._hook.wants(told.happening.type, ticket.lane, ticket.tags)

    def _add(self, told: _Told, now: int, *, state: DeliveryState = DeliveryState.WAITING) -> bool:
        """Plan one thing; return whether it was not planned before."""
        if not self._wants(told):
            return False
        facts: dict[str, Any] = {**told.happening.facts, "by": told.actor}
        return self._store.hooks.plan(
            self._hook.name, told.ticket.id, told.happening.type, told.source, event=told.event, at=told.at,
            facts=facts, due_at=now, state=state,
        )  # fmt: skip


def _turned(events: Sequence[Event]) -> Iterator[int]:
    """Yield the actions that undo and redo were about."""
    return (int(event.detail["action"]) for event in events if event.kind in ("undo", "redo"))


def _state(states: _States, action: int) -> str:
    """Return the state of an action; one that is not there was never undone."""
    return states.get(action, ("", "done", False))[1]
