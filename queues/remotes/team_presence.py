"""Who writes on which of a team's tickets: reported to the team as drafts are typed, and kept here for the screen."""

from __future__ import annotations

from queues.connectors.base import TicketSystem
from queues.connectors.team import Team
from queues.ground.presence import PRESENCE
from queues.remotes.tracker_mirror import Mirror

WRITING_SECONDS = 120
"""How long after its last change a draft counts as being written."""
AGAIN_SECONDS = 20
"""After how many seconds it is reported again: the team keeps it for a minute."""


class Presence:
    """Exchanges with the team who writes on what."""

    def __init__(self, mirror: Mirror, team: Team) -> None:
        self._mirror, self._team, self._store = mirror, team, mirror.store
        self._said: frozenset[str] = frozenset()
        self._said_at = 0

    def exchange(self) -> None:
        """Say on which tickets our agent writes, and note on which colleagues do."""
        now, writing = self._mirror.clock(), self._writing()
        if writing != self._said or (writing and now - self._said_at >= AGAIN_SECONDS):
            self._team.attend(sorted(writing))
            self._said, self._said_at = writing, now
        self._keep(self._team.attending())

    def forget(self) -> None:
        """Note that no one is known to write: the connection has ended."""
        self._said = frozenset()
        self._keep({})

    def _writing(self) -> frozenset[str]:
        since = self._mirror.clock() - WRITING_SECONDS
        drafts = [draft for draft in self._store.drafts.all() if draft.updated_at > since and not draft.is_untouched]
        tickets = [self._mirror.ticket(draft.ticket_id) for draft in drafts]
        return frozenset(ticket.external_ref for ticket in tickets if ticket is not None)

    def _keep(self, colleagues: dict[str, list[str]]) -> None:
        here: dict[str, list[str]] = {}
        for ref, logins in colleagues.items():
            number = self._store.tickets.by_external_ref(self._mirror.name, ref)
            if number is not None:
                here[str(number)] = logins
        known = self._store.settings.get(PRESENCE) or {}
        if known.get(self._mirror.name, {}) != here:
            with self._store.write(bulk=True):
                self._store.settings.save(PRESENCE, {**known, self._mirror.name: here})


def presence_of(mirror: Mirror, system: TicketSystem) -> Presence | None:
    """Return what exchanges presence with a team, None for other systems."""
    return Presence(mirror, system) if isinstance(system, Team) else None
