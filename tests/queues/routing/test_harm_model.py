"""The model that hears harm: its file, how it listens, and how much it hears of messages written for measuring."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path

import pytest

from queues.routing import harm_model
from queues.routing.conditions import Facts
from queues.routing.harm_features import of_word, words_of
from queues.routing.rules import default_rules, load, route

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "data/harm_model.bin"
HARM = ("underage-report", "harassment-report", "hacked-account")


def test_the_header_names_the_sources_that_made_it() -> None:
    header = json.loads(MODEL.read_bytes().partition(b"\n")[0])
    named = ("tools/train_harm.py", "queues/routing/harm_features.py", "queues/routing/word_sets.toml")
    paths = [*(ROOT / name for name in named), *sorted((ROOT / "tools/routing_phrases").glob("*.txt"))]
    expected = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    assert header["source"] == expected, "train the model again with tools/train_harm.py"
    assert tuple(header["labels"]) == (*harm_model.HARM, *harm_model.OTHERS)


def test_notice_has_its_checksum_and_it_is_small() -> None:
    assert hashlib.sha256(MODEL.read_bytes()).hexdigest() in (ROOT / "NOTICE").read_text("utf-8")
    assert MODEL.stat().st_size <= 400 * 1024


@pytest.mark.parametrize("text", ["", "   ", "👍", "a" * 5_000, "\ud800", "no " * 5_000, "嫌がらせ"])
def test_any_text_gets_shares_that_sum_to_one(text: str) -> None:
    shares = harm_model.load().heard(text).shares
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 0


def test_a_sentence_in_a_long_mail_is_not_drowned() -> None:
    mail = "I would like to know how the new filters work and where the menu went after the update. " * 20
    threat = "He wrote that he will kill me and that he knows where I live. "
    model = harm_model.load()
    assert model.heard(mail).share("harm") < 0.2
    assert model.heard(mail + threat + mail).loudest("harm") > 0.8


def test_letters_drawn_out_and_ages_are_read_as_what_they_mean() -> None:
    assert words_of("AYUDAAAAA") == words_of("ayuda")
    assert of_word("9") == of_word("11")
    assert of_word("9") != of_word("45")


def test_a_rule_listens_and_its_reason_says_how_sure_it_is() -> None:
    rules = load('[[rule]]\nname = "it"\nwhen = { hears = ["threat", "doxxing"], at_least = 0.5 }')
    taken = route(rules, Facts(text="he said he will kill me"))
    assert taken.reason.startswith("it (")
    assert taken.harm is not None
    assert taken.harm > 0.5
    assert route(rules, Facts(text="where is the dark mode?")).reason == "no rule"
    assert route(load('[[rule]]\nname = "deaf"'), Facts(text="he will kill me")).harm is None


def test_mostly_asks_for_the_likeliest_kind() -> None:
    rules = load('[[rule]]\nname = "it"\nwhen = { hears = "harm", at_least = 0.5, mostly = "hacked" }')
    assert route(rules, Facts(text="me hackearon la cuenta")).reason.startswith("it (")
    assert route(rules, Facts(text="he said he will kill me")).reason == "no rule"


@pytest.mark.parametrize(
    "text",
    [
        "My character was killed and the kill feed is wrong",
        "un juego para matar el tiempo",
        "I'm dying of laughter at this filter",
        "my account is 9 years old",
        "Mi canal tiene 11 años y quiero otro nombre",
        "la tableta tiene 9 años, ¿sirve?",
        "robaron mi video y lo subieron a otro canal",
        "my son bought coins with my card, he is 8",
        "Me banearon por acoso y quiero apelar, era una broma",
    ],
)
def test_games_songs_billing_and_appeals_are_not_harm(text: str) -> None:
    taken = route(default_rules(), Facts(language="en", confidence=0.99, text=text))
    assert taken.topic not in HARM
    assert "look" not in taken.tags


@pytest.mark.parametrize(
    "text",
    [
        "Please look at this.",
        "Look at this",
        "Call me back please",
        "please check this profile",
        "This is the second time I write",
        "Ya me pasó otra vez",
        "he vuelto a escribir",
        "Por favor miren esto",
        "My brother told me about your app",
        "See what I mean?",
    ],
)
def test_a_few_words_about_nothing_are_not_harm(text: str) -> None:
    taken = route(default_rules(), Facts(language="en", confidence=0.99, text=text))
    assert taken.lane != "safety"


@pytest.mark.parametrize("text", ["me robaron el canal", "someone stole our page", "me chorearon el perfil"])
def test_a_stolen_channel_is_a_taken_account_however_little_is_said(text: str) -> None:
    assert route(default_rules(), Facts(language="es", confidence=0.99, text=text)).topic == "hacked-account"


@pytest.mark.parametrize("text", ["7 and 9, alone on a live", "una niña de diez años", "van a publicar mis fotos"])
def test_harm_in_few_words_is_in_the_safety_lane_with_a_severity(text: str) -> None:
    taken = route(default_rules(), Facts(language="und", text=text))
    assert taken.lane == "safety"
    assert taken.severity is not None


def test_doubt_goes_to_the_safety_lane_with_look_and_asks_for_topic_and_severity_first() -> None:
    doubts = [
        taken
        for text in _cases("open.txt") + _cases("sealed.txt")
        if "look" in (taken := route(default_rules(), Facts(language="en", text=text[2]))).tags
    ]
    assert doubts
    assert {(taken.lane, taken.procedure) for taken in doubts} == {("safety", "safety-triage")}
    assert all(taken.harm is not None and 0.5 <= taken.harm < 0.6 for taken in doubts)


FLOORS = {"plain": 0.97, "story": 0.92, "own": 0.75}


@pytest.mark.parametrize("name", ["open.txt", "sealed.txt"])
def test_what_is_promised_of_the_measured_messages(name: str) -> None:
    heard: dict[str, list[bool]] = defaultdict(list)
    topics: list[bool] = []
    alarms: list[bool] = []
    for topic, sort, text, language in _cases(name):
        taken = route(default_rules(), Facts(language=language, confidence=0.99, text=text))
        alarm = taken.lane == "safety" and (taken.topic in HARM or "look" in taken.tags)
        (heard[sort] if topic in HARM else alarms).append(alarm)
        topics += [taken.topic == topic] if topic != "none" else []
    assert {sort: sum(heard[sort]) / len(heard[sort]) >= floor for sort, floor in FLOORS.items()} == dict.fromkeys(
        FLOORS, True
    )
    assert sum(alarms) / len(alarms) <= 0.03
    assert sum(topics) / len(topics) >= 0.85


def test_everyday_sentences_that_were_never_trained_on_rarely_raise_an_alarm() -> None:
    alarms: list[bool] = []
    heard: list[bool] = []
    for topic, _, text, language in _cases("everyday.txt") + _cases("fresh.txt"):
        taken = route(default_rules(), Facts(language=language, confidence=0.99, text=text))
        (heard if topic in HARM else alarms).append(taken.harmful)
    assert sum(alarms) / len(alarms) <= 0.05
    assert sum(heard) / len(heard) >= 0.75


def _cases(name: str) -> list[tuple[str, str, str, str]]:
    """Return topic, sort, text and language of each measured message."""
    found, heading = [], ("", "", "")
    for line in (ROOT / "bench/routing_cases" / name).read_text("utf-8").splitlines():
        if line.startswith("## "):
            topic, sort, language = line[3:].split()
            heading = (topic.partition("/")[0], sort, language)
        elif line:
            found.append((heading[0], heading[1], line, heading[2]))
    return found
