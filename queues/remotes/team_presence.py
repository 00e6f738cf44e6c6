"""Who is at which of a team's tickets: our agent's windows and drafts are reported, colleagues are kept for the screen.

The team keeps each report for a minute, so a desk that dies is gone by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from data.errors import RefusedError
from queues.connectors.base import TicketSystem
from queues.connectors.team import Attending, Team
from queues.ground.known_agents import MEMBERS
from queues.ground.presence import COLLEAGUES, looked_at
from queues.remotes.tracker_mirror import Mirror

WRITING_SECONDS = 120
"""How long after its last change a draft counts as being written."""
AGAIN_SECONDS = 20
"""After how many seconds it is reported again: the team keeps it for a minute."""
KEPT_SECONDS = 60
"""How long what is known of colleagues counts after the next look at the team should have been."""


class Presence:
    """Exchanges with the team who is at which ticket."""

    def __init__(self, mirror: Mirror, team: Team) -> None:
        self._mirror, self._team, self._store = mirror, team, mirror.store
        self._said = Attending({}, {})
        self._said_at = 0

    def exchange(self) -> None:
        """Say at which tickets our agent is, and note at which colleagues are."""
        now = self._mirror.clock()
        own = Attending(dict.fromkeys(self._writing(), ()), dict.fromkeys(self._looking(), ()))
        again = now - self._said_at >= AGAIN_SECONDS
        with suppress(RefusedError):  # a reader's draft goes nowhere
            if own.writing != self._said.writing or (own.writing and again):
                self._team.attend(sorted(own.writing))
        if own.looking != self._said.looking or (own.looking and again):
            self._team.look_at(sorted(own.looking))
        if own != self._said or again:
            self._said, self._said_at = own, now
        self._keep(self._team.attending(), now)

    def meet(self) -> None:
        """Note who the team's agents are."""
        agents = [self._mirror.here(login) for login in self._team.agents()]
        known = self._store.settings.get(MEMBERS) or {}
        if known.get(self._mirror.name) != agents:
            with self._store.write(bulk=True):
                self._store.settings.save(MEMBERS, {**known, self._mirror.name: agents})

    def forget(self) -> None:
        """Note that no one is known to be anywhere: the connection has ended."""
        self._said = Attending({}, {})
        self._keep(Attending({}, {}), self._mirror.clock())

    def _writing(self) -> list[str]:
        since = self._mirror.clock() - WRITING_SECONDS
        drafts = self._store.drafts.all()
        return self._refs(one.ticket_id for one in drafts if one.updated_at > since and not one.is_untouched)

    def _looking(self) -> list[str]:
        return self._refs(looked_at(self._store, self._mirror.desk.agent, self._mirror.clock()))

    def _refs(self, numbers: Iterable[int]) -> list[str]:
        tickets = [self._mirror.ticket(number) for number in numbers]
        return [ticket.external_ref for ticket in tickets if ticket is not None]

    def _keep(self, colleagues: Attending, now: int) -> None:
        """Keep it with a time: written again while it is the same, so that it does not end, and no oftener."""
        writing, looking = self._here(colleagues.writing), self._here(colleagues.looking)
        known = self._store.settings.get(COLLEAGUES) or {}
        was = known.get(self._mirror.name)
        if not writing and not looking:
            if was is None:
                return
            new = {name: kept for name, kept in known.items() if name != self._mirror.name}
        else:
            if was is not None and (was["writing"], was["looking"]) == (writing, looking) and (
                was["until"] - now >= KEPT_SECONDS
            ):  # fmt: skip
                return
            until = now + self._mirror.tracker.poll + KEPT_SECONDS
            new = {**known, self._mirror.name: {"until": until, "writing": writing, "looking": looking}}
        with self._store.write(bulk=True):
            self._store.settings.save(COLLEAGUES, new)

    def _here(self, by_ref: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        here: dict[str, list[str]] = {}
        for ref, logins in by_ref.items():
            number = self._store.tickets.by_external_ref(self._mirror.name, ref)
            if number is not None:
                here[str(number)] = list(logins)
        return here


def presence_of(mirror: Mirror, system: TicketSystem) -> Presence | None:
    """Return what exchanges presence with a team, None for other systems."""
    return Presence(mirror, system) if isinstance(system, Team) else None
