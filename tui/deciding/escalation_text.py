"""Escalations for screen and command line: the known teams, due times, and the text sent to a team."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.errors import InputError
from data.records.changes import Change
from data.records.customers import Customer
from data.records.escalations import Escalation
from data.records.tickets import Ticket
from queues.ground import teams
from queues.ground.teams import Team
from tui.look.short_times import later

if TYPE_CHECKING:
    from data.store import Store
    from macros.files.library import Library
    from queues.desk.desk import Desk
    from queues.desk.desk_rules import DeskRules

DEFAULT_TEMPLATE = "hand-over"
FOLDER = "escalations"
"""The folder of templates: the built-in templates are next to the macros, the user's next to the settings."""


def due_of(text: str, now: int, zone: str = "") -> int | None:
    """Return when `24h`, `2d`, `Friday` or `2026-11-30` (its end) is in a time zone, else in that of the machine.

    None for an empty text. Raises InputError if the text is not a time.
    """
    wanted = text.strip()
    if not wanted:
        return None
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        at = later(wanted, now, zone)
        if at is None:
            message = f"{wanted!r} is not a time; write 24h, 2 days, Friday or a date such as 2026-11-30."
            raise InputError("No such time", message) from None
        return at
    from tui.setup.open_desk import zone_named

    midnight = datetime.combine(day, datetime.min.time(), ZoneInfo(zone_named(zone)))
    return int((midnight + timedelta(days=1)).timestamp()) - 1


def known_teams(rules: DeskRules, store: Store, more: Iterable[str] = ()) -> list[str]:
    """Return the names of the teams that the settings, the procedures, `more` and earlier escalations know."""
    steps = (step.team for procedure in rules.procedures.values() for step in procedure.steps if step.team)
    names: dict[str, str] = {}
    for name in (*(team.name for team in rules.teams), *store.escalations.teams(), *steps, *more):
        names.setdefault(name.strip().casefold(), name.strip())
    return list(names.values())


class HandingOver:
    """Fills in the text for another team from its template."""

    def __init__(self, own: Path) -> None:
        self._own = own / FOLDER
        self._library: Library | None = None

    def escalation(
        self, asked: Escalation, ticket: Ticket, customer: Customer, *, known: Sequence[Team], agent: str, now: int
    ) -> Escalation:
        """Return the escalation with the text for its team and, if none is given, the team's default due time.

        A given text is kept. Raises InputError if the team's template cannot be used.
        """
        team = teams.find(known, asked.team)
        due_at = asked.due_at if asked.due_at is not None else due_of(team.due, now)
        asked = replace(asked, team=team.name, due_at=due_at)
        return (
            asked if asked.note.strip() else replace(asked, note=self._words(asked, team, ticket, customer, agent, now))
        )

    def completed(self, change: Change, ticket: Ticket, desk: Desk, now: int) -> Change:
        """Return the change with its escalation completed, if it has one; called in the desk's thread."""
        if change.escalate is None:
            return change
        customer = desk.store.customers.get(ticket.customer_id) or Customer(0, "")
        done = self.escalation(change.escalate, ticket, customer, known=desk.rules.teams, agent=desk.agent, now=now)
        return replace(change, escalate=done)

    def _words(self, asked: Escalation, team: Team, ticket: Ticket, customer: Customer, agent: str, now: int) -> str:
        from macros.files.library import Library
        from macros.filling.context import Context
        from macros.render import render

        if self._library is None:
            built_in = Path(__file__).parents[2] / "macros" / FOLDER
            self._library = Library(built_in, self._own)
        self._library.refresh()
        names = {macro.name for macro in self._library}
        # a team without its own template, by name or by the settings, gets the common template
        wanted = team.template or (_file_name(team.name) if _file_name(team.name) in names else DEFAULT_TEMPLATE)
        due = "" if asked.due_at is None else f"{datetime.fromtimestamp(asked.due_at, UTC):%Y-%m-%d %H:%M} UTC"
        answers = {"team": team.name, "reason": asked.reason, "reference": asked.reference, "due": due}
        if wanted not in names:
            message = f"{team.name}: there is no usable template {wanted!r} in {self._own}; add it, or name another."
            raise InputError("No such template", message)
        macro = self._library.get(wanted)
        given = {ask.name: answers.get(ask.name, "") for ask in macro.asks}
        return render(macro, team.language, Context(ticket, customer, agent, now), given).text


def _file_name(team: str) -> str:
    """Return the name of a team's template: `Security response` is `security-response`."""
    return re.sub(r"[^a-z0-9]+", "-", team.casefold()).strip("-")
