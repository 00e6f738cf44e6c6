"""`U` and `W` correct a ticket, `g h` shows its history and undoes; a procedure is not left before its gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.errors import ConflictError, ReasonError, RuleError
from data.records.changes import Change
from data.records.custom_fields import CustomField, FieldKind
from data.records.tickets import Priority, Severity, Status, Ticket
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.procedures.procedure import load_text
from tests.tui.playing import clock, fifteen_tickets, picture, play, press
from tui.app import DeskApp
from tui.deciding.history_card import HistoryCard

GATED = load_text(
    'id = "gated"\nversion = 1\neffective = 2026-01-01\n[applies]\ntopics = ["refund"]\n[[step]]\nid = "who"\n'
    'kind = "check"\ngate = true\ntext = "Who?"\n'
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(fifteen_tickets(tmp_path / "desk.db"))
    yield Desk(store, clock=clock, rules=replace(DeskRules(), procedures={"gated": GATED}), agent="ann")
    store.close()


def ticket(desk: Desk, number: int = 1) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


def test_a_procedure_is_left_before_its_gates_only_for_a_reason(desk: Desk) -> None:
    desk.act([1], Change(procedure="gated"))
    for change in (Change(procedure=""), Change(procedure="", topic="other")):
        with pytest.raises(ReasonError, match="who"):
            desk.act([1], change)
    desk.act([1], Change(topic="other"))  # the ticket names its procedure, so it goes on following it
    desk.act([1], Change(procedure="", override_reason="wrong topic"))
    assert desk.store.events.of(1)[-1].detail["override_reason"] == "wrong topic"
    desk.act([1], Change(procedure="gated"))
    desk.take_step(1, "who", True)
    desk.act([1], Change(procedure=""))
    assert ticket(desk).procedure == ""


def test_a_procedure_of_the_topic_is_not_left_by_another_topic(desk: Desk) -> None:
    desk.act([1], Change(topic="refund", procedure=""))
    with pytest.raises(ReasonError):
        desk.act([1], Change(topic="other"))
    assert ticket(desk).topic == "refund"


def test_tier_and_name_are_the_customers_and_undone_with_the_action(desk: Desk) -> None:
    number = ticket(desk).customer_id
    before = desk.store.customers.get(number)
    desk.act([1], Change(tier="gold", customer_name="  Ana López "))
    found = desk.store.customers.get(number)
    assert found is not None
    assert (found.tier, found.name) == ("gold", "Ana López")
    assert "Ana" not in str(desk.store.events.of(1)[-1].detail)
    desk.act([1], Change(tier=""))
    assert getattr(desk.store.customers.get(number), "tier", "") == "standard"
    desk.undo()
    desk.undo()
    assert desk.store.customers.get(number) == before


def test_an_action_is_undone_apart_after_a_while_and_the_clocks_follow(tmp_path: Path) -> None:
    store, now = Store.open(fifteen_tickets(tmp_path / "desk.db")), [clock()]
    desk = Desk(store, clock=lambda: now[0], rules=DeskRules(), agent="ann")
    desk.act([1], Change(status=Status.OPEN))
    first = desk.act([1], Change(status=Status.PENDING)).action
    now[0] += 100
    desk.act([1], Change(add_tags=("a",)))
    now[0] += 100
    desk.undo(number=first)
    found = ticket(desk)
    assert (found.status, "a" in found.tags) == (Status.OPEN, True)
    assert found.first_due is not None
    assert store.events.of(1)[-1].detail["changed"]["first_due"] == [None, found.first_due]
    desk.undo()  # the latest action can still be undone
    assert "a" not in ticket(desk).tags
    store.close()


def test_an_action_that_is_not_the_last_is_undone_unless_something_changed_since(desk: Desk) -> None:
    first = desk.act([1], Change(priority=Priority.HIGH)).action
    desk.act([1], Change(add_tags=("a",)))
    desk.undo(number=first)
    assert (ticket(desk).priority, "a" in ticket(desk).tags) == (Priority.NORMAL, True)
    second = desk.act([1], Change(severity=Severity.S3)).action
    desk.act([1], Change(severity=""))
    with pytest.raises(ConflictError):
        desk.undo(number=second)
    other = Desk(desk.store, clock=clock, rules=DeskRules(), agent="leo")
    with pytest.raises(RuleError, match="only ann can undo it"):
        other.undo(number=second)
    with pytest.raises(RuleError, match="already"):
        desk.undo(number=first)


def test_f_corrects_and_z_undoes(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        number = app.desk.target() or 0

        def now() -> Ticket:
            found = app.desk.store.tickets.get(number)
            assert found is not None
            return found

        topic = now().topic
        await press(pilot, app, "U", "p", "u")
        assert now().priority is Priority.URGENT
        await press(pilot, app, "U")
        assert "priority: urgent" in picture(app)
        await press(pilot, app, "s", "2")
        assert now().severity is Severity.S2
        await press(pilot, app, "z")
        assert now().severity is None
        await press(pilot, app, "U", "t", *"refund", "enter")
        assert now().topic == "refund"
        await press(pilot, app, "U", "t", "escape")
        assert now().topic == "refund"
        await press(pilot, app, "U")
        assert "automatic again: lane, topic, priority" in picture(app)
        await press(pilot, app, "a", "t")
        assert (now().topic, now().priority) == (topic, Priority.URGENT)
        await press(pilot, app, "U", "a", "p")
        assert now().priority is Priority.NORMAL
        await press(pilot, app, "z")
        assert now().priority is Priority.URGENT
        await press(pilot, app, "U", "a", "p")
        assert now().priority is Priority.NORMAL
        await press(pilot, app, "g", "h")
        assert "automatic topic" in picture(app)

    play(path, script)


def test_f_sets_a_custom_field_and_z_undoes(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    fields = (
        CustomField("order", "Order [b]number", required=True),
        CustomField("product", "Product", FieldKind.CHOICE, ("app", "web")),
        CustomField("bought", "Bought on", FieldKind.DATE, lanes=("nowhere",)),
    )

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        number = app.desk.target() or 0
        assert "Order [b]number: needed before it is solved" in picture(app)
        await press(pilot, app, "U")
        assert "field: Order [b]number -, Product -" in picture(app)
        await press(pilot, app, "f")
        assert "Bought on" not in picture(app)
        await press(pilot, app, "enter", *"A-17", "enter")
        assert "Order [b]number: A-17" in picture(app)
        await press(pilot, app, "U", "f", *"prod", "enter", "2")
        assert "Order [b]number: A-17 · Product: web" in picture(app)
        await press(pilot, app, "U", "f", *"prod", "enter", "minus")
        assert dict(getattr(app.desk.store.tickets.get(number), "fields", {})) == {"order": "A-17"}
        await press(pilot, app, "z")
        assert "Product: web" in picture(app)
        await press(pilot, app, "U", "f", "enter", "minus", "enter")
        await press(pilot, app, "e")
        assert "needs: Order [b]number" in picture(app)

    def make(store: Store) -> Desk:
        return Desk(store, clock=clock, rules=DeskRules(fields=fields), agent="ann")

    make(Store.open(path)).store.close()  # the fields are known before the first drawing
    play(path, script, make=make)


def test_w_corrects_the_harm_and_z_undoes(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        number = app.desk.target() or 0

        def now() -> tuple[str, Severity | None, str]:
            found = app.desk.store.tickets.get(number)
            assert found is not None
            return found.lane, found.severity, found.topic

        before = now()
        await press(pilot, app, "W")
        assert "no harm to anyone" in picture(app)
        await press(pilot, app, "escape")
        assert now() == before
        await press(pilot, app, "W", "t")
        assert now() == ("safety", Severity.S1, "harassment-report")
        await press(pilot, app, "z")
        assert now() == before

    play(path, script)


def test_g_h_shows_the_history_and_undoes_an_action_of_mine(tmp_path: Path) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        number = app.desk.target() or 0
        await press(pilot, app, "t")
        await press(pilot, app, "plus")
        await press(pilot, app, "g", "h")
        assert isinstance(app.screen, HistoryCard)
        shown = picture(app)
        assert "assignee none → ann" in shown
        assert "message received" in shown
        await press(pilot, app, "j", "z")
        found = app.desk.store.tickets.get(number)
        assert found is not None
        assert (found.assignee, found.priority) == ("", Priority.HIGH)
        await press(pilot, app, "g", "h", "end", "z")
        assert "Only your own actions" in picture(app)
        await press(pilot, app, "escape")
        assert not isinstance(app.screen, HistoryCard)

    play(path, script)
