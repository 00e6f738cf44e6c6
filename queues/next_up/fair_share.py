"""Which agent a waiting ticket is assigned to: by lane, language and skill, and then by a fair share of the load.

Each agent's load is weighed by their share: of those whom a ticket fits, it goes to the one who has the least. Among
equals it goes to the one who was given the fewest lately: else whoever solves quickly, and so always has
nothing in hand, would get everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from data.records.tickets import UNKNOWN_LANGUAGE, Ticket

NO_LIMIT = frozenset[str]()
LATELY = 86_400
"""For how many seconds an assignment counts among those who have the same load."""


@dataclass(frozen=True, slots=True)
class Assignee:
    """An agent who is assigned tickets, and which."""

    name: str
    lanes: frozenset[str] = NO_LIMIT
    """Empty for every lane."""
    languages: frozenset[str] = NO_LIMIT
    """ISO 639-1; empty for every language, and for tickets whose language is not known."""
    skills: frozenset[str] = NO_LIMIT
    """Topics and tags; a topic or tag that is anyone's skill goes only to those who have it."""
    most: int = 10
    """New and open tickets in hand, from which on no more is assigned."""
    share: int = 1
    """2 for twice as much as others have."""


@dataclass(frozen=True, slots=True)
class Assigning:
    """The rules of assigning; without agents nothing is assigned."""

    agents: Sequence[Assignee] = ()

    def __bool__(self) -> bool:
        """Whether it is on."""
        return bool(self.agents)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A ticket, the agent that it is assigned to, and why."""

    ticket_id: int
    agent: str
    why: str


@dataclass
class Loads:
    """What each agent has in hand, and what they were given lately; it grows with each assignment."""

    in_hand: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, in_hand: Mapping[str, int], given: Mapping[str, int]) -> Loads:
        """Return counts by agent."""
        return cls(Counter(in_hand), Counter(given))

    def take_back(self, assignment: Assignment) -> None:
        """Count an assignment no longer, since it did not come about."""
        self.in_hand[assignment.agent] -= 1
        self.given[assignment.agent] -= 1


def assign(tickets: Iterable[Ticket], rules: Assigning, available: Collection[str], loads: Loads) -> list[Assignment]:
    """Assign tickets, in their order, to the available agents; one that fits no one is left out."""
    here = [agent for agent in rules.agents if agent.name in available]
    skills = {skill for agent in rules.agents for skill in agent.skills}
    results = []
    for ticket in tickets:
        needed = {ticket.topic, *ticket.tags} & skills
        fitting = [agent for agent in here if _fits(agent, ticket, needed) and loads.in_hand[agent.name] < agent.most]
        if not fitting:
            continue
        chosen = min(fitting, key=lambda agent: _weight(agent, loads))
        loads.in_hand[chosen.name] += 1
        loads.given[chosen.name] += 1
        results.append(Assignment(ticket.id, chosen.name, _why(ticket, chosen, needed, loads)))
    return results


def _fits(agent: Assignee, ticket: Ticket, needed: Collection[str]) -> bool:
    """Return whether an agent works on such tickets."""
    speaks = not agent.languages or ticket.language in agent.languages
    return speaks and (not agent.lanes or ticket.lane in agent.lanes) and agent.skills.issuperset(needed)


def _weight(agent: Assignee, loads: Loads) -> tuple[Fraction, Fraction]:
    return Fraction(loads.in_hand[agent.name], agent.share), Fraction(loads.given[agent.name], agent.share)


def _why(ticket: Ticket, agent: Assignee, needed: Collection[str], loads: Loads) -> str:
    facts = [ticket.lane] if ticket.lane else []
    facts += [ticket.language] if ticket.language != UNKNOWN_LANGUAGE else []
    facts += sorted(needed)
    return ", ".join([*facts, f"{loads.in_hand[agent.name]} of {agent.most} in hand"])
