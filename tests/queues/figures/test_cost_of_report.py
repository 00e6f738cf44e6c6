"""What a report reads: the events of its period, whatever came before."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC
from pathlib import Path

from data.store import Store
from queues.figures.grouping import By
from queues.figures.reporting import Period, reports
from tests.data.desks import fill
from tests.database import database

_WHOLE = ("SCAN event", "SCAN action USING COVERING INDEX action_actor", "SCAN message", "SCAN ticket\n")


def test_a_report_reads_no_table_whole(tmp_path: Path) -> None:
    fill(tmp_path / "desk.db", 5)
    with closing(Store.open(tmp_path / "desk.db")) as store:
        with store.write():
            # most are settled: only then is it worth looking for those that are not
            database(store).execute("UPDATE lane_count SET status = 'solved'")
        statements: list[str] = []
        connection = database(store).conn
        connection.set_trace_callback(statements.append)
        reports(store, Period(0, 100), [By.ALL, By.DAY, By.LANE], UTC)
        connection.set_trace_callback(None)
        plans = [
            "".join(f"{row[3]}\n" for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}"))
            for sql in statements
            if sql.lstrip().startswith("SELECT")
        ]
    assert any("event_at" in plan for plan in plans)
    assert [plan for plan in plans if any(whole in plan for whole in _WHOLE)] == []
