"""Roles at the one door: every method of the desk that changes something names the right that it needs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import RuleError
from data.records.changes import Change, NewTicket
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.waiting_replies import Wish
from queues.ground.roles import RIGHTS, Access, Right, Role
from queues.quality.rating import Ratings
from queues.quality.reviewing import Reviewing
from queues.routing.rules import Rules

ROLES = {"rita": Role.READER, "ann": Role.AGENT, "lea": Role.LEAD}
OPEN = {
    Desk: {
        # they read
        "findings", "findings_of_new", "open_gates", "promise", "office", "recipient", "copies", "participants",
        "next_up", "mentions", "handovers",
        # about the agent, not the ticket
        "acknowledge", "spent", "reveal", "look_at", "begin_shift", "end_shift",
        # mail, other systems and the clock act by them, whoever sits at the desk
        "receive", "take_over", "follow", "note_handover", "pass_on", "tick", "redact_due",
    },
    Reviewing: {"to_review", "draft_key", "see", "reply"},
    Ratings: set[str](),
}  # fmt: skip
"""Methods that need no right."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "desk.db")) as store:
        desk = desk_of(store, "lea")
        desk.receive(
            [
                Incoming(
                    connector="post", source="test", raw_sha256="1", kind=MessageKind.MAIL, from_name="Ana",
                    from_address="ana@x.example", subject="Hi", text="Hola", new_text="Hola", at=1,
                )
            ]
        )  # fmt: skip
        yield store


def desk_of(store: Store, agent: str) -> Desk:
    return Desk(store, clock=lambda: 1_000, rules=DeskRules(routing=Rules(()), roles=ROLES), agent=agent)


@pytest.mark.parametrize("kind", OPEN)
def test_every_method_names_its_right_or_is_known_to_need_none(kind: type) -> None:
    methods = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
    free = {name for name in methods if not hasattr(getattr(kind, name), "__wrapped__")}
    assert free == OPEN[kind]


WORK: dict[str, Callable[[Desk], object]] = {
    "reply": lambda desk: desk.act([1], Change(reply="Hello")),
    "note": lambda desk: desk.act([1], Change(note="Hm")),
    "status": lambda desk: desk.act([1], Change(status=Status.SOLVED)),
    "bulk": lambda desk: desk.act_each({1: Change(add_tags=("x",))}),
    "new": lambda desk: desk.open_ticket(NewTicket("a@x.example", "Hi", "Hello", language="en")),
    "draft": lambda desk: desk.save_draft(1, "text", revision=0),
    "assistant": lambda desk: desk.propose_draft(1, "text", by="assistant"),
    "undo": lambda desk: desk.undo(),
    "redo": lambda desk: desk.redo(),
    "outbox": lambda desk: desk.settle(1, Wish.SEND),
    "skip": lambda desk: desk.skip(1, "later"),
    "step": lambda desk: desk.take_step(1, "x", True),
    "detach": lambda desk: desk.detach("post", "files"),
    "rating": lambda desk: desk.ratings.correct_rating(1, None),
}
LEADS: dict[str, Callable[[Desk], object]] = {
    "erase": lambda desk: desk.erase(1, "asked"),
    "look": lambda desk: desk.to_erase(1),
    "hold": lambda desk: desk.hold_legally(1, "court"),
    "lift": lambda desk: desk.lift_hold(1),
    "access": lambda desk: desk.note_access(1),
    "retention": lambda desk: desk.expire([]),
    "export": lambda desk: desk.note_export("messages", "json"),
    "sample": lambda desk: desk.reviews.sample("fair", 1, 0, 1, "x"),
}


@pytest.mark.parametrize("name", WORK)
def test_a_reader_changes_nothing(store: Store, name: str) -> None:
    before = store.events.newest()
    with pytest.raises(RuleError, match="rita is a reader on this desk and may not change tickets"):
        WORK[name](desk_of(store, "rita"))
    assert (store.events.newest(), store.drafts.get(1)) == (before, None)


@pytest.mark.parametrize("name", LEADS)
@pytest.mark.parametrize("agent", ["rita", "ann", "someone else"])
def test_only_a_lead_exports_erases_and_reviews(store: Store, name: str, agent: str) -> None:
    with pytest.raises(RuleError, match=f"{agent} is a .* and may not .*; ask a lead"):
        LEADS[name](desk_of(store, agent))


def test_each_does_their_own(store: Store) -> None:
    assert desk_of(store, "rita").next_up() is not None
    desk_of(store, "ann").act([1], Change(reply="Hello"))
    desk_of(store, "lea").hold_legally(1, "court")


def test_without_roles_everyone_may_do_everything() -> None:
    assert all(Access("anyone").may(right) for right in Right)
    assert Access("anyone", {"*": Role.READER}).role is Role.READER
    assert Access("anyone", {"lea": Role.LEAD}).role is Role.AGENT
    assert RIGHTS[Role.READER] < RIGHTS[Role.AGENT] < RIGHTS[Role.LEAD]
