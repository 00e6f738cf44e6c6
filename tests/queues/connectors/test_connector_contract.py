"""What every connector keeps to, as far as its capabilities go. A new one gets a world and passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from data.errors import RefusedError, UnreachableError
from data.records.changes import Change
from data.records.messages import Direction
from data.records.outbox import Enclosure, OutboxState
from data.records.tickets import Status
from queues.connectors.base import Capability, RemoteReply
from queues.connectors.web import StaleError
from tests.servers.connector_worlds import World, reply
from tests.servers.system_worlds import SystemWorld

pytestmark = pytest.mark.usefixtures("one_helper")

TEXT = "¿Qué tal? Ya está: «niño», 100 €, 🎉."


def can(world: World, *wanted: Capability) -> None:
    if not set(wanted) <= world.capabilities:
        pytest.skip(f"cannot {', '.join(wanted)}")


def raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


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
    assert world.outbox()[0].reason == "the customer wrote again"
    both = [one.text.strip() for one in world.messages()[1:]]
    assert (both[0], len(both)) == (TEXT, 2)  # what we wrote, and what it has not read, side by side


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


def test_words_and_files_cross_over_both_ways_letter_by_letter(world: World, tmp_path: Path) -> None:
    can(world, Capability.ATTACHMENTS)
    content = bytes(range(256)) * 5
    assert world.write_what(TEXT, "año.png", content)
    world.sync()
    (came,) = world.messages()
    assert (came.text.strip(), came.direction) == (TEXT, Direction.IN)
    (file,) = came.attachments
    assert (file.filename, file.size, file.sha256) == ("año.png", len(content), sha256(content).hexdigest())
    path = tmp_path / "guía ñ.bin"
    path.write_bytes(content)
    enclosed = (Enclosure(str(path), path.name, len(content)),)
    world.act(world.tickets()[0].id, replace(reply(TEXT), attachments=enclosed))
    world.sync()
    assert world.states() == [OutboxState.SENT]
    assert (path.name, content) in world.files_delivered()


def test_tags_cross_over_and_neither_side_takes_away_what_it_does_not_know(world: World) -> None:
    can(world, Capability.TAGS)
    other = world.colleague()
    assert other is not None
    world.write()
    for desk in (world, other):
        desk.sync()
    world.act(world.tickets()[0].id, Change(add_tags=("billing", "español")))
    for desk in (world, other):
        desk.sync()
    assert {"billing", "español"} <= set(other.tickets()[0].tags)
    other.act(other.tickets()[0].id, Change(remove_tags=("billing",), add_tags=("login",)))
    world.act(world.tickets()[0].id, Change(note="Mientras tanto."))
    for desk in (other, world, other):
        desk.sync()
    for desk in (world, other):
        assert {"billing", "español", "login"} & set(desk.tickets()[0].tags) == {"español", "login"}
    other.close()


def test_a_reply_fills_in_the_field_for_its_macro(world: World) -> None:
    can(world, Capability.FIELDS)
    assert isinstance(world, SystemWorld)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, replace(reply(TEXT), macro="login/reset-ñ"))
    world.sync()
    assert (world.states(), world.field()) == ([OutboxState.SENT], "login/reset-ñ")


def test_a_reply_to_a_ticket_that_changed_is_refused_by_the_system_itself(world: World) -> None:
    can(world, Capability.GUARD)
    assert isinstance(world, SystemWorld)
    world.write()
    world.sync()
    system = world.connector()
    ref = world.refs[0]
    stood = system.ticket(ref)
    world.write_again()
    with pytest.raises(StaleError):
        system.offer(RemoteReply(ref, "stale@tridesk", TEXT, version=stood.version)).finish()
    system.close()
    assert world.delivered() == []


def test_what_happens_at_the_last_byte_holds_the_reply(world: World) -> None:
    can(world, Capability.GUARD)
    assert isinstance(world, SystemWorld)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, reply(TEXT))
    with world.before_the_last_byte(world.write_again):
        world.sync()
    assert (world.states(), world.outbox()[0].reason) == ([OutboxState.HELD], "the customer wrote again")
    assert world.delivered() == []


def test_a_reply_whose_answer_got_lost_is_found_by_its_mark(world: World) -> None:
    can(world, Capability.NOTE)
    assert isinstance(world, SystemWorld)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, reply(TEXT))
    with world.lost_answer():
        world.sync()
    once = Capability.ONCE in world.capabilities  # such a system is asked again at once
    assert world.states() == [OutboxState.SENT if once else OutboxState.IN_DOUBT]
    for _ in range(2):
        world.sync()
    assert world.states() == [OutboxState.SENT]
    assert world.delivered() == [TEXT]


def test_what_an_agent_just_did_outlives_another_change_of_a_colleague(world: World) -> None:
    can(world, Capability.NOTE, Capability.OWNER)
    assert isinstance(world, SystemWorld)
    other = world.colleague()
    assert other is not None
    world.write()
    for desk in (world, other):
        desk.sync()
    other.act(other.tickets()[0].id, Change(status=Status.OPEN, override_reason="a test"))
    for desk in (other, world):
        desk.sync()
    world.desk.undo_seconds(3600)
    world.act(world.tickets()[0].id, Change(status=Status.PENDING, override_reason="a test"))
    other.act(other.tickets()[0].id, Change(note="Solo una nota.", assignee="bruno-here"))
    for desk in (other, world):
        desk.sync()
    ticket = world.tickets()[0]
    assert (ticket.status, ticket.assignee) == (Status.PENDING, other.known_as)
    other.close()


def test_a_system_that_is_gone_at_the_last_byte_has_the_reply_when_it_is_back(world: World) -> None:
    can(world, Capability.NOTE)
    assert isinstance(world, SystemWorld)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, reply(TEXT))
    gone = raising(UnreachableError("Not reachable", "It is gone."))
    with world.before_the_last_byte(gone), pytest.raises(UnreachableError):
        world.sync()
    (entry,) = world.outbox()
    assert (entry.state, entry.attempts) == (OutboxState.QUEUED, 0)
    assert entry.due_at <= time.time()  # it need not wait
    world.sync()
    assert (world.states(), world.delivered()) == ([OutboxState.SENT], [TEXT])


def test_a_reply_whose_answer_got_lost_with_the_system_is_there_once_when_it_is_back(world: World) -> None:
    can(world, Capability.ONCE)
    assert isinstance(world, SystemWorld)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, reply(TEXT))
    with world.gone_before_the_answer():
        world.sync()
    assert world.states() == [OutboxState.IN_DOUBT]
    world.sync()
    assert (world.states(), world.delivered()) == ([OutboxState.SENT], [TEXT])


def test_a_reply_that_the_system_refuses_opens_its_ticket_again(world: World) -> None:
    can(world, Capability.NOTE)
    assert isinstance(world, SystemWorld)
    world.write()
    world.sync()
    world.act(world.tickets()[0].id, reply(TEXT))
    assert world.tickets()[0].status is not Status.OPEN
    with world.before_the_last_byte(raising(RefusedError("Refused", "It may not be."))):
        world.sync()
    assert (world.states(), world.tickets()[0].status) == ([OutboxState.FAILED], Status.OPEN)
    assert world.delivered() == []
