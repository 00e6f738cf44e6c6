"""Mentions: `@name` in a note reaches that agent's list and next-up, until they have seen or answered it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.mentions import MentionState
from data.records.messages import Direction, MessageKind
from data.records.tickets import Status
from data.store import Store
from data.tables.mentions import key, keys
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules

NOW = 1_800_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db")
    yield store
    store.close()


def desk_of(store: Store, agent: str, *logins: str) -> Desk:
    rules = DeskRules(routing=Rules(()), logins=frozenset(logins))
    return Desk(store, clock=lambda: NOW, rules=rules, agent=agent)


def mail(name: str, **changes: object) -> Incoming:
    first = Incoming(
        connector="post", source="test", raw_sha256=name, kind=MessageKind.MAIL, from_name="Ana",
        from_address=f"{name}@x.example", subject="S", text="Help", new_text="Help", at=NOW, received_at=NOW,
        message_id=f"<{name}@x>",
    )  # fmt: skip
    return replace(first, **changes)  # type: ignore[arg-type]


def arrive(desk: Desk, name: str, **changes: object) -> int:
    (received,) = desk.receive([mail(name, **changes)])
    return received.ticket_id


def listed(desk: Desk) -> list[tuple[int, str, MentionState]]:
    return [(mention.ticket_id, mention.author, mention.state) for mention in desk.mentions(everything=True)]


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("@eva, look", True), ("@Eva: look", True), ("(@éva)", True), ("ask @eva.lópez.", True), ("@eva-lopez?", True),
        ("eva, look", False), ("mail eva@eva.example", False), ("@evan", False), ("@lopez", False), ("@ eva", False),
        ("@@eva", False),
    ],
)  # fmt: skip
def test_who_is_mentioned(store: Store, text: str, reached: bool) -> None:
    bruno, eva = desk_of(store, "bruno"), desk_of(store, "Eva López")
    number = arrive(bruno, "a")
    bruno.act([number], Change(note=text))
    assert [mention.ticket_id for mention in eva.mentions()] == ([number] if reached else [])
    assert bruno.mentions() == []


def test_a_mention_is_offered_next_whatever_the_status_until_it_is_seen(store: Store) -> None:
    bruno, eva = desk_of(store, "bruno"), desk_of(store, "eva")
    first, second = arrive(bruno, "a"), arrive(bruno, "b", received_at=NOW - 50_000)
    bruno.act([first], Change(note="@eva which refund?", status=Status.PENDING))
    offered, others = eva.next_up(), bruno.next_up()
    assert offered is not None
    assert others is not None
    assert (offered.ticket_id, others.ticket_id) == (first, second)
    assert offered.why.endswith(", bruno mentioned you")
    assert eva.see_mentions(first) == 1
    assert eva.see_mentions(first) == 0
    offered = eva.next_up()
    assert offered is not None
    assert offered.ticket_id == second
    assert listed(eva) == [(first, "bruno", MentionState.SEEN)]


@pytest.mark.parametrize("change", [Change(note="Done"), Change(add_tags=("x",)), Change(status=Status.ON_HOLD)])
def test_what_the_agent_does_on_the_ticket_answers(store: Store, change: Change) -> None:
    bruno, eva = desk_of(store, "bruno"), desk_of(store, "eva")
    number = arrive(bruno, "a")
    eva.act([number], Change(note="before"))
    bruno.act([number], Change(note="@eva please"))
    bruno.act([number], Change(add_tags=("later",)))
    assert listed(eva) == [(number, "bruno", MentionState.OPEN)]
    eva.act([number], change)
    assert listed(eva) == [(number, "bruno", MentionState.ANSWERED)]
    assert eva.mentions() == []


def test_an_undone_note_mentions_no_one_and_a_redone_one_does(store: Store) -> None:
    bruno, eva = desk_of(store, "bruno"), desk_of(store, "eva")
    bruno.act([arrive(bruno, "a")], Change(note="@eva please"))
    bruno.undo()
    assert eva.mentions() == []
    bruno.redo()
    assert len(eva.mentions()) == 1


def test_a_note_from_another_desk_mentions_by_the_login_there(store: Store) -> None:
    eva = desk_of(store, "Eva López", "elopez")
    there = {"connector": "team:desk", "external_ref": "7"}
    number = arrive(eva, "a", **there)
    note = mail("n", text="@elopez look", direction=Direction.NOTE, from_name="bruno", **there)
    eva.receive([replace(note, from_address="bruno@team.example")])
    assert listed(eva) == [(number, "bruno", MentionState.OPEN)]


@given(st.text(max_size=60))
def test_any_name_has_a_key_that_is_its_own_key(name: str) -> None:
    assert key(key(name)) == key(name)
    assert "" not in keys([name])


def test_an_accent_may_be_a_sign_of_its_own(store: Store) -> None:
    nuria = desk_of(store, "Núria")
    number = arrive(nuria, "one")
    desk_of(store, "bruno").act([number], Change(note="@Nu\u0301ria, look"))
    assert [mention.ticket_id for mention in nuria.mentions()] == [number]
