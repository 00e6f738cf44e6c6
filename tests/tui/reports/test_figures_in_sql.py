"""The SQL of docs/metrics.md gives the program's numbers to the last digit: on a worked, an imported, a mirrored desk.

The worked desk holds one ticket for each clause of a definition, so that a definition without it gives other numbers.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from data.errors import LeftError
from data.migrations.schema import FIGURES
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxState
from data.records.tickets import Priority, Status
from data.store import Store
from macros.files.library import Library
from queues.desk.choose_next import Choosing
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.exports.export_people import People
from queues.exports.read_export import PersonRow, pieces
from queues.figures.grouping import ALL, By
from queues.figures.handling import EXPECTED_FROM, handled
from queues.figures.metrics import Figure, Metric
from queues.figures.reporting import Period, report
from queues.figures.shift import Own, own_figures
from queues.figures.ticket_figures import figures_of
from queues.helper.client import Helper
from queues.intake.exported_tickets import Importer
from queues.next_up.graphic_content import Exposure
from tests.database import database
from tests.servers.worlds.zendesk import ZendeskWorld
from tests.servers.zendesk_double import ZendeskDouble
from tests.shared_files import copy_of
from tests.tui.playing import incoming
from tui.demo.demo_month import DAY, HeldClock, Rehearsal

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"
EXPORTED = Path(__file__).parents[2] / "queues" / "exported"
END = 1_800_000_000
HOUR = 3600
ASKED = END - 5 * DAY
"""When the customers of the hand-made tickets write."""


class Hand:
    """Works a desk by hand: each method is one ticket that a definition has to get right."""

    def __init__(self, store: Store, clock: HeldClock) -> None:
        self.store, self.clock = store, clock
        self.eva, self.leo = (Desk(store, clock=clock, rules=DeskRules(), agent=agent) for agent in ("eva", "leo"))
        self._number = 5_000

    def at(self, seconds: int) -> None:
        """Go to a moment, counted from when the customers write."""
        self.clock.now = ASKED + seconds

    def item(self, at: int, **values: object) -> Incoming:
        self._number += 1
        return replace(incoming(self._number, f"Pregunta {self._number}", "mail", at=ASKED + at), **values)  # type: ignore[arg-type]

    def opened(self, at: int = 0, **values: object) -> int:
        self.at(at)
        return self.eva.receive([self.item(at, **values)])[0].ticket_id

    def joins(self, ticket_id: int, at: int, **values: object) -> None:
        """Have a message join a ticket, by default the customer's."""
        first = self.store.messages.of(ticket_id)[0]
        self.at(at)
        known: dict[str, object] = {"from_address": first.from_address, "references": (first.message_id,)}
        assert self.eva.receive([self.item(at, **{**known, **values})])[0].ticket_id == ticket_id

    def elsewhere(self, ticket_id: int, at: int, name: str = "Bruno", kind: MessageKind = MessageKind.MAIL) -> None:
        """Have a colleague, or a machine of ours, write from another program."""
        self.joins(ticket_id, at, direction=Direction.OUT, kind=kind, from_name=name, from_address="help@desk.example")

    def leave(self, ticket_id: int) -> None:
        """Let the replies of a ticket leave."""
        with self.store.write():
            for entry in self.store.outbox.waiting():
                if entry.ticket_id == ticket_id:
                    assert self.store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.SENT)

    def undo_rest(self, desk: Desk) -> None:
        with pytest.raises(LeftError) as refused:
            desk.undo()
        desk.undo(rest_of=refused.value.action)


DONE = Change(reply="Ya está.", status=Status.SOLVED, override_reason="a test's own words")
ANSWER = Change(reply="¿Puede decirnos más?", override_reason="a test's own words")


def answered_elsewhere_in_time(hand: Hand) -> None:
    number = hand.opened()
    hand.elsewhere(number, 600)
    hand.at(700)
    hand.eva.act([number], Change(status=Status.SOLVED))


def answered_elsewhere_late_and_once_more_here(hand: Hand) -> None:
    number = hand.opened()
    hand.elsewhere(number, 6 * HOUR)
    hand.joins(number, 7 * HOUR)
    hand.at(8 * HOUR)
    hand.leo.act([number], DONE)


def acknowledged_by_a_machine(hand: Hand) -> None:
    number = hand.opened()
    hand.elsewhere(number, 5, "Auto", MessageKind.AUTO)
    hand.at(900)
    hand.eva.act([number], DONE)


def never_answered(hand: Hand) -> None:
    hand.eva.act([hand.opened()], Change(assignee="leo"))


def urgent_after_its_clock_had_run_out(hand: Hand) -> None:
    number = hand.opened()
    hand.at(5 * HOUR)
    hand.eva.act([number], Change(priority=Priority.URGENT))
    hand.at(6 * HOUR)
    hand.eva.act([number], DONE)


def moved_where_its_clock_has_run_out(hand: Hand) -> None:
    number = hand.opened(lane="app")
    hand.at(5 * HOUR)
    hand.eva.act([number], Change(lane="mail"))
    hand.at(5 * HOUR + 60)
    hand.eva.act([number], Change(lane="app"))
    hand.at(5 * HOUR + 90)
    hand.eva.act([number], DONE)


def snoozed_past_its_clock(hand: Hand) -> None:
    number = hand.opened()
    hand.at(60)
    hand.eva.act([number], Change(snooze_until=ASKED + 9 * HOUR))
    hand.at(9 * HOUR)
    hand.eva.tick()
    hand.at(9 * HOUR + 120)
    hand.eva.act([number], DONE)


def solved_closed_and_reopened(hand: Hand) -> None:
    number = hand.opened()
    hand.at(120)
    hand.eva.act([number], DONE)
    hand.eva.act([number], Change(status=Status.CLOSED))
    hand.joins(number, 2 * DAY)
    hand.at(2 * DAY + 60)
    hand.leo.act([number], Change(status=Status.SOLVED))


def closed_without_an_answer(hand: Hand) -> None:
    number = hand.opened()
    hand.at(300)
    hand.eva.act([number], Change(status=Status.CLOSED))


def thanked(hand: Hand) -> None:
    number = hand.opened()
    hand.at(200)
    hand.eva.act([number], DONE)
    hand.joins(number, 300, text="Gracias!", new_text="Gracias!")
    hand.at(500)
    hand.eva.act([number], Change(reply="De nada.", override_reason="a test's own words"))


def undone(hand: Hand) -> None:
    number = hand.opened()
    hand.at(100)
    hand.eva.act([number], DONE)
    hand.eva.undo()
    hand.at(150)
    hand.eva.act([number], Change(note="Something else, so that it is dropped."))


def undone_in_part(hand: Hand) -> None:
    number = hand.opened()
    hand.at(100)
    hand.eva.act([number], DONE)
    hand.leave(number)
    hand.at(160)
    hand.undo_rest(hand.eva)


def undone_in_part_in_bulk(hand: Hand) -> None:
    numbers = [hand.opened() for _ in range(3)]
    hand.at(90)
    hand.leo.act(numbers, DONE)
    hand.leave(numbers[1])
    hand.at(200)
    hand.undo_rest(hand.leo)
    hand.at(260)
    hand.leo.act(numbers[:1], ANSWER)


def undone_apart(hand: Hand) -> None:
    number = hand.opened()
    hand.at(100)
    solved = hand.eva.act([number], Change(status=Status.SOLVED)).action
    hand.at(200)
    hand.eva.act([number], Change(add_tags=("a",)))
    hand.at(5 * HOUR)
    hand.eva.undo(number=solved)


def reply_dropped_from_the_outbox(hand: Hand) -> None:
    from queues.desk.waiting_replies import Wish

    number = hand.opened()
    hand.at(100)
    hand.eva.act([number], DONE)
    entry = next(entry for entry in hand.store.outbox.waiting() if entry.ticket_id == number)
    hand.eva.settle(entry.id, Wish.DROP)


def spam_and_a_mail_taken_for_it(hand: Hand) -> None:
    hand.opened(kind=MessageKind.SPAM)
    number = hand.opened(kind=MessageKind.SPAM)
    hand.at(400)
    hand.eva.act([number], Change(status=Status.OPEN))
    hand.at(500)
    hand.eva.act([number], ANSWER)


def opened_by_us(hand: Hand) -> None:
    number = hand.opened(direction=Direction.OUT, to=("cliente@customer.example",), from_name="Bruno")
    hand.joins(number, 600, from_address="cliente@customer.example")
    hand.at(900)
    hand.eva.act([number], DONE)


def at_the_same_second(hand: Hand) -> None:
    number = hand.opened(50)
    hand.elsewhere(number, 50)
    hand.joins(number, 70)
    hand.elsewhere(number, 70)


def on_the_second_of_its_clock(hand: Hand) -> None:
    number = hand.opened()
    due = hand.store.tickets.get(number)
    assert due is not None
    assert due.first_due is not None
    hand.at(due.first_due - ASKED)
    hand.eva.act([number], ANSWER)


def half_an_hour_and_a_second_more(hand: Hand) -> None:
    numbers = [hand.opened() for _ in range(3)]
    for number, at in zip(numbers, (20 * HOUR, 20 * HOUR + 1800, 20 * HOUR + 3601), strict=True):
        hand.at(at)
        hand.eva.act([number], Change(note="Looked."))


def passed_over_and_shown(hand: Hand) -> None:
    number = hand.opened()
    hand.eva.skip(number, "not my language")
    hand.eva.reveal(number)


def merged_into_another(hand: Hand) -> None:
    first, second = hand.opened(), hand.opened(30)
    hand.elsewhere(second, 300)
    hand.joins(second, 400)
    hand.at(600)
    hand.eva.act([second], Change(merge_into=first, other_customer=True))
    hand.at(900)
    hand.eva.act([first], DONE)


def old_mail_that_became_work_and_old_mail_that_did_not(hand: Hand) -> None:
    old, older, oldest = (hand.opened(at, history=True) for at in (0, 10, 20))
    hand.elsewhere(oldest, 40)
    hand.joins(older, 3 * HOUR)
    hand.at(4 * HOUR)
    hand.leo.act([old], Change(status=Status.OPEN))
    hand.at(5 * HOUR)
    hand.leo.act([old, older], DONE)


CASES: tuple[Callable[[Hand], None], ...] = (
    answered_elsewhere_in_time, answered_elsewhere_late_and_once_more_here, acknowledged_by_a_machine, never_answered,
    urgent_after_its_clock_had_run_out, moved_where_its_clock_has_run_out, snoozed_past_its_clock,
    solved_closed_and_reopened, closed_without_an_answer, thanked, undone, undone_in_part, undone_in_part_in_bulk,
    undone_apart, reply_dropped_from_the_outbox, spam_and_a_mail_taken_for_it, opened_by_us, at_the_same_second,
    on_the_second_of_its_clock, half_an_hour_and_a_second_more, passed_over_and_shown, merged_into_another,
    old_mail_that_became_work_and_old_mail_that_did_not,
)  # fmt: skip


def make_month(path: Path) -> None:
    """Make a month of invented work."""
    clock = HeldClock(END)
    with closing(Store.open(path)) as store:
        Rehearsal(
            lambda agent: Desk(store, clock=clock, rules=DeskRules(), agent=agent), clock, Library.standard(), seed=3,
            end=END, amount=120,
        ).play()  # fmt: skip


def worked(factory: pytest.TempPathFactory, cases: Sequence[Callable[[Hand], None]] = CASES) -> Store:
    """Make a month of invented work, with the hand-made tickets in it."""
    clock, store = HeldClock(END), Store.open(copy_of(factory, "figures-month.db", make_month))
    hand = Hand(store, clock)
    for case in cases:
        case(hand)
    clock.now = END
    return store


def imported(factory: pytest.TempPathFactory) -> Store:
    """Make a desk with the tickets of other tools."""
    store = Store.open(factory.mktemp("figures") / "desk.db")
    desk = Desk(store, clock=lambda: END, rules=DeskRules(), agent="ravi menon")
    with Helper() as helper:
        for names in (("zendesk.jsonl", "zendesk-users.jsonl"), ("freshdesk.json",), ("helpscout.json",),
                      ("gorgias.json",), ("chatwoot.json",)):  # fmt: skip
            every, people = [piece for name in names for piece in pieces(EXPORTED / name, "")], People()
            for piece in every:
                if isinstance(piece, PersonRow):
                    people.learn(piece.raw)
            Importer(desk, helper, people, "files", lambda: END).take_in(every, lambda messages, records: None)
    return store


def mirrored(factory: pytest.TempPathFactory) -> Store:
    """Make a desk at a Zendesk where a colleague answers, solves and reopens."""
    double = ZendeskDouble()
    state = double.state
    double.add_agent("alice")
    double.add_agent("bruno")
    bruno = double.users["bruno"]
    with closing(ZendeskWorld(double, factory.mktemp("figures"))) as world:
        for _ in range(6):
            world.write()
        world.sync()
        first, second, third, fourth, fifth, _sixth = (int(ref) for ref in world.refs)
        state.write(first, bruno, "De Bruno.")
        state.write(second, bruno, "Entre nosotros.", public=False)
        state.change(third, bruno, {"comment": {"body": "Hecho."}, "status": "solved", "assignee_id": bruno})
        state.change(fourth, bruno, {"status": "solved"})
        here = {ticket.external_ref: ticket.id for ticket in world.tickets()}
        world.act(here[str(fifth)], ANSWER)
        world.sync()
        state.write(third, state.tickets[third]["requester_id"], "Sigue igual.")
        state.write(first, state.tickets[first]["requester_id"], "Otra cosa.")
        world.sync()
        state.pass_time(6 * HOUR)
        state.write(first, bruno, "De Bruno otra vez.")
        state.change(third, bruno, {"comment": {"body": "Ahora sí."}, "status": "solved"})
        world.sync()
        kept = Path(world.path)
    double.close()
    return Store.open(kept)


@pytest.fixture(scope="module", params=[worked, imported, mirrored])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made: Store = request.param(tmp_path_factory)
    yield made
    made.close()


def blocks() -> list[str]:
    """Return the page's SQL, block by block."""
    return re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


def of_the_page(path: Path, period: Period) -> dict[Metric, Figure]:
    """Return the figures that the page's SQL gives for a period."""
    first, *views, summary = blocks()
    assert first.startswith("CREATE TEMP TABLE period AS")
    results: dict[Metric, Figure] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.execute(f"CREATE TEMP TABLE period AS SELECT {period.since} AS since, {period.until} AS until")
        connection.executescript("".join(views))
        for metric in Metric:
            row = connection.execute(summary.replace('"first reply"', f'"{metric}"')).fetchone()
            count, total, mean, median, p90 = row
            if count:
                results[metric] = Figure(count, total, median, p90)
                assert results[metric].mean == mean
    return results


def periods(store: Store) -> list[Period]:
    """Return the whole time, the time up to now cut in three, and times that begin and end among the hand-made."""
    moments = sorted(event.at for event in store.events.each())
    first, last = moments[0] - 10 * DAY, max(moments[-1], END if moments[-1] <= END else moments[-1]) + 2
    third = (last - first) // 3
    cuts = [Period(first + n * third, first + (n + 1) * third) for n in range(3)]
    return [Period(0, last), Period(first, moments[len(moments) // 2]), *cuts, Period(ASKED + 65, ASKED + 5 * HOUR),
            Period(ASKED + 20 * HOUR + 60, ASKED + 21 * HOUR)]  # fmt: skip


def test_the_sql_of_the_page_gives_every_figure_to_the_last_digit(store: Store) -> None:
    for period in periods(store):
        assert report(store, period, By.ALL, UTC).now.get(ALL, {}) == of_the_page(store.path, period), period


def test_the_ticket_holds_what_the_report_counts(store: Store) -> None:
    now = periods(store)[0].until - 1
    counted = report(store, Period(0, now + 1), By.ALL, UTC).now[ALL]
    tickets = [ticket for ticket in store.tickets.each() if ticket.status is not Status.HISTORY]
    tickets = [ticket for ticket in tickets if ticket.merged_into is None]
    assert sum(ticket.touches for ticket in tickets) == counted[Metric.REPLIES].count
    solved = [ticket for ticket in tickets if ticket.status in (Status.SOLVED, Status.CLOSED)]
    assert len(solved) == counted[Metric.SOLVED].count
    once = [ticket for ticket in solved if ticket.touches == 1 and ticket.reopens == 0]
    assert len(once) == counted[Metric.ONE_TOUCH].total
    took = [ticket.solved_at - ticket.created_at for ticket in solved if ticket.solved_at is not None]
    assert sum(took) == counted[Metric.RESOLUTION].total
    counted_tickets = {ticket.id for ticket in tickets}
    actions = handled(store.events.work(0, now + 1))
    spent = sum(action.seconds for action in actions if action.ticket_id not in counted_tickets)  # of merged tickets
    for ticket in tickets:
        own = figures_of(store, ticket.id, now)
        assert own is not None
        assert (own.replies, own.reopened) == (ticket.touches, ticket.reopens)
        assert own.one_touch == (None if ticket not in solved else ticket in once)
        if own.first_reply is not None and ticket.first_replied_at is not None:
            assert own.first_reply == ticket.first_replied_at - ticket.created_at
        spent += own.handling
    assert spent == (counted[Metric.HANDLING].total if Metric.HANDLING in counted else 0)


def test_the_shifts_figures_are_the_reports_of_that_agent(store: Store) -> None:
    for period in periods(store):
        by_agent = report(store, period, By.AGENT, UTC).now
        for agent in {"eva", "leo", "mar", "Bruno", "alice-here", *by_agent} - {"unassigned"}:
            own = own_figures(store, agent, period.since, period.until - 1, 3600)
            counted = by_agent.get(agent, {})
            clocks = [counted[metric] for metric in (Metric.LATE_FIRST, Metric.LATE_NEXT, Metric.LATE_RESOLUTION)
                      if metric in counted]  # fmt: skip
            kept = (sum(held.count for held in clocks), sum(held.count - held.total for held in clocks))
            values = own.tickets_behind[Own.KEPT]
            assert (len(values), sum(value.value for value in values)) == kept, agent
            for figure, metric in ((Own.SOLVED, Metric.SOLVED), (Own.HANDLE, Metric.HANDLING),
                                   (Own.FIRST_REPLY, Metric.FIRST_REPLY), (Own.ONE_TOUCH, Metric.ONE_TOUCH),
                                   (Own.REOPENED, Metric.REOPENED)):  # fmt: skip
                held = [value.value for value in own.tickets_behind[figure]]
                wanted = counted.get(metric, Figure(0, 0, 0, 0))
                assert (len(held), sum(held)) == (wanted.count, wanted.total), (agent, metric)


def test_next_up_expects_the_reports_median_of_the_lane(store: Store) -> None:
    now = periods(store)[0].until - 1
    counted = report(store, Period(now - EXPECTED_FROM, now + 1), By.LANE, UTC).now
    medians = {lane: max(1, round(held[Metric.HANDLING].median)) for lane, held in counted.items()
               if Metric.HANDLING in held}  # fmt: skip
    assert Choosing(store, Exposure(), "ann").usual_seconds(now) == medians


def test_a_desk_of_an_earlier_version_gives_the_same_figures(tmp_path_factory: pytest.TempPathFactory) -> None:
    merged_or_history = (merged_into_another, old_mail_that_became_work_and_old_mail_that_did_not)  # not known then
    cases = [case for case in CASES if case not in merged_or_history]
    with closing(worked(tmp_path_factory, cases)) as store:
        period, db = Period(0, END + 2), database(store)
        before = report(store, period, By.ALL, UTC)
        with store.write():
            db.execute("DROP TRIGGER event_is_kept")
            db.execute("UPDATE event SET detail = json_remove(detail, '$.changed') WHERE kind = 'received' "
                       "AND json_extract(detail, '$.reason') IS NOT NULL")  # fmt: skip
            db.execute("UPDATE ticket SET touches = touches + 1, first_replied_at = 0")
            db.execute("DROP INDEX message_reply")
            db.execute("DROP INDEX event_work")
        assert report(store, period, By.ALL, UTC) != before
        with store.write():
            for statement in FIGURES:
                db.execute(statement)
        assert report(store, period, By.ALL, UTC) == before
        test_the_ticket_holds_what_the_report_counts(store)


def test_the_page_has_every_definition_and_the_worked_desk_tries_each(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = "".join(blocks())
    assert [metric for metric in Metric if f'CREATE TEMP VIEW "{metric}" AS' not in text] == []
    with closing(worked(tmp_path_factory)) as store:
        tried = report(store, Period(0, END + 1), By.ALL, UTC).now[ALL]
        assert {*Metric} - {*tried} <= {Metric.REVIEW, Metric.PICKED}
