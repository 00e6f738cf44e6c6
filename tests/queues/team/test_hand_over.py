"""A hand-over reaches the colleague's desk through the team, and the answer comes back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from data.errors import RuleError
from data.records.changes import Change
from data.store import Store
from queues.desk.desk import Desk
from queues.ground.known_agents import agents_known
from tests.servers.desk_at_tracker import DeskAtTeam
from tests.servers.postgres import Team, open_ticket
from tests.servers.roundup import letter
from tui.setup.open_desk import open_desk

pytestmark = pytest.mark.trackers


def opened(desk: DeskAtTeam) -> Desk:
    return open_desk(desk.path, settings=desk.settings)


def handed(desk: DeskAtTeam) -> list[tuple[int, str]]:
    found = opened(desk)
    with closing(found.store):
        return [(item.ticket_id, item.author) for item in found.handovers()]


def standing(desk: DeskAtTeam) -> str:
    with closing(Store.open(desk.path)) as store:
        item = store.handovers.open_on(1)
        return item.addressee if item else ""


@pytest.fixture
def desks(team: Team, tmp_path: Path) -> tuple[DeskAtTeam, DeskAtTeam]:
    raw = letter("ana@clientes.example", "Uno", "Hola.").as_bytes()
    open_ticket(team.connected("gateway"), raw, "ana@clientes.example", "Uno")
    alice, bruno = DeskAtTeam(team, tmp_path, agent="alice"), DeskAtTeam(team, tmp_path, agent="bruno")
    for desk in (alice, bruno):
        desk.once()
    return alice, bruno


def both(*desks: DeskAtTeam) -> None:
    for desk in (*desks, *desks):
        desk.once()


def test_it_is_offered_there_and_accepted(desks: tuple[DeskAtTeam, DeskAtTeam]) -> None:
    alice, bruno = desks
    with closing(Store.open(alice.path)) as store:
        assert {"bruno", "gateway"} <= set(agents_known(store))  # members who have done nothing here
    alice.act(1, Change(assignee="alice-here"))
    alice.act(1, Change(hand_to="bruno", note="call the bank"))
    both(alice, bruno)
    assert handed(bruno) == [(1, "alice")]
    there = opened(bruno)
    with closing(there.store):
        offered = there.next_up()
        assert offered is not None
        assert offered.why.endswith("alice handed it over to you")
    bruno.act(1, Change(hand_answer="accepted"))
    both(bruno, alice)
    assert (handed(bruno), standing(alice)) == ([], "")
    assert (alice.mirrored("1").assignee, bruno.mirrored("1").assignee) == ("bruno", "bruno-here")
    with pytest.raises(RuleError, match="Colleagues have seen the hand-over"):
        bruno.undo()


def test_it_is_given_back_or_taken_back(desks: tuple[DeskAtTeam, DeskAtTeam]) -> None:
    alice, bruno = desks
    alice.act(1, Change(hand_to="bruno"))
    both(alice, bruno)
    bruno.act(1, Change(hand_answer="given back", note="not today"))
    both(bruno, alice)
    assert (standing(alice), standing(bruno)) == ("", "")
    assert [message.text for message in alice.messages("1")][-1] == "@alice: given back. not today"
    alice.act(1, Change(hand_to="bruno"))
    both(alice, bruno)
    assert handed(bruno) == [(1, "alice")]
    alice.act(1, Change(hand_answer="taken back"))
    both(alice, bruno)
    assert (handed(bruno), standing(alice)) == ([], "")


def test_one_that_is_undone_in_time_never_leaves(desks: tuple[DeskAtTeam, DeskAtTeam]) -> None:
    alice, bruno = desks
    alice.act(1, Change(hand_to="bruno"))
    alice.undo()
    both(alice, bruno)
    assert handed(bruno) == []
    assert len(bruno.messages("1")) == 1


def test_a_desk_that_reads_everything_anew_knows_what_was_answered(
    team: Team, desks: tuple[DeskAtTeam, DeskAtTeam], tmp_path: Path
) -> None:
    alice, bruno = desks
    alice.act(1, Change(hand_to="bruno"))
    both(alice, bruno)
    bruno.act(1, Change(hand_answer="accepted"))
    both(bruno, alice)
    alice.act(1, Change(hand_to="bruno", note="again"))
    both(alice, bruno)
    newcomer = DeskAtTeam(team, tmp_path / "new", agent="bruno")
    newcomer.once()
    assert handed(newcomer) == [(1, "alice")]
    with closing(Store.open(newcomer.path)) as store:
        assert [item.text for item in store.handovers.open()] == ["@bruno: again"]
