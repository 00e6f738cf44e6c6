"""Hooks: how far each has come in the events, and its deliveries, each with an id that never changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from hashlib import blake2b
from typing import Any

from data.records.hooks import Delivery, DeliveryState, Standing
from data.tables.event_chain import START
from data.tables.mentions import MOST_NAMES

_STANDING = """SELECT name, target, event, began_at, looked_at, failures, paused_until, off, result, result_at
    FROM hook """
_DELIVERY = """SELECT id, hook, ticket_id, webhook_id, type, event, at, facts, state, due_at, attempts, tried_at, result
    FROM hook_delivery d """
_FREE = """state = 'waiting' AND due_at <= :now AND leased_until <= :now AND NOT EXISTS (SELECT 1 FROM hook_delivery e
    WHERE e.ticket_id = d.ticket_id AND e.hook = d.hook AND e.id < d.id AND e.state = 'waiting')"""
"""Deliveries that may be tried: of a ticket only the first, so that a ticket's events arrive in their order."""
STUCK = "('failed', 'held', 'in doubt')"
"""The states of replies that an agent has to decide about."""
CLOCKS = ("first_due", "next_due", "resolve_due")


class Hooks:
    """Reads and writes hooks through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, name: str) -> Standing | None:
        """Return how far a hook has come, None if it never began."""
        row = self._db.execute(_STANDING + "WHERE name = ?", (name,)).fetchone()
        return Standing(*row) if row else None

    def begin(self, name: str, target: str, now: int) -> None:
        """Let a hook begin: what happens from now on is told."""
        sql = """INSERT INTO hook (name, target, event, began_at, looked_at)
            VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM event), ?, ?)"""
        self._db.execute(sql, (name, target, now, now))

    def retarget(self, name: str, target: str, now: int) -> None:
        """Let a hook deliver to somewhere else from now on, at once, whatever became of the place before."""
        sql = "UPDATE hook SET target = ?, off = '', failures = 0, paused_until = 0 WHERE name = ?"
        self._db.execute(sql, (target, name))
        sql = "UPDATE hook_delivery SET due_at = ? WHERE hook = ? AND state = 'waiting' AND due_at > ?"
        self._db.execute(sql, (now, name, now))

    def advance(self, name: str, event: int, looked_at: int) -> None:
        """Note up to which event, and up to when, a hook has seen what happened."""
        self._db.execute("UPDATE hook SET event = ?, looked_at = ? WHERE name = ?", (event, looked_at, name))

    def note(self, name: str, result: str, at: int, *, failures: int, paused_until: int) -> None:
        """Note what came of the last attempt, and until when no other is made."""
        sql = "UPDATE hook SET result = ?, result_at = ?, failures = ?, paused_until = ? WHERE name = ?"
        self._db.execute(sql, (result, at, failures, paused_until, name))

    def turn_off(self, name: str, why: str) -> int:
        """Deliver nothing any more, and give up what waits; return how much that was."""
        self._db.execute("UPDATE hook SET off = ? WHERE name = ?", (why, name))
        sql = "UPDATE hook_delivery SET state = 'given up', result = ? WHERE hook = ? AND state = 'waiting'"
        return self._db.execute(sql, (why, name)).rowcount

    def turn_on(self, name: str) -> None:
        """Deliver at once, whatever came of earlier attempts."""
        self._db.execute("UPDATE hook SET off = '', failures = 0, paused_until = 0 WHERE name = ?", (name,))

    def forget(self, names: Collection[str]) -> int:
        """Forget all hooks but these, and their deliveries; return how many hooks that were."""
        kept = json.dumps(list(names))
        self._db.execute("DELETE FROM hook_delivery WHERE hook NOT IN (SELECT value FROM json_each(?))", (kept,))
        sql = "DELETE FROM hook WHERE name NOT IN (SELECT value FROM json_each(?))"
        return self._db.execute(sql, (kept,)).rowcount

    def strangers(self, names: Collection[str]) -> bool:
        """Return whether there are hooks besides these."""
        sql = "SELECT 1 FROM hook WHERE name NOT IN (SELECT value FROM json_each(?)) LIMIT 1"
        return self._db.execute(sql, (json.dumps(list(names)),)).fetchone() is not None

    def _seal(self, event: int) -> str:
        """Return what no other event of any desk has, for ids that are the same each time they are made.

        Without an event, that of the file's first.
        """
        where = "WHERE id = ?" if event else "WHERE id = (SELECT min(id) FROM event) OR ?"
        row = self._db.execute(f"SELECT link FROM event {where}", (event,)).fetchone()
        return bytes(row[0] if row else START).hex()

    def _id(self, hook: str, kind: str, source: str, event: int) -> str:
        digest = blake2b(f"{self._seal(event)}\0{hook}\0{kind}\0{source}".encode(), digest_size=16).hexdigest()
        return f"msg_{digest}"

    def is_planned(self, hook: str, kind: str, source: str, *, event: int) -> bool:
        """Return whether there is a delivery of this type that comes from `source`."""
        sql = "SELECT 1 FROM hook_delivery WHERE hook = ? AND webhook_id = ?"
        return self._db.execute(sql, (hook, self._id(hook, kind, source, event))).fetchone() is not None

    def plan(
        self, hook: str, ticket_id: int, kind: str, source: str, *, event: int, at: int, facts: dict[str, Any],
        due_at: int, state: DeliveryState = DeliveryState.WAITING,
    ) -> bool:  # fmt: skip
        """Add a delivery of this type unless it is there; `source` is where it comes from. Return whether it is new."""
        sql = """INSERT OR IGNORE INTO hook_delivery
            (hook, ticket_id, webhook_id, type, event, at, facts, state, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
        values = (hook, ticket_id, self._id(hook, kind, source, event), kind, event, at,
                  json.dumps(facts, ensure_ascii=False), state, due_at)  # fmt: skip
        return self._db.execute(sql, values).rowcount == 1

    def is_due(self, hook: str, now: int) -> bool:
        """Return whether a delivery may be tried now."""
        sql = f"SELECT 1 FROM hook_delivery d WHERE hook = :hook AND {_FREE} LIMIT 1"
        return self._db.execute(sql, {"hook": hook, "now": now}).fetchone() is not None

    def take(self, hook: str, now: int, until: int, limit: int) -> list[Delivery]:
        """Lease the deliveries that may be tried now: no other process takes them before `until`."""
        sql = f"{_DELIVERY} WHERE hook = :hook AND {_FREE} ORDER BY due_at, id LIMIT :limit"
        given = {"hook": hook, "now": now, "limit": limit}
        taken = [_delivery(row) for row in self._db.execute(sql, given).fetchall()]
        ids = json.dumps([delivery.id for delivery in taken])
        self._db.execute(
            "UPDATE hook_delivery SET leased_until = ? WHERE id IN (SELECT value FROM json_each(?))", (until, ids)
        )
        return taken

    def give_back(self, ids: Collection[int]) -> None:
        """End the lease of deliveries that were not tried."""
        sql = "UPDATE hook_delivery SET leased_until = 0 WHERE id IN (SELECT value FROM json_each(?))"
        self._db.execute(sql, (json.dumps(list(ids)),))

    def end_leases(self, hook: str) -> None:
        """End the leases of a process that is gone: whoever calls this is the only one that delivers."""
        sql = "UPDATE hook_delivery SET leased_until = 0 WHERE hook = ? AND state = 'waiting' AND leased_until > 0"
        self._db.execute(sql, (hook,))

    def settle(self, number: int, state: DeliveryState, result: str, *, at: int, due_at: int) -> None:
        """Write what came of an attempt."""
        sql = """UPDATE hook_delivery SET state = ?, result = ?, tried_at = ?, due_at = ?, attempts = attempts + 1,
            leased_until = 0 WHERE id = ? AND state = 'waiting'"""
        self._db.execute(sql, (state, result, at, due_at, number))

    def take_back(self, number: int) -> bool:
        """Drop a delivery that was never tried; return whether it could be."""
        sql = """UPDATE hook_delivery SET state = 'taken back'
            WHERE id = ? AND state = 'waiting' AND attempts = 0 AND leased_until = 0"""
        return self._db.execute(sql, (number,)).rowcount == 1

    def retry(self, number: int, now: int) -> Delivery | None:
        """Try a delivery again at once, from the first attempt on; None if there is none, or nothing to try."""
        sql = """UPDATE hook_delivery SET state = 'waiting', due_at = ?, attempts = 0
            WHERE id = ? AND state IN ('waiting', 'given up')"""
        if not self._db.execute(sql, (now, number)).rowcount:
            return None
        return _delivery(self._db.execute(_DELIVERY + "WHERE id = ?", (number,)).fetchone())

    def of_action(self, hook: str, ticket_id: int, action: int) -> list[Delivery]:
        """Return what a hook was to be told of an action on a ticket, oldest first."""
        sql = f"""{_DELIVERY} WHERE ticket_id = ? AND hook = ? AND event IN (SELECT id FROM event WHERE action = ?
            AND event.ticket_id = d.ticket_id) ORDER BY id"""
        return [_delivery(row) for row in self._db.execute(sql, (ticket_id, hook, action))]

    def listed(self, *, hook: str | None, everything: bool, limit: int) -> list[Delivery]:
        """Return the newest deliveries, newest first; of those that arrived only with `everything`."""
        states = "state <> 'before'" if everything else "state IN ('waiting', 'given up')"
        sql = f"{_DELIVERY} WHERE {states} AND coalesce(:hook, hook) = hook ORDER BY id DESC LIMIT :limit"
        return [_delivery(row) for row in self._db.execute(sql, {"hook": hook, "limit": limit})]

    def counts(self) -> dict[tuple[str, DeliveryState], int]:
        """Return how many deliveries of each hook are in which state."""
        rows = self._db.execute("SELECT hook, state, count(*) FROM hook_delivery GROUP BY hook, state")
        return {(hook, DeliveryState(state)): n for hook, state, n in rows}

    def purge(self, before: int) -> None:
        """Forget what came to an end before a time; only what an event was the cause of cannot come again."""
        sql = "DELETE FROM hook_delivery WHERE state IN ('delivered', 'taken back') AND at < ? AND event > 0"
        self._db.execute(sql, (before,))

    def stuck_replies(self) -> Iterator[tuple[int, int, str, str, int]]:
        """Yield number, ticket, state, reason and due time of the replies that an agent has to decide about."""
        yield from self._db.execute(
            f"""SELECT id, ticket_id, state, reason, due_at FROM outbox
            WHERE state IN ('queued', 'sending', 'in doubt', 'failed', 'held') AND state IN {STUCK} ORDER BY id"""
        )

    def broken_clocks(self, since: int, upto: int, *, changed_since: int) -> Iterator[tuple[int, str, int]]:
        """Yield ticket, clock and moment of each promise that was broken after `since` and up to `upto`.

        Of tickets that changed after `changed_since`, whenever it was: their clocks may have been set back. Tickets
        that changed after `upto` are left for later.
        """
        sql = f"""SELECT id, updated_at, {", ".join(CLOCKS)} FROM ticket WHERE sort_due <= :upto
            AND sort_due < 9007199254740992 AND updated_at <= :upto ORDER BY id"""
        for number, updated_at, *dues in self._db.execute(sql, {"upto": upto}):
            for clock, due in zip(CLOCKS, dues, strict=True):
                if due is not None and due <= upto and (due > since or updated_at > changed_since):
                    yield number, clock, due

    def origin(self, ticket_id: int) -> tuple[int, str]:
        """Return when this desk got a ticket, and by which connector; 0 or empty if that is not known."""
        sql = """SELECT action.at, coalesce(json_extract(detail, '$.connector'), '')
            FROM event JOIN action ON action.id = event.action WHERE event.ticket_id = ? ORDER BY event.id LIMIT 1"""
        got_at, connector = self._db.execute(sql, (ticket_id,)).fetchone() or (0, "")
        return int(got_at), str(connector)

    def has_reply(self, action: int, ticket_id: int) -> bool:
        """Return whether the reply of an action was not recalled."""
        sql = "SELECT 1 FROM outbox WHERE action = ? AND ticket_id = ? AND state <> 'recalled' LIMIT 1"
        return self._db.execute(sql, (action, ticket_id)).fetchone() is not None

    def has_escalation(self, ticket_id: int, opened_at: int) -> bool:
        """Return whether an escalation that was opened then was not withdrawn."""
        sql = "SELECT 1 FROM escalation WHERE ticket_id = ? AND opened_at = ? AND state <> 'withdrawn' LIMIT 1"
        return self._db.execute(sql, (ticket_id, opened_at)).fetchone() is not None

    def mentioned(self, ticket_id: int, at: int) -> list[str]:
        """Return whom the notes of a ticket mention that were stored at this moment, as `mention` keeps names."""
        sql = """SELECT DISTINCT name FROM mention JOIN message ON message.id = mention.message_id
            WHERE message.ticket_id = ? AND message.received_at = ? AND message.withdrawn = 0 ORDER BY name LIMIT ?"""
        return [row[0] for row in self._db.execute(sql, (ticket_id, at, MOST_NAMES))]


def _delivery(row: tuple[Any, ...]) -> Delivery:
    values = list(row)
    values[7], values[8] = json.loads(row[7]), DeliveryState(row[8])
    return Delivery(*values)
