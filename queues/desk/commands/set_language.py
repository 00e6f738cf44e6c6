"""The language, register and region of a customer, as set by an agent.

All three are remembered for the customer; the language is also the ticket's, and may send it to another lane.
"""

from __future__ import annotations

import re

from data.errors import RuleError
from queues.desk.commands.command import TicketChange
from queues.desk.commands.remembered import Remembered
from queues.desk.customer_language import REGISTERS, spoken

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_REGION = re.compile(r"[a-z]{2,3}-[A-Z]{2}")


class SetLanguage(Remembered):
    """The language that the customer writes in."""

    field = name = "language"

    def check(self, work: TicketChange) -> None:
        """Refuse an invalid language code."""
        language = work.change.language
        if language is not None and not _LANGUAGE.fullmatch(language):
            raise RuleError("No such language", f"{language!r} is not a language code; use ISO 639-1: en, es, pt.")

    def write(self, work: TicketChange) -> None:
        """Store it for customer and ticket, and move the ticket to the lane that the rules give for this language."""
        assert work.change.language is not None
        super().write(work)
        work.fields.update(spoken(work.store, work.rules, work.ticket, work.change.language))


class SetRegister(Remembered):
    """How Spanish addresses the customer."""

    field = name = "register"

    def check(self, work: TicketChange) -> None:
        """Refuse an invalid register."""
        register = work.change.register
        if register and register not in REGISTERS:
            raise RuleError("No such register", f"{register!r} is not a way to address someone; use tu, usted or vos.")

    def write(self, work: TicketChange) -> None:
        """Store it for the customer, and record it in the event."""
        super().write(work)
        if work.change.register:
            work.detail["register"] = work.change.register


class SetRegion(Remembered):
    """Where the customer lives, for dates, numbers and choice of words."""

    field = name = "region"

    def check(self, work: TicketChange) -> None:
        """Refuse an invalid region."""
        region = work.change.region
        if region and not _REGION.fullmatch(region):
            raise RuleError("No such region", f"{region!r} is not a region; write language and country: es-MX.")

    def write(self, work: TicketChange) -> None:
        """Store it for the customer, and record it in the event."""
        super().write(work)
        if work.change.region:
            work.detail["region"] = work.change.region
