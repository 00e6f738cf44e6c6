"""Custom fields of tickets: set, undone, recorded, required, searched, routed by, and gone with their person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import InputError, RuleError
from data.records.changes import Change
from data.records.custom_fields import CustomField, FieldKind
from data.records.incoming import CustomerHint, Imported, Incoming, Standing
from data.records.messages import MessageKind
from data.records.tickets import DEFAULT_LANES, Lane, LaneFilter, Priority, Status, Ticket
from data.search.field_conditions import fits
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.imported_state import stand
from queues.routing.lane_settings import lanes_of
from queues.routing.rules import Rules, load

NOW = 1_800_000_000
ORDER = CustomField("order", "Order number", required=True, lanes=("mail", "web"))
AMOUNT = CustomField("amount", "Amount", FieldKind.MONEY, currency="EUR")
BOUGHT = CustomField("bought", "Bought", FieldKind.DATE)
PRODUCT = CustomField("product", "Product", FieldKind.CHOICE, ("app", "web"))
FIELDS = (ORDER, AMOUNT, PRODUCT, BOUGHT)
WEB = Lane("web", "Web", 3, LaneFilter(fields=("product=web", "product=site")))
LARGE = Lane("large", "Large", 4, LaneFilter(fields=("amount=>100", "product=app")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db")
    yield store
    store.close()


def desk_with(store: Store, *lanes: Lane, rules: Rules | None = None) -> Desk:
    known = DeskRules(routing=rules or Rules(()), lanes=(*DEFAULT_LANES, *lanes), fields=FIELDS)
    return Desk(store, clock=lambda: NOW, rules=known, agent="ann")


def arrive(desk: Desk, name: str = "a") -> int:
    (received,) = desk.receive(
        [
            Incoming(
                connector="post", source="test", raw_sha256=name, kind=MessageKind.MAIL, from_name="Ana",
                from_address=f"{name}@x.example", subject="S", text="Hello", new_text="Hello", at=NOW,
                received_at=NOW, message_id=f"<{name}@x>", customer=CustomerHint(f"{name}@x.example"),
            )
        ]
    )  # fmt: skip
    return received.ticket_id


def ticket(store: Store, number: int) -> Ticket:
    found = store.tickets.get(number)
    assert found is not None
    return found


def found(store: Store, query: str) -> list[int]:
    return sorted({hit.ticket_id for hit in store.search(query, now=NOW)})


def test_values_are_set_in_one_spelling_recorded_and_undone(store: Store) -> None:
    desk = desk_with(store)
    number = arrive(desk)
    done = desk.act([number], Change(fields={"Order number": " A-17 ", "amount": "12,5"}))
    assert dict(ticket(store, number).fields) == {"amount": "12.50 EUR", "order": "A-17"}
    assert "Order number set, amount set" in done.summary
    changed = store.events.of(number)[-1].detail["changed"]
    assert changed["fields"] == [{}, {"amount": "12.50 EUR", "order": "A-17"}]
    desk.act([number], Change(fields={"amount": ""}))
    assert dict(ticket(store, number).fields) == {"order": "A-17"}
    desk.undo()
    desk.undo()
    assert dict(ticket(store, number).fields) == {}
    desk.redo()
    assert ticket(store, number).fields["amount"] == "12.50 EUR"
    assert found(store, "field.order:a-17") == [number]


def test_nothing_is_written_where_one_value_is_refused(store: Store) -> None:
    desk = desk_with(store)
    number = arrive(desk)
    for fields, why in (
        ({"order": "A-1", "amount": "many"}, "Amount"),
        ({"nothing": "1"}, "no field"),
        ({"product": "desktop"}, "app, web"),
    ):
        with pytest.raises(RuleError, match=why):
            desk.act([number], Change(fields=fields))
    with pytest.raises(RuleError, match="is for tickets in mail, web"):
        desk.act([number], Change(fields={"order": "A-1"}, lane="safety"))
    assert dict(ticket(store, number).fields) == {}


def test_a_field_that_is_defined_no_longer_is_cleared_not_set(store: Store) -> None:
    number = arrive(desk_with(store))
    desk_with(store).act([number], Change(fields={"product": "app"}))
    later = Desk(store, clock=lambda: NOW, rules=DeskRules(fields=(ORDER,)), agent="ann")
    with pytest.raises(RuleError, match="no field"):
        later.act([number], Change(fields={"product": "web"}))
    later.act([number], Change(fields={"product": ""}))
    assert dict(ticket(store, number).fields) == {}
    assert [field.name for field in store.custom_fields.all()] == ["order"]


@pytest.mark.parametrize(
    "change",
    [
        Change(status=Status.SOLVED),
        Change(status=Status.CLOSED),
        Change(reply="Done", status=Status.SOLVED),
        Change(note="Done", status=Status.SOLVED),
        Change(status=Status.SOLVED, fields={"order": " "}),
        Change(status=Status.SOLVED, lane="web"),
    ],
)
def test_a_required_field_is_needed_before_a_ticket_is_solved(store: Store, change: Change) -> None:
    desk = desk_with(store, WEB)
    number = arrive(desk)
    with pytest.raises(RuleError, match="Order number"):
        desk.act([number], change)
    assert any(finding.rule == "required-field" and finding.blocking for finding in desk.findings(number, change))
    assert "Order number" in desk.rehearse({number: change})[number]
    desk.act([number], replace(change, fields={"order": "A-17"}))
    assert ticket(store, number).status in (Status.SOLVED, Status.CLOSED)


def test_a_required_field_is_not_needed_elsewhere_nor_with_a_reason(store: Store) -> None:
    desk = desk_with(store)
    first, second, third = arrive(desk), arrive(desk, "b"), arrive(desk, "c")
    desk.act([first], Change(status=Status.SOLVED, lane="app"))
    desk.act([second], Change(status=Status.SOLVED, override_reason="no order behind it"))
    assert store.events.of(second)[-1].detail["overridden"] == ["required-field"]
    desk.act([second], Change(status=Status.CLOSED))
    desk.act([third], Change(status=Status.SUSPENDED))
    desk.act([third], Change(status=Status.CLOSED))
    assert {ticket(store, number).status for number in (second, third)} == {Status.CLOSED}


def test_tickets_are_searched_by_their_fields(store: Store) -> None:
    desk = desk_with(store)
    one, two, three = arrive(desk), arrive(desk, "b"), arrive(desk, "c")
    desk.act([one], Change(fields={"order": "A-17", "amount": "99.90"}))
    desk.act([two], Change(fields={"order": "Ñ 2", "amount": "250", "bought": "2026-10-01"}))
    for query, expected in (
        ("field.order:A-17", [one]), ('field.order:"ñ 2"', [two]), ("field.order:*", [one, two]),
        ("field.amount:>100", [two]), ("field.amount:<=99.9", [one]), ("-field.order:*", [three]),
        ("hello -field.order:a-17", [two, three]), ("hello field.amount:>1 field.order:a-17", [one]),
        ("field.nothing:x", []), ("field.order:>2026-01-01", []), ("field.bought:>5", []), ("field.order:>1", []),
        ("field.bought:>=2026-4-3", [two]), ("field.bought:2026/10/1", [two]), ("field.bought:<2026-9-30", []),
        ('field.amount:">1 EUR"', [one, two]), ('field.amount:">1 USD"', []), ("field.order:>17", []),
    ):  # fmt: skip
        assert found(store, query) == expected, query


@pytest.mark.parametrize("limit", [">", ">=abc", "<1.000,00", ">1e3", ">٣", "<-", "> 5 5"])
def test_a_condition_that_compares_with_nothing_is_refused_at_every_door(store: Store, limit: str) -> None:
    with pytest.raises(InputError, match="compares with neither"):
        found(store, f'field.bought:"{limit}"')
    with pytest.raises(InputError, match="compares with neither"):
        load(f'[[rule]]\nname = "a"\nwhen = {{ fields = {{ bought = "{limit}" }} }}\nthen = {{ tags = ["x"] }}')
    with pytest.raises(InputError, match="compares with neither"):
        lanes_of([{"name": "a", "fields": {"bought": limit}}], "config.toml")


def test_search_and_lanes_agree_on_every_value_and_condition(store: Store) -> None:
    desk = desk_with(store)
    values = ("A-17", "17-A", "-", "7", "2026", "x 5 eur", "5 eu", "2026-10-01 x", "1-2", "1.2.3")
    numbers = {value: arrive(desk, f"m{place}") for place, value in enumerate(values)}
    for value, number in numbers.items():
        desk.act([number], Change(fields={"order": value}))
    for wanted in (">0", "<0", "<=7", ">=2026-01-01", "<9999-12-31", "> 1 EUR", "7", "a-17", "*", ">-5"):
        expected = sorted(number for value, number in numbers.items() if fits(value, wanted))
        assert found(store, f'field.order:"{wanted}"') == expected, wanted


def test_a_lane_takes_tickets_by_their_fields(store: Store) -> None:
    desk = desk_with(store, WEB, LARGE)
    number = arrive(desk)
    assert ticket(store, number).lane == "mail"
    desk.act([number], Change(fields={"product": "web"}))
    assert ticket(store, number).lane == "web"
    desk.act([number], Change(fields={"product": "app", "amount": "100"}))
    assert ticket(store, number).lane == "mail"
    desk.act([number], Change(fields={"amount": "100.01"}))
    assert ticket(store, number).lane == "large"
    desk.undo()
    assert ticket(store, number).lane == "mail"


def test_a_rule_asks_for_a_field(store: Store) -> None:
    rules = load('[[rule]]\nname = "site"\nwhen = { fields = { product = "web" } }\nthen = { lane = "app" }\n')
    desk = desk_with(store, rules=rules)
    number = arrive(desk)
    desk.act([number], Change(fields={"product": "web"}))
    assert ticket(store, number).lane == "app"
    desk.act([number], Change(fields={"product": ""}))
    assert ticket(store, number).lane == "mail"


def test_joined_tickets_have_the_fields_of_both(store: Store) -> None:
    desk = desk_with(store)
    one, two = arrive(desk), arrive(desk, "b")
    desk.act([one], Change(fields={"order": "A-1", "product": "app"}))
    desk.act([two], Change(fields={"order": "A-2"}))
    desk.act([one], Change(merge_into=two, other_customer=True))
    assert dict(ticket(store, two).fields) == {"order": "A-2", "product": "app"}
    desk.undo()
    assert dict(ticket(store, two).fields) == {"order": "A-2"}


def test_imported_values_are_checked_and_the_others_kept_with_the_ticket(store: Store) -> None:
    desk = desk_with(store)
    number = arrive(desk)
    standing = Standing(fields={"order": "A-9", "amount": "1,234", "colour": "red"}, priority=Priority.HIGH)
    with store.write():
        stand(store, desk.rules, ticket(store, number), standing, Imported("csv", "1", "x", 1), 0, NOW)
    assert dict(ticket(store, number).fields) == {"order": "A-9"}
    imported = store.imported.of(number)
    assert imported is not None
    assert dict(imported.extra) == {"field.amount": "1,234", "field.colour": "red"}


def test_values_go_with_their_person(store: Store) -> None:
    desk = desk_with(store)
    number = arrive(desk)
    topic = CustomField("topic", "Topic")
    named = Desk(store, clock=lambda: NOW, rules=DeskRules(fields=(*FIELDS, topic)), agent="ann")
    named.act([number], Change(fields={"order": "CANARY-1", "topic": "CANARY-2"}))
    named.erase(ticket(store, number).customer_id, reason="asked")
    held = [dict(ticket(store, number).fields), [dict(event.detail) for event in store.events.of(number)]]
    assert "CANARY" not in str(held)
    assert found(store, "field.order:*") == []
