"""What one room asks of another without importing it; the composition root in `tui` joins them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from data.records import Change, Customer, Finding, Message, Ticket


class Clock(Protocol):
    """Tells the time; handed in everywhere, so that tests and the demo can set it."""

    def __call__(self) -> int:
        """Return Unix seconds, UTC."""
        ...


class ReplyChecker(Protocol):
    """Looks at a reply before it is sent; `macros.check` is one."""

    def __call__(
        self, change: Change, ticket: Ticket, customer: Customer, conversation: Sequence[Message], /
    ) -> list[Finding]:
        """Return what is wrong with `change.reply`, worst first; an empty list means it may go."""
        ...
