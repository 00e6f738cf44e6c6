"""The hand-written lines: enough of them, all different, all usable, none real."""

from __future__ import annotations

import re
from collections import Counter

from data.demo import LANES, names, texts

TOPICS = {
    "locked-account", "login-code", "hacked-account", "underage-report", "harassment-report", "payment", "crash",
    "ban-appeal", "data-request", "copyright",
}  # fmt: skip
BRANDS = re.compile(
    r"\b(tik ?tok|instagram|facebook|whatsapp|youtube|google|gmail|twitter"
    r"|apple|iphone|ios|android|samsung|paypal|visa)\b",
    re.IGNORECASE,
)


def _all_words() -> list[str]:
    return [
        part
        for line in texts()
        for part in (line.subject, line.text, line.follow_ups.thanks, line.follow_ups.more, line.follow_ups.reopen)
    ]


def test_there_are_three_hundred_different_messages() -> None:
    assert len(texts()) >= 300
    assert len({line.text for line in texts()}) == len(texts())
    assert len({line.id for line in texts()}) == len(texts())


def test_english_and_spanish_are_even_and_others_are_heard() -> None:
    languages = Counter(line.language for line in texts())
    assert min(languages["en"], languages["es"]) >= 125
    assert {"mixed", "und", "pt", "fr", "de", "ca", "gl", "ar", "ja", "zh", "ru"} <= set(languages)


def test_each_topic_is_written_about_in_both_languages_in_one_lane() -> None:
    assert {line.topic for line in texts()} == TOPICS
    assert {line.lane for line in texts()} == set(LANES)
    for topic in TOPICS:
        assert len({line.lane for line in texts() if line.topic == topic}) == 1
        assert {"en", "es"} <= {line.language for line in texts() if line.topic == topic}


def test_most_people_answer_back() -> None:
    assert sum(bool(line.follow_ups.thanks) for line in texts()) > len(texts()) * 0.9
    assert sum(bool(line.follow_ups.reopen) for line in texts()) > 60


def test_no_brand_and_no_address_that_could_be_real() -> None:
    for words in _all_words():
        assert not BRANDS.search(words), words
        for host in re.findall(r"[\w.*]+@([\w.-]+\.\w+)|https?://([\w.-]+)", words):
            assert "".join(host).endswith(".example"), words


def test_no_line_carries_control_characters() -> None:
    for words in _all_words():
        assert all(character.isprintable() or character == "\n" for character in words if character != "\u200d"), words


def test_people_have_different_handles_that_fit_an_address() -> None:
    handles = [person.handle for person in names()]
    assert len(handles) >= 110
    assert len(set(handles)) == len(handles)
    assert all(re.fullmatch(r"[a-z]+(\.[a-z]+)*", handle) for handle in handles)
