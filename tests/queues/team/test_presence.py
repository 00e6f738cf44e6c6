"""Who writes on a ticket is seen at the other desks while it is so, and leads see who works on what."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import RefusedError
from data.store import Store
from queues.ground.presence import Present, present
from queues.team.administration import board, remove_member
from tests.queues.team.test_operations import operate
from tests.servers.desk_at_mail import until
from tests.servers.desk_at_tracker import DeskAtTeam
from tests.servers.postgres import Team, open_ticket
from tests.servers.roundup import letter
from tui.setup.open_desk import open_desk

pytestmark = pytest.mark.trackers


def there(desk: DeskAtTeam, now: float | None = None) -> Present:
    """Return whom a desk sees at its only ticket."""
    with closing(Store.open(desk.path)) as store:
        return present(store, int(time.time() if now is None else now)).get(1, Present())


def writers(desk: DeskAtTeam) -> tuple[str, ...]:
    """Return whom a desk sees writing on its only ticket."""
    return there(desk).writing


def look(desk: DeskAtTeam, ticket_id: int | None, window: str = "window") -> None:
    """Have a window of a desk open a ticket."""
    opened = open_desk(desk.path, settings=desk.settings)
    with closing(opened.store):
        opened.look_at(window, ticket_id)


def test_a_draft_is_seen_at_another_desk_while_it_is_written(team: Team, tmp_path: Path) -> None:
    raw = letter("ana@clientes.example", "Uno", "Hola.").as_bytes()
    open_ticket(team.connected("gateway"), raw, "ana@clientes.example", "Uno")
    alice, bruno = DeskAtTeam(team, tmp_path, agent="alice"), DeskAtTeam(team, tmp_path, agent="bruno")
    for desk in (alice, bruno):
        desk.once()
        desk.start()
    try:
        typing = open_desk(alice.path, settings=alice.settings)
        with closing(typing.store):
            draft = typing.save_draft(1, "Estoy en ello", revision=0)
            until(lambda: writers(bruno) == ("alice",), lambda: (bruno.said, alice.said))
            assert writers(alice) == ()
            typing.save_draft(1, "", revision=draft.revision)
            until(lambda: writers(bruno) == (), lambda: (bruno.said, alice.said))
    finally:
        alice.stop()
        bruno.stop()


def two_desks(team: Team, folder: Path) -> tuple[DeskAtTeam, DeskAtTeam]:
    raw = letter("ana@clientes.example", "Uno", "Hola.").as_bytes()
    open_ticket(team.connected("gateway"), raw, "ana@clientes.example", "Uno")
    alice, bruno = DeskAtTeam(team, folder, agent="alice"), DeskAtTeam(team, folder, agent="bruno")
    for desk in (alice, bruno):
        desk.once()
        desk.start()
    return alice, bruno


def test_an_open_ticket_is_seen_at_another_desk_until_it_is_left(team: Team, tmp_path: Path) -> None:
    alice, bruno = two_desks(team, tmp_path)
    try:
        look(alice, 1)
        until(lambda: there(bruno) == Present(looking=("alice",)), lambda: (bruno.said, alice.said))
        assert there(alice) == Present()
        look(bruno, 1)
        until(lambda: there(alice) == Present(looking=("bruno",)), lambda: (bruno.said, alice.said))
        typing = open_desk(alice.path, settings=alice.settings)
        with closing(typing.store):
            typing.save_draft(1, "Estoy en ello", revision=0)
        until(lambda: there(bruno) == Present(writing=("alice",)), lambda: (bruno.said, alice.said))
        look(alice, None)
        look(bruno, None)
        until(lambda: there(alice) == Present(), lambda: (bruno.said, alice.said))
        assert there(bruno) == Present(writing=("alice",))
    finally:
        alice.stop()
        bruno.stop()
    assert there(bruno) == Present()  # its connection has ended


def test_a_desk_that_dies_is_gone_by_itself(team: Team, tmp_path: Path) -> None:
    alice, bruno = two_desks(team, tmp_path)
    try:
        look(alice, 1)
        until(lambda: there(bruno).looking == ("alice",), lambda: (bruno.said, alice.said))
        # what bruno's file knows ends too, should his own mail process die
        assert there(bruno, time.time() + 1000) == Present()
        alice.stop()
        team.owner.rows("UPDATE tridesk.viewing SET until = now()")
        until(lambda: there(bruno) == Present(), lambda: bruno.said)
    finally:
        alice.stop()
        bruno.stop()


def test_a_reader_is_seen_looking_and_a_stranger_is_not(team: Team) -> None:
    open_ticket(team.connected("gateway"), b"one", "ana@clientes.example", "Uno", "safety")
    team.add("rita", "reader")
    team.add("nora", "agent", "mail")
    for login in ("rita", "nora"):
        team.connected(login).rows("SELECT tridesk.look('{1}')")
    seen = {person.login: person.looks_at for person in board(team.connected("alice"))[0]}
    assert team.connected("alice").rows("SELECT login, ticket FROM tridesk.viewing") == [("rita", 1)]
    assert seen["nora"] == ()
    remove_member(team.owner, "rita")
    with pytest.raises(RefusedError):
        team.connected("rita").rows("SELECT tridesk.look('{1}')")


def test_a_desk_works_with_a_team_of_the_version_before(team: Team, tmp_path: Path) -> None:
    raw = letter("ana@clientes.example", "Uno", "Hola.").as_bytes()
    open_ticket(team.connected("gateway"), raw, "ana@clientes.example", "Uno")
    team.owner.script("DROP FUNCTION tridesk.look(bigint[]); DROP TABLE tridesk.viewing")
    team.owner.script("DELETE FROM tridesk.migration WHERE number = 3")
    alice = DeskAtTeam(team, tmp_path)
    alice.once()
    alice.start()
    try:
        team.connected("bruno").rows("SELECT tridesk.attend('{1}')")
        until(lambda: there(alice) == Present(writing=("bruno",)), lambda: alice.said)
        look(alice, 1)
        assert [person.looks_at for person in board(team.connected("bruno"))[0] if person.login == "alice"] == [()]
    finally:
        alice.stop()
    assert alice.said == []


def test_presence_ends_with_its_minute_and_keeps_to_the_lanes(team: Team) -> None:
    gateway, bruno = team.connected("gateway"), team.connected("bruno")
    for lane in ("mail", "safety"):
        open_ticket(gateway, lane.encode(), "ana@clientes.example", lane, lane)
    team.add("nora", "agent", "mail")
    nora = team.connected("nora")
    bruno.rows("SELECT tridesk.attend('{1, 2}')")
    nora.rows("SELECT tridesk.attend('{1, 2}')")
    assert sorted(nora.rows("SELECT login, ticket FROM tridesk.presence")) == [("bruno", 1), ("nora", 1)]
    team.owner.rows("UPDATE tridesk.presence SET until = now()")
    assert [person.writes_on for person in board(bruno)[0] if person.login == "bruno"] == [()]
    team.add("rita", "reader")
    with pytest.raises(RefusedError):
        team.connected("rita").rows("SELECT tridesk.attend('{1}')")


def test_the_board_says_who_works_on_what_and_what_waits(team: Team) -> None:
    gateway, bruno = team.connected("gateway"), team.connected("bruno")
    for number in range(4):
        open_ticket(gateway, f"{number}".encode(), "ana@clientes.example", "x", "app" if number == 3 else "mail")
    for number in (1, 2):
        operate(bruno, {"owner": {"from": "", "to": "bruno"}}, number=number)
    operate(bruno, {"set": {"status": "pending"}}, number=2)
    bruno.rows("SELECT tridesk.renew()")
    bruno.rows("SELECT tridesk.attend('{1}')")
    people, lanes = board(team.connected("alice"))
    (row,) = [person for person in people if person.login == "bruno"]
    assert (row.is_connected, row.counts, row.writes_on) == (True, {"new": 1, "pending": 1}, (1,))
    assert not next(person for person in people if person.login == "alice").is_connected
    assert [(lane.lane, lane.unassigned, lane.assigned) for lane in lanes] == [("app", 1, 0), ("mail", 1, 1)]
