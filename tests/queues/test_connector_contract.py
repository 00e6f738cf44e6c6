"""What every connector keeps to, as far as its capabilities go. A new one gets a world and passes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from data.records import Change, OutboxState, Status
from queues.connectors.base import CONNECTORS, Capability, connector_class
from tests.servers.connector_worlds import LocalWorld, MailWorld, RoundupWorld, TrackerWorld, World, ZendeskWorld, reply

numbers = count(1)
TEXT = "¿Qué tal? Ya está: «niño», 100 €, 🎉."


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.trackers) if name in ("rt", "roundup") else name
        for name in sorted(CONNECTORS)
    ]
)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    number = next(numbers)
    made: World
    match request.param:
        case "demo" | "files":
            made = LocalWorld(tmp_path, request.param)
        case "email":
            stack = request.getfixturevalue("mail_stack")
            made = MailWorld(stack, tmp_path, stack.add_user(f"desk{900 + number}")[0])
        case "rt":
            made = TrackerWorld(
                request.getfixturevalue("request_tracker"), tmp_path, f"contract{number}@clientes.example"
            )
        case "roundup":
            made = RoundupWorld(request.getfixturevalue("roundup"), tmp_path, f"contract{number}@clientes.example")
        case "zendesk":
            made = ZendeskWorld(request.getfixturevalue("zendesk"), tmp_path)
        case name:
            pytest.fail(f"the connector {name} has no world in tests/servers/connector_worlds.py")
    assert connector_class(request.param).capabilities == made.capabilities
    yield made
    made.close()


def can(world: World, *wanted: Capability) -> None:
    if not set(wanted) <= world.capabilities:
        pytest.skip(f"cannot {', '.join(wanted)}")


def test_nothing_is_missed_and_nothing_doubled(world: World) -> None:
    can(world, Capability.FETCH)
    for expected in (1, 3, 3):
        while len(world.tickets()) < expected:
            for _ in range(expected - len(world.tickets())):
                world.write()
            world.sync()
        world.sync()
        assert len(world.tickets()) == expected


def test_a_reply_arrives_once_and_letter_by_letter(world: World) -> None:
    can(world, Capability.SEND)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, reply(TEXT))
    for _ in range(2):
        world.sync()
    assert world.delivered() == [TEXT]
    assert world.states() == [OutboxState.SENT]


def test_a_crash_between_the_last_byte_and_its_answer_sends_nothing_twice(world: World) -> None:
    can(world, Capability.SEND)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, reply(TEXT))
    world.sync()
    world.forget_the_answer()
    for _ in range(2):
        world.sync()
    assert world.delivered() == [TEXT]
    assert world.states() == [OutboxState.SENT]


def test_a_reply_is_held_when_the_customer_wrote_meanwhile(world: World) -> None:
    can(world, Capability.FETCH, Capability.SEND)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, reply(TEXT))
    if not world.write_again():
        pytest.skip("these customers cannot be told to write")
    world.sync()
    assert world.states() == [OutboxState.HELD]
    assert world.delivered() == []


def test_two_agents_answer_and_one_answer_leaves(world: World) -> None:
    can(world, Capability.CLAIM)
    other = world.colleague()
    assert other is not None
    world.write()
    for desk in (world, other):
        desk.sync()
        desk.act(desk.tickets()[0].id, reply(TEXT))
    for desk in (world, other, world):
        desk.sync()
    assert [world.states(), other.states()] == [[OutboxState.SENT], [OutboxState.HELD]]
    assert world.delivered() == [TEXT]
    assert other.tickets()[0].assignee not in ("", "bruno-here", "zoe")
    other.close()


def test_notes_statuses_and_owners_cross_over_and_do_not_come_back(world: World) -> None:
    can(world, Capability.NOTE, Capability.STATUS, Capability.OWNER)
    other = world.colleague()
    assert other is not None
    world.write()
    world.sync()
    number = world.tickets()[0].id
    world.act(number, Change(note=TEXT, status=Status.SOLVED, assignee="alice-here", override_reason="a test"))
    for desk in (world, other, world):
        desk.sync()
    theirs = other.tickets()[0]
    assert (theirs.status, theirs.assignee) == (Status.SOLVED, world.known_as)
    assert world.tickets()[0].status is Status.SOLVED
    assert world.delivered() == []
    other.close()
