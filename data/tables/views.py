"""The SQL of a lane's views: which tickets, in which order, and the index that reads a page of them by key.

SQLite's planner knows nothing of how many tickets are where; so each view names its index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data.records.tickets import ACTIVE, View

IS_ACTIVE = "t.status IN ('new', 'open')"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a view's rows come from and what orders them: the columns are in the order of the index."""

    source: str
    order: tuple[str, ...]
    where: tuple[str, ...]


def plan(view: View) -> Plan:
    """Return how a view is read. The conditions that the index does not hold are checked row by row."""
    conditions = tuple(
        f"t.{name} = :{name}" for name in ("status", "assignee", "language") if getattr(view, name) is not None
    )
    if view.found:
        return Plan("ticket t", ("t.sort_due", "t.id"), ("t.lane = :lane",))
    if view.everything:
        return Plan("ticket t", ("-t.id",), ("t.lane = :lane",))
    if view.tag is not None:
        # place is the ticket's number, negative: newest first
        source = "ticket_tag g CROSS JOIN ticket t ON t.id = -g.place"
        return Plan(source, ("g.place",), ("g.lane = :lane", "g.tag = :tag", *conditions))
    if view.status is not None and view.status not in ACTIVE:
        conditions += ("t.lane = :lane", "t.status NOT IN ('new', 'open')")
        if view.since is not None:
            # a ticket was last changed when it was solved, or later: what the index holds comes close
            conditions += ("-t.updated_at <= -:since", "t.solved_at >= :since")
        return Plan("ticket t INDEXED BY ticket_rest", ("-t.updated_at", "t.id"), conditions)
    if view.order != "due" and view.assignee is view.language is None:
        oldest = view.order == "oldest"
        source = f"ticket t INDEXED BY ticket_{'oldest' if oldest else 'newest'}"
        return Plan(source, ("t.id" if oldest else "-t.id",), (*conditions, "t.lane = :lane", IS_ACTIVE))
    index = "lane" if view.assignee is view.language is None else "language" if view.assignee is None else "assignee"
    conditions += ("t.lane = :lane", IS_ACTIVE)
    return Plan(f"ticket t INDEXED BY ticket_{index}", ("t.sort_due", "t.id"), conditions)


def page(
    row: str,
    lane: str,
    view: View,
    start: tuple[int, int] | None,
    *,
    backwards: bool,
    inclusive: bool,
    limit: int,
    among: Sequence[int] | None,
) -> tuple[str, dict[str, Any]]:
    """Return the SQL of a page and its values; `row` selects the columns, with places for `order` and `source`."""
    planned = plan(view)
    source, where = planned.source, list(planned.where)
    given: dict[str, Any] = {
        "lane": lane,
        "limit": limit,
        "status": view.status,
        "assignee": view.assignee,
        "language": view.language,
        "tag": view.tag,
        "since": view.since,
    }
    if start is not None:
        sign = ("<" if backwards else ">") + ("=" if inclusive else "")
        marks = (":order", ":id")[: len(planned.order)]
        where.append(f"({', '.join(planned.order)}) {sign} ({', '.join(marks)})")
        # said twice, because an index on an expression is not searched by the pair
        where.append(f"{planned.order[0]} {sign[0]}= :order")
        given |= {"order": start[0], "id": start[1]}
    if among is not None:
        # few against a whole lane: here the numbers lead, not the lane's index
        source = source.split(" INDEXED BY ")[0]
        where.append("t.id IN (SELECT value FROM json_each(:among))")
        given["among"] = json.dumps(list(among))
    way = " DESC" if backwards else " ASC"
    ordered = ", ".join(column + way for column in planned.order)
    selected = row.format(order=planned.order[0], source=source)
    return f"{selected}WHERE {' AND '.join(where)} ORDER BY {ordered} LIMIT :limit", given


def values(column: str) -> str:
    """Return the SQL that lists what a lane's index holds of `language` or `tag`, hopping from value to value."""
    source, condition = (
        ("ticket_tag t", "t.lane = :lane")
        if column == "tag"
        else ("ticket t INDEXED BY ticket_language", f"t.lane = :lane AND {IS_ACTIVE}")
    )
    return f"""WITH RECURSIVE held(value) AS (
        SELECT (SELECT min(t.{column}) FROM {source} WHERE {condition})
        UNION ALL SELECT (SELECT min(t.{column}) FROM {source} WHERE {condition} AND t.{column} > held.value)
            FROM held WHERE held.value IS NOT NULL)
        SELECT value FROM held WHERE value IS NOT NULL LIMIT :limit"""
