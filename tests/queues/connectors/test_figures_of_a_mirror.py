"""The SQL of docs/metrics.md gives the program's numbers on a desk that mirrors a ticketing system."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC

from data.records.changes import Change
from data.records.messages import Direction
from data.records.tickets import Status
from data.store import Store
from queues.figures.grouping import ALL, By
from queues.figures.metrics import Metric
from queues.figures.reporting import report
from tests.servers.connector_worlds import World
from tests.servers.system_worlds import SystemWorld
from tests.tui.reports import test_figures_in_sql as page

WHY = "a test's own words"
SOLVED = Change(reply="Ya está, un saludo.", status=Status.SOLVED, override_reason=WHY)
ASKED = Change(reply="¿Puede decirnos más?", status=Status.PENDING, override_reason=WHY)


def act(world: World, ref: str, change: Change) -> None:
    """Let the agent of a desk change the ticket that has this number there, and the system know it."""
    number = next(ticket.id for ticket in world.tickets() if ticket.external_ref == ref)
    world.act(number, change)
    world.sync()


def test_what_we_and_a_colleague_did_there_counts_alike_in_report_and_sql(system: SystemWorld) -> None:
    for _ in range(5):
        system.write()
    system.sync()
    bruno = system.colleague()
    assert bruno is not None
    bruno.sync()
    first, second, third, fourth, _ = system.refs
    act(bruno, first, ASKED)
    act(bruno, second, SOLVED)
    act(bruno, third, Change(note="Entre nosotros."))
    act(system, fourth, SOLVED)
    system.write_again()
    system.sync()
    act(system, first, SOLVED)
    with closing(Store.open(system.path)) as store:
        whole = page.periods(store)[0]
        for period in (whole, *page.periods(store)[1:5]):
            assert report(store, period, By.ALL, UTC).now.get(ALL, {}) == page.of_the_page(store.path, period), period
        page.test_the_ticket_holds_what_the_report_counts(store)
        replies = [message for message in store.messages.each() if message.direction is Direction.OUT]
        assert len(replies) >= 4
        counted = report(store, whole, By.ALL, UTC).now[ALL]
        assert counted[Metric.REPLIES].count >= 4
        assert counted[Metric.SOLVED].count >= 3
