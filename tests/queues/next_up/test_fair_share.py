"""Tickets are assigned by lane, language and skill, and fairly among those whom they fit."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.records.tickets import Priority, Status, Ticket
from queues.next_up.fair_share import Assignee, Assigning, Loads, assign


def ticket(number: int, lane: str = "mail", language: str = "es", topic: str = "", *tags: str) -> Ticket:
    return Ticket(
        number, lane, Status.NEW, Priority.NORMAL, "x", 1, 0, 0, language=language, topic=topic, tags=tags
    )  # fmt: skip


ANA = Assignee("ana", lanes=frozenset({"mail"}), languages=frozenset({"es"}))
BOB = Assignee("bob", skills=frozenset({"refund", "vip"}))
EVA = Assignee("eva", languages=frozenset({"es", "en"}), skills=frozenset({"refund"}))


@pytest.mark.parametrize(
    ("one", "agent"),
    [
        (ticket(1), "ana"),
        (ticket(1, "app"), "bob"),
        (ticket(1, "app", "fr"), "bob"),
        (ticket(1, "mail", "und"), "bob"),  # a language that is not known is no one's limit
        (ticket(1, "mail", "es", "refund"), "bob"),
        (ticket(1, "mail", "es", "refund", "vip"), "bob"),
        (ticket(1, "mail", "es", "crash", "odd"), "ana"),  # no one's skill is anyone's matter
    ],
)
def test_it_goes_to_whom_it_fits(one: Ticket, agent: str) -> None:
    assert [done.agent for done in assign([one], Assigning((ANA, BOB, EVA)), {"ana", "bob", "eva"}, Loads())] == [agent]


def test_who_is_away_or_has_enough_gets_none_and_what_fits_no_one_waits() -> None:
    rules, full = Assigning((ANA, EVA)), Loads.of({"eva": 10}, {})
    assert assign([ticket(1)], rules, set(), Loads()) == []
    assert assign([ticket(1, "app")], rules, {"ana", "eva"}, full) == []
    assert assign([ticket(1, "mail", "es", "refund")], rules, {"ana"}, Loads()) == []
    assert [done.agent for done in assign([ticket(1)], rules, {"ana", "eva"}, full)] == ["ana"]


def test_the_reason_says_by_what() -> None:
    (done,) = assign([ticket(1, "app", "en", "refund", "vip")], Assigning((BOB,)), {"bob"}, Loads.of({"bob": 2}, {}))
    assert done.why == "app, en, refund, vip, 3 of 10 in hand"
    (done,) = assign([ticket(1, "", "und")], Assigning((BOB,)), {"bob"}, Loads())
    assert done.why == "1 of 10 in hand"


LANES, LANGUAGES, SKILLS = ("mail", "app", "safety"), ("es", "en", "und"), ("refund", "vip")


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


agents = st.lists(
    st.builds(
        Assignee, st.sampled_from("abcdef"), some(LANES), some(LANGUAGES[:2]), some(SKILLS),
        most=st.integers(1, 9), share=st.integers(1, 3),
    ),
    min_size=1, max_size=5, unique_by=lambda agent: agent.name,
)  # fmt: skip
tickets = st.lists(
    st.tuples(
        st.sampled_from(LANES), st.sampled_from(LANGUAGES), st.sampled_from(("", *SKILLS)), st.sampled_from(("", "vip"))
    ),
    max_size=40,
).map(lambda rows: [ticket(n, *row[:3], *filter(None, row[3:])) for n, row in enumerate(rows, 1)])


def fits(agent: Assignee, one: Ticket, skills: set[str]) -> bool:
    return (
        (not agent.lanes or one.lane in agent.lanes)
        and (not agent.languages or one.language in agent.languages)
        and ({one.topic, *one.tags} & skills) <= agent.skills
    )


@settings(max_examples=200, deadline=None)
@given(
    agents, tickets, st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9)), st.sets(st.sampled_from("abcdef"))
)
def test_each_step_is_fair_and_nothing_is_left_that_someone_could_take(
    people: list[Assignee], waiting: list[Ticket], before: dict[str, int], available: set[str]
) -> None:
    done = {item.ticket_id: item.agent for item in assign(waiting, Assigning(people), available, Loads.of(before, {}))}
    skills = {skill for agent in people for skill in agent.skills}
    by_name = {agent.name: agent for agent in people}
    load = Counter(before)
    for one in waiting:
        could = [
            agent for agent in people
            if agent.name in available and fits(agent, one, skills) and load[agent.name] < agent.most
        ]  # fmt: skip
        if not could:
            assert one.id not in done
            continue
        chosen = by_name[done[one.id]]
        assert chosen in could
        mine = Fraction(load[chosen.name], chosen.share)
        assert all(mine <= Fraction(load[other.name], other.share) for other in could)
        load[chosen.name] += 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=6), st.integers(0, 60), st.booleans())
def test_of_equal_matter_each_gets_their_share_whether_they_solve_quickly_or_not(
    shares: list[int], count: int, solved_at_once: bool
) -> None:
    people = [Assignee(f"agent {n}", most=1000, share=share) for n, share in enumerate(shares)]
    loads, got = Loads(), Counter[str]()
    for number in range(count):
        (done,) = assign([ticket(number)], Assigning(people), {agent.name for agent in people}, loads)
        got[done.agent] += 1
        if solved_at_once:
            loads.in_hand.clear()
    for one in people:
        for other in people:
            assert Fraction(got[one.name] - 1, one.share) <= Fraction(got[other.name], other.share)
