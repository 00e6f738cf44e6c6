"""What a hook is told: each thing once, none that was taken back at once, none of an import or the demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.records.changes import Change, NewTicket
from data.records.escalations import Escalation, EscalationState, TeamAnswer
from data.records.hooks import DeliveryState
from data.records.incoming import Imported, Standing
from data.records.messages import Direction, MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.records.tickets import Priority, Severity, Status
from data.store import Store
from queues.clocks.sla import Policy
from queues.desk.desk_rules import DeskRules, Sender
from queues.hooks.hook import TYPES, UNDONE
from queues.outgoing.outbox import deliver_due
from queues.quality.rating import FormAnswer
from tests.queues.hooks.conftest import RULES, UNDO, HookedDesk
from tests.queues.mails import START, mail

HOUR = 3600
CLOCKED = replace(RULES, policies=(Policy("any", HOUR, HOUR, 10 * HOUR),))


class Post:
    def send(self, entry: OutboxEntry) -> None: ...

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


def test_what_happens_is_told_in_order_once_its_undo_window_is_over(hooked: HookedDesk) -> None:
    planner = hooked.planner()
    ticket = hooked.ticket()
    hooked.later(UNDO - 1)
    planner.plan(hooked.clock.now)
    assert hooked.types() == []
    hooked.later(1)
    hooked.desk.act([ticket], Change(reply="Hello", status=Status.SOLVED, add_tags=("vip",)))
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.received"]
    hooked.later()
    planner.plan(hooked.clock.now)
    planner.plan(hooked.clock.now)  # nothing is told twice
    assert hooked.types() == ["ticket.received", "ticket.answered", "ticket.solved", "ticket.tagged"]
    solved = hooked.planned()[2]
    assert (solved.ticket_id, solved.at, solved.facts) == (
        ticket,
        START + 10,
        {"from": "new", "to": "solved", "by": "Ann"},
    )
    assert len({item.webhook_id for item in hooked.planned()}) == 4


def test_a_hook_is_told_only_of_what_happens_after_it_began(hooked: HookedDesk) -> None:
    hooked.ticket()
    hooked.later()
    planner = hooked.planner()
    hooked.later(60)
    planner.plan(hooked.clock.now)
    assert hooked.types() == []


CHANGES: dict[str, tuple[Change, dict[str, object]]] = {
    "ticket.assigned": (Change(assignee="Bob"), {"from": "", "to": "Bob"}),
    "ticket.closed": (Change(status=Status.CLOSED), {"from": "new", "to": "closed"}),
    "ticket.moved": (Change(lane="safety"), {"from": "mail", "to": "safety"}),
    "ticket.prioritised": (Change(priority=Priority.URGENT), {"from": "normal", "to": "urgent"}),
    "ticket.severity": (Change(severity=Severity.S2), {"from": "", "to": "S2"}),
    "ticket.tagged": (Change(add_tags=("vip",)), {"added": ["vip"], "removed": []}),
    "ticket.escalated": (Change(escalate=Escalation("Security", "odd")), {"team": "Security"}),
    "note.written": (Change(note="Look at it"), {}),
    "note.mentioned": (Change(note="Look at it, @bob and @Lia"), {"names": ["bob", "lia"]}),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_each_change_of_an_agent_is_told_with_its_facts(hooked: HookedDesk, kind: str) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner(events=(kind,))
    change, facts = CHANGES[kind]
    hooked.desk.act([ticket], change)
    hooked.later()
    planner.plan(hooked.clock.now)
    (told,) = hooked.planned()
    assert (told.type, told.facts) == (kind, {**facts, "by": "Ann"})


def test_what_comes_in_and_what_others_do_is_told(hooked: HookedDesk) -> None:
    planner = hooked.planner()
    ticket = hooked.ticket()
    first = hooked.store.messages.of(ticket)[0].message_id
    hooked.desk.act([ticket], Change(status=Status.SOLVED))
    hooked.desk.receive([mail(references=(first,), subject="Re: My order")])
    hooked.desk.follow(ticket, "Bob", assignee="Bob", status=Status.SOLVED)
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == [
        "ticket.received", "ticket.solved", "message.received", "ticket.reopened", "ticket.solved", "ticket.assigned",
    ]  # fmt: skip
    assert hooked.planned()[-1].facts == {"from": "", "to": "Bob", "by": "Bob"}


@pytest.mark.parametrize("kind", [MessageKind.SPAM, MessageKind.AUTO])
def test_mail_that_no_one_waits_for_is_not_told(hooked: HookedDesk, kind: MessageKind) -> None:
    planner = hooked.planner(events=("ticket.received", "message.received"))
    hooked.ticket(kind=kind)
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == []


def test_an_escalation_is_told_until_its_answer(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner(events=("escalation.answered", "escalation.overdue", "ticket.woken"))
    hooked.desk.act([ticket], Change(escalate=Escalation("Security", "odd", due_at=hooked.clock.now + 60)))
    hooked.later(60)
    assert hooked.desk.tick() == 1
    (child,) = hooked.store.escalations.of(ticket)
    hooked.desk.act(
        [ticket], Change(team_answer=TeamAnswer(child.id, state=EscalationState.ANSWERED, text="All is well"))
    )
    hooked.desk.act([ticket], Change(snooze_until=hooked.clock.now + 5))
    hooked.later()
    hooked.desk.tick()
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["escalation.overdue", "escalation.answered", "ticket.woken"]
    assert hooked.planned()[1].facts == {"escalation": "E-1", "state": "answered", "by": "Ann"}


def test_a_rating_is_told_without_its_words(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner(events=("ticket.rated",))
    hooked.desk.take_ratings([FormAnswer(1, 5, "form:1", ticket_id=ticket, comment="You were slow, Ana")])
    hooked.later()
    planner.plan(hooked.clock.now)
    (told,) = hooked.planned()
    assert told.facts == {"value": 1, "score": 1, "scale": 5, "via": "form", "by": "Ann"}


def test_a_reply_from_another_mail_program_is_an_answer_too(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    first = hooked.store.messages.of(ticket)[0].message_id
    hooked.later()
    planner = hooked.planner(events=("ticket.answered", "ticket.opened", "message.received"))
    ours: dict[str, Any] = {"direction": Direction.OUT, "references": (first,), "to": ("ana@x.example",)}
    hooked.desk.receive([mail("support@us.example", **ours), mail("support@us.example", **ours, kind=MessageKind.AUTO)])
    hooked.later()
    planner.plan(hooked.clock.now)
    assert [(item.ticket_id, item.type) for item in hooked.planned()] == [(ticket, "ticket.answered")]


def test_what_a_clock_ahead_of_ours_wrote_waits_as_long_as_anything(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner()
    hooked.desk.follow(ticket, "Bob", assignee="Bob", at=hooked.clock.now + 3000)
    hooked.desk.follow(ticket, "Bob", assignee="Ann", at=hooked.clock.now + 3000)
    planner.plan(hooked.clock.now)
    hooked.later(UNDO - 1)
    planner.plan(hooked.clock.now)
    assert hooked.types() == []
    hooked.later(1)
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.assigned", "ticket.assigned"]


def test_lanes_and_tags_choose_the_tickets(hooked: HookedDesk) -> None:
    vip, plain = hooked.ticket(), hooked.ticket(sender="bob@x.example")
    hooked.desk.act([vip], Change(add_tags=("vip",)))
    hooked.later()
    tagged, placed = hooked.planner(name="tagged", tags=("vip", "gold")), hooked.planner(name="placed", lanes=("app",))
    hooked.desk.act([vip, plain], Change(status=Status.SOLVED))
    hooked.later()
    tagged.plan(hooked.clock.now)
    placed.plan(hooked.clock.now)
    assert [(item.ticket_id, item.type) for item in hooked.planned("tagged")] == [(vip, "ticket.solved")]
    assert hooked.planned("placed") == []


def test_nothing_of_an_import_is_told(make_hooked: Callable[[DeskRules], HookedDesk]) -> None:
    hooked = make_hooked(CLOCKED)
    planner = hooked.planner()
    hooked.later(10 * HOUR)
    now = hooked.clock.now
    items = [
        replace(mail(), connector="import", external_ref="zendesk 7"),
        replace(
            mail(references=()), connector="import", external_ref="zendesk 7", direction=Direction.NOTE, text="@bob"
        ),
    ]
    standing = Standing("My order", Status.OPEN, Priority.HIGH, "Bob", ("vip",), now - 9 * HOUR, now - HOUR)
    hooked.desk.take_over(items, standing, Imported("zendesk", "7", "x", 2, {}))
    hooked.desk.receive([replace(mail(sender="lia@x.example"), connector="files")])
    hooked.later(60)
    planner.plan(hooked.clock.now)
    assert hooked.types() == []
    hooked.desk.act([1], Change(status=Status.SOLVED))  # work on an imported ticket is work
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.solved"]
    hooked.store.close()


def test_nothing_of_the_demo_is_told(hooked: HookedDesk) -> None:
    planner = hooked.planner()
    (filed,) = hooked.desk.receive([replace(mail(), connector="demo")])
    hooked.desk.act([filed.ticket_id], Change(status=Status.SOLVED))
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == []


def test_what_is_undone_in_its_window_is_never_told(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner()
    hooked.desk.act([ticket], Change(reply="Hello", status=Status.SOLVED))
    hooked.later(UNDO - 1)
    planner.plan(hooked.clock.now)
    hooked.desk.undo()
    for _ in range(2):  # the window of what was done is over before that of the undo
        hooked.later(UNDO - 5)
        planner.plan(hooked.clock.now)
        assert hooked.planned() == []
    hooked.later()
    hooked.desk.redo()
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.answered", "ticket.solved"]


def test_what_is_undone_and_redone_in_its_window_is_told_once(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner()
    hooked.desk.act([ticket], Change(status=Status.SOLVED))
    hooked.desk.undo()
    hooked.desk.redo()
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.solved"]


def test_what_was_told_and_is_undone_later_is_told_to_be_undone_whatever_the_hook_asks_for(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner(events=("ticket.solved",))
    hooked.desk.act([ticket], Change(status=Status.SOLVED, note="done"))
    hooked.later()
    planner.plan(hooked.clock.now)
    (solved,) = hooked.planned()
    with hooked.store.write():
        hooked.store.hooks.settle(
            solved.id, DeliveryState.DELIVERED, "200", at=hooked.clock.now, due_at=hooked.clock.now
        )
    hooked.desk.undo()
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.solved", UNDONE]
    assert hooked.planned()[1].facts == {"undone": [{"id": solved.webhook_id, "type": "ticket.solved"}], "by": "Ann"}
    hooked.desk.redo()
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.solved", UNDONE, "ticket.solved"]
    assert hooked.planned()[2].webhook_id != solved.webhook_id


def test_what_was_never_tried_and_is_undone_is_dropped_without_a_word(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner()
    hooked.desk.act([ticket], Change(status=Status.SOLVED))
    hooked.later()
    planner.plan(hooked.clock.now)
    hooked.desk.undo()
    hooked.later()
    planner.plan(hooked.clock.now)
    assert [(item.type, item.state) for item in hooked.planned()] == [("ticket.solved", DeliveryState.TAKEN_BACK)]
    hooked.desk.redo()
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.solved"]


def test_of_an_action_that_is_undone_in_part_only_the_rest_is_undone(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner()
    done = hooked.desk.act([ticket], Change(reply="Hello", status=Status.SOLVED))
    hooked.later()
    planner.plan(hooked.clock.now)
    for item in hooked.planned():
        with hooked.store.write():
            hooked.store.hooks.settle(item.id, DeliveryState.DELIVERED, "200", at=0, due_at=0)
    assert deliver_due(hooked.store, {"post": Post()}, hooked.clock.now).sent == 1
    hooked.desk.undo(rest_of=done.action)
    hooked.later()
    planner.plan(hooked.clock.now)
    *_, undone = hooked.planned()
    assert undone.type == UNDONE
    assert [item["type"] for item in undone.facts["undone"]] == ["ticket.solved"]


def test_of_an_action_undone_in_part_in_its_window_what_had_left_is_told(
    make_hooked: Callable[[DeskRules], HookedDesk],
) -> None:
    hooked = make_hooked(replace(RULES, undo_seconds=0))  # the reply leaves at once, the hook still waits
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner()
    done = hooked.desk.act([ticket], Change(reply="Hello", status=Status.SOLVED))
    assert deliver_due(hooked.store, {"post": Post()}, hooked.clock.now).sent == 1
    hooked.later(UNDO - 1)
    hooked.desk.undo(rest_of=done.action)
    for _ in range(2):
        hooked.later(UNDO - 5)
        planner.plan(hooked.clock.now)
        assert [item.type for item in hooked.planned()] == ["ticket.answered"]
    hooked.store.close()


def test_a_clock_runs_out_without_a_key(make_hooked: Callable[[DeskRules], HookedDesk]) -> None:
    hooked = make_hooked(CLOCKED)
    planner = hooked.planner(events=("ticket.breached",))
    ticket = hooked.ticket()
    hooked.later(HOUR + UNDO - 1)
    planner.plan(hooked.clock.now)
    assert hooked.types() == []
    hooked.later(6)
    planner.plan(hooked.clock.now)
    hooked.later(6)
    planner.plan(hooked.clock.now)
    (told,) = hooked.planned()
    assert (told.ticket_id, told.at) == (ticket, START + HOUR)
    assert told.facts == {"clock": "first reply", "due": START + HOUR, "by": "clock"}
    hooked.later(9 * HOUR)
    again = hooked.planner(events=("ticket.breached",))  # as after a restart
    again.plan(hooked.clock.now)
    assert [item.facts["clock"] for item in hooked.planned()] == ["first reply", "resolution"]
    hooked.store.close()


def test_a_clock_that_ran_out_before_the_hook_began_is_not_told(
    make_hooked: Callable[[DeskRules], HookedDesk],
) -> None:
    hooked = make_hooked(CLOCKED)
    hooked.ticket()
    hooked.later(HOUR + 60)
    planner = hooked.planner(events=("ticket.breached",))
    hooked.later(6)
    planner.plan(hooked.clock.now)
    hooked.desk.act([1], Change(status=Status.SOLVED))
    hooked.later(60)
    planner.plan(hooked.clock.now)
    assert hooked.types() == []
    hooked.store.close()


def test_a_clock_that_ran_out_before_the_mail_was_fetched_is_told(
    make_hooked: Callable[[DeskRules], HookedDesk],
) -> None:
    hooked = make_hooked(CLOCKED)
    planner = hooked.planner(events=("ticket.breached",))
    hooked.later(3 * HOUR)
    hooked.ticket(received_at=hooked.clock.now - 2 * HOUR)
    hooked.later(60)
    planner.plan(hooked.clock.now)
    assert [item.at for item in hooked.planned()] == [START + 2 * HOUR]
    hooked.store.close()


def test_a_clock_that_ran_out_while_no_one_looked_is_told_though_it_was_stopped(
    make_hooked: Callable[[DeskRules], HookedDesk],
) -> None:
    hooked = make_hooked(CLOCKED)
    planner = hooked.planner(events=("ticket.breached",))
    ticket, other = hooked.ticket(), hooked.ticket(sender="bob@x.example")
    hooked.later(HOUR + 60)
    hooked.desk.act([ticket], Change(status=Status.SOLVED))
    hooked.desk.act([other], Change(status=Status.SOLVED))
    hooked.desk.undo()
    hooked.later(UNDO)
    planner.plan(hooked.clock.now)
    assert [(item.ticket_id, item.facts["clock"]) for item in hooked.planned()] == [
        (ticket, "first reply"), (other, "first reply"),
    ]  # fmt: skip
    hooked.store.close()


def test_a_clock_that_a_slip_set_back_is_not_told_if_the_slip_is_undone(
    make_hooked: Callable[[DeskRules], HookedDesk],
) -> None:
    urgent = Policy("urgent", 60, 60, HOUR, priorities=frozenset({Priority.URGENT}))
    hooked = make_hooked(replace(RULES, policies=(urgent, *CLOCKED.policies)))
    planner = hooked.planner(events=("ticket.breached",))
    ticket = hooked.ticket()
    hooked.later(120)
    planner.plan(hooked.clock.now)
    hooked.desk.act([ticket], Change(priority=Priority.URGENT))
    hooked.later(6)
    planner.plan(hooked.clock.now)
    hooked.desk.undo()
    hooked.later(60)
    planner.plan(hooked.clock.now)
    assert hooked.types() == []
    hooked.desk.act([ticket], Change(priority=Priority.URGENT))  # this time it stays
    for _ in range(4):
        hooked.later(6)
        planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.breached"]
    hooked.store.close()


def test_a_reply_that_waits_for_a_decision_is_told_each_time_anew(hooked: HookedDesk) -> None:
    ticket, old = hooked.ticket(), hooked.ticket(sender="bob@x.example")
    hooked.desk.act([old], Change(reply="Hello"))
    with hooked.store.write():
        hooked.store.outbox.move(1, OutboxState.QUEUED, OutboxState.FAILED, reason="no such mailbox")
    hooked.later()
    planner = hooked.planner(events=("reply.refused", "reply.held", "reply.doubted"))
    hooked.desk.act([ticket], Change(reply="Hello"))
    planner.plan(hooked.clock.now)
    assert hooked.types() == []  # what was so before the hook began is not told
    for state in (OutboxState.FAILED, OutboxState.QUEUED, OutboxState.HELD, OutboxState.QUEUED, OutboxState.FAILED):
        hooked.later(6)
        with hooked.store.write():
            was = hooked.store.outbox.get(2)
            assert was is not None
            hooked.store.outbox.move(2, was.state, state, reason=f"{state} by x", due_at=hooked.clock.now)
        planner.plan(hooked.clock.now)
        planner.plan(hooked.clock.now)
    assert [(item.type, item.facts["reason"]) for item in hooked.planned()] == [
        ("reply.refused", "failed by x"), ("reply.held", "held by x"), ("reply.refused", "failed by x"),
    ]  # fmt: skip


def test_ids_are_the_same_after_a_backup_was_restored(hooked: HookedDesk) -> None:
    planner = hooked.planner()
    hooked.ticket()
    hooked.later()
    planner.plan(hooked.clock.now)
    (before,) = hooked.planned()
    with hooked.store.write():  # what a restored file has not seen yet
        hooked.store.hooks.forget(())
        hooked.store.hooks.begin("board", "x", START)
        hooked.store.hooks.advance("board", 0, START)
    hooked.planner().plan(hooked.clock.now)
    (after,) = hooked.planned()
    assert after.webhook_id == before.webhook_id


def test_what_a_hook_does_not_want_writes_nothing(hooked: HookedDesk) -> None:
    """Each write has every open window look at its lists again."""
    planner = hooked.planner(events=("ticket.rated",))
    hooked.ticket()
    hooked.later()
    other = Store.open(hooked.store.path)
    before = other.data_version()
    planner.plan(hooked.clock.now)
    planner.plan(hooked.clock.now)
    assert other.data_version() == before
    again = hooked.planner(events=("ticket.rated",))  # as after a restart: it looks again, and plans nothing twice
    again.plan(hooked.clock.now)
    assert hooked.types() == []


def test_a_restart_looks_at_events_again_and_plans_nothing_twice(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    hooked.later()
    planner = hooked.planner(events=("ticket.solved",))
    for _ in range(2):
        hooked.desk.act([ticket], Change(status=Status.SOLVED))
        hooked.later()
        planner.plan(hooked.clock.now)
        (waiting,) = [item for item in hooked.planned() if item.state is DeliveryState.WAITING]
        with hooked.store.write():
            hooked.store.hooks.settle(waiting.id, DeliveryState.DELIVERED, "200", at=0, due_at=0)
        hooked.desk.undo()
        hooked.later()
        planner.plan(hooked.clock.now)
        (undone,) = [item for item in hooked.planned() if item.state is DeliveryState.WAITING]
        with hooked.store.write():
            hooked.store.hooks.settle(undone.id, DeliveryState.DELIVERED, "200", at=0, due_at=0)
    before = hooked.planned()
    with hooked.store.write():
        hooked.store.hooks.advance("board", 0, START)
    hooked.planner(events=("ticket.solved",)).plan(hooked.clock.now)
    assert hooked.planned() == before
    assert hooked.types() == ["ticket.solved", UNDONE, "ticket.solved", UNDONE]


def test_a_hook_that_comes_back_begins_anew(hooked: HookedDesk) -> None:
    from queues.hooks.forget import forget_hooks

    planner = hooked.planner()
    hooked.ticket()
    hooked.later()
    planner.plan(hooked.clock.now)
    forget_hooks(hooked.store, ())
    assert hooked.planned() == []
    hooked.ticket(sender="bob@x.example")
    hooked.later()
    planner = hooked.planner()
    planner.plan(hooked.clock.now)
    assert hooked.types() == []


def test_a_ticket_that_we_open_is_told(make_hooked: Callable[[DeskRules], HookedDesk]) -> None:
    hooked = make_hooked(replace(RULES, senders={"post": Sender("support@us.example", "Us")}))
    planner = hooked.planner()
    hooked.desk.open_ticket(NewTicket("ana@x.example", "Your parcel", "It is back.", connector="post", language="en"))
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types() == ["ticket.opened", "ticket.answered"]
    hooked.store.close()


def test_a_ticket_that_is_split_off_is_opened_not_reopened(hooked: HookedDesk) -> None:
    ticket = hooked.ticket()
    first = hooked.store.messages.of(ticket)[0].message_id
    hooked.desk.receive([mail(references=(first,), subject="Re: My order") for _ in range(2)])
    hooked.later()
    planner = hooked.planner()
    hooked.desk.act([ticket], Change(move=(hooked.store.messages.of(ticket)[1].id,)))
    hooked.later()
    planner.plan(hooked.clock.now)
    assert (hooked.planned()[0].ticket_id, hooked.types()[0]) == (2, "ticket.opened")
    assert "ticket.reopened" not in hooked.types()
    for status in (Status.SOLVED, Status.OPEN):
        hooked.desk.act([2], Change(status=status))
    hooked.later()
    planner.plan(hooked.clock.now)
    assert hooked.types()[-2:] == ["ticket.solved", "ticket.reopened"]


def test_every_type_is_tried_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in TYPES if f'"{kind}"' not in source] == []


def test_a_thousand_changes_at_once_cost_the_key_nothing_for_hooks(hooked: HookedDesk) -> None:
    """A key writes nothing for hooks: they read the record afterwards, in steps that others come between."""
    tickets = [
        received.ticket_id for received in hooked.desk.receive([mail(sender=f"a{n}@x.example") for n in range(300)])
    ]
    hooked.later()
    planner = hooked.planner()
    hooked.desk.act(tickets, Change(status=Status.SOLVED))
    assert hooked.planned() == []
    hooked.later()
    steps = 1
    while planner.plan(hooked.clock.now):
        steps += 1
    assert steps > 1
    assert hooked.types() == ["ticket.solved"] * 300
