"""What a seed deals: the same again, spread over the lanes, in order of time."""

from __future__ import annotations

from itertools import islice, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from data.demo import LANES, OPENING, arrivals, many, opening, texts

SEEDS = st.integers(min_value=-(2**63), max_value=2**63)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_a_seed_deals_the_same_again(seed: int) -> None:
    assert opening(seed) == opening(seed)
    assert list(islice(arrivals(seed), 20)) == list(islice(arrivals(seed), 20))
    assert list(many(20, seed)) == list(many(20, seed))


def test_another_seed_deals_otherwise() -> None:
    assert [line.words for line in opening(1)] != [line.words for line in opening(2)]


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_the_opening_fills_each_lane_and_some_are_near_their_breach(seed: int) -> None:
    waiting = opening(seed)
    assert len(waiting) == OPENING
    assert all(line.at < 0 for line in waiting)
    for lane, first_reply in zip(LANES, (4 * 3600, 8 * 3600, 3600), strict=True):
        rows = [line for line in waiting if line.words.lane == lane]
        assert len(rows) == OPENING // len(LANES)
        ages = [-line.at for line in rows if line.words.topic not in ("data-request", "ban-appeal")]
        assert (max(ages) > first_reply) is (lane != "safety")
    assert all(line.words.plain for line in waiting if line.words.lane != "safety")


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_all_ten_topics_are_among_the_first_fifteen_and_one_customer_wrote_to_every_lane(seed: int) -> None:
    first = opening(seed)[:15]
    assert len({line.words.topic for line in first}) == 10
    assert [line.words.lane for line in first[:3]] == list(LANES)
    lanes: dict[str, set[str]] = {}
    for line in first:
        lanes.setdefault(line.address, set()).add(line.words.lane)
    assert [some for some in lanes.values() if len(some) > 1] == [{*LANES}]


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_nothing_grave_comes_before_the_agent_has_looked_around(seed: int) -> None:
    early = [*opening(seed), *(line for line in islice(arrivals(seed), 20) if line.at < 180)]
    assert not any(line.words.grave for line in early)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_arrivals_come_in_order_and_never_all_at_once(seed: int) -> None:
    times = [line.at for line in islice(arrivals(seed), 200)]
    assert all(8 <= later - earlier <= 128 for earlier, later in pairwise([0, *times]))


def test_no_text_returns_before_its_lane_was_dealt_through() -> None:
    dealt = [*opening(5), *islice(arrivals(5), len(texts()))]
    for lane in LANES:
        deck = sum(line.lane == lane for line in texts())
        ids = [line.words.id for line in sorted(dealt, key=lambda line: line.number) if line.words.lane == lane]
        assert len(set(ids[:deck])) == len(ids[:deck])


def test_numbers_and_addresses_go_on_from_the_opening() -> None:
    dealt = [*opening(9), *islice(arrivals(9), 300)]
    assert sorted(line.number for line in dealt) == list(range(1, len(dealt) + 1))
    assert len({line.address for line in dealt}) == len(dealt) - 2  # one customer wrote to all three lanes


def test_a_big_store_has_no_two_texts_alike_and_runs_up_to_now() -> None:
    lines = list(many(3000, 1))
    assert len({line.text for line in lines}) == len({line.subject for line in lines}) == 3000
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert lines[-1].at < 0
    assert len({line.address for line in lines}) < 3000
