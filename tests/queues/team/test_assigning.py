"""A team's tickets are assigned by one desk, fairly, and never one that somebody has."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.queues.team.test_operations import operate
from tests.servers.desk_at_mail import until
from tests.servers.desk_at_tracker import DeskAtTeam
from tests.servers.postgres import Team, open_ticket
from tests.servers.roundup import letter
from tui.setup.open_desk import open_desk
from tui.setup.settings import AssigneeTable, AssignTable

pytestmark = pytest.mark.trackers
AGENTS = [AssigneeTable("alice"), AssigneeTable("bruno"), AssigneeTable("alice-here"), AssigneeTable("bruno-here")]


class AssigningDesk(DeskAtTeam):
    """A desk whose settings assign to alice and bruno, by the names that they have at either desk."""

    def __init__(self, team: Team, folder: Path, *, agent: str) -> None:
        super().__init__(team, folder, agent=agent)
        self.settings = msgspec.structs.replace(self.settings, assign=AssignTable(on=True), assignee=AGENTS)


def fill(team: Team, count: int) -> None:
    gateway = team.connected("gateway")
    for number in range(count):
        raw = letter("ana@clientes.example", f"Uno {number}", "Hola.").as_bytes()
        open_ticket(gateway, raw, "ana@clientes.example", f"Uno {number}")


def owners(team: Team) -> dict[int, str]:
    return dict(team.owner.rows("SELECT id, owner FROM tridesk.ticket ORDER BY id"))


def test_two_desks_assign_each_ticket_once_and_evenly(team: Team, tmp_path: Path) -> None:
    fill(team, 8)
    desks = [AssigningDesk(team, tmp_path, agent=agent) for agent in ("alice", "bruno")]
    for desk in desks:
        team.connected(desk.agent).rows("SELECT tridesk.renew()")  # both are here before either assigns
        desk.start()
    try:
        until(lambda: "" not in owners(team).values(), lambda: [desk.said for desk in desks])
        until(
            lambda: bool(desks[1].tickets()) and all(one.assignee for one in desks[1].tickets()), lambda: owners(team)
        )
    finally:
        for desk in desks:
            desk.stop()
    assert Counter(owners(team).values()) == {"alice": 4, "bruno": 4}
    assert team.owner.rows("SELECT count(*), count(DISTINCT ticket) FROM tridesk.event WHERE kind = 'assigned'") == [
        (8, 8)
    ]
    assert len(team.owner.rows("SELECT DISTINCT actor FROM tridesk.event WHERE kind = 'assigned'")) == 1
    opened = open_desk(desks[1].path, settings=desks[1].settings)
    with closing(opened.store):
        offered = opened.next_up()
        assert offered is not None
        assert "assigned to you: " in offered.why
        assert opened.store.tickets.get(offered.ticket_id).assignee == "bruno-here"  # type: ignore[union-attr]


def test_what_is_held_attended_given_up_or_for_someone_away_is_refused_there(team: Team) -> None:
    fill(team, 5)
    alice, bruno = team.connected("alice"), team.connected("bruno")
    for member in (alice, bruno):
        member.rows("SELECT tridesk.renew()")
    assert alice.rows("SELECT tridesk.may_assign('desk a')") == [(True,)]
    operate(bruno, {"owner": {"from": "", "to": "bruno"}}, number=1)
    bruno.rows("SELECT tridesk.look('{2}')")
    operate(bruno, {"owner": {"from": "", "to": "bruno"}}, number=3)
    operate(bruno, {"owner": {"from": "bruno", "to": ""}}, number=3)
    operate(bruno, {"set": {"status": "solved"}}, number=4)

    def asked(number: int, to: str = "alice", desk: str = "desk a") -> bool:
        ((done,),) = alice.rows("SELECT tridesk.assign(%s, %s, %s, 'why')", desk, number, to)
        return bool(done)

    assert [asked(number) for number in (1, 2, 3, 4, 99)] == [False] * 5
    assert not asked(5, "gateway")  # its desk is not here
    assert not asked(5, desk="desk b")  # another desk assigns
    assert asked(5)
    assert not asked(5, "bruno")
    assert owners(team) == {1: "bruno", 2: "", 3: "", 4: "", 5: "alice"}
    # what a lease frees is no one's choice, and is assigned again
    team.owner.rows("UPDATE tridesk.member SET lease_until = '-infinity' WHERE login = 'alice'")
    team.owner.rows("UPDATE tridesk.ticket SET owned_until = '-infinity' WHERE id = 5")
    bruno.rows("SELECT tridesk.renew()")
    assert owners(team)[5] == ""
    assert asked(5, "bruno")


def test_one_desk_assigns_and_another_takes_over_when_it_is_gone(team: Team) -> None:
    logins = ("alice", "bruno", "carla")
    connections = [team.connected(login) for login in logins]
    with ThreadPoolExecutor(len(logins)) as pool:
        for _ in range(5):
            answers = list(pool.map(
                lambda pair: pair[1].rows("SELECT tridesk.may_assign(%s)", f"desk {pair[0]}")[0][0],
                zip(logins, connections, strict=True),
            ))  # fmt: skip
            assert sorted(answers) == [False, False, True]
    winner = answers.index(True)
    team.owner.rows("UPDATE tridesk.team SET assigner_until = now()")
    other = (winner + 1) % len(logins)
    assert connections[other].rows("SELECT tridesk.may_assign(%s)", f"desk {logins[other]}") == [(True,)]
    assert connections[winner].rows("SELECT tridesk.may_assign(%s)", f"desk {logins[winner]}") == [(False,)]


def test_two_connections_assign_one_ticket_once(team: Team) -> None:
    fill(team, 20)
    pairs = [(login, team.connected(login)) for login in ("alice", "bruno")]
    for _, member in pairs:
        member.rows("SELECT tridesk.renew()")
    assert pairs[0][1].rows("SELECT tridesk.may_assign('one desk')") == [(True,)]

    def all_of_them(pair: tuple[str, object]) -> int:
        login, member = pair
        return sum(
            member.rows("SELECT tridesk.assign('one desk', %s, %s, 'x')", number, login)[0][0]  # type: ignore[attr-defined]
            for number in range(1, 21)
        )

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(all_of_them, pairs))
    counts = Counter(owners(team).values())
    assert (counts["alice"], counts["bruno"]) == tuple(won)
    assert sum(won) + counts[""] == 20  # one that both wanted at the same moment may wait for the next round
    assert team.owner.rows("SELECT count(*) FROM tridesk.event WHERE kind = 'assigned'") == [(sum(won),)]


def test_a_reader_with_the_rules_assigns_nothing_and_works_on(team: Team, tmp_path: Path) -> None:
    fill(team, 1)
    team.add("rita", "reader")
    rita = AssigningDesk(team, tmp_path, agent="rita")
    rita.once()
    rita.once()
    assert owners(team) == {1: ""}
    assert len(rita.tickets()) == 1
    assert any("Not allowed" in sentence for sentence in rita.said)
