"""What stands in the default procedures and routing rules, and that the two agree."""

from __future__ import annotations

import re

import pytest

from data.records.tickets import DEFAULT_LANES, Priority, Severity, Status
from macros.files.library import Library
from queues.procedures.procedure import Procedure, StepKind, load
from queues.routing.conditions import Facts
from queues.routing.rules import Route, default_rules, route

PROCEDURES = load()
LANES = {lane.name for lane in DEFAULT_LANES}


def sent(text: str, *, lane: str = "", to: tuple[str, ...] = (), language: str = "en") -> Route:
    return route(default_rules(), Facts(language=language, confidence=0.99, text=text, lane=lane, to=to))


def test_there_is_a_procedure_for_each_of_the_ten_scenarios_and_one_for_harm_that_no_rule_recognises() -> None:
    assert len(PROCEDURES) == 11
    assert [name for name, procedure in PROCEDURES.items() if procedure.fallback] == ["safety-triage"]
    for name, procedure in PROCEDURES.items():
        assert procedure.topics == (set() if procedure.fallback else {name})
        assert procedure.lanes <= LANES
        assert set(procedure.changed) == {"en", "es"}


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=list(PROCEDURES))
def test_a_procedure_is_bilingual_gated_and_short(procedure: Procedure) -> None:
    assert any(step.gate for step in procedure.steps)
    assert any(step.kind is StepKind.ESCALATE for step in procedure.steps)
    assert len(procedure.steps) <= 7
    for step in procedure.steps:
        assert set(step.text) == {"en", "es"}
        assert len(step.text["es"]) <= 240


GATES = {
    "login-code": {"never-ask"},
    "hacked-account": {"freeze", "revoke-sessions", "old-address", "identity"},
    "underage-report": {"profile", "age-evidence", "reporter"},
    "harassment-report": {"risk", "doxxing"},
    "payment": {"card-digits", "store", "no-promise", "match"},
    "ban-appeal": {"second-reviewer", "wording", "window"},
    "data-request": {"clock-start", "no-data", "identity", "jurisdiction"},
    "copyright": {"no-advice", "complete", "third-party"},
    "locked-account": {"identity", "lock-reason"},
    "crash": {"facts", "known"},
}


@pytest.mark.parametrize("name", GATES)
def test_the_known_traps_are_gates(name: str) -> None:
    assert GATES[name] <= {step.id for step in PROCEDURES[name].steps if step.gate}


GUARDS_WORDS = {
    "hacked-account": {"identity"},
    "locked-account": {"identity"},
    "data-request": {"identity"},
    "underage-report": {"danger", "minor-safety"},
    "harassment-report": {"doxxing", "risk"},
    "payment": {"match"},
    "ban-appeal": {"wording", "appeals-team"},
    "copyright": {"no-advice"},
    "safety-triage": {"severity", "topic"},
    "crash": set(),
    "login-code": set(),
}


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=list(PROCEDURES))
def test_outcome_identity_and_the_reporters_data_are_guarded_before_any_reply(procedure: Procedure) -> None:
    assert {step.id for step in procedure.steps if step.guards_words} == GUARDS_WORDS[procedure.id]


def test_what_may_leave_before_a_gate_are_macros_that_exist_and_wait_for_the_customer() -> None:
    library = Library.standard()
    named = {name for one in PROCEDURES.values() for step in one.steps for name in step.passes}
    assert named
    for name in sorted(named):
        actions = library.get(name).actions
        assert (actions.status, actions.escalate) == (Status.PENDING, None), name


def test_a_step_that_says_that_something_is_masked_names_the_key_that_shows_it() -> None:
    said = [text for one in PROCEDURES.values() for step in one.steps for text in step.text.values()]
    hidden = [text for text in said if re.search(r"\b(masked|hidden|redacted|ocult|enmascar|tachad|tapad)", text)]
    assert hidden
    assert [text for text in hidden if not re.search(r"\b(key|tecla) \*", text)] == []


SAMPLES = [
    ("No puedo entrar, dice que mi cuenta está bloqueada 😭", "locked-account", "mail"),
    ("My account has been locked for two days", "locked-account", "mail"),
    ("no code sms since ysterday", "login-code", "app"),
    ("No me llega el código", "login-code", "app"),
    ("ME HACKEARON y están pidiendo dinero a mis amigos", "hacked-account", "safety"),
    ("Somebody hijacked my page and is asking my friends for money", "hacked-account", "safety"),
    ("this kid is 9, please remove", "underage-report", "safety"),
    ("Es menor de edad y sube bailes", "underage-report", "safety"),
    ("me amenaza todos los días y publicó mi dirección", "harassment-report", "safety"),
    ("He threatened me again and I don't feel safe", "harassment-report", "safety"),
    ("compré 500 coins, charged twice $6.99", "payment", "app"),
    ("Quiero la devolución de mis monedas", "payment", "app"),
    ("app crashes on upload v34.1 Android 14", "crash", "mail"),
    ("La app se cierra sola al subir un vídeo", "crash", "mail"),
    ("me cerraron la cuenta sin motivo, soy creadora", "ban-appeal", "safety"),
    ("I was banned and want to appeal", "ban-appeal", "safety"),
    ("Under GDPR send me all my data", "data-request", "mail"),
    ("Solicito una copia de mis datos personales", "data-request", "mail"),
    ("usaron mi canción sin permiso", "copyright", "app"),
    ("They reuploaded my film, this is a DMCA notice", "copyright", "app"),
]


@pytest.mark.parametrize(("text", "topic", "lane"), SAMPLES)
def test_each_scenario_is_recognised_in_both_languages(text: str, topic: str, lane: str) -> None:
    taken = sent(text)
    assert (taken.topic, taken.procedure, taken.lane) == (topic, topic, lane), taken.reason


@pytest.mark.parametrize("text", [text for text, _, lane in SAMPLES if lane == "safety"])
@pytest.mark.parametrize("lane", ["mail", "app"])
def test_safety_goes_before_where_it_came_from(text: str, lane: str) -> None:
    taken = sent(f"I paid for coins and my code never came. {text}", lane=lane)
    assert taken.lane == "safety"
    assert taken.severity is not None


@pytest.mark.parametrize(
    "text", ["I want to kill myself", "Ya no quiero vivir, quiero morirme", "mi hermano habla de suicidarse"]
)
def test_a_life_at_risk_is_the_most_urgent_of_all(text: str) -> None:
    taken = sent(text, lane="app")
    assert (taken.severity, taken.priority, taken.lane) == (Severity.S0, Priority.URGENT, "safety")


@pytest.mark.parametrize(
    "text",
    [
        "My boss will kill me if the app crashes again",
        "He usado la app durante 10 años y se cierra sola",
        "I changed the email on my account and now the app crashes",
        "The app shows error code 33 and closes itself",
        "My phone won't charge while the app freezes",
    ],
)
def test_everyday_words_do_not_sound_the_alarm(text: str) -> None:
    assert sent(text).topic == "crash"


@pytest.mark.parametrize(
    ("to", "lane", "expected"),
    [
        (("safety@lumivo.example",), "", "safety"),
        (("app@lumivo.example",), "", "app"),
        (("help@lumivo.example",), "", "mail"),
        ((), "safety", "safety"),
        ((), "app", "app"),
        ((), "", "mail"),
    ],
)
def test_what_no_word_decides_goes_by_where_it_came_from(to: tuple[str, ...], lane: str, expected: str) -> None:
    assert sent("Hello, a question about the weather", to=to, lane=lane).lane == expected


def test_an_unknown_language_is_marked_and_still_routed() -> None:
    taken = sent("??? refund", language="und")
    assert taken.tags[0] == "triage"
    assert taken.topic == "payment"


def test_rules_name_only_lanes_and_procedures_that_exist() -> None:
    for rule in default_rules().rules:
        assert rule.then.lane in LANES | {""}
        assert rule.then.procedure in set(PROCEDURES) | {""}
        assert rule.then.procedure in (rule.then.topic, "safety-triage")
        assert rule.then.procedure or not rule.then.topic
