"""Routing rules: what matches, what is told when a file is wrong, and the rules that come with the desk."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.incoming import Incoming
from data.records.messages import MessageKind
from data.records.tickets import DEFAULT_LANES, Priority, Severity
from queues.ground import folded_text
from queues.ground.folded_text import fold
from queues.procedures import procedure
from queues.routing import rules as routing
from queues.routing.conditions import Facts, When
from queues.routing.rules import NO_RULE, NOT_TRIED, default_rules, explain, facts_of, load, route

RULES = """
[[rule]]
name = "gold"
continue = true
when = { tier = "gold" }
then = { priority = "high", tags = ["gold", "vip"] }

[[rule]]
name = "hacked"
when = { language = ["es", "en"], min_confidence = 0.8, words = ["hackear*", "took over my account"] }
[rule.then]
lane = "safety"
priority = "urgent"
severity = "S1"
topic = "hacked-account"
procedure = "hacked-account"
tags = ["vip"]

[[rule]]
name = "from the app"
when = { to = "app@" }
then = { lane = "app" }
"""
HACKED = Facts(language="es", confidence=0.9, text="¡Me HACKEARON la cuenta!")


def rule(when: str) -> routing.Rules:
    return load(f'[[rule]]\nname = "it"\nwhen = {{ {when} }}\nthen = {{ lane = "safety" }}')


def matches(when: str, facts: Facts) -> bool:
    return route(rule(when), facts).reason == "it"


def test_the_first_match_decides_and_its_name_is_the_reason() -> None:
    found = route(load(RULES), HACKED)
    assert (found.lane, found.priority, found.severity) == ("safety", Priority.URGENT, Severity.S1)
    assert (found.topic, found.procedure, found.tags) == ("hacked-account", "hacked-account", ("vip",))
    assert found.reason == "hacked"


def test_a_rule_that_continues_adds_its_part_and_stays_first() -> None:
    gold = Facts(language="es", confidence=0.9, text="me hackearon", tier="gold")
    found = route(load(RULES), gold)
    assert (found.lane, found.priority, found.tags) == ("safety", Priority.HIGH, ("gold", "vip"))
    assert found.reason == "gold + hacked"


def test_without_a_match_the_connector_or_the_default_decides() -> None:
    found = route(load(RULES), Facts(text="hello", lane="app"))
    assert (found.lane, found.priority, found.severity, found.reason) == ("app", Priority.NORMAL, None, NO_RULE)
    assert route(load(""), Facts(text="hello")).lane == "mail"


def test_the_explanation_names_what_matched_and_what_failed() -> None:
    lines = explain(route(load(RULES), HACKED))
    assert lines == [
        "gold: failed on customer tier, wanted gold",
        "hacked: matched on language es, language confidence 0.9, words hackear*",
        f"from the app: {NOT_TRIED}",
    ]


@pytest.mark.parametrize(
    ("when", "yes", "no"),
    [
        ('language = "es"', Facts(language="es"), Facts(language="en")),
        ("min_confidence = 0.8", Facts(confidence=0.8), Facts(confidence=0.79)),
        ('connector = ["web", "rt"]', Facts(connector="rt"), Facts(connector="mail")),
        ('to = "help@x.es"', Facts(to=("a@x.es", "Help@X.es")), Facts(to=("help@y.es",))),
        ('from = "@x.es"', Facts(from_address="ana@x.es"), Facts(from_address="ana@not-x.es")),
        ('from = "ana@"', Facts(from_address="ana@y.es"), Facts(from_address="mariana@y.es")),
        ('tags = ["a", "b"]', Facts(tags=("c", "b")), Facts(tags=("c",))),
        ('tier = "gold"', Facts(tier="Gold"), Facts(tier="standard")),
        ('lanes = "app"', Facts(lane="app"), Facts(lane="mail")),
        ('words = "contraseña"', Facts(text="Mi CONTRASENA, no va"), Facts(text="contraseñas")),
        ('words = "log in"', Facts(subject="Cannot log-in"), Facts(text="blog in")),
        ('words = "hack*"', Facts(text="I was hacked"), Facts(text="a whack")),
        ('words = "ban"', Facts(text="a ban."), Facts(text="banana")),
        ('words = "last first"', Facts(text="last\nfirst"), Facts(text="first last")),
    ],
)
def test_each_condition_holds_and_fails(when: str, yes: Facts, no: Facts) -> None:
    assert matches(when, yes)
    assert not matches(when, no)


def test_all_conditions_of_a_rule_must_hold() -> None:
    both = 'language = "es", words = "hola"'
    assert matches(both, Facts(language="es", text="hola"))
    assert not matches(both, Facts(language="en", text="hola"))
    assert not matches(both, Facts(language="es", text="adiós"))


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_and_keeps_single_spaces(text: str) -> None:
    folded = fold(text)
    assert fold(folded).split() == folded.split()
    assert folded.startswith(" ")
    assert folded.endswith(" ")


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_word_is_found_in_whatever_stands_around_it(before: str, after: str) -> None:
    assert matches('words = "hacked"', Facts(text=f"{before} HÁCKED {after}"))


def test_accents_are_taken_off_one_character_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Normalising 40,000 marks in one piece takes a second, and the time grows with their square."""
    sizes: list[int] = []
    normalize = unicodedata.normalize

    def spy(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
        sizes.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr("queues.ground.folded_text.unicodedata.normalize", spy)
    monkeypatch.setattr(folded_text, "_PLAIN", folded_text._Plain())
    assert fold("a" + "\u0327\u0301" * 20_000 + "Z") == " az "
    assert sorted(sizes) == [1] * 4


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('[[rule]]\nname = "a"\n[[rule]]\nname = "b"\nwhen = { wrods = "x" }', 5, "'wrods'"),
        ('[[rule]]\nname = "a"\n[rule.then]\npriority = "huge"', 4, "'huge'"),
        ('[[rule]]\nname = "a"\nwhen = { min_confidence = "high" }', 3, "float"),
        ("[[rule]]\n# nothing\nwhen = {}", 1, "'name' is missing"),
        ('[[rule]]\nname = "a"\n\n[[rule]]\nname = "a"', 5, "used twice"),
        ('[[rule]]\nname = "a"\nwhen = {\n', 3, ""),
        ('[[rule]]\nname = "a"\nwhen = { words = ["ok", "?!"] }', 3, "'?!'"),
        ('[[rule]]\nname = "a"\nthen = { lane = "saftey" }', 3, "mail or safety"),
        ('note = """\n[[rule]]\n"""', 1, "'note'"),
        ("rule = 3", 1, "array"),
        (f"rule = {'[' * 5000}", 1, "nested"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(text: str, line: int, told: str) -> None:
    with pytest.raises(InputError) as caught:
        load(text, lanes=[lane.name for lane in DEFAULT_LANES])
    assert f"line {line}:" in caught.value.message
    assert told in caught.value.message


def test_the_file_is_named_too(tmp_path: Path) -> None:
    path = tmp_path / "routing.toml"
    path.write_text("[[rule]\n")
    with pytest.raises(InputError, match=r"routing\.toml, line 1"):
        load(path)
    path.write_bytes(b"# \xff")
    with pytest.raises(InputError, match="UTF-8"):
        load(path)
    with pytest.raises(InputError, match="check the name"):
        load(tmp_path / "none.toml")


@given(st.text(max_size=80))
def test_any_text_loads_or_is_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        assert all(item.name for item in load(text).rules)


def test_the_facts_of_a_message_are_its_new_words() -> None:
    message = Incoming(
        "mbox", "a:1", "", MessageKind.MAIL, "Ana", "ana@x.es", "Hola", "all", "new", None, to=("app@x.es",), lane="app"
    )
    facts = facts_of(message, ["t"])
    assert (facts.text, facts.subject, facts.to, facts.tags, facts.lane) == (
        "new",
        "Hola",
        ("app@x.es",),
        ("t",),
        "app",
    )


def test_the_rules_that_come_with_the_desk_lead_to_what_exists() -> None:
    lanes, sops = {lane.name for lane in DEFAULT_LANES}, procedure.load()
    load(Path(routing.__file__).with_name("routing_default.toml"), lanes=lanes)
    named = {item.then.procedure for item in default_rules().rules if item.then.procedure}
    assert named
    assert named <= set(sops)


@pytest.mark.parametrize(
    ("facts", "lane", "topic"),
    [
        (Facts("es", 0.99, text="ME HACKEARON y están pidiendo dinero a mis amigos"), "safety", "hacked-account"),
        (Facts("en", 0.99, text="this kid is 9, please remove"), "safety", "underage-report"),
        (Facts("es", 0.99, text="me amenaza todos los días y publicó mi dirección"), "safety", "harassment-report"),
        (Facts("en", 0.99, text="Under GDPR send me all my data"), "mail", "data-request"),
    ],
)
def test_the_rules_that_come_with_the_desk_know_a_common_day(facts: Facts, lane: str, topic: str) -> None:
    found = route(default_rules(), facts)
    assert (found.lane, found.topic) == (lane, topic)


def test_the_examples_of_the_docs_are_accepted() -> None:
    text = (Path(__file__).parents[3] / "docs" / "routing.md").read_text(encoding="utf-8")
    (rules,) = (block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[[rule]]" in block)
    assert [item.name for item in load(rules).rules][1] == "hacked account"


def test_the_docs_tell_of_every_key_of_a_rule() -> None:
    text = (Path(__file__).parents[3] / "docs" / "routing.md").read_text(encoding="utf-8")
    names = [*When.__struct_encode_fields__, *routing._Then.__struct_encode_fields__, "continue"]
    assert [name for name in names if f"`{name}`" not in text] == []
