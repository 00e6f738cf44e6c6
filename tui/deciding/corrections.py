"""The keys that correct a ticket: what harm it reports; lane, topic and other fields; the customer's tier and name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from data.errors import ReasonError
from data.records.changes import AUTOMATIC, Change, Done
from data.records.custom_fields import CustomField, FieldKind
from data.records.tickets import Priority, Severity, Ticket
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.lane_titles import lane_title
from tui.look.one_line import one_line
from tui.look.words import translated, words

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.procedures.book import ProcedureBook

_NONE = "-"
"""The answer, and the id of a choice, that clears a value."""
_ALL = "all"
_FIELD_KEYS = {"lane": "l", "topic": "t", "severity": "s", "priority": "p"}
_HARM = (
    ("none", "n", "no harm to anyone"),
    ("self-harm", "s", "self-harm or suicide"),
    ("threat", "t", "a threat, stalking"),
    ("extortion", "b", "blackmail or intimate pictures"),
    ("doxxing", "d", "private data published"),
    ("underage", "u", "a child too young"),
    ("hacked", "a", "an account taken over"),
    ("harassment", "h", "insults, harassment, impersonation"),
)
"""What a customer may report: its name for the rules, its key, and what it says."""


class Corrections(Part):
    """Asks what is wrong, then for the right value; all selected tickets are corrected at once."""

    def __init__(self, desk: DeskContext, changing: Changing, book: Callable[[], ProcedureBook | None]) -> None:
        """`book` returns the procedures, None before they were read."""
        super().__init__(desk)
        self.changing, self._book = changing, book

    def actions(self) -> Mapping[str, Act]:
        """Correct a field, or the harm that is reported."""
        return {"ticket.correct": self._ask_what, "ticket.harm": self._ask_harm}

    def _ask_what(self) -> None:
        from tui.cards.key_menu import KeyMenu, Line

        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
            return
        customer = self.desk.store.customers.get(ticket.customer_id)
        name, tier = (customer.name, customer.tier) if customer is not None else ("", "")
        fields: dict[str, tuple[str, str, Callable[[Ticket], None]]] = {
            "l": (words("lane"), ticket.lane, self._ask_lane),
            "t": (words("topic"), ticket.topic, self._ask_topic),
            "s": (words("severity"), ticket.severity or "", self._ask_severity),
            "p": (words("priority"), ticket.priority, self._ask_priority),
            "r": (words("procedure"), ticket.procedure, self._ask_procedure),
            "v": (words("customer's tier"), tier, self._ask_tier),
            "n": (words("customer's name"), name, partial(self._ask_name, name)),
            "f": (words("field"), self._field_values(ticket), self._ask_field),
            "a": (words("automatic again"), ", ".join(map(words, self._set_by_hand())), self._ask_automatic),
        }
        if not self._fields_of(ticket):
            del fields["f"]
        lines = [
            Line(key, key, f"{title}: {one_line(value) or words('none')}") for key, (title, value, _) in fields.items()
        ]

        def chosen(key: str | None) -> None:
            if key:
                fields[key][2](ticket)

        numbers = self.desk.targets()
        title = words("Correct #{n}").format(n=numbers[0])
        if len(numbers) > 1:
            title = words("Correct {n} tickets").format(n=len(numbers))
        self.desk.push_screen(KeyMenu(title, lines), chosen)

    def _ask_harm(self) -> None:
        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
            return
        numbers = self.desk.targets()
        title = words("What does the customer report?")
        if len(numbers) == 1 and ticket.reason:
            title = words("What does the customer report? The desk: {reason}").format(reason=one_line(ticket.reason))
        kinds = [(kind, words(said)) for kind, _, said in _HARM]
        self._choose(title, kinds, lambda kind: Change(harm=kind), [key for _, key, _ in _HARM])

    def _ask_lane(self, ticket: Ticket) -> None:
        lanes = [(lane.name, lane_title(lane)) for lane in self.desk.store.lanes.all()]
        self._choose(words("Which lane?"), lanes, lambda lane: Change(lane=lane))

    def _ask_topic(self, ticket: Ticket) -> None:
        async def answered(topic: str) -> None:
            await self._correct(Change(topic="" if topic == _NONE else topic))

        self.desk.ask_about_targets(words("What is it about?"), words("refund, or - for nothing known"), answered)

    def _ask_severity(self, ticket: Ticket) -> None:
        meanings = ("a life at risk", "grave harm", "harm", "little harm", "a nuisance")
        levels = [
            (level.value, f"{level.value}  {words(said)}") for level, said in zip(Severity, meanings, strict=True)
        ]
        keys = [*"01234", _NONE]
        self._choose(
            words("How grave is it?"),
            [*levels, (_NONE, words("no harm is known"))],
            lambda level: Change(severity="" if level == _NONE else Severity(level)),
            keys,
        )

    def _ask_priority(self, ticket: Ticket) -> None:
        levels = [(level.value, words(level.value)) for level in Priority]
        self._choose(words("How urgent is it?"), levels, lambda level: Change(priority=Priority(level)), [*"lnhu"])

    def _ask_procedure(self, ticket: Ticket) -> None:
        from tui.cards.pick_list import PickList

        book = self._book()
        if book is None:
            self.desk.say(words("The procedures are still being read; press the key again."), severe=True)
            return
        lines = [(name, f"{name}  {procedure.label}") for name, procedure in sorted(book.items())]
        then = self.desk.only_here(self._set_procedure)
        self.desk.push_screen(
            PickList([*lines, (_NONE, words("the one that the rules give"))], words("Which procedure?")), then
        )

    async def _set_procedure(self, name: str | None) -> None:
        if name:
            await self._correct(Change(procedure="" if name == _NONE else name))

    def _fields_of(self, ticket: Ticket) -> list[CustomField]:
        """Return the custom fields to choose from: those of the ticket's lane, and all that have a value."""
        known = self.desk.store.custom_fields.all()
        names = {field.name for field in known}
        gone = [CustomField(name, name) for name in ticket.fields if name not in names]
        return [*(field for field in known if field.is_in(ticket.lane) or field.name in ticket.fields), *gone]

    def _field_values(self, ticket: Ticket) -> str:
        return ", ".join(f"{field.label} {ticket.fields.get(field.name, '-')}" for field in self._fields_of(ticket))

    def _ask_field(self, ticket: Ticket) -> None:
        from tui.cards.pick_list import PickList

        fields = self._fields_of(ticket)
        if len(fields) == 1:
            self._ask_value(fields[0], ticket)
            return
        values = {field.name: one_line(ticket.fields.get(field.name, "")) or words("none") for field in fields}
        lines = [(field.name, f"{one_line(field.label)}: {values[field.name]}") for field in fields]

        def chosen(name: str | None) -> None:
            field = next((field for field in fields if field.name == name), None)
            if field is not None:
                self._ask_value(field, ticket)

        self.desk.push_screen(PickList(lines, words("Which field?")), chosen)

    def _ask_value(self, field: CustomField, ticket: Ticket) -> None:
        question = words("{field} of the ticket?").format(field=one_line(field.label))
        if field.choices:
            keys = [*"123456789abcdefghijklmnopqrstuvwxyz"[: len(field.choices)], _NONE]
            choices = [(choice, one_line(choice)) for choice in field.choices[: len(keys) - 1]]
            none = (_NONE, words("no value"))
            self._choose(
                question,
                [*choices, none],
                lambda value: Change(fields={field.name: "" if value == _NONE else value}),
                keys,
            )
            return

        async def answered(value: str) -> None:
            await self._correct(Change(fields={field.name: "" if value == _NONE else value}))

        self.desk.ask_about_targets(question, self._hint(field), answered)

    def _hint(self, field: CustomField) -> str:
        """Return what to type."""
        return {
            FieldKind.TEXT: words("one line, or - for no value"),
            FieldKind.NUMBER: words("a number such as 12.5, or - for no value"),
            FieldKind.DATE: words("a day such as 2026-04-03, or - for no value"),
            FieldKind.MONEY: words("an amount such as 12.50 {currency}, or - for no value").format(
                currency=field.currency or "EUR"
            ),
        }.get(field.kind, "")

    def _set_by_hand(self) -> list[str]:
        """Return the fields that an agent has set on a ticket that keys act on, and that rules may set again."""
        from queues.desk.route_again import by_hand

        store = self.desk.store
        tickets = [ticket for number in self.desk.targets() if (ticket := store.tickets.get(number)) is not None]
        hand = set[str]().union(*(by_hand(store, ticket, store.lanes.all()) for ticket in tickets))
        return [name for name in AUTOMATIC if name in hand]

    def _ask_automatic(self, ticket: Ticket) -> None:
        names = self._set_by_hand()
        if not names:
            self.desk.say(words("No agent has set lane, topic, severity or priority here."))
            return
        fields = [(name, words(name)) for name in names]
        every = [(_ALL, words("all of these"))] if len(names) > 1 else []
        self._choose(
            words("What do the rules set again?"),
            [*fields, *every],
            lambda name: Change(automatic=tuple(names) if name == _ALL else (name,)),
            [*(_FIELD_KEYS[name] for name in names), "a"],
        )

    def _ask_tier(self, ticket: Ticket) -> None:
        async def answered(tier: str) -> None:
            await self._correct(Change(tier="" if tier == _NONE else tier))

        self.desk.ask_about_targets(words("Which tier?"), words("gold, or - for the standard one"), answered)

    def _ask_name(self, name: str, ticket: Ticket) -> None:
        async def answered(given: str) -> None:
            await self._correct(Change(customer_name=given))

        self.desk.ask_about_targets(words("What is the customer's name?"), one_line(name), answered)

    def _choose(
        self,
        question: str,
        choices: Sequence[tuple[str, str]],
        change: Callable[[str], Change],
        keys: Sequence[str] = "123456789",
    ) -> None:
        """Ask for one of a few values, each on a key."""
        from tui.cards.key_menu import KeyMenu, Line

        ids = self.desk.targets()
        lines = [Line(key, value, text) for key, (value, text) in zip(keys, choices, strict=False)]

        async def chosen(value: str | None) -> None:
            if value and self.desk.targets() == ids:
                await self._correct(change(value))

        self.desk.push_screen(KeyMenu(question, lines), chosen)

    async def _correct(self, change: Change) -> None:
        """Apply the change; where a procedure is left before its required steps, ask for the reason first."""
        ids = self.desk.targets()
        if not ids or self.changing.burst():
            return

        def carry_out(desk: Desk) -> Done | ReasonError:
            try:
                return desk.act(ids, change)
            except ReasonError as error:
                return error

        def done(result: Done | ReasonError) -> None:
            if isinstance(result, Done):
                self.changing.changed(result)
            else:
                self._ask_reason(result, lambda why: self._correct(replace(change, override_reason=why)))

        await self.desk.ask(carry_out, done)

    def _ask_reason(self, error: ReasonError, then: Callable[[str], Awaitable[None]]) -> None:
        self.desk.ask_about_targets(one_line(translated(error.message)), words("why; kept with the event"), then)
