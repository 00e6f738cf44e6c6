"""Views of a lane: what each shows, in which order, and that a page of it is read by its index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.migrations.version import NEWEST
from data.records.customers import Customer
from data.records.tickets import Lane, Priority, Status, Ticket, View
from data.store import Store
from data.tables.tickets import _ROW
from data.tables.views import page

VIEWS = {
    "waiting": View(),
    "mine": View(assignee="ann"),
    "nobody's": View(assignee=""),
    "language": View(language="es"),
    "mine in a language": View(assignee="ann", language="es"),
    "pending": View(status=Status.PENDING),
    "solved today": View(status=Status.SOLVED, since=500),
    "tag": View(tag="vip"),
    "pending and tagged": View(status=Status.PENDING, tag="vip"),
}
TICKET = Ticket(0, "mail", Status.NEW, Priority.NORMAL, "Hi", 1, 1, 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db")
    with store.write():
        store.lanes.save([Lane("mail", "Mail", 1)])
        store.customers.insert(Customer(0, "Ana"))
    yield store
    store.close()


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("start", [None, (5, 6)])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_page_is_searched_and_never_sorted(
    store: Store, view: View, start: tuple[int, int] | None, backwards: bool
) -> None:
    sql, values = page(_ROW, "mail", view, start, backwards=backwards, inclusive=True, limit=50, among=None)
    steps = [row[3] for row in store._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values) if row[1] == 0]
    assert [step for step in steps if "SCAN" in step or "TEMP B-TREE" in step] == []
    keyed = ("sort_due", "<expr>", "place")
    assert start is None or any(f"{name}{sign}" in step for step in steps for name in keyed for sign in "<>")


def wanted(ticket: Ticket, view: View) -> bool:
    if view.everything:
        return True
    if view.tag is None and view.status is None and ticket.status not in (Status.NEW, Status.OPEN):
        return False
    return (
        (view.status is None or ticket.status is view.status)
        and (view.assignee is None or ticket.assignee == view.assignee)
        and (view.language is None or ticket.language == view.language)
        and (view.tag is None or view.tag in ticket.tags)
        and (view.since is None or (ticket.solved_at or 0) >= view.since)
    )


STATES = st.sampled_from([Status.NEW, Status.OPEN, Status.PENDING, Status.SOLVED])
TICKETS = st.builds(
    lambda status, assignee, language, tags, at, lane: replace(
        TICKET, status=status, assignee=assignee, language=language, tags=tags, updated_at=at, first_due=at, lane=lane,
        solved_at=at - 50 if status is Status.SOLVED else None,
    ),
    STATES, st.sampled_from(["", "ann", "bo"]), st.sampled_from(["es", "en"]),
    st.sampled_from([(), ("vip",), ("vip", "x")]), st.integers(0, 1000), st.sampled_from(["mail", "app"]),
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tickets=st.lists(TICKETS, max_size=25), changes=st.lists(TICKETS, max_size=10), size=st.integers(1, 6))
def test_pages_of_a_view_are_all_that_it_shows_once(
    store: Store, tickets: list[Ticket], changes: list[Ticket], size: int
) -> None:
    with store.write():
        store._connection.execute("DELETE FROM ticket")
        store._connection.execute("DELETE FROM ticket_tag")
        numbers = [store.tickets.insert(ticket) for ticket in tickets]
        for number, change in zip(numbers, changes, strict=False):
            before = store.tickets.get(number)
            assert before is not None
            names = ("status", "assignee", "language", "tags", "updated_at", "lane", "solved_at")
            store.tickets.update(before, {name: getattr(change, name) for name in names})
    everything = [ticket for ticket in store.tickets.each() if ticket.lane == "mail"]
    for view in (*VIEWS.values(), View(everything=True)):
        forward = rest = store.tickets.page("mail", view=view, limit=size)
        while rest := store.tickets.page("mail", rest[-1].key, view=view, limit=size) if rest else []:
            forward = forward + rest
        assert sorted(row.id for row in forward) == [ticket.id for ticket in everything if wanted(ticket, view)]
        assert [row.key for row in forward] == sorted(row.key for row in forward)
        if forward:
            last = forward[-1].key
            assert store.tickets.page("mail", last, view=view, backwards=True, inclusive=True, limit=99) == forward
    active = {ticket.language for ticket in everything if ticket.status in (Status.NEW, Status.OPEN)}
    assert store.tickets.values("mail", "language") == sorted(active)
    assert store.tickets.values("mail", "tag") == sorted({tag for ticket in everything for tag in ticket.tags})


def test_an_older_file_gets_its_tags_listed(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "old.db")
    with store.write():
        store.customers.insert(Customer(0, "Ana"))
        store.tickets.insert(replace(TICKET, tags=("vip", "refund")))
        store._connection.execute("DROP TABLE ticket_tag")
        for name in ("assignee", "language", "rest"):
            store._connection.execute(f"DROP INDEX ticket_{name}")
        store._connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'views_of_a_lane'")
        store._connection.execute(f"PRAGMA user_version = {NEWEST - 1}")
    store.close()
    store = Store.open(tmp_path / "old.db")
    assert [row.id for row in store.tickets.page("mail", view=View(tag="refund"))] == [1]
    store.close()
