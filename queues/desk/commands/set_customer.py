"""The customer's tier and name, as corrected by an agent."""

from __future__ import annotations

import re

from data.errors import RuleError
from data.records.changes import Change
from data.safe_text import safe_line, shortened
from queues.desk.commands.command import TicketChange
from queues.desk.commands.remembered import Remembered

STANDARD = "standard"
"""The tier of a customer of whom nothing else is known."""
_TIER = re.compile(r"[\w-]{1,40}")


class SetTier(Remembered):
    """The tier; policies and rules may ask for it."""

    field = name = "tier"

    def check(self, work: TicketChange) -> None:
        """Refuse what is not one word."""
        if work.change.tier and not _TIER.fullmatch(work.change.tier):
            raise RuleError("No such tier", f"{work.change.tier!r} is not a tier; use one word, such as gold.")

    def value(self, change: Change) -> str:
        """Return the tier, for none the standard one."""
        return change.tier or STANDARD

    def write(self, work: TicketChange) -> None:
        """Store it for the customer, and record it in the event."""
        super().write(work)
        work.detail["tier"] = self.value(work.change)

    def describe(self, change: Change) -> str:
        """Return the tier."""
        return f"tier {self.value(change)}"


class SetName(Remembered):
    """The name that macros greet and the lists show."""

    field, name = "customer_name", "name"

    def check(self, work: TicketChange) -> None:
        """Refuse an empty name."""
        if not self.value(work.change):
            raise RuleError("No name", f"#{work.ticket.id}: a customer needs a name; write one.")

    def value(self, change: Change) -> str:
        """Return the name on one line, of bounded length."""
        return shortened(safe_line(change.customer_name or "").strip())

    def write(self, work: TicketChange) -> None:
        """Store it for the customer, and record that it changed."""
        super().write(work)
        work.detail["customer"] = "renamed"

    def describe(self, change: Change) -> str:
        """Return that the name changed; the name itself stays out of the record of actions."""
        return "customer renamed"
