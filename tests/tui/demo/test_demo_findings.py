"""The built-in macros, filled in for the demo's own conversations, pass every check before sending."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.demo import many, opening
from data.protocols import Sending
from data.records.customers import Customer
from data.records.tickets import Ticket
from data.store import Store
from macros.checks.check import Checker
from macros.files.library import Library
from macros.filling.context import Brand, Context
from macros.filling.macro import Kind
from macros.render import render
from queues.connectors.demo import incoming
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.routing.rules import Rules

NOW = 1_790_000_000
AGENT = "Noa Vidal"
ANSWERS = {Kind.TEXT: "36", Kind.NUMBER: "4711", Kind.DATE: "2026-12-01", Kind.MONEY: "6.99 USD"}
MACROS = list(Library.standard())
MAY_BE_TOLD = {"unanswered"}
"""What depends on the customer's own words."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    store = Store.open(tmp_path_factory.mktemp("demo") / "desk.db")
    desk = Desk(store, clock=lambda: NOW, rules=DeskRules(routing=Rules(())), agent=AGENT)
    messages = [*opening(1), *many(300, 2)]
    desk.receive([incoming(message, f"test.{n}", NOW) for n, message in enumerate(messages)], bulk=True)
    yield desk
    store.close()


def of_language(desk: Desk, language: str, most: int) -> list[tuple[Ticket, Customer]]:
    tickets = [one for one in desk.store.tickets.each() if one.language == language][:: max(1, 300 // (most * 4))][
        :most
    ]
    found = [(ticket, desk.store.customers.get(ticket.customer_id)) for ticket in tickets]
    return [(ticket, customer) for ticket, customer in found if customer is not None]


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_macro_is_stopped_in_any_conversation(desk: Desk, language: str) -> None:
    # the reply's own language is known here: detection has tests of its own
    checker = Checker(lambda text: (language, 1.0), own_addresses=("support@tridesk.invalid",))
    sending = Sending("", AGENT, NOW, desk.store.people)
    told: set[tuple[str, str]] = set()
    for ticket, customer in of_language(desk, language, 12):
        for macro in MACROS:
            brand = Brand("Lumivo", "", "https://help.example")
            context = Context(ticket, customer, AGENT, NOW, brand, csat_token="K7WQ2M")
            filled = render(macro, language, context, {ask.name: ANSWERS[ask.kind] for ask in macro.asks})
            found = checker(filled.change, ticket, customer, desk.store.messages.of(ticket.id), sending)
            told |= {(macro.name, one.rule) for one in found if one.blocking or one.rule not in MAY_BE_TOLD}
    assert told == set()
