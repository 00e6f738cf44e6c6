"""Lanes as the settings write them, and the lane that a message is in."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.tickets import DEFAULT_LANES, NO_LANE, Lane, LaneFilter, Priority, Severity, Status, Ticket
from data.tables.lanes import packed, unpacked
from queues.routing.conditions import Facts
from queues.routing.lane_settings import check_sets, lanes_of
from queues.routing.lanes import described, fitted, stands_for
from queues.routing.rules import Rules, default_rules, load, route

FIVE = """
[[lane]]
name = "trust"
title = { en = "Trust", es = "Confianza" }
harm = true

[[lane]]
name = "refunds"
words = ["refund*", "reembolso"]
without = "newsletter"

[[lane]]
name = "spanish"
languages = ["es"]

[[lane]]
name = "vip"
tags = ["vip"]
order = "oldest"

[[lane]]
name = "late-night"
connectors = ["email:night"]
tiers = ["gold"]
"""


def lanes(text: str = FIVE) -> tuple[Lane, ...]:
    return lanes_of(tomllib.loads(text).get("lane", []), "config.toml")


def lane_of(facts: Facts, text: str = FIVE, rules: Rules | None = None, **more: Any) -> str:
    return route(rules or default_rules(), facts, lanes(text), **more).lane


def test_a_lane_has_name_title_filter_and_order() -> None:
    trust, refunds, _, vip, _ = lanes()
    assert (trust.title, dict(trust.titles), trust.harm) == ("Trust", {"en": "Trust", "es": "Confianza"}, True)
    assert refunds == Lane("refunds", "Refunds", 1, LaneFilter(words=("refund*", "reembolso"), without=("newsletter",)))
    assert (vip.order, vip.position) == ("oldest", 3)
    assert described(refunds.filter) == "words reembolso or refund*, other words none of newsletter"


def test_without_lanes_there_are_the_three_built_in_ones() -> None:
    assert lanes("") == DEFAULT_LANES
    assert [lane.name for lane in DEFAULT_LANES if lane.harm] == ["safety"]


def test_a_lane_named_like_a_built_in_one_begins_as_that() -> None:
    mail, safety, quiet = lanes(
        '[[lane]]\nname="mail"\n[[lane]]\nname="safety"\ntitle="S"\n[[lane]]\nname="quiet-hour"'
    )
    assert (mail.title, safety.title, safety.harm, quiet.title) == ("Mail", "S", True, "Quiet hour")
    (safe,) = lanes('[[lane]]\nname="safety"\nharm=false')
    assert not safe.harm


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lane 1 needs a name"),
        ('name = "two words"', "lane 1 (two words) needs a name: one word"),
        ('name = "none"', "none means no lane"),
        ('name = "a"\nwrods = ["x"]', "lane 1 (a): 'wrods' is not a key of a lane; did you mean words?"),
        ('name = "a"\nlanguage = "es"', "'language' is not a key of a lane; did you mean languages?"),
        ('name = "a"\nzzz = 1', "'zzz' is not a key of a lane; a lane has name, title, words"),
        ('name = "a"\nwords = []', "lane 1 (a): words is empty"),
        ('name = "a"\ntags = ["vip", " "]', "tags is empty"),
        ('name = "a"\nwords = ["!?"]', "'!?' in words holds no letter or digit"),
        ('name = "a"\nwithout = ["x"]', "without alone says nothing"),
        ('name = "a"\nlanguages = ["English"]', "'English' is not a language code; use ISO 639-1"),
        ('name = "a"\nseverities = ["S9"]', "'S9' is not one of the severities; use S0, S1"),
        ('name = "a"\npriorities = ["asap"]', "'asap' is not one of the priorities"),
        ('name = "a"\norder = "random"', "order is not understood"),
        ('name = "a"\nharm = "yes"', "harm is not understood"),
        ('name = "a"\nwords = [1]', "words is not understood"),
        ('name = "a"\ntitle = { english = "A" }', "title has a text for each language code"),
        ('name = "a"\n[[lane]]\nname = "b"\n[[lane]]\nname = "a"', "lane 3 (a) has the name of lane 1"),
        ('name = "a"\ntags = "x"\n[[lane]]\nname = "b"\ntags = ["x"]', "lane 2 (b) takes the same as lane 'a' (tag x)"),
    ],
)
def test_a_wrong_lane_is_named_with_what_to_write(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        lanes(f"[[lane]]\n{text}")
    assert message in caught.value.message
    assert caught.value.message.startswith("config.toml: lane ")


def test_a_filter_names_known_sets_of_words_only() -> None:
    here = lanes('[[lane]]\nname = "kids"\nwords = ["<child>"]')
    check_sets(here, default_rules().set_names, "config.toml")
    assert lane_of(Facts(text="my toddler plays"), '[[lane]]\nname = "kids"\nwords = ["<child>"]') == "kids"
    with pytest.raises(InputError, match="no set <child>"):
        check_sets(here, [], "config.toml")


@pytest.mark.parametrize(
    ("facts", "lane"),
    [
        (Facts(text="I want a refund", language="en"), "refunds"),
        (Facts(text="Refunds: newsletter", language="en"), NO_LANE),
        (Facts(text="un reembolso", language="es"), "refunds"),  # the first that fits
        (Facts(text="hola", language="es"), "spanish"),
        (Facts(text="hello", language="en", tags=("vip",)), "vip"),
        (Facts(text="hello", language="en", connector="email:night", tier="gold"), "late-night"),
        (Facts(text="hello", language="en", connector="email:night"), NO_LANE),
        (Facts(text="hello", language="en"), NO_LANE),
        (Facts(text="hello", language="en", lane="vip"), "vip"),  # the account's own lane
        (Facts(text="hello", language="en", lane="gone"), NO_LANE),
        (Facts(text="refund me", language="en", lane="vip"), "refunds"),
        (
            Facts(text="The refund is late and he will kill me", language="en"),
            "trust",
        ),  # harm comes before every filter
        (Facts(text="hola", language="es", lane="safety"), "trust"),  # the work of the built-in lane
    ],
)
def test_the_first_filter_that_fits_takes_a_message_but_harm_goes_to_whoever_handles_it(
    facts: Facts, lane: str
) -> None:
    assert lane_of(facts) == lane


def test_a_lane_without_a_filter_takes_the_rest_unless_it_handles_harm() -> None:
    text = FIVE + '\n[[lane]]\nname = "inbox"\n[[lane]]\nname = "other"'
    taken = route(default_rules(), Facts(text="hello", language="en"), lanes(text))
    assert (taken.lane, taken.placed_by) == ("inbox", "rest")
    assert lane_of(Facts(text="hello", lane="other"), text) == "other"


def test_rules_of_ones_own_come_before_filters_and_built_in_ones_after() -> None:
    own = load('[[rule]]\nname = "it"\nthen = { lane = "vip" }')
    assert lane_of(Facts(text="refund"), rules=own) == "vip"
    text = '[[lane]]\nname = "app"\n[[lane]]\nname = "codes"\nwords = ["code"]\n'
    code = Facts(text="My login code does not arrive", language="en", confidence=0.9)
    assert lane_of(code, '[[lane]]\nname = "mail"\n[[lane]]\nname = "app"') == "app"  # by a built-in rule
    taken = route(default_rules(), code, lanes(text))
    assert (taken.lane, taken.placed_by, taken.topic) == ("codes", "filter", "login-code")
    assert taken.reason.endswith(" + lane codes")


def test_where_no_lane_says_that_it_handles_harm_it_goes_to_the_first() -> None:
    text = '[[lane]]\nname = "questions"\nwords = "how"\n[[lane]]\nname = "bugs"'
    assert lane_of(Facts(text="he said he will kill me", language="en"), text) == "questions"


def test_of_several_lanes_that_handle_harm_the_one_that_fits() -> None:
    text = '[[lane]]\nname="en"\nharm=true\nlanguages="en"\n[[lane]]\nname="es"\nharm=true\nlanguages="es"'
    assert lane_of(Facts(text="me va a matar", language="es"), text) == "es"
    assert lane_of(Facts(text="he will kill me", language="fr"), text) == "en"


def test_a_standing_ticket_goes_by_what_it_has_now() -> None:
    ticket = Ticket(1, "", Status.OPEN, Priority.NORMAL, "Hi", 1, 0, 0, tags=("vip",))
    assert lane_of(Facts(text="hello", language="en"), standing=ticket) == "vip"
    text = '[[lane]]\nname="grave"\nseverities=["S0"]\n[[lane]]\nname="bills"\ntopics="bill"\npriorities=["high"]'
    grave = Ticket(1, "", Status.OPEN, Priority.NORMAL, "Hi", 1, 0, 0, severity=Severity.S0)
    bill = Ticket(1, "", Status.OPEN, Priority.HIGH, "Hi", 1, 0, 0, topic="bill")
    plain = load("")
    assert [lane_of(Facts(text="x"), text, plain, standing=one) for one in (grave, bill)] == ["grave", "bills"]


def test_what_comes_with_the_desk_means_the_lanes_that_do_the_work() -> None:
    here = lanes()
    assert fitted(frozenset({"safety"}), here) == {"safety", "trust"}
    assert fitted(frozenset({"mail"}), here) == {"mail", "refunds", "spanish", "vip", "late-night", NO_LANE}
    assert fitted(frozenset({"safety"}), DEFAULT_LANES) == {"safety"}
    assert stands_for("app", DEFAULT_LANES) == {"app"}
    with_mail = lanes('[[lane]]\nname = "mail"\n[[lane]]\nname = "safety"\n[[lane]]\nname = "own"')
    assert stands_for("own", with_mail) == {"own", "app"}


LANES = st.lists(
    st.builds(
        Lane,
        st.text("abc", min_size=1, max_size=3),
        st.just("T"),
        st.just(0),
        st.builds(
            LaneFilter,
            words=st.lists(st.sampled_from(["red", "blue*"]), max_size=2).map(tuple),
            tags=st.lists(st.sampled_from(["vip"]), max_size=1).map(tuple),
            languages=st.lists(st.sampled_from(["en", "es"]), max_size=1).map(tuple),
        ),
        st.booleans(),
        st.sampled_from(["due", "oldest", "newest"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda lane: lane.name,
)
MESSAGES = st.builds(
    Facts,
    text=st.sampled_from(["red", "blueish", "nothing", "he will kill me"]),
    language=st.sampled_from(["en", "es", "fr"]),
    tags=st.sampled_from([(), ("vip",)]),
    lane=st.sampled_from(["", "a", "safety", "mail", "zz"]),
)


@given(LANES, MESSAGES)
def test_a_message_is_in_one_of_the_lanes_or_in_none(here: list[Lane], facts: Facts) -> None:
    taken = route(default_rules(), facts, here)
    assert taken.lane in {NO_LANE, *(lane.name for lane in here)}
    assert (taken.lane == NO_LANE) == (taken.placed_by == "none")
    if facts.text == "he will kill me":
        harmful = {lane.name for lane in here if lane.harm} or {here[0].name}
        assert "safety" in {lane.name for lane in here} or taken.lane in harmful


@given(LANES)
def test_a_lane_is_kept_whole_in_the_file(here: list[Lane]) -> None:
    assert unpacked(packed(here)) == here
