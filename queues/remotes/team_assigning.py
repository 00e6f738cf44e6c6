"""A team's tickets that no one has, assigned by one desk; which one, and each ticket, is decided in the database."""

from __future__ import annotations

from data.errors import RefusedError
from queues.connectors.base import TicketSystem
from queues.connectors.team import Team
from queues.desk.assigning import waiting
from queues.next_up.fair_share import LATELY, Loads, assign
from queues.remotes.tracker_mirror import Mirror
from queues.remotes.tracker_sent import SentByUs

EVERY_SECONDS = 5
"""How often at most it is looked whether something can be assigned."""


class TeamAssigning:
    """Assigns while this desk is the team's assigner."""

    def __init__(self, mirror: Mirror, team: Team, sent_by_us: SentByUs) -> None:
        self._mirror, self._team, self._sent_by_us = mirror, team, sent_by_us
        self._looked_at = 0
        self._may_not = False
        """The team has refused it: a reader assigns nothing."""

    def assign(self) -> None:
        """Assign what waits to members whose desks are here; what was taken meanwhile stays whose it is."""
        mirror, now = self._mirror, self._mirror.clock()
        if self._may_not or now - self._looked_at < EVERY_SECONDS:
            return
        self._looked_at = now
        try:
            self._assign(now)
        except RefusedError as error:
            self._may_not = True
            mirror.tell(f"{mirror.tracker.name}: {error.title}. {error.message}")

    def _assign(self, now: int) -> None:
        mirror = self._mirror
        found = (mirror.ticket(own.id) for own in waiting(mirror.store, now))
        tickets = [ticket for ticket in found if ticket is not None and ticket.connector == mirror.name]
        desk, rules = self._sent_by_us.prefix(), mirror.desk.rules.assigning
        if not tickets or not self._team.may_assign(desk):
            return
        logins, in_hand, given = self._team.at_work(LATELY)
        available, loads = [mirror.here(login) for login in logins], Loads.of(self._here(in_hand), self._here(given))
        for ticket in tickets:
            for done in assign([ticket], rules, available, loads):
                if not self._team.assign(desk, ticket.external_ref, mirror.there(done.agent), done.why):
                    loads.take_back(done)

    def _here(self, counts: dict[str, int]) -> dict[str, int]:
        return {self._mirror.here(login): count for login, count in counts.items()}


def assigning_of(mirror: Mirror, system: TicketSystem, sent_by_us: SentByUs) -> TeamAssigning | None:
    """Return what assigns a team's tickets; None for other systems, and for a desk whose settings assign nothing."""
    on = bool(mirror.desk.rules.assigning)
    return TeamAssigning(mirror, system, sent_by_us) if on and isinstance(system, Team) else None
