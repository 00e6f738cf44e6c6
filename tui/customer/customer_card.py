"""The customer's card: name, how to address them, and all their tickets with the newest message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from data.records.customers import Customer
from data.records.harm import CORRECTED
from data.records.messages import Direction, Message
from data.records.ratings import Rating
from data.records.tickets import UNKNOWN_LANGUAGE, LaneRow
from tui.cards.base_card import BaseCard
from tui.cards.choices import Choices
from tui.cards.key_line import KeyLine
from tui.look.ascii_signs import as_written
from tui.look.one_line import fit, one_line
from tui.look.short_times import span
from tui.look.shown import beginning
from tui.look.stored_words import subject_line
from tui.look.words import words

MOST_RATINGS = 10
"""The most ratings listed individually."""


@dataclass(frozen=True, slots=True)
class Past:
    """One ticket of the customer: its lane's title, its status, and the newest message."""

    row: LaneRow
    lane: str
    last: Message | None


class CustomerCard(BaseCard[int]):
    """Returns the ticket to open, or nothing."""

    CSS_PATH = "customer_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,c", "leave")]

    def __init__(
        self,
        customer: Customer,
        past: Sequence[Past],
        here: int,
        now: int,
        ratings: Sequence[Rating] = (),
        reason: str = "",
    ) -> None:
        """`reason` is the rule that routed the ticket `here`."""
        super().__init__()
        self._reason = reason
        self._customer, self._past, self._here, self._now = customer, past, here, now
        self._ratings = ratings

    def compose(self) -> ComposeResult:
        """Name, facts, tickets, keys."""
        with Vertical(id="customer-card"):
            title = as_written(one_line(self._customer.name)) or words("(no name)")
            yield Static(Content(title), id="customer-title", markup=False)
            details = [*facts(self._customer, self._now), *rated(self._ratings)]
            if self._reason:
                by_agent = self._reason.startswith(CORRECTED)
                rule = words("#{n} was {name}") if by_agent else words("#{n} was routed by the rule {name}")
                details.append(rule.format(n=self._here, name=one_line(self._reason)))
            yield Static(Content("\n".join(details)), id="customer-facts", markup=False)
            options = [Option(Content(self._line(ticket)), id=str(ticket.row.id)) for ticket in self._past]
            yield Choices(*options, markup=False)
            yield KeyLine(words("Enter opens a ticket · Esc back"), id="customer-keys")

    def on_mount(self) -> None:
        """Select the newest ticket other than the one being read."""
        listed = self.query_one(Choices)
        others = [place for place, ticket in enumerate(self._past) if ticket.row.id != self._here]
        listed.highlighted = others[0] if others else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        event.stop()
        self.dismiss(int(event.option_id or 0))

    def action_leave(self) -> None:
        """Open nothing."""
        self.dismiss(0)

    def _line(self, past: Past) -> str:
        row = past.row
        mark = "▸" if row.id == self._here else " "
        ago = words("{span} ago").format(span=span(max(0, self._now - row.updated_at)))
        subject = as_written(subject_line(row.subject))
        head = f"{mark}#{row.id} {one_line(past.lane)} · {words(row.status.value)} · {ago} · {subject}"
        return f"{head}\n   {last_word(past.last)}"


def facts(customer: Customer, now: int) -> list[str]:
    """Return what is known about a customer, one line per kind."""
    known = [f"{identity.kind} {one_line(identity.value)}" for identity in customer.identities]
    lines = [" · ".join(known)] if known else [words("no known address or handle")]
    language = words("not known") if customer.language == UNKNOWN_LANGUAGE else customer.language
    parts = [
        words("language {code}").format(code=language),
        words("address {how}").format(how=one_line(customer.register) or words("the house default")),
        words("region {name}").format(name=one_line(customer.region) or words("not known")),
        words("tier {name}").format(name=one_line(customer.tier)),
    ]
    lines.append(" · ".join(parts))
    if customer.created_at:
        lines.append(words("first seen {span} ago").format(span=span(max(0, now - customer.created_at))))
    return lines


def rated(ratings: Sequence[Rating]) -> list[str]:
    """Return the customer's ratings on one line, newest first; empty if there are none."""
    if not ratings:
        return []
    given = " ".join(str(rating.value) for rating in ratings[:MOST_RATINGS])
    mean = sum(rating.value for rating in ratings) / len(ratings)
    summary = words("rated us {given} of 5, newest first; {mean:.1f} on average").format(given=given, mean=mean)
    comment = next((one_line(rating.comment) for rating in ratings if rating.comment), "")
    return [summary, *([f"“{fit(comment, 120).rstrip()}”"] if comment else [])]


def last_word(message: Message | None) -> str:
    """Return the beginning of the newest message and its author."""
    if message is None:
        return words("no message yet")
    sign = {Direction.IN: "←", Direction.OUT: "→", Direction.NOTE: words("NOTE")}[message.direction]
    return f"{sign} {fit(beginning(message.new_text or message.text, 300), 200).rstrip()}"
