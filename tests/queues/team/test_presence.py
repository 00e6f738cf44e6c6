"""Who writes on a ticket is seen at the other desks while it is so, and leads see who works on what."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from data.errors import RefusedError
from data.store import Store
from queues.ground.presence import writers_of
from queues.team.administration import board
from tests.queues.team.test_operations import operate
from tests.servers.desk_at_mail import until
from tests.servers.desk_at_tracker import DeskAtTeam
from tests.servers.postgres import Team, open_ticket
from tests.servers.roundup import letter
from tui.setup.open_desk import open_desk

pytestmark = pytest.mark.trackers


def writers(desk: DeskAtTeam) -> tuple[str, ...]:
    """Return whom a desk sees writing on its only ticket."""
    with closing(Store.open(desk.path)) as store:
        return writers_of(store, 1)


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
