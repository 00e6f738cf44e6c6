"""What the built-in macros promise in words is what they promise in their front matter."""

from __future__ import annotations

import pytest

from data.records.customers import Customer
from data.records.tickets import Priority, Status, Ticket
from macros.files.library import Library
from macros.filling.context import Brand, Context
from macros.filling.macro import Kind, Macro
from macros.render import render
from queues.promises.find_promises import OFFICE, promise_in

NOW = 1_780_000_000
ANSWERS = {Kind.TEXT: "36", Kind.NUMBER: "4711", Kind.DATE: "2026-12-01", Kind.MONEY: "6.99 USD"}


@pytest.mark.parametrize("macro", list(Library.standard()), ids=lambda macro: macro.name)
def test_words_and_front_matter_agree(macro: Macro) -> None:
    ticket = Ticket(4021, "mail", Status.OPEN, Priority.NORMAL, "A question", 1, NOW - 600, NOW)
    context = Context(ticket, Customer(1, "Ana García"), "Noa Vidal", NOW, Brand("Lumivo"))
    for language in ("en", "es"):
        filled = render(macro, language, context, {ask.name: ANSWERS[ask.kind] for ask in macro.asks})
        found, said = promise_in(filled.text, NOW, OFFICE), filled.change.promise
        assert (found and found.due_at) == (said and said.due_at), filled.text
