"""Several desks at one ticketing system at the same moment, and a system that is ended in the middle of its work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from data.records.changes import Change
from data.records.outbox import OutboxState
from queues.connectors.base import Capability
from tests.servers.connector_worlds import reply
from tests.servers.desk_at_mail import until
from tests.servers.system_worlds import SystemWorld

AGENTS = ("bruno", "carla", "dora", "emil", "fay")


@pytest.fixture
def claiming_system(system: SystemWorld) -> SystemWorld:
    """Give the systems that let the first of two agents have a ticket."""
    if Capability.CLAIM not in system.capabilities:
        pytest.skip("has no claim that one of several agents wins")
    return system


def test_in_each_of_15_races_one_of_six_takers_wins_and_all_know_who(claiming_system: SystemWorld) -> None:
    system = claiming_system
    takers = [system.connector(), *(system.of_colleague(agent).connector() for agent in AGENTS)]
    with ThreadPoolExecutor(len(takers)) as pool:
        for _ in range(15):
            system.write()
            seen = list(pool.map(lambda taker, ref=system.refs[-1]: taker.take(ref, "").owner, takers))
            assert set(seen) == {takers[0].ticket(system.refs[-1]).owner}
            assert seen[0] in {taker.me() for taker in takers}
    for taker in takers:
        taker.close()


def test_of_six_desks_that_take_a_ticket_one_has_it_and_the_others_are_told_who(claiming_system: SystemWorld) -> None:
    system = claiming_system
    desks = [system, *(system.of_colleague(agent) for agent in AGENTS)]
    try:
        system.write()
        for desk in desks:
            desk.sync()
            desk.act(desk.tickets()[0].id, Change(assignee=desk.desk.settings.agent))
        for desk in desks:
            desk.desk.start()
        winners: list[SystemWorld] = []

        def decided() -> bool:
            winners[:] = [desk for desk in desks if desk.tickets()[0].assignee == desk.desk.settings.agent]
            others = {desk.tickets()[0].assignee for desk in desks if desk not in winners}
            return len(winners) == 1 and others == {winners[0].known_as}

        until(decided, lambda: [(desk.tickets()[0].assignee, desk.desk.said) for desk in desks])
        told = [desk for desk in desks if any(f"{winners[0].known_as} was first" in said for said in desk.desk.said)]
        assert told == [desk for desk in desks if desk not in winners]
    finally:
        for desk in desks:
            desk.close()


def test_killed_in_the_middle_of_a_write_and_started_again_it_has_each_reply_once_or_not(system: SystemWorld) -> None:
    for _ in range(6):
        system.write()
    system.sync()
    for number, ticket in enumerate(system.tickets()):
        system.act(ticket.id, reply(f"Respuesta {number}."))
    system.desk.start()
    until(lambda: OutboxState.SENT in system.states(), lambda: system.desk.said)
    if not system.restart():
        pytest.skip("a stand-in cannot be killed")
    settled = (OutboxState.SENT, OutboxState.IN_DOUBT)
    until(lambda: all(state in settled for state in system.states()), lambda: (system.states(), system.desk.said))
    system.desk.stop()
    system.sync()
    there = system.delivered()
    for number, state in enumerate(system.states()):
        assert (state, there.count(f"Respuesta {number}.")) in ((OutboxState.SENT, 1), (OutboxState.IN_DOUBT, 0))
    assert all(len(system.messages_of(ticket)) == 2 for ticket in system.tickets())
