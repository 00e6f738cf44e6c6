"""Which replies are reviewed: fairly, every agent equally, or by risk; with a seed the same every time.

Chance is a hash of the seed and the reply's number, so that it depends on neither order nor machine.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from data.records.reviews import Candidate, Picked

LONG = 1_500
"""Letters from which a reply counts as long."""
RISKS = (
    ("low CSAT", 4), ("past a finding", 3), ("reopened", 3), ("severity", 3), ("late", 2),
    ("new wording", 1), ("long", 1),
)  # fmt: skip
"""What makes a reply worth a look, and how much."""
_WEIGHTS = dict(RISKS)


def fair(candidates: Iterable[Candidate], count: int, seed: str) -> list[Picked]:
    """Return `count` replies, as many of each agent as of every other, as far as they have any; no ticket twice.

    Within an agent's share, lanes and languages come in proportion to what the agent wrote (Sainte-Laguë: the next
    goes to the group with the most replies for each seat, 1, 3, 5 …).
    """
    lists = _stratified(candidates, seed)
    chosen: dict[int, tuple[str, Candidate]] = {}
    """By ticket: whose it counts as, and the reply."""
    waiting = sorted(lists, key=lambda agent: _chance(seed, agent))
    while waiting and len(chosen) < count:
        for agent in list(waiting):
            if len(chosen) == count:
                break
            if not _give(agent, lists, chosen, set()):
                waiting.remove(agent)
    order = {candidate.message_id: place for listed in lists.values() for place, candidate in enumerate(listed)}
    picked = sorted(chosen.values(), key=lambda held: (order[held[1].message_id], _chance(seed, held[0])))
    return [
        Picked(candidate.message_id, candidate.ticket_id, agent, (f"fair: {candidate.lane}, {candidate.language}",))
        for agent, candidate in picked
    ]


def by_risk(candidates: Iterable[Candidate], count: int, seed: str) -> list[Picked]:
    """Return the `count` replies with the most at stake, the gravest first and why; one per ticket.

    Replies of no risk are left out. Chance decides between equals.
    """
    best: dict[int, tuple[int, str, Candidate, tuple[str, ...]]] = {}
    for candidate in candidates:
        why = risks(candidate)
        if not why:
            continue
        held = (
            -sum(_WEIGHTS[name.partition(":")[0]] for name in why),
            _chance(seed, candidate.message_id),
            candidate,
            why,
        )
        if candidate.ticket_id not in best or held[:2] < best[candidate.ticket_id][:2]:
            best[candidate.ticket_id] = held
    return [
        Picked(candidate.message_id, candidate.ticket_id, candidate.agent, why)
        for _, _, candidate, why in sorted(best.values(), key=lambda held: held[:2])[:count]
    ]


def risks(candidate: Candidate) -> tuple[str, ...]:
    """Return why a reply is worth a look, the gravest first: a name of `RISKS`, and a detail behind a colon."""
    results = {
        "low CSAT": f"low CSAT: {candidate.rating} of 5"
        if candidate.rating is not None and candidate.rating <= 2
        else "",
        "past a finding": f"past a finding: {', '.join(candidate.passed)}" if candidate.passed else "",
        "reopened": f"reopened: {candidate.reopens}" if candidate.reopens else "",
        "severity": f"severity: {candidate.severity}" if candidate.severity in ("S0", "S1", "S2") else "",
        "late": "late" if candidate.late else "",
        "new wording": "new wording" if candidate.new_wording else "",
        "long": f"long: {candidate.letters:,} letters" if candidate.letters >= LONG else "",
    }
    return tuple(results[name] for name, _ in RISKS if results[name])


def _stratified(candidates: Iterable[Candidate], seed: str) -> dict[str, list[Candidate]]:
    """Return each agent's replies, one per ticket, in the order in which they are to be taken."""
    groups: dict[str, dict[tuple[str, str], list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    taken: set[tuple[str, int]] = set()
    for candidate in sorted(candidates, key=lambda candidate: _chance(seed, candidate.message_id)):
        if (candidate.agent, candidate.ticket_id) not in taken:
            taken.add((candidate.agent, candidate.ticket_id))
            groups[candidate.agent][candidate.lane, candidate.language].append(candidate)
    return {agent: _proportional(strata) for agent, strata in groups.items()}


def _proportional(strata: dict[tuple[str, str], list[Candidate]]) -> list[Candidate]:
    """Merge groups so that every beginning of the list holds them in proportion."""
    # the n-th of a group of m stands at (2n + 1) / m: its rank by Sainte-Laguë
    ranked = [
        ((2 * place + 1) / len(held), name, candidate)
        for name, held in strata.items()
        for place, candidate in enumerate(held)
    ]
    return [candidate for _, _, candidate in sorted(ranked, key=lambda entry: (entry[0], entry[1]))]


def _give(
    agent: str, lists: dict[str, list[Candidate]], chosen: dict[int, tuple[str, Candidate]], tried: set[int]
) -> bool:
    """Give the agent one more ticket; where another has it who can take another instead, it goes over.

    Augmenting paths (Kuhn's algorithm): no one stays with less because someone with more to choose from came first.
    """
    free = next(
        (
            candidate
            for candidate in lists[agent]
            if candidate.ticket_id not in chosen and candidate.ticket_id not in tried
        ),
        None,
    )
    if free is not None:
        chosen[free.ticket_id] = (agent, free)
        return True
    for candidate in lists[agent]:
        if candidate.ticket_id in tried or chosen[candidate.ticket_id][0] == agent:
            continue
        tried.add(candidate.ticket_id)
        if _give(chosen[candidate.ticket_id][0], lists, chosen, tried):
            chosen[candidate.ticket_id] = (agent, candidate)
            return True
    return False


def _chance(seed: str, what: int | str) -> str:
    return hashlib.sha256(f"{seed}\n{what}".encode()).hexdigest()
