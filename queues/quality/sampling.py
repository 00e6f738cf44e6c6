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
    order = {one.message_id: place for listed in lists.values() for place, one in enumerate(listed)}
    picked = sorted(chosen.values(), key=lambda held: (order[held[1].message_id], _chance(seed, held[0])))
    return [
        Picked(one.message_id, one.ticket_id, agent, (f"fair: {one.lane}, {one.language}",)) for agent, one in picked
    ]


def by_risk(candidates: Iterable[Candidate], count: int, seed: str) -> list[Picked]:
    """Return the `count` replies with the most at stake, the gravest first and why; one a ticket.

    Replies of no risk are left out. Chance decides between equals.
    """
    best: dict[int, tuple[int, str, Candidate, tuple[str, ...]]] = {}
    for one in candidates:
        why = risks(one)
        if not why:
            continue
        held = (-sum(_WEIGHTS[name.partition(":")[0]] for name in why), _chance(seed, one.message_id), one, why)
        if one.ticket_id not in best or held[:2] < best[one.ticket_id][:2]:
            best[one.ticket_id] = held
    return [
        Picked(one.message_id, one.ticket_id, one.agent, why)
        for _, _, one, why in sorted(best.values(), key=lambda held: held[:2])[:count]
    ]


def risks(one: Candidate) -> tuple[str, ...]:
    """Return why a reply is worth a look, the gravest first: a name of `RISKS`, and a detail behind a colon."""
    found = {
        "low CSAT": f"low CSAT: {one.rating} of 5" if one.rating is not None and one.rating <= 2 else "",
        "past a finding": f"past a finding: {', '.join(one.passed)}" if one.passed else "",
        "reopened": f"reopened: {one.reopens}" if one.reopens else "",
        "severity": f"severity: {one.severity}" if one.severity in ("S0", "S1", "S2") else "",
        "late": "late" if one.late else "",
        "new wording": "new wording" if one.new_wording else "",
        "long": f"long: {one.letters:,} letters" if one.letters >= LONG else "",
    }
    return tuple(found[name] for name, _ in RISKS if found[name])


def _stratified(candidates: Iterable[Candidate], seed: str) -> dict[str, list[Candidate]]:
    """Return each agent's replies, one a ticket, in the order in which they are to be taken."""
    groups: dict[str, dict[tuple[str, str], list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    taken: set[tuple[str, int]] = set()
    for one in sorted(candidates, key=lambda one: _chance(seed, one.message_id)):
        if (one.agent, one.ticket_id) not in taken:
            taken.add((one.agent, one.ticket_id))
            groups[one.agent][one.lane, one.language].append(one)
    return {agent: _proportional(strata) for agent, strata in groups.items()}


def _proportional(strata: dict[tuple[str, str], list[Candidate]]) -> list[Candidate]:
    """Merge groups so that every beginning of the list holds them in proportion."""
    # the n-th of a group of m stands at (2n + 1) / m: its rank by Sainte-Laguë
    ranked = [
        ((2 * place + 1) / len(held), name, one) for name, held in strata.items() for place, one in enumerate(held)
    ]
    return [one for _, _, one in sorted(ranked, key=lambda entry: (entry[0], entry[1]))]


def _give(
    agent: str, lists: dict[str, list[Candidate]], chosen: dict[int, tuple[str, Candidate]], tried: set[int]
) -> bool:
    """Give the agent one more ticket; where another has it who can take another instead, it goes over.

    Augmenting paths (Kuhn's algorithm): nobody stays with less because somebody with more to choose from came first.
    """
    free = next((one for one in lists[agent] if one.ticket_id not in chosen and one.ticket_id not in tried), None)
    if free is not None:
        chosen[free.ticket_id] = (agent, free)
        return True
    for one in lists[agent]:
        if one.ticket_id in tried or chosen[one.ticket_id][0] == agent:
            continue
        tried.add(one.ticket_id)
        if _give(chosen[one.ticket_id][0], lists, chosen, tried):
            chosen[one.ticket_id] = (agent, one)
            return True
    return False


def _chance(seed: str, what: int | str) -> str:
    return hashlib.sha256(f"{seed}\n{what}".encode()).hexdigest()
