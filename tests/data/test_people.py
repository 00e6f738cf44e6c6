"""Whose a word is, from the store itself."""

from __future__ import annotations

from pathlib import Path

from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules

NOW = 1_800_000_000


def mail(who: str, text: str, n: int, new_text: str | None = None) -> Incoming:
    return Incoming(
        connector="x", source="x", raw_sha256=f"{n}", kind=MessageKind.MAIL, from_name=who.title(),
        from_address=f"{who}@home.example", subject="Hello", text=text, new_text=text if new_text is None else new_text,
        at=NOW, message_id=f"<{n}@x>", customer=CustomerHint(f"@{who}"), language="en", confidence=0.99,
    )  # fmt: skip


def test_people_are_found_by_what_they_are_known_by_and_what_they_wrote(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "desk.db")
    desk = Desk(store, clock=lambda: NOW, rules=DeskRules())
    first, second = desk.receive([
        mail("ana ruiz", "Order ORD-55667 and 12345 please", 1),
        mail("luis", "Hi 12345\n> Order ORD-55667", 2, new_text="Hi 12345"),
    ])  # fmt: skip
    people = store.people
    ana, luis = people.owner(first.ticket_id), people.owner(second.ticket_id)
    assert ana
    assert luis
    assert ana != luis
    assert people.whose(["luis@home.example", "@luis", "nobody@x", ""]) == {"luis@home.example": luis, "@luis": luis}
    assert people.named(["ANA RUIZ", "Ana", "Luis Ruiz"]) == {"ANA RUIZ": frozenset({ana})}
    assert people.wrote(["ORD-55667", "12345", "99999", '"']) == {
        "ORD-55667": frozenset({ana}),
        "12345": frozenset({ana, luis}),
    }
    assert people.owner(99) is None
    known = store.customers.get(luis)
    assert known is not None
    assert {one.since for one in known.identities} == {NOW}
    store.close()
