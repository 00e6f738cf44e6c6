"""What the team's database answers to operations: once each, in any number of hands, and never over a newer change."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from data.errors import ConnectorError
from queues.team.database import Database, as_json
from tests.servers.postgres import Team, open_ticket
from tests.servers.request_tracker import AGENTS

pytestmark = pytest.mark.trackers
_ids = count(1)


def operate(
    database: Database, what: dict[str, Any], *, base: int | None = None, number: int = 1, name: str = ""
) -> Any:
    """Carry out an operation and return its answer."""
    sql = "SELECT tridesk.operate(%s, %s, %s, %s::jsonb, %s)"
    name = name or f"{database.login}.{next(_ids)}"
    return database.answer(
        sql, name, number, base, as_json(what), b"Subject: x\r\n\r\nx\r\n" if "message" in what else None
    )


def reply(mark: str) -> dict[str, Any]:
    """Return a reply to the customer."""
    return {"message": {"direction": "out", "mark": mark, "at": 1_790_000_000}}


def ticket(database: Database, number: int = 1) -> dict[str, Any]:
    """Return a ticket as a member sees it."""
    ((row,),) = database.rows("SELECT to_jsonb(ticket) FROM tridesk.ticket WHERE id = %s", number)
    return dict(row)


@pytest.fixture
def alice(team: Team) -> Database:
    """Return the connection of an agent whose team has one ticket."""
    open_ticket(team.connected("gateway"), b"one", "ana@clientes.example", "Uno")
    return team.connected("alice")


@pytest.fixture
def bruno(team: Team) -> Database:
    """Return a colleague's connection."""
    return team.connected("bruno")


def test_an_operation_that_is_sent_again_is_answered_again_and_done_once(alice: Database) -> None:
    answers = [operate(alice, reply("r1"), name="op") for _ in range(3)]
    assert [answer["answer"] for answer in answers] == ["done", "duplicate", "duplicate"]
    assert len({answer["message"] for answer in answers}) == 1
    assert alice.rows("SELECT count(*) FROM tridesk.message WHERE mark = 'r1'") == [(1,)]
    assert ticket(alice)["version"] == 2


def test_the_same_message_under_another_id_is_not_written_twice(alice: Database) -> None:
    first, again = operate(alice, reply("r1")), operate(alice, reply("r1"))
    assert first["message"] == again["message"]
    assert alice.rows("SELECT count(*) FROM tridesk.message WHERE mark = 'r1'") == [(1,)]


def test_an_id_of_a_colleague_is_refused(alice: Database, bruno: Database) -> None:
    operate(alice, {"set": {"status": "open"}}, name="op")
    with pytest.raises(ConnectorError, match="another member"):
        operate(bruno, {"set": {"status": "open"}}, name="op")


def test_the_same_field_changed_since_is_a_conflict_and_nothing_of_it_is_done(alice: Database, bruno: Database) -> None:
    operate(bruno, {"set": {"status": "solved"}}, base=1)
    answer = operate(alice, {"set": {"status": "pending", "language": "es"}, "add": ["x"]}, base=1)
    assert (answer["answer"], answer["clashes"]) == ("conflict", ["status"])
    assert (ticket(alice)["status"], ticket(alice)["language"], ticket(alice)["tags"]) == ("solved", "", [])
    seen = operate(alice, {"set": {"status": "pending"}}, base=answer["version"])
    assert (seen["answer"], ticket(alice)["status"]) == ("done", "pending")


def test_changes_of_different_fields_and_tags_from_both_sides_all_stay(alice: Database, bruno: Database) -> None:
    operate(alice, {"add": ["billing", "ñ"]}, base=1)
    operate(bruno, {"set": {"status": "pending"}, "add": ["login"], "remove": ["billing"]}, base=1)
    assert operate(alice, {"set": {"language": "es"}, "add": ["login"]}, base=1)["answer"] == "done"
    now = ticket(alice)
    assert (now["status"], now["language"], now["tags"]) == ("pending", "es", ["ñ", "login"])


def test_the_same_wish_of_two_agents_is_not_a_conflict(alice: Database, bruno: Database) -> None:
    operate(bruno, {"set": {"status": "solved"}}, base=1)
    assert operate(alice, {"set": {"status": "solved"}}, base=1)["answer"] == "done"
    assert ticket(alice)["version"] == 2


def test_a_reply_that_has_not_seen_another_is_a_conflict_a_note_is_not(alice: Database, bruno: Database) -> None:
    operate(bruno, reply("b"), base=1)
    assert operate(alice, reply("a"), base=1)["clashes"] == ["said"]
    note = {"message": {"direction": "note", "mark": "n", "at": 1_790_000_000}}
    assert operate(alice, note, base=1)["answer"] == "done"
    assert operate(alice, reply("a"), base=2)["answer"] == "done"


def test_what_this_database_does_not_know_is_refused_and_not_half_done(alice: Database) -> None:
    for what in ({"set": {"status": "open", "colour": "red"}}, {"set": {"status": "open"}, "later": True}):
        with pytest.raises(ConnectorError, match="unknown"):
            operate(alice, what)
    assert ticket(alice)["status"] == "new"


def test_of_160_updates_with_20_bases_20_are_done_and_140_refused_none_lost(team: Team, alice: Database) -> None:
    for login in ("gus", "hana"):
        team.add(login)
    agents = [team.connected(login) for login in (*AGENTS, "gus", "hana")]
    done: list[str] = []
    refused = 0
    with ThreadPoolExecutor(len(agents)) as pool:
        for turn in range(20):
            base = ticket(alice)["version"]
            wishes = [(agent, f"{agent.login} {turn}") for agent in agents]
            answers = list(
                pool.map(lambda wish, base=base: operate(wish[0], {"set": {"subject": wish[1]}}, base=base), wishes)
            )
            refused += sum(answer["answer"] == "conflict" for answer in answers)
            done += [wish for (_, wish), answer in zip(wishes, answers, strict=True) if answer["answer"] == "done"]
    assert (len(done), refused) == (20, 140)
    kept = alice.rows("SELECT detail -> 'subject' ->> 1 FROM tridesk.event WHERE kind = 'changed' ORDER BY id")
    assert [subject for (subject,) in kept] == done
    assert (ticket(alice)["subject"], ticket(alice)["version"]) == (done[-1], 21)


def test_of_600_tickets_that_six_agents_claim_each_has_one_owner(team: Team) -> None:
    team.owner.rows(
        "INSERT INTO tridesk.ticket (status, lane, subject) SELECT 'new', 'mail', 'n' FROM generate_series(1, 600)"
    )

    def claims(login: str) -> list[int]:
        database, numbers = team.connected(login), list(range(1, 601))
        random.Random(login).shuffle(numbers)
        wish = {"owner": {"from": "", "to": login}}
        return [number for number in numbers if operate(database, wish, number=number)["answer"] == "done"]

    with ThreadPoolExecutor(len(AGENTS)) as pool:
        won = list(pool.map(claims, AGENTS))
    assert sorted(number for numbers in won for number in numbers) == list(range(1, 601))
    owners = dict(team.owner.rows("SELECT owner, count(*) FROM tridesk.ticket GROUP BY owner"))
    assert owners == {login: len(numbers) for login, numbers in zip(AGENTS, won, strict=True)}


def test_two_desks_with_one_mailbox_bring_one_ticket(team: Team) -> None:
    gates = [team.connected(login) for login in AGENTS]
    with ThreadPoolExecutor(len(gates)) as pool:
        numbers = list(pool.map(lambda gate: open_ticket(gate, b"the same mail", "ana@x.example", "Uno"), gates))
    assert len(set(numbers)) == 1
    assert team.owner.rows("SELECT count(*) FROM tridesk.ticket") == [(1,)]


def test_a_claim_outlives_its_desk_by_the_lease_and_then_the_ticket_is_free(
    team: Team, alice: Database, bruno: Database
) -> None:
    open_ticket(alice, b"two", "bob@clientes.example", "Dos")
    alice.rows("SELECT tridesk.renew()")
    for number in (1, 2):
        operate(alice, {"owner": {"from": "", "to": "alice"}}, number=number)
    operate(alice, {"set": {"status": "pending"}}, number=2)
    assert operate(bruno, {"owner": {"from": "", "to": "bruno"}})["clashes"] == ["owner"]
    past(team, "UPDATE tridesk.ticket SET owned_until = now() - interval '1 s'")
    assert operate(bruno, {"owner": {"from": "", "to": "bruno"}})["answer"] == "conflict"  # alice's desk is still there
    past(team, "UPDATE tridesk.member SET lease_until = now() - interval '1 s' WHERE login = 'alice'")
    bruno.rows("SELECT tridesk.renew()")
    assert [ticket(bruno, number)["owner"] for number in (1, 2)] == ["", "alice"]
    assert bruno.rows("SELECT kind, actor, detail FROM tridesk.event ORDER BY id DESC LIMIT 1") == [
        ("freed", "", {"owner": ["alice", ""]})
    ]
    assert operate(bruno, {"owner": {"from": "", "to": "bruno"}})["answer"] == "done"


def test_work_given_to_an_agent_who_is_away_waits_for_the_lease(team: Team, alice: Database, bruno: Database) -> None:
    operate(alice, {"owner": {"from": "", "to": "carla"}})
    bruno.rows("SELECT tridesk.renew()")
    assert ticket(alice)["owner"] == "carla"
    past(team, "UPDATE tridesk.ticket SET owned_until = now() - interval '1 s'")
    bruno.rows("SELECT tridesk.renew()")
    assert ticket(alice)["owner"] == ""


def past(team: Team, sql: str) -> None:
    """Let time pass, as far as the database knows."""
    team.owner.rows(sql)
