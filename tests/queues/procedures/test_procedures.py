"""Procedures: reading them, when they apply, and which gates stand open."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.tickets import Priority, Severity, Status, Ticket
from queues.procedures import procedure as procedures
from queues.procedures import safeguards
from queues.procedures.procedure import Procedure, StepKind, load, load_text, open_gates, procedure_for

TEXT = """
id = "hacked"
version = 2
effective = 2026-11-02
changed = "First version."

[applies]
lanes = ["safety"]
topics = ["hacked-account"]
severity = ["S1", "S2"]

[[step]]
id = "freeze"
kind = "check"
gate = true
text = "Freeze the account."

[[step]]
id = "proof"
kind = "check"
gate = true
text.en = "Old address confirmed."
text.es = "Dirección anterior confirmada."
evidence = "date"

[[step]]
id = "harm"
kind = "choose"
gate = true
text = "What is asked for?"
choices = ["money", "none"]

[[step]]
id = "note"
kind = "ask"
text = "Anything else?"

[[step]]
id = "team"
kind = "escalate"
gate = true
text = "Hand over."
team = "Security"
"""
HACKED = load_text(TEXT)
TICKET = Ticket(1, "safety", Status.OPEN, Priority.NORMAL, "Help", 1, 0, 0, topic="hacked-account")
ALL_DONE: dict[str, Any] = {"freeze": True, "proof": "2 May", "harm": "none", "team": "SEC-1"}


def open_ids(done: dict[str, Any]) -> list[str]:
    return [step.id for step in open_gates(HACKED, done)]


def test_the_file_becomes_a_procedure() -> None:
    assert (HACKED.label, HACKED.effective.isoformat(), HACKED.changed) == (
        "hacked@2",
        "2026-11-02",
        {"en": "First version."},
    )
    assert [step.kind for step in HACKED.steps] == ["check", "check", "choose", "ask", "escalate"]
    assert HACKED.severities == {Severity.S1, Severity.S2}


def test_a_step_speaks_the_agents_language_or_english() -> None:
    proof = HACKED.steps[1]
    assert proof.words("es") == "Dirección anterior confirmada."
    assert proof.words("fr") == "Old address confirmed."


def test_gates_open_in_order_and_other_steps_never_stand_in_the_way() -> None:
    assert open_ids({}) == ["freeze", "proof", "harm", "team"]
    assert open_ids(ALL_DONE) == []


@pytest.mark.parametrize(
    ("step", "answer", "enough"),
    [
        ("freeze", True, True),
        ("freeze", False, False),
        ("freeze", "  ", False),
        ("freeze", 1, False),
        ("proof", True, False),
        ("proof", "2 May", True),
        ("harm", "money", True),
        ("harm", "other", False),
        ("harm", True, False),
        ("harm", ["money"], False),
        ("team", "SEC-1", True),
        ("team", True, True),
        ("team", None, False),
    ],
)
def test_what_completes_a_step(step: str, answer: object, enough: bool) -> None:
    assert (step not in open_ids({**ALL_DONE, step: answer})) is enough


@given(st.dictionaries(st.sampled_from([*ALL_DONE, "x"]), st.none() | st.booleans() | st.text() | st.integers()))
def test_no_answers_crash_and_an_answer_to_one_step_opens_no_other(done: dict[str, Any]) -> None:
    open_now = set(open_ids(done))
    assert open_now <= set(ALL_DONE)
    for step in ALL_DONE:
        others = {key: value for key, value in done.items() if key != step}
        assert set(open_ids(others)) == open_now | {step}


@pytest.mark.parametrize(
    ("changes", "applies"),
    [
        ({}, True),
        ({"severity": Severity.S1}, True),
        ({"severity": Severity.S4}, False),
        ({"lane": "mail"}, False),
        ({"topic": "crash"}, False),
        ({"procedure": "hacked", "topic": "crash"}, True),
        ({"procedure": "other"}, False),
    ],
)
def test_which_tickets_it_applies_to(changes: dict[str, Any], applies: bool) -> None:
    ticket = replace(TICKET, **changes)
    assert HACKED.applies_to(ticket) is applies
    assert procedure_for(ticket, {"hacked": HACKED}) is (HACKED if applies else None)


def test_a_procedure_without_conditions_applies_only_where_it_is_named() -> None:
    everywhere: Procedure = replace(HACKED, lanes=frozenset(), topics=frozenset(), severities=frozenset())
    assert not everywhere.applies_to(TICKET)
    assert everywhere.applies_to(replace(TICKET, procedure="hacked"))


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("version = 2", "version = 'two'", 3, "int"),
        ('kind = "check"\ngate = true\ntext.en', 'kind = "chek"\ngate = true\ntext.en', 20, "'chek'"),
        ('id = "proof"', 'id = "freeze"', 19, "earlier step"),
        ('choices = ["money", "none"]', "", 28, "needs choices"),
        ('team = "Security"', "", 40, "needs a team"),
        ('evidence = "date"', 'evidense = "date"', 24, "'evidense'"),
        ('text = "Hand over."', 'text = " "', 42, "text"),
        ('severity = ["S1", "S2"]', 'severity = ["S1", "S9"]', 10, "'S9'"),
        ("effective = 2026-11-02", "", 1, "'effective' is missing"),
        ("version = 2", "version = ", 3, ""),
    ],
)
def test_a_wrong_file_is_told_with_its_line(old: str, new: str, line: int, told: str) -> None:
    assert old in TEXT
    with pytest.raises(InputError) as caught:
        load_text(TEXT.replace(old, new, 1), "hacked.toml")
    assert f"hacked.toml, line {line}:" in caught.value.message
    assert told in caught.value.message


def test_a_file_without_steps_is_refused() -> None:
    with pytest.raises(InputError, match="at least one"):
        load_text('id = "x"\nversion = 1\neffective = 2026-01-01')


def test_an_own_file_replaces_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(TEXT.replace('id = "hacked"', 'id = "crash"', 1))
    found = load(tmp_path, tmp_path / "no such folder")
    assert found["crash"].source.endswith("mine.toml")
    assert "payment" in found


def test_two_files_of_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TEXT)
    (tmp_path / "b.toml").write_text(TEXT)
    with pytest.raises(InputError, match="rename one"):
        load(tmp_path)


def test_the_built_in_procedures_speak_both_languages_and_have_gates() -> None:
    found = load()
    assert len(found) == len(list(procedures.BUILT_IN.glob("*.toml"))) > 0
    for procedure in found.values():
        assert set(procedure.changed) >= {"en", "es"}
        assert any(step.gate for step in procedure.steps)
        assert all(set(step.text) >= {"en", "es"} for step in procedure.steps)
        assert any(step.kind is StepKind.ESCALATE for step in procedure.steps)


DOCS = (Path(__file__).parents[3] / "docs" / "procedures.md").read_text(encoding="utf-8")


def test_the_example_of_the_docs_is_accepted_and_shows_every_key() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
    assert load_text(example).label == "hacked-account@5"
    keys = {*procedures._File.__struct_fields__, *procedures._Step.__struct_fields__} - {"step"}
    assert [key for key in keys if not re.search(rf"^\[?{key}\b", example, re.MULTILINE)] == []


def test_the_docs_tell_of_every_safeguard() -> None:
    assert [rule for rule in safeguards.RULES if f"`{rule}`" not in DOCS] == []


def test_a_step_that_the_desk_watches_is_never_asked_and_holds_nothing_up() -> None:
    procedure = load_text(TEXT.replace('id = "freeze"\n', 'id = "freeze"\nwatches = ["promise-refund"]\n', 1))
    assert [step.id for step in open_gates(procedure, {})] == ["proof", "harm", "team"]
    assert not procedure.steps[0].asked


ESTABLISHES = """id = "lamp"
version = 1
effective = 2026-01-01
[establishes]
"lamp/lit" = { looked = true, state = "on" }
[[step]]
id = "looked"
kind = "check"
text = "Look."
[[step]]
id = "state"
kind = "choose"
text = "On or off?"
choices = ["on", "off"]
[[step]]
id = "words"
kind = "check"
text = "No promise."
watches = ["promise-refund"]
"""


@pytest.mark.parametrize(
    ("done", "lit"),
    [
        ({}, False),
        ({"looked": True}, False),
        ({"looked": True, "state": "off"}, False),
        ({"state": "on"}, False),
        ({"looked": True, "state": "on"}, True),
        ({"looked": None, "state": "on"}, False),
    ],
)
def test_an_outcome_is_established_by_all_its_steps_with_their_answers(done: dict[str, object], lit: bool) -> None:
    assert load_text(ESTABLISHES).established(done) == (frozenset({"lamp/lit"}) if lit else frozenset())


@pytest.mark.parametrize(
    "wrong", ["{}", "{ gone = true }", '{ state = "dim" }', '{ looked = "yes" }', "{ words = true }"]
)
def test_an_outcome_needs_steps_that_are_asked_and_answers_that_they_have(wrong: str) -> None:
    with pytest.raises(InputError, match="lamp/lit"):
        load_text(ESTABLISHES.replace('{ looked = true, state = "on" }', wrong))
