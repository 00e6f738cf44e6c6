"""Tickets and the lanes' order. Counts are kept with every write; nothing is counted to be shown."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from data.records.escalations import EscalationState
from data.records.tickets import ACTIVE, LaneCounts, LaneRow, Priority, Severity, Status, Ticket, View
from data.tables.views import IS_ACTIVE, page, values

WAITING = View()
NO_DUE = 2**53
"""The place in the order of a ticket that no clock runs for: after all others."""

_COLUMNS = tuple(field.name for field in fields(Ticket))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM ticket"
_INSERT = (
    f"INSERT INTO ticket ({', '.join(_COLUMNS)}, sort_due) VALUES ({', '.join(':' + c for c in _COLUMNS)}, :sort_due)"
)
_DUES = ("first_due", "next_due", "resolve_due")
_ROW = """SELECT t.id, t.subject, c.name, t.status, t.priority, t.severity, t.language,
    CASE WHEN t.sort_due < 9007199254740992 THEN t.sort_due END, t.updated_at, t.touches, t.assignee,
    EXISTS (SELECT 1 FROM draft d WHERE d.ticket_id = t.id), {order},
    (SELECT e.state FROM escalation e WHERE e.ticket_id = t.id AND e.state IN ('open', 'answered', 'returned')
        ORDER BY e.state = 'open', e.id DESC LIMIT 1),
    (SELECT min(e.due_at) FROM escalation e WHERE e.ticket_id = t.id AND e.state = 'open'),
    (SELECT l.problem_id FROM problem_link l WHERE l.ticket_id = t.id)
    FROM {source} JOIN customer c ON c.id = t.customer_id """
_PLAIN_ROW = _ROW.format(order="t.sort_due", source="ticket t")

_IN_TURN = f"""SELECT t.id, t.sort_due FROM ticket t INDEXED BY ticket_turn WHERE t.lane = :lane AND {IS_ACTIVE}
    AND coalesce(t.severity, '') = :severity AND t.priority = :priority AND t.sort_due >= :since AND t.sort_due < :until
    AND t.id NOT IN (SELECT value FROM json_each(:without)) ORDER BY t.sort_due, t.id LIMIT :limit"""

IS_COUNTED = "status <> 'history' AND merged_into IS NULL"
"""A ticket that the figures count: neither old mail that is not work, nor part of another ticket."""


class Tickets:
    """Reads and writes tickets through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, ticket_id: int) -> Ticket | None:
        """Return the ticket, or None if there is none of this number."""
        row = self._db.execute(_SELECT + " WHERE id = ?", (ticket_id,)).fetchone()
        return _ticket(row) if row else None

    def kept(self, ticket_id: int) -> int:
        """Return the ticket that has this ticket's messages: itself, or what it was merged into in the end."""
        sql = """WITH RECURSIVE way(id, step) AS (SELECT :ticket, 0 UNION ALL
                SELECT ticket.merged_into, way.step + 1 FROM way JOIN ticket USING (id)
                WHERE ticket.merged_into IS NOT NULL AND way.step < 100)
            SELECT id FROM way ORDER BY step DESC LIMIT 1"""
        return int(self._db.execute(sql, {"ticket": ticket_id}).fetchone()[0])

    def holds_merged(self, ticket_id: int) -> bool:
        """Return whether another ticket was merged into this one."""
        sql = "SELECT EXISTS (SELECT 1 FROM ticket WHERE merged_into = ?)"
        return bool(self._db.execute(sql, (ticket_id,)).fetchone()[0])

    def each(
        self, *, lane: str | None = None, status: Status | None = None, start: int = 0, limit: int = -1
    ) -> Iterable[Ticket]:
        """Yield tickets by number, from `start` on, for exports and lists."""
        where, given = ["id >= :start"], {"start": start, "lane": lane, "status": status, "limit": limit}
        where += [f"{name} = :{name}" for name in ("lane", "status") if given[name] is not None]
        for row in self._db.execute(f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY id LIMIT :limit", given):
            yield _ticket(row)

    def lanes_of(self, ticket_ids: Collection[int]) -> dict[int, str]:
        """Return the lane of each ticket."""
        sql = "SELECT id, lane FROM ticket WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._db.execute(sql, (json.dumps(list(ticket_ids)),)))

    def assigned(self, agent: str) -> list[int]:
        """Return the active tickets of an agent."""
        sql = f"""SELECT t.id FROM ticket t WHERE t.lane IN (SELECT lane FROM lane_count) AND t.assignee = ?
            AND {IS_ACTIVE}"""
        return [row[0] for row in self._db.execute(sql, (agent,))]

    def created(self, ticket_ids: Collection[int]) -> dict[int, int]:
        """Return when each of these tickets was opened, without history and without those merged into others."""
        sql = f"SELECT id, created_at FROM ticket WHERE id IN (SELECT value FROM json_each(?)) AND {IS_COUNTED}"
        return dict(self._db.execute(sql, (json.dumps(list(ticket_ids)),)))

    def facts(self) -> Iterator[tuple[int, str, str, str]]:
        """Yield every ticket's number, lane, language and topic, by number: what figures are grouped by."""
        yield from self._db.execute("SELECT id, lane, language, topic FROM ticket ORDER BY id")

    def facts_of(self, ticket_ids: Collection[int]) -> Iterator[tuple[int, tuple[str, str, str]]]:
        """Yield lane, language and topic of these tickets."""
        sql = "SELECT id, lane, language, topic FROM ticket WHERE id IN (SELECT value FROM json_each(?))"
        for number, *facts in self._db.execute(sql, (json.dumps(list(ticket_ids)),)):
            yield number, (facts[0], facts[1], facts[2])

    def newest(self) -> int:
        """Return the highest number of a ticket, 0 if there is none."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM ticket").fetchone()[0])

    def unsettled(self, after: int, limit: int) -> list[Ticket]:
        """Return tickets that are not done with, nor history, by number, from the one after `after` on."""
        sql = f"{_SELECT} WHERE id > ? AND status NOT IN ('solved', 'closed', 'history') ORDER BY id LIMIT ?"
        return [_ticket(row) for row in self._db.execute(sql, (after, limit))]

    def row(self, ticket_id: int) -> LaneRow | None:
        """Return what a list shows of one ticket, whatever its status."""
        result = self._db.execute(_PLAIN_ROW + "WHERE t.id = ?", (ticket_id,)).fetchone()
        return _row(result) if result else None

    def page(
        self,
        lane: str,
        start: tuple[int, int] | None = None,
        *,
        backwards: bool = False,
        inclusive: bool = False,
        limit: int = 50,
        among: Sequence[int] | None = None,
        view: View = WAITING,
    ) -> list[LaneRow]:
        """Return a view of a lane in its order, from the key `start` on (or up to it, backwards).

        The default view is the active tickets, most urgent first; `among` keeps only these numbers of it.
        """
        sql, given = page(_ROW, lane, view, start, backwards=backwards, inclusive=inclusive, limit=limit, among=among)
        rows = [_row(row) for row in self._db.execute(sql, given)]
        return rows[::-1] if backwards else rows

    def rows(self, ticket_ids: Collection[int]) -> list[LaneRow]:
        """Return what a list shows of these tickets, by number, whatever their status."""
        sql = _PLAIN_ROW + "WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY t.id"
        return [_row(row) for row in self._db.execute(sql, (json.dumps(list(ticket_ids)),))]

    def in_turn(
        self, lane: str, severity: str, priority: Priority, since: int, until: int, *, without: str, limit: int
    ) -> list[tuple[int, int | None]]:
        """Return number and clock of a lane's active tickets of one severity and priority, the earliest clock first.

        Their clocks run out from `since` on, before `until`; those without a clock are at the end. `without` are
        numbers that are left out, as JSON.
        """
        given = {"lane": lane, "severity": severity, "priority": priority, "since": since, "until": until}
        rows = self._db.execute(_IN_TURN, given | {"without": without, "limit": limit})
        return [(number, due if due < NO_DUE else None) for number, due in rows]

    def values(self, lane: str, column: str, limit: int = 100) -> list[str]:
        """Return the languages of a lane's active tickets (`language`), or the tags of all its tickets (`tag`)."""
        return [row[0] for row in self._db.execute(values(column), {"lane": lane, "limit": limit})]

    def in_hand(self, statuses: Collection[Status]) -> Iterator[tuple[str, Status, int, int | None]]:
        """Yield each agent's tickets of these statuses: agent, status, how many, and when their first clock runs out.

        Tickets of no agent are counted under the empty name.
        """
        sql = """SELECT assignee, status, count(*), min(sort_due) FROM ticket INDEXED BY ticket_of_status
            WHERE status IN (SELECT value FROM json_each(?)) AND merged_into IS NULL GROUP BY assignee, status"""
        for agent, status, count, due in self._db.execute(sql, (json.dumps([str(status) for status in statuses]),)):
            yield agent, Status(status), count, due if due < NO_DUE else None

    def unassigned(self, lane: str) -> tuple[int, int | None]:
        """Return how many active tickets of a lane no agent has, and when the oldest of them came."""
        sql = f"""SELECT count(*), min(t.created_at) FROM ticket t INDEXED BY ticket_assignee
            WHERE t.lane = ? AND t.assignee = '' AND {IS_ACTIVE}"""
        row = self._db.execute(sql, (lane,)).fetchone()
        return row[0], row[1]

    def free(self, limit: int) -> list[int]:
        """Return the first active tickets of all lanes that no agent has, the most urgent clock first."""
        sql = f"""SELECT t.id FROM ticket t WHERE t.assignee = '' AND {IS_ACTIVE} AND t.merged_into IS NULL
            ORDER BY t.sort_due, t.id LIMIT ?"""
        return [row[0] for row in self._db.execute(sql, (limit,))]

    def loads(self) -> dict[str, int]:
        """Return how many new and open tickets each agent has."""
        counts: dict[str, int] = {}
        for agent, _, count, _ in self.in_hand(ACTIVE):
            counts[agent] = counts.get(agent, 0) + count
        counts.pop("", None)
        return counts

    def of_others(self, names: Collection[str]) -> list[int]:
        """Return the active tickets that agents of other names have, but for those of severity S0 and S1."""
        sql = f"""SELECT t.id FROM ticket t WHERE {IS_ACTIVE} AND t.assignee <> ''
            AND t.assignee NOT IN (SELECT value FROM json_each(?)) AND coalesce(t.severity, '') NOT IN ('S0', 'S1')"""
        return [row[0] for row in self._db.execute(sql, (json.dumps(sorted(names)),))]

    def counts(self) -> dict[str, LaneCounts]:
        """Return every lane's counts by status."""
        by_lane: dict[str, dict[Status, int]] = {}
        for lane, status, n in self._db.execute("SELECT lane, status, n FROM lane_count"):
            by_lane.setdefault(lane, {})[Status(status)] = n
        return {lane: LaneCounts(by_status) for lane, by_status in by_lane.items()}

    def suspended(self) -> int:
        """Return how many tickets of all lanes wait to be taken in."""
        sql = "SELECT total(n) FROM lane_count WHERE status = ?"
        return int(self._db.execute(sql, (Status.SUSPENDED,)).fetchone()[0])

    def breaching(self, lane: str, now: int, cap: int = 1000) -> int:
        """Return how many active tickets of the lane are past their clock, counted up to `cap`."""
        sql = (
            f"SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE t.lane = ? AND {IS_ACTIVE} AND t.sort_due < ? LIMIT ?)"
        )
        return int(self._db.execute(sql, (lane, now, cap)).fetchone()[0])

    def in_triage(self, lane: str, cap: int = 1000) -> int:
        """Return how many active tickets of the lane are of unknown language, counted up to `cap`."""
        where = f"t.lane = ? AND t.language = 'und' AND {IS_ACTIVE}"
        sql = f"SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE {where} LIMIT ?)"
        return int(self._db.execute(sql, (lane, cap)).fetchone()[0])

    def next_breach(self, lane: str, now: int, *, leaving: int | None = None) -> tuple[int, int] | None:
        """Return number and due time of the active ticket of the lane whose clock runs out next, `leaving` left out."""
        sql = f"""SELECT t.id, t.sort_due FROM ticket t WHERE t.lane = ? AND {IS_ACTIVE} AND t.sort_due >= ?
            AND t.sort_due < {NO_DUE} AND t.id IS NOT ? ORDER BY t.sort_due, t.id LIMIT 1"""
        row = self._db.execute(sql, (lane, now, leaving)).fetchone()
        return (row[0], row[1]) if row else None

    def due_between(self, lane: str, since: int, until: int, cap: int = 99) -> int:
        """Return how many active tickets' clocks run out from `since` up to `until`, counted up to `cap`."""
        sql = f"""SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE t.lane = ? AND {IS_ACTIVE}
            AND t.sort_due >= ? AND t.sort_due < ? LIMIT ?)"""
        return int(self._db.execute(sql, (lane, since, until, cap)).fetchone()[0])

    def of_customer(self, customer_id: int, limit: int = 20) -> list[LaneRow]:
        """Return a customer's tickets, newest first."""
        sql = _PLAIN_ROW + "WHERE t.customer_id = ? ORDER BY t.id DESC LIMIT ?"
        return [_row(row) for row in self._db.execute(sql, (customer_id, limit))]

    def to_wake(self, now: int, limit: int = 500) -> list[int]:
        """Return the snoozed tickets whose time has come."""
        sql = "SELECT id FROM ticket WHERE snoozed_until <= ? LIMIT ?"
        return [row[0] for row in self._db.execute(sql, (now, limit))]

    def by_external_ref(self, connector: str, external_ref: str) -> int | None:
        """Return the newest ticket that mirrors this one of a remote, or that we share with it."""
        sql = """SELECT id FROM ticket WHERE connector = :name AND external_ref = :ref UNION ALL
            SELECT ticket_id FROM shared_ticket WHERE connector = :name AND ref = :ref ORDER BY 1 DESC LIMIT 1"""
        row = self._db.execute(sql, {"name": connector, "ref": external_ref}).fetchone()
        return int(row[0]) if row else None

    def insert(self, ticket: Ticket) -> int:
        """Store a new ticket (its `id` 0: the store gives one) and return its number."""
        cursor = self._db.execute(_INSERT, _stored(ticket))
        number = int(cursor.lastrowid or ticket.id)
        self._count(ticket.lane, ticket.status, 1)
        self._tag(number, ticket.lane, ticket.tags)
        self._index_fields(number, {}, ticket.fields)
        return number

    def update(self, before: Ticket, changed: Mapping[str, Any]) -> bool:
        """Write the changed fields if the ticket is still at `before.version`; return whether it was."""
        after = {name: getattr(before, name) for name in _DUES} | dict(changed)
        dues = [after[name] for name in _DUES if after[name] is not None]
        values = {name: _plain(value) for name, value in changed.items()}
        values |= {"version": before.version + 1, "sort_due": min(dues) if dues else NO_DUE}
        names = ", ".join(f"{name} = :{name}" for name in values)
        sql = f"UPDATE ticket SET {names} WHERE id = :_id AND version = :_version"
        cursor = self._db.execute(sql, {**values, "_id": before.id, "_version": before.version})
        if cursor.rowcount != 1:
            return False
        lane, status = changed.get("lane", before.lane), changed.get("status", before.status)
        if (lane, status) != (before.lane, before.status):
            self._count(before.lane, before.status, -1)
            self._count(lane, status, 1)
        tags = changed.get("tags", before.tags)
        if (lane, tags) != (before.lane, before.tags):
            self._db.executemany(
                "DELETE FROM ticket_tag WHERE lane = ? AND tag = ? AND place = ?",
                [(before.lane, tag, -before.id) for tag in before.tags],
            )
            self._tag(before.id, lane, tags)
        self._index_fields(before.id, before.fields, changed.get("fields", before.fields))
        return True

    def _tag(self, ticket_id: int, lane: str, tags: Sequence[str]) -> None:
        if tags:
            rows = [(lane, tag, -ticket_id) for tag in tags]
            self._db.executemany("INSERT OR IGNORE INTO ticket_tag VALUES (?, ?, ?)", rows)

    def _index_fields(self, ticket_id: int, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Keep what the search finds tickets by: each value without its case."""
        if before == after:
            return
        self._db.execute("DELETE FROM ticket_field WHERE ticket_id = ?", (ticket_id,))
        rows = [(ticket_id, name, value.casefold()) for name, value in after.items()]
        self._db.executemany("INSERT INTO ticket_field VALUES (?, ?, ?)", rows)

    def _count(self, lane: str, status: Status, by: int) -> None:
        self._db.execute(
            "INSERT INTO lane_count VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", (lane, status, by)
        )


def _plain(value: Any) -> Any:
    """Turn a field's value into what the column holds."""
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False)
    return json.dumps(list(value), ensure_ascii=False) if isinstance(value, tuple) else value


def _stored(ticket: Ticket) -> dict[str, Any]:
    """Return the row of a ticket; number 0 becomes NULL, so that the store gives the next one."""
    row = {name: _plain(getattr(ticket, name)) for name in _COLUMNS}
    due = ticket.due_at
    return row | {"id": ticket.id or None, "sort_due": NO_DUE if due is None else due}


def _ticket(row: Sequence[Any]) -> Ticket:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["status"] = Status(values["status"])
    values["priority"] = Priority(values["priority"])
    values["severity"] = Severity(values["severity"]) if values["severity"] else None
    values["tags"] = tuple(json.loads(values["tags"]))
    values["fields"] = json.loads(values["fields"])
    values["waits"] = tuple(json.loads(values["waits"]))
    return Ticket(**values)


def _row(row: Sequence[Any]) -> LaneRow:
    severity = Severity(row[5]) if row[5] else None
    return LaneRow(
        row[0], row[1], row[2], Status(row[3]), Priority(row[4]), severity, row[6], row[7], row[8], row[9], row[10],
        bool(row[11]), row[12], EscalationState(row[13]) if row[13] else None, row[14], row[15],
    )  # fmt: skip
