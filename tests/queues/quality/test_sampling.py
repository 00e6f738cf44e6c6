"""Drawing replies for review: fair to agents and their lanes, the same for a seed, and by risk with its reasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from data.records.reviews import Candidate, Picked
from queues.quality.sampling import by_risk, fair, risks

AGENTS, LANES, LANGUAGES = ("ann", "bob", "cy"), ("mail", "app"), ("en", "es")


@st.composite
def candidates(draw: st.DrawFn, most: int = 40) -> list[Candidate]:
    rows = draw(
        st.lists(
            st.tuples(st.integers(1, 12), st.sampled_from(AGENTS), st.sampled_from(LANES), st.sampled_from(LANGUAGES)),
            max_size=most,
        )
    )
    return [Candidate(n, ticket, agent, lane, tongue, n) for n, (ticket, agent, lane, tongue) in enumerate(rows, 1)]


seeds = st.text(max_size=5)


@given(candidates(), st.integers(0, 20), seeds)
def test_no_ticket_comes_twice_and_every_reply_is_the_agents_own(
    offered: list[Candidate], count: int, seed: str
) -> None:
    picked = fair(offered, count, seed)
    by_number = {one.message_id: one for one in offered}
    assert len({one.ticket_id for one in picked}) == len(picked) <= count
    assert all((by_number[one.message_id].agent, by_number[one.message_id].ticket_id) == (one.agent, one.ticket_id)
               for one in picked)  # fmt: skip


@given(candidates(), st.integers(0, 20), seeds, st.randoms())
def test_the_seed_alone_decides_not_the_order(offered: list[Candidate], count: int, seed: str, random: object) -> None:
    mixed = list(offered)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert fair(mixed, count, seed) == fair(offered, count, seed)
    assert by_risk(mixed, count, seed) == by_risk(offered, count, seed)


def best_shares(offered: list[Candidate], count: int) -> list[int]:
    """Every way of giving each ticket to one of its agents, tried: the fairest shares that `count` replies can have."""
    tickets: dict[int, set[str]] = {}
    for one in offered:
        tickets.setdefault(one.ticket_id, set()).add(one.agent)
    agents = sorted({one.agent for one in offered})
    found: list[int] = []
    for way in product(*[[*sorted(held), ""] for held in tickets.values()]):
        held = Counter(name for name in way if name)
        if sum(held.values()) <= count:
            found = max(found, sorted(held[agent] for agent in agents))
    return found


@given(candidates(most=9), st.integers(1, 6), seeds)
@settings(max_examples=60)
def test_shares_are_as_equal_as_any_way_of_choosing_allows(offered: list[Candidate], count: int, seed: str) -> None:
    held = Counter(one.agent for one in fair(offered, count, seed))
    assert sorted(held[agent] for agent in {one.agent for one in offered}) == best_shares(offered, count)


def test_lanes_and_languages_come_in_proportion() -> None:
    kinds = [("mail", "es")] * 60 + [("mail", "en")] * 20 + [("app", "en")] * 20
    offered = [Candidate(n, n, "ann", lane, tongue, n) for n, (lane, tongue) in enumerate(kinds, 1)]
    picked = {one.message_id for one in fair(offered, 10, "7")}
    assert Counter(kinds[number - 1] for number in picked) == {("mail", "es"): 6, ("mail", "en"): 2, ("app", "en"): 2}
    assert picked != {one.message_id for one in fair(offered, 10, "8")}


def test_over_many_seeds_every_reply_has_the_same_chance() -> None:
    offered = [Candidate(n, n, "ann", "mail", "en", n) for n in range(10)]
    seen = Counter(one.message_id for seed in range(2000) for one in fair(offered, 2, str(seed)))
    assert all(abs(seen[number] - 400) < 90 for number in range(10))


PLAIN = Candidate(1, 1, "ann", "mail", "en", 1)


def test_risk_says_why_the_gravest_first() -> None:
    grave = replace(PLAIN, rating=1, passed=("legal-advice",), reopens=2, severity="S1", late=True, new_wording=True,
                    letters=1_800)  # fmt: skip
    assert risks(grave) == (
        "low CSAT: 1 of 5", "past a finding: legal-advice", "reopened: 2", "severity: S1", "late", "new wording",
        "long: 1,800 letters",
    )  # fmt: skip
    assert risks(PLAIN) == ()
    assert risks(replace(PLAIN, rating=3, severity="S3")) == ()


def test_the_most_at_stake_comes_first_and_what_has_no_risk_never() -> None:
    low = replace(PLAIN, message_id=2, ticket_id=2, rating=2)
    worse = replace(PLAIN, message_id=3, ticket_id=3, rating=1, late=True)
    same_ticket = replace(worse, message_id=4, late=False)
    picked = by_risk([PLAIN, low, worse, same_ticket], 10, "x")
    assert [one.message_id for one in picked] == [3, 2]
    assert picked[0] == Picked(3, 3, "ann", ("low CSAT: 1 of 5", "late"))
    assert by_risk([PLAIN, low, worse], 1, "x") == picked[:1]
