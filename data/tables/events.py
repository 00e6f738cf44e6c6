"""Events: the append-only record of who did what to which ticket, when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from data.records.changes import Event
from data.tables.event_chain import Verdict, append, verify
from data.tables.messages import IS_REPLY

NO_TICKET = 0
"""The ticket of an event that is about none, such as the beginning of a shift."""
_SELECT = "SELECT id, action, ticket_id, at, actor, kind, detail FROM event "
_KEPT = "action NOT IN (SELECT id FROM action WHERE state IN ('undone', 'dropped'))"
"""Actions that were not undone, whether or not they can still be redone."""
_STANDS = """NOT EXISTS (SELECT 1 FROM action WHERE action.id = event.action AND state IN ('undone', 'dropped'))"""
"""The same for a few events."""
_WORK = "kind IN ('reply', 'note', 'change', 'step')"
"""The kinds of events by which an agent works on a ticket, as the index `event_work` has them."""
_WHOLE = "action NOT IN (SELECT id FROM action WHERE state = 'partly undone')"
"""Nothing of the event's action was undone: its change of status counts."""
_MOVED = """ticket_id IN (SELECT id FROM ticket WHERE status NOT IN ('solved', 'closed', 'history')
    UNION SELECT ticket_id FROM event WHERE at >= :since)"""

Told = tuple[int, str, str, str, int]
"""An event where many are read: moment, actor, kind, its detail as JSON, and 1 if its change of status counts.

Once an action was undone in part, what it did to the status is undone; a reply that had left is not."""


class Restoring(NamedTuple):
    """The event of a restore: its number, and when it was in seconds since 1970; both 0 if there was none."""

    id: int
    at: int


class Events:
    """Appends and reads events through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, action: int, ticket_id: int, at: int, actor: str, kind: str, detail: Mapping[str, Any]) -> None:
        """Append one event. Detail holds names and numbers, never a message's text."""
        append(self._db, action, ticket_id, at, actor, kind, json.dumps(dict(detail), ensure_ascii=False))

    def verify(self, anchors: Mapping[int, bytes] | None = None) -> Verdict:
        """Check that no event was changed or removed; `anchors` are links known from backups, by event number."""
        return verify(self._db, anchors)

    def of(self, ticket_id: int, limit: int = 200) -> list[Event]:
        """Return a ticket's newest events, oldest first."""
        rows = self._db.execute(_SELECT + "WHERE ticket_id = ? ORDER BY id DESC LIMIT ?", (ticket_id, limit))
        return [_event(row) for row in rows][::-1]

    def each(self, *, start: int = 0) -> Iterator[Event]:
        """Yield every event by number, from `start` on."""
        for row in self._db.execute(_SELECT + "WHERE id >= ? ORDER BY id", (start,)):
            yield _event(row)

    def work(self, since: int, until: int, *, agent: str | None = None) -> Iterator[tuple[int, int, str]]:
        """Yield ticket, moment and agent of what agents did in a time, in order of both, less what was undone."""
        sql = f"""SELECT ticket_id, at, actor FROM event WHERE at >= :since AND at < :until AND {_WORK} AND {_KEPT}
            {"" if agent is None else "AND actor = :agent"} ORDER BY at, actor, action, ticket_id"""
        yield from self._db.execute(sql, {"since": since, "until": until, "agent": agent})

    def work_on(self, ticket_id: int, until: int) -> list[tuple[int, str]]:
        """Return when which agent worked on a ticket, without what was undone."""
        sql = f"SELECT DISTINCT at, actor FROM event WHERE ticket_id = ? AND at < ? AND {_WORK} AND {_STANDS}"
        return self._db.execute(sql, (ticket_id, until)).fetchall()

    def lives(self, until: int, *, since: int | None = None) -> Iterator[tuple[int, list[Told]]]:
        """Yield each ticket's number, in order, with its events before `until`, in chronological order.

        What was undone is left out. With `since`, so are tickets that were solved or closed before then and rest,
        unless they are so few that looking for them costs more than reading them.
        """
        among = "" if since is None or self._mostly_waiting() else f"AND {_MOVED}"
        sql = f"""SELECT ticket_id, at, actor, kind, detail, {_WHOLE} FROM event
            WHERE +at < :until AND ticket_id > 0 AND {_KEPT} {among} ORDER BY ticket_id, at, id"""  # + : by ticket
        number, events = 0, list[Told]()
        for ticket_id, *event in self._db.execute(sql, {"until": until, "since": since}):
            if ticket_id != number:
                if events:
                    yield number, events
                number, events = ticket_id, []
            events.append(tuple(event))
        if events:
            yield number, events

    def _mostly_waiting(self) -> bool:
        sql = "SELECT total(n * (status NOT IN ('solved', 'closed', 'history'))) > total(n) / 2 FROM lane_count"
        return bool(self._db.execute(sql).fetchone()[0])

    def life(self, ticket_id: int, until: int) -> list[Told]:
        """Return one ticket's events before `until`, in chronological order, without what was undone."""
        sql = f"""SELECT at, actor, kind, detail, NOT EXISTS (SELECT 1 FROM action
                WHERE action.id = event.action AND state = 'partly undone') FROM event
            WHERE ticket_id = ? AND at < ? AND {_STANDS} ORDER BY at, id"""
        return self._db.execute(sql, (ticket_id, until)).fetchall()

    def of_kinds(self, ticket_id: int, kinds: Sequence[str]) -> list[Event]:
        """Return a ticket's events of these kinds, oldest first, less those that were undone."""
        where = f"WHERE ticket_id = ? AND kind IN (SELECT value FROM json_each(?)) AND {_STANDS} ORDER BY id"
        return [_event(row) for row in self._db.execute(_SELECT + where, (ticket_id, json.dumps(list(kinds))))]

    def in_period(self, kinds: Sequence[str], since: int, until: int) -> list[Event]:
        """Return a period's events of these kinds by number, less those that were undone."""
        where = f"WHERE at >= ? AND at < ? AND kind IN (SELECT value FROM json_each(?)) AND {_KEPT} ORDER BY id"
        return [_event(row) for row in self._db.execute(_SELECT + where, (since, until, json.dumps(list(kinds))))]

    def by(self, actor: str, after: int, upto: int) -> list[Event]:
        """Return what one actor did after event `after`, up to event `upto`, oldest first."""
        rows = self._db.execute(_SELECT + "WHERE id > ? AND id <= ? AND actor = ? ORDER BY id", (after, upto, actor))
        return [_event(row) for row in rows]

    def last_of(self, actors: Collection[str]) -> dict[str, int]:
        """Return when each actor last did anything, looked for among the newest 20,000 events."""
        sql = """SELECT actor, max(at) FROM event WHERE id > (SELECT max(id) FROM event) - 20000
            AND actor IN (SELECT value FROM json_each(?)) GROUP BY actor"""
        return dict(self._db.execute(sql, (json.dumps(list(actors)),)))

    def of_agent(self, agent: str, after: int, upto: int) -> set[int]:
        """Return the tickets with news after event `after`, up to event `upto`, that may count for an agent.

        The agent did something to them, has them, or wrote to their customer, here or elsewhere.
        """
        sql = f"""SELECT DISTINCT ticket_id FROM event e WHERE id > :after AND id <= :upto AND ticket_id > 0
            AND (actor = :agent OR EXISTS (SELECT 1 FROM ticket t WHERE t.id = e.ticket_id AND t.assignee = :agent)
                OR EXISTS (SELECT 1 FROM message m WHERE m.ticket_id = e.ticket_id AND {IS_REPLY}
                    AND coalesce(nullif(m.from_name, ''), m.from_address) = :agent))"""
        return {row[0] for row in self._db.execute(sql, {"agent": agent, "after": after, "upto": upto})}

    def touching(self, ticket_ids: Collection[int], after: int, upto: int) -> set[int]:
        """Return which of these tickets anything happened to after event `after`, up to event `upto`."""
        sql = """SELECT DISTINCT ticket_id FROM event WHERE id > ? AND id <= ?
            AND ticket_id IN (SELECT value FROM json_each(?))"""
        return {row[0] for row in self._db.execute(sql, (after, upto, json.dumps(list(ticket_ids))))}

    def newest(self) -> int:
        """Return the number of the newest event, 0 if there is none."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0])

    def last_restored(self) -> Restoring:
        """Return when the file was last restored or salvaged."""
        sql = """SELECT id, at FROM event WHERE ticket_id = 0 AND kind IN ('restored', 'salvaged')
            ORDER BY id DESC LIMIT 1"""
        row = self._db.execute(sql).fetchone()
        return Restoring(*row) if row else Restoring(0, 0)

    def after(self, number: int, limit: int) -> list[Event]:
        """Return the events after this number, oldest first."""
        return [_event(row) for row in self._db.execute(_SELECT + "WHERE id > ? ORDER BY id LIMIT ?", (number, limit))]


def _event(row: tuple[Any, ...]) -> Event:
    return Event(row[0], row[1], row[2], row[3], row[4], row[5], json.loads(row[6]))
