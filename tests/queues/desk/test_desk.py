"""The one door: actions are whole, checked, recorded and undone whole."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path

import pytest

from data.errors import ConflictError, ConnectorError, RuleError, UnreachableError
from data.protocols import Sending
from data.records.changes import Change, Finding
from data.records.customers import Customer
from data.records.escalations import Escalation
from data.records.incoming import Incoming
from data.records.messages import Direction, Message, MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.records.promises import Promise
from data.records.tickets import Lane, Priority, Status, Ticket
from data.store import Store
from queues.clocks.sla import Policy
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.outgoing.outbox import MOST_ATTEMPTS, Delivery, deliver_due, recover
from queues.procedures.procedure import load_text
from queues.routing.rules import Rules

START = 1_800_000_000


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class Post:
    """A connector that notes what it was asked to send."""

    def __init__(self) -> None:
        self.sent: list[OutboxEntry] = []
        self.refuse = False

    def send(self, entry: OutboxEntry) -> None:
        if self.refuse:
            raise ConnectorError("Refused", "The server said no; it is tried again.")
        self.sent.append(entry)

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return entry.message_id in {one.message_id for one in self.sent}


class Unknowing(Post):
    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


def mail(text: str = "I cannot log in", **changes: object) -> Incoming:
    values: dict[str, object] = {
        "connector": "post", "source": "test",
        "raw_sha256": f"raw {text} {sorted(changes.items())!r}",
        "kind": MessageKind.MAIL, "from_name": "Ana Ruiz", "from_address": "ana@clientes.example",
        "subject": "Help with my account",
        "text": text, "new_text": text, "at": START,
        "message_id": f"<{hash(text)}@x>",
        "language": "en", "confidence": 0.99,
    }  # fmt: skip
    return Incoming(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    store = Store.open(tmp_path / "desk.db")
    return Desk(store, clock=clock, rules=DeskRules(routing=Rules(()), sender="support@desk.example"), agent="eva")


def arrive(desk: Desk, *items: Incoming) -> list[int]:
    return [one.ticket_id for one in desk.receive(items or (mail(),))]


def ticket(desk: Desk, number: int) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


def counts(desk: Desk) -> dict[str, dict[Status, int]]:
    return {lane: {s: n for s, n in c.by_status.items() if n} for lane, c in desk.store.tickets.counts().items()}


def test_a_reply_is_one_action_and_leaves_after_the_undo_window(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    done = desk.act([number], Change(reply="Hello Ana", status=Status.SOLVED, add_tags=("login",), macro="m"))
    after = ticket(desk, number)
    assert (after.status, after.tags, after.touches, after.due_at) == (Status.SOLVED, ("login",), 1, None)
    post = Post()
    assert deliver_due(desk.store, {"post": post}, clock.now).sent == 0
    assert done.leaves_at == clock.now + 10
    assert deliver_due(desk.store, {"post": post}, clock.now + 10).sent == 1
    assert deliver_due(desk.store, {"post": post}, clock.now + 10).sent == 0
    sent = message_from_bytes(post.sent[0].raw)
    assert sent["To"] == "Ana Ruiz <ana@clientes.example>"
    assert sent["In-Reply-To"] == mail().message_id
    assert sent["Subject"] == "Re: Help with my account"


def test_undo_takes_everything_back_and_redo_does_it_again(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.save_draft(number, "Hello Ana\n", revision=0)
    before = ticket(desk, number)
    change = Change(
        reply="Hello Ana", status=Status.SOLVED, add_tags=("login",), priority=Priority.HIGH,
        escalate=Escalation("security"), promise=Promise("in a day", START + 86400),
    )  # fmt: skip
    desk.act([number], change)
    solved = ticket(desk, number)
    desk.undo()
    back = ticket(desk, number)
    assert {n: getattr(back, n) for n in Ticket.__slots__ if n != "version"} == {
        n: getattr(before, n) for n in Ticket.__slots__ if n != "version"
    }
    assert desk.store.escalations.of(number) == []
    draft = desk.store.drafts.get(number)
    assert draft is not None
    assert draft.text == "Hello Ana\n"
    assert [m.direction for m in desk.store.messages.of(number)] == [Direction.IN]
    assert deliver_due(desk.store, {"post": Post()}, clock.now + 99).sent == 0
    desk.redo()
    assert ticket(desk, number).status is solved.status
    assert desk.store.drafts.get(number) is None
    assert deliver_due(desk.store, {"post": Post()}, clock.now + 99).sent == 1


def test_a_reply_that_left_cannot_be_undone_and_nothing_changes(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="Hi", status=Status.SOLVED))
    deliver_due(desk.store, {"post": Post()}, clock.now + 10)
    with pytest.raises(RuleError, match="has left"):
        desk.undo()
    assert ticket(desk, number).status is Status.SOLVED


def test_nothing_to_undo_or_redo_is_said(desk: Desk) -> None:
    with pytest.raises(RuleError, match="Nothing to undo"):
        desk.undo()
    with pytest.raises(RuleError, match="Nothing to redo"):
        desk.redo()


def test_a_new_action_ends_redo(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(priority=Priority.HIGH))
    desk.undo()
    desk.act([number], Change(add_tags=("x",)))
    with pytest.raises(RuleError, match="Nothing to redo"):
        desk.redo()


def test_bulk_is_all_or_none(desk: Desk) -> None:
    first, second = arrive(desk, mail("one"), mail("two", from_address="bob@x.example", subject="Other"))
    desk.act([second], Change(status=Status.CLOSED))
    with pytest.raises(RuleError, match="closed"):
        desk.act([first, second], Change(status=Status.SOLVED))
    assert ticket(desk, first).status is Status.NEW
    desk.undo()
    desk.act([first, second], Change(status=Status.SOLVED))
    assert counts(desk) == {"mail": {Status.SOLVED: 2}}
    desk.undo()
    assert counts(desk) == {"mail": {Status.NEW: 2}}


def test_the_version_that_was_looked_at_decides(desk: Desk) -> None:
    (number,) = arrive(desk)
    seen = {number: ticket(desk, number).version}
    desk.act([number], Change(reply="one", status=Status.SOLVED), versions=seen)
    with pytest.raises(ConflictError, match="changed"):
        desk.act([number], Change(reply="one", status=Status.SOLVED), versions=seen)
    assert len(desk.store.outbox.waiting()) == 1


def test_a_blocking_finding_stops_every_way_in_unless_a_reason_is_given(tmp_path: Path, clock: Clock) -> None:
    def checker(c: Change, t: Ticket, who: Customer, talk: Sequence[Message], s: Sending) -> list[Finding]:
        return [Finding("hole", "A value is missing.", blocking=True)]

    desk = Desk(Store.open(tmp_path / "desk.db"), clock=clock, rules=DeskRules(routing=Rules(())), checker=checker)
    (number,) = arrive(desk)
    with pytest.raises(RuleError, match="A value is missing"):
        desk.act([number], Change(reply="Hi {{ name }}"))
    assert desk.store.outbox.waiting() == []
    desk.act([number], Change(reply="Hi", override_reason="the customer asked for it"))
    assert desk.store.events.of(number)[-1].detail["override_reason"] == "the customer asked for it"


def test_an_empty_reply_is_refused(desk: Desk) -> None:
    (number,) = arrive(desk)
    with pytest.raises(RuleError, match="empty"):
        desk.act([number], Change(reply="  \n"))


def test_an_open_gate_stops_solving_until_its_step_is_done(tmp_path: Path, clock: Clock) -> None:
    procedure = load_text(
        'id = "lock"\nversion = 2\neffective = 2026-01-01\n[[step]]\nid = "identity"\nkind = "check"\n'
        'gate = true\ntext = "Two signals?"\n'
    )
    desk = Desk(
        Store.open(tmp_path / "desk.db"),
        clock=clock,
        rules=DeskRules(routing=Rules(()), procedures={"lock": procedure}),
    )
    (number,) = arrive(desk)
    desk.act([number], Change(procedure="lock"))
    with pytest.raises(RuleError, match="identity"):
        desk.act([number], Change(reply="Done", status=Status.SOLVED))
    desk.take_step(number, "identity", True)
    desk.act([number], Change(reply="Done", status=Status.SOLVED))
    desk.undo()
    desk.undo()
    with pytest.raises(RuleError, match="identity"):
        desk.act([number], Change(status=Status.SOLVED))


def test_the_same_message_twice_is_one(desk: Desk) -> None:
    outcomes = [one.outcome for one in desk.receive([mail(), mail(), mail("again", content_hash="c", raw_sha256="1"),
                                                     mail("again", content_hash="c", raw_sha256="2")])]  # fmt: skip
    assert outcomes == ["new", "duplicate", "new", "duplicate"]


def test_an_answer_joins_by_reference_and_reopens(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="Done", status=Status.SOLVED))
    ours = desk.store.messages.of(number)[-1].message_id
    clock.now += 60
    (joined,) = arrive(desk, mail("Still broken", references=(ours,), subject="anything"))
    after = ticket(desk, number)
    assert joined == number
    assert (after.status, after.reopens, after.solved_at) == (Status.OPEN, 1, None)
    assert after.next_due is not None


def test_a_stranger_with_our_reference_waits_unverified(desk: Desk) -> None:
    (number,) = arrive(desk)
    (other,) = arrive(desk, mail("let me in", from_address="eve@else.example", references=(mail().message_id,)))
    assert other != number
    assert "unverified" in ticket(desk, other).tags


def test_strangers_with_one_subject_are_not_merged(desk: Desk) -> None:
    numbers = arrive(desk, mail("a", subject="Re: help"), mail("b", subject="Re: help", from_address="bob@x.example"))
    assert len(set(numbers)) == 2


def test_an_answer_without_references_joins_by_subject_of_the_same_customer(desk: Desk) -> None:
    (number,) = arrive(desk)
    assert arrive(desk, mail("more", subject="RE: help with my account")) == [number]


def test_a_closed_ticket_is_not_joined_by_subject(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(status=Status.CLOSED))
    (other,) = arrive(desk, mail("more", subject="RE: help with my account"))
    assert other != number
    assert ticket(desk, number).status is Status.CLOSED
    assert "unverified" not in ticket(desk, other).tags


def test_an_older_open_ticket_is_joined_before_a_newer_closed_one_of_the_same_subject(desk: Desk) -> None:
    older, newer = arrive(desk, mail("first"), mail("second"))
    desk.act([newer], Change(status=Status.CLOSED))
    assert arrive(desk, mail("more", subject="RE: help with my account")) == [older]


def test_a_solved_ticket_is_joined_by_subject(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(status=Status.SOLVED))
    assert arrive(desk, mail("more", subject="RE: help with my account")) == [number]


def test_a_closed_ticket_is_joined_by_reference_and_reopened(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(status=Status.CLOSED))
    assert arrive(desk, mail("more", references=(mail().message_id,))) == [number]
    assert (ticket(desk, number).status, ticket(desk, number).reopens) == (Status.OPEN, 1)


@pytest.mark.parametrize(("subject", "joined"), [("Help with my account", False), ("Re:", False), ("Re: help", False),
                                                 ("Help with my account [#4711]", True)])  # fmt: skip
def test_only_the_same_subject_with_an_answer_mark_joins(desk: Desk, subject: str, joined: bool) -> None:
    (number,) = arrive(desk)
    assert (arrive(desk, mail("more", subject=subject)) == [number]) is joined


def test_of_many_references_the_latest_count(desk: Desk) -> None:
    (number,) = arrive(desk)
    ours = mail().message_id
    before, behind = (tuple(f"<{name}{n}@x>" for n in range(200)) for name in ("before", "behind"))
    assert arrive(desk, mail("more", subject="a", references=(*before, ours))) == [number]
    assert arrive(desk, mail("again", subject="b", references=(ours, *behind))) != [number]


def test_a_child_that_comes_first_and_its_parent_are_one_ticket(desk: Desk) -> None:
    child = mail("child", references=("<parent@x>",), message_id="<child@x>")
    parent = mail("parent", message_id="<parent@x>")
    assert len(set(arrive(desk, child, parent))) == 1


def test_a_reply_whose_customer_wrote_again_is_held(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="Done", status=Status.SOLVED))
    arrive(desk, mail("Wait, it works now", references=(mail().message_id,)))
    post = Post()
    assert deliver_due(desk.store, {"post": post}, clock.now + 10).held == 1
    assert post.sent == []


def test_a_refused_reply_is_tried_again_later(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="Done"))
    post = Post()
    post.refuse = True
    assert deliver_due(desk.store, {"post": post}, clock.now + 10).failed == 1
    post.refuse = False
    assert deliver_due(desk.store, {"post": post}, clock.now + 11).sent == 0
    assert deliver_due(desk.store, {"post": post}, clock.now + 100).sent == 1


def test_each_refusal_doubles_the_wait_from_one_minute(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="Done"))
    post = Post()
    post.refuse = True
    now, waits, lost = clock.now + 10, [], list[int]()
    while desk.store.outbox.waiting()[0].state is OutboxState.QUEUED:
        assert deliver_due(desk.store, {"post": post}, now - 1) == Delivery()
        deliver_due(desk.store, {"post": post}, now, lost=lost.append)
        waits.append(desk.store.outbox.waiting()[0].due_at - now)
        now += waits[-1]
    assert waits[:-1] == [60, 120, 240, 480, 960, 1_920, 3_840]
    assert (desk.store.outbox.waiting()[0].state, lost) == (OutboxState.FAILED, [number])


@pytest.mark.parametrize(("arrived", "state"), [(True, None), (False, OutboxState.QUEUED)])
def test_after_a_crash_a_reply_is_in_doubt_until_its_connector_knows(
    desk: Desk, clock: Clock, arrived: bool, state: OutboxState | None
) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="Done"))
    (entry,) = desk.store.outbox.waiting()
    with desk.store.write():
        desk.store.outbox.move(entry.id, OutboxState.QUEUED, OutboxState.SENDING)
    recover(desk.store, {"post": Unknowing()})
    assert desk.store.outbox.waiting()[0].state is OutboxState.IN_DOUBT
    assert deliver_due(desk.store, {"post": Post()}, clock.now + 999).sent == 0
    post = Post()
    if arrived:
        post.send(entry)
    recover(desk.store, {"post": post})
    assert [one.state for one in desk.store.outbox.waiting()] == ([state] if state else [])


def test_a_snoozed_ticket_wakes(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(snooze_until=clock.now + 100))
    assert ticket(desk, number).status is Status.SNOOZED
    assert desk.tick() == 0
    clock.now += 100
    assert desk.tick() == 1
    assert ticket(desk, number).status is Status.OPEN


def test_an_agent_names_the_language_and_it_is_remembered(desk: Desk) -> None:
    (number,) = arrive(desk, mail("ok", language="und", confidence=0.2))
    desk.act([number], Change(language="es"))
    after = ticket(desk, number)
    assert (after.language, after.language_source) == ("es", "agent")
    (again,) = arrive(desk, mail("sí", language="und", confidence=0.2, subject="New matter"))
    assert (ticket(desk, again).language, ticket(desk, again).language_source) == ("es", "customer")


@pytest.mark.parametrize(
    ("by_agent", "language", "confidence", "after"),
    [
        ("pt", "es", 0.99, ("pt", "agent")),
        (None, "es", 0.99, ("es", "auto")),
        (None, "es", 0.89, ("en", "auto")),
        (None, "und", 0.99, ("en", "auto")),
        ("und", "es", 0.99, ("es", "auto")),
    ],
)
def test_the_next_mail_never_replaces_the_language_that_an_agent_named(
    desk: Desk, by_agent: str | None, language: str, confidence: float, after: tuple[str, str]
) -> None:
    (number,) = arrive(desk)
    if by_agent:
        desk.act([number], Change(language=by_agent))
    more = mail("Sigue igual", language=language, confidence=confidence, references=(mail().message_id,))
    assert arrive(desk, more) == [number]
    found = ticket(desk, number)
    assert (found.language, found.language_source) == after


def test_solving_a_solved_ticket_again_keeps_when_it_was_solved(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(status=Status.SOLVED))
    for change in (
        Change(status=Status.SOLVED),
        Change(reply="One more thing", status=Status.SOLVED),
        Change(note="n"),
    ):
        clock.now += 60
        desk.act([number], change)
        assert (ticket(desk, number).solved_at, ticket(desk, number).reopens) == (START, 0)


def test_solving_after_a_reopening_counts_from_the_second_solving(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(status=Status.SOLVED))
    desk.act([number], Change(status=Status.OPEN))
    assert (ticket(desk, number).solved_at, ticket(desk, number).reopens) == (None, 1)
    clock.now += 60
    desk.act([number], Change(status=Status.SOLVED))
    assert ticket(desk, number).solved_at == START + 60


def test_two_windows_never_overwrite_a_draft(desk: Desk) -> None:
    (number,) = arrive(desk)
    first = desk.save_draft(number, "one", revision=0)
    desk.save_draft(number, "two", revision=first.revision)
    with pytest.raises(ConflictError):
        desk.save_draft(number, "other window", revision=first.revision)
    kept = desk.store.drafts.get(number)
    assert kept is not None
    assert kept.text == "two"


def test_a_new_draft_is_never_taken_for_one_that_was_sent(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    old = desk.save_draft(number, "one", revision=0)
    desk.save_draft(number, "", revision=old.revision)
    clock.now += 1
    desk.save_draft(number, "two", revision=0)
    with pytest.raises(ConflictError):
        desk.save_draft(number, "one, from a window left open", revision=old.revision)


def test_next_up_leaves_out_the_ticket_at_hand(desk: Desk) -> None:
    first, second = arrive(desk, mail("one"), mail("two", from_address="b@x.example", subject="Other"))
    found = desk.next_up()
    assert found is not None
    other = desk.next_up(leaving=found.ticket_id)
    assert other is not None
    assert {found.ticket_id, other.ticket_id} == {first, second}


def test_automatic_mail_opens_nothing(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="Done", status=Status.SOLVED))
    arrive(desk, mail("I am away", kind=MessageKind.AUTO, references=(mail().message_id,)))
    assert ticket(desk, number).status is Status.SOLVED


def test_waiting_for_the_customer_moves_the_resolution_clock(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    due = ticket(desk, number).resolve_due
    assert due is not None
    clock.now += 60
    desk.act([number], Change(reply="Which phone do you use?"))
    assert (ticket(desk, number).status, ticket(desk, number).resolve_due) == (Status.PENDING, None)
    clock.now += 3600
    arrive(desk, mail("It is a tablet", subject="Re: Help with my account", at=clock.now, message_id="<second@x>"))
    assert ticket(desk, number).waits == (START + 60, START + 3660)
    assert ticket(desk, number).resolve_due == due + 3600


def test_undo_forgets_the_wait_too(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(status=Status.PENDING))
    desk.undo()
    assert ticket(desk, number).waits == ()
    desk.redo()
    assert ticket(desk, number).waits == (START,)


def test_plain_thanks_leave_a_solved_ticket_solved(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(reply="It is open again.", status=Status.SOLVED))
    assert arrive(desk, mail("Thanks a lot!", subject="Re: Help with my account", message_id="<t@x>")) == [number]
    assert (ticket(desk, number).status, ticket(desk, number).reopens) == (Status.SOLVED, 0)
    assert [one.new_text for one in desk.store.messages.of(number)][-1] == "Thanks a lot!"
    arrive(desk, mail("Thanks, but it is locked again", subject="Re: Help with my account", message_id="<u@x>"))
    assert (ticket(desk, number).status, ticket(desk, number).reopens) == (Status.OPEN, 1)


def test_thanks_reopen_where_the_settings_say_so(tmp_path: Path, clock: Clock) -> None:
    rules = DeskRules(routing=Rules(()), thanks_reopen=True)
    desk = Desk(Store.open(tmp_path / "desk.db"), clock=clock, rules=rules, agent="eva")
    (number,) = arrive(desk)
    desk.act([number], Change(status=Status.SOLVED))
    arrive(desk, mail("Thanks!", subject="Re: Help with my account", message_id="<t@x>"))
    assert ticket(desk, number).status is Status.OPEN


def test_a_word_long_after_solving_opens_a_ticket_of_its_own(desk: Desk, clock: Clock) -> None:
    (number,) = arrive(desk)
    desk.act([number], Change(status=Status.SOLVED))
    clock.now += 14 * 86_400
    answer = mail("Locked again", subject="Re: Help with my account", message_id="<a@x>")
    assert arrive(desk, answer) == [number]
    desk.act([number], Change(status=Status.SOLVED))
    clock.now += 14 * 86_400 + 1
    (later,) = arrive(desk, mail("And again", subject="Re: Help with my account", message_id="<b@x>"))
    assert later != number
    assert ticket(desk, number).status is Status.SOLVED
    assert "unverified" not in ticket(desk, later).tags


def test_other_lanes_replace_those_of_before(tmp_path: Path, clock: Clock) -> None:
    store = Store.open(tmp_path / "desk.db")
    (number,) = arrive(Desk(store, clock=clock, rules=DeskRules(routing=Rules(()))))
    lanes = (Lane("help", "Help", 0), Lane("billing", "Billing", 1))
    desk = Desk(store, clock=clock, rules=DeskRules(routing=Rules(()), lanes=lanes))
    assert [lane.name for lane in store.lanes.all()] == ["help", "billing"]
    assert store.lanes.others() == ["mail"]
    (other,) = arrive(desk, mail("Another matter", subject="Billing", message_id="<c@x>"))
    assert ticket(desk, other).lane == "help"
    desk.act([number], Change(lane="billing"))


def test_next_up_goes_by_what_tickets_of_a_lane_usually_take(tmp_path: Path, clock: Clock) -> None:
    policies = (Policy("all", first_reply=3600),)
    desk = Desk(
        Store.open(tmp_path / "desk.db"),
        clock=clock,
        rules=DeskRules(routing=Rules(()), policies=policies, undo_seconds=0),
        agent="eva",
    )
    for place, (lane, seconds) in enumerate([("mail", 30), ("app", 900)] * 3):
        (number,) = arrive(desk, mail(f"Old {place}", lane=lane, subject=f"Old {place}", message_id=f"<o{place}@x>"))
        clock.now += seconds
        desk.act([number], Change(reply="Done.", status=Status.SOLVED))
    (by_mail,) = arrive(desk, mail("New mail", lane="mail", subject="N1", message_id="<n1@x>"))
    clock.now += 300
    (by_app,) = arrive(desk, mail("New app", lane="app", subject="N2", message_id="<n2@x>"))
    clock.now += 2000
    found = desk.next_up()
    # the mail is due sooner, but an app ticket takes a quarter of an hour: hardly one more fits in
    assert found is not None
    assert (found.ticket_id, by_mail < by_app) == (by_app, True)


def test_next_up_sees_past_a_heap_of_late_tickets(desk: Desk, clock: Clock) -> None:
    late = [mail(f"Old {n}", subject=f"Old {n}", message_id=f"<old{n}@x>") for n in range(60)]
    arrive(desk, *late)
    clock.now += 5 * 3600
    (fresh,) = arrive(desk, mail("Fresh", subject="Fresh", message_id="<fresh@x>"))
    clock.now += 600
    found = desk.next_up()
    assert found is not None
    assert found.ticket_id == fresh


def test_a_draft_with_other_words_outlives_a_reply(desk: Desk) -> None:
    (number,) = arrive(desk)
    desk.save_draft(number, "What I was about to write", revision=0)
    desk.act([number], Change(reply="Hello Ana", macro="greeting"))
    kept = desk.store.drafts.get(number)
    assert kept is not None
    assert kept.text == "What I was about to write"


def sent_elsewhere(at: int) -> Incoming:
    """A reply of ours that another mail program sent; its copy is read from the Sent folder."""
    return mail(
        "We look into it", direction=Direction.OUT, from_address="support@desk.example", to=("ana@clientes.example",),
        references=(mail().message_id,), received_at=at, at=at,
    )  # fmt: skip


def test_a_sent_mail_that_is_filed_after_a_newer_message_of_the_customer_does_not_answer_it(
    desk: Desk, clock: Clock
) -> None:
    """The customer's newer message goes on waiting, and its clock goes on running."""
    (number,) = arrive(desk)
    newer = mail("It is worse now", references=(mail().message_id,), received_at=START + 600)
    clock.now += 3600
    arrive(desk, newer)
    waiting = ticket(desk, number)
    arrive(desk, sent_elsewhere(START + 300))
    after = ticket(desk, number)
    assert (waiting.status, after.status, after.touches) == (Status.NEW, Status.NEW, 1)
    assert after.first_replied_at == START + 300
    assert after.next_due is not None
    assert desk.store.messages.last_times(number) == (START + 600, START + 300)


def test_a_sent_mail_answers_what_came_before_it_was_sent(desk: Desk, clock: Clock) -> None:
    """Nothing of the customer's is left to answer."""
    (number,) = arrive(desk)
    clock.now += 3600
    arrive(desk, sent_elsewhere(START + 300))
    assert ticket(desk, number).status is Status.PENDING
    assert desk.store.messages.last_times(number) == (None, START + 300)


def test_a_reply_written_here_answers_all_that_was_filed_by_then(desk: Desk) -> None:
    """A server's clock may be ahead of ours: what the agent saw is answered."""
    (number,) = arrive(desk, mail(received_at=START + 30))
    desk.act([number], Change(reply="We look into it"))
    assert desk.store.messages.last_times(number) == (None, START)


class Breaking(Post):
    """A connector whose connection breaks at each reply to one ticket, or at every reply."""

    def __init__(self, ticket_id: int) -> None:
        super().__init__()
        self.breaks_at, self.is_away = ticket_id, False

    def send(self, entry: OutboxEntry) -> None:
        if self.is_away or entry.ticket_id == self.breaks_at:
            raise UnreachableError("Not reachable", "The server ended the connection.")
        super().send(entry)


def rounds(desk: Desk, post: Post, now: int, count: int, lost: list[int] | None = None) -> int:
    """Deliver every half minute; return the time after it."""
    for _ in range(count):
        with suppress(UnreachableError):
            deliver_due(desk.store, {"post": post}, now, lost=(lost if lost is not None else []).append)
        now += 30
    return now


def test_a_reply_that_always_breaks_the_connection_lets_the_others_leave_and_fails_at_last(
    desk: Desk, clock: Clock
) -> None:
    numbers = arrive(desk, *[mail(text, from_address=f"{text}@x.example") for text in ("a", "b", "c")])
    for number in numbers:
        desk.act([number], Change(reply="Done"))
    post, lost = Breaking(numbers[0]), list[int]()
    now = rounds(desk, post, clock.now + 11, 2, lost)
    assert [entry.ticket_id for entry in post.sent] == numbers[1:]
    for _ in range(MOST_ATTEMPTS):
        desk.act(numbers[1:2], Change(reply="Done again"))
        now = rounds(desk, post, now, 300, lost)
    (entry,) = desk.store.outbox.waiting()
    assert (entry.state, entry.reason, lost) == (OutboxState.FAILED, "The server ended the connection.", [numbers[0]])


def test_a_reply_counts_no_attempt_while_the_remote_is_away_and_leaves_as_soon_as_it_is_back(
    desk: Desk, clock: Clock
) -> None:
    first, second = arrive(desk, mail("a", from_address="a@x.example"), mail("b", from_address="b@x.example"))
    desk.act([first], Change(reply="One"))
    desk.act([first], Change(reply="Two"))
    desk.act([second], Change(reply="Three"))
    post = Breaking(0)
    post.is_away = True
    now = rounds(desk, post, clock.now + 11, 99)
    assert {(entry.state, entry.attempts) for entry in desk.store.outbox.waiting()} == {(OutboxState.QUEUED, 0)}
    post.is_away = False
    rounds(desk, post, now, 1)
    assert len(post.sent) == 3
    of_first = [entry.message_id for entry in post.sent if entry.ticket_id == first]
    assert of_first == [message.message_id for message in desk.store.messages.of(first) if message.direction == "out"]


def test_a_ticket_that_cannot_be_looked_at_does_not_hold_up_the_other_replies(desk: Desk, clock: Clock) -> None:
    first, second = arrive(desk, mail("a", from_address="a@x.example"), mail("b", from_address="b@x.example"))
    desk.act([first, second], Change(reply="Done"))
    post, now = Post(), clock.now + 11

    def holds(entry: OutboxEntry) -> str:
        if entry.ticket_id == first:
            raise UnreachableError("Not reachable", "The system failed (500); it is tried again.")
        return ""

    for _ in range(2):
        with suppress(UnreachableError):
            deliver_due(desk.store, {"post": post}, now, holds=holds)
        now += 30
    assert [entry.ticket_id for entry in post.sent] == [second]
