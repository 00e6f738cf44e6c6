"""Custom fields cross over to colleagues' desks, each by itself; whoever set one first has it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from data.errors import RefusedError
from data.records.changes import Change
from data.records.custom_fields import FieldKind
from queues.team.migrations import migrations
from tests.queues.team.test_operations import operate
from tests.servers.desk_at_tracker import DeskAtTeam
from tests.servers.postgres import Team, open_ticket
from tests.servers.roundup import letter
from tui.setup.settings import FieldTable

pytestmark = pytest.mark.trackers
FIELDS = [
    FieldTable("order", "Order number", remote="Order No"),
    FieldTable("amount", type=FieldKind.MONEY, currency="EUR"),
]


class Desk(DeskAtTeam):
    """A desk whose settings define the fields."""

    def __init__(self, team: Team, folder: Path, *, agent: str) -> None:
        super().__init__(team, folder, agent=agent)
        self.settings = msgspec.structs.replace(self.settings, field=FIELDS)

    def set(self, **fields: str) -> None:
        self.act(1, Change(fields=fields))

    def fields(self) -> dict[str, str]:
        return dict(self.mirrored("1").fields)


def two_desks(team: Team, tmp_path: Path) -> tuple[Desk, Desk]:
    raw = letter("ana@clientes.example", "Uno", "Hola.").as_bytes()
    open_ticket(team.connected("gateway"), raw, "ana@clientes.example", "Uno")
    alice, bruno = Desk(team, tmp_path, agent="alice"), Desk(team, tmp_path, agent="bruno")
    for desk in (alice, bruno):
        desk.once()
    return alice, bruno


def test_values_cross_over_and_are_cleared(team: Team, tmp_path: Path) -> None:
    alice, bruno = two_desks(team, tmp_path)
    alice.set(order="A-17", amount="12,5")
    alice.once()
    bruno.once()
    assert bruno.fields() == {"amount": "12.50 EUR", "order": "A-17"}
    assert team.owner.rows("SELECT fields FROM tridesk.ticket") == [({"Order No": "A-17", "amount": "12.50 EUR"},)]
    bruno.set(order="")
    bruno.once()
    alice.once()
    assert alice.fields() == bruno.fields() == {"amount": "12.50 EUR"}
    bruno.undo()
    bruno.once()
    alice.once()
    assert alice.fields() == bruno.fields() == {"amount": "12.50 EUR", "order": "A-17"}


def test_different_fields_do_not_conflict_and_the_first_value_of_one_stays(team: Team, tmp_path: Path) -> None:
    alice, bruno = two_desks(team, tmp_path)
    alice.set(order="A-17")
    alice.once()
    bruno.act(1, Change(fields={"order": "B-18", "amount": "5"}))
    bruno.once()
    alice.once()
    assert alice.fields() == bruno.fields() == {"amount": "5.00 EUR", "order": "A-17"}


def test_a_value_that_a_field_does_not_take_stays_there(team: Team, tmp_path: Path) -> None:
    alice, _ = two_desks(team, tmp_path)
    bruno = team.connected("bruno")
    operate(bruno, {"fields": {"amount": "much", "colour": "red", "Order No": "A-1"}})
    alice.once()
    assert alice.fields() == {"order": "A-1"}
    alice.set(order="A-2")
    alice.once()
    kept = {"amount": "much", "colour": "red", "Order No": "A-2"}
    assert team.owner.rows("SELECT fields FROM tridesk.ticket") == [(kept,)]


def test_a_stale_value_is_refused_and_others_are_not(team: Team, tmp_path: Path) -> None:
    two_desks(team, tmp_path)
    alice, bruno = team.connected("alice"), team.connected("bruno")
    before = operate(alice, {"set": {"status": "open"}})["version"]
    operate(alice, {"fields": {"order": "A-1"}})
    answer = operate(bruno, {"fields": {"order": "B-1", "amount": "1.00 EUR"}}, base=before)
    assert (answer["answer"], answer["clashes"]) == ("conflict", ["field.order"])
    assert operate(bruno, {"fields": {"amount": "1.00 EUR"}}, base=before)["answer"] == "done"
    with pytest.raises(RefusedError, match="unknown field"):
        operate(bruno, {"set": {"fields": "{}"}})
    assert [step.number for step in migrations()][:2] == [1, 2]
