"""What stands in the built-in macros: whole in both languages, in the right register, safe to send as they are."""

from __future__ import annotations

import re
from itertools import product

import pytest

from data.records.customers import Customer
from data.records.messages import Message
from data.records.tickets import Priority, Status, Ticket
from macros.checks.check import Checker
from macros.files.library import Library
from macros.filling.asking import asks
from macros.filling.context import Brand, Context
from macros.filling.macro import Kind, Macro
from macros.render import Rendered, render

LIBRARY = Library.standard()
MACROS = list(LIBRARY)
TOPICS = {
    "ban-appeal", "copyright", "crash", "data-request", "hacked-account", "harassment-report", "locked-account",
    "login-code", "payment", "underage-report",
}  # fmt: skip
ANSWERS = {Kind.TEXT: "36", Kind.NUMBER: "4711", Kind.DATE: "2026-12-01", Kind.MONEY: "6.99 USD"}
NOW = 1_780_000_000

INFORMAL = re.compile(
    r"\b(?:tú|ti|te|tu|tus|contigo|tuy[oa]s?|puedes|quieres|tienes|crees|necesitas|eres|estás|has|prefieres|sigues"
    r"|usas|escribes|responde|envía|abre|elige|prueba|dime)\b",
    re.I,
)
FORMAL = re.compile(
    r"\b(?:usted|su cuenta|sus datos|abra|elija|envíe|revise|pruebe|dígame|puede usted|escríbanos|tenga)\b",
    re.I,
)
# Words whose accent is easily lost and whose bare form does not occur in a support reply.
BARE = re.compile(
    r"\b(?:codigo|contrasena|numero|telefono|direccion|informacion|verificacion|sesion|tambien|aqui|asi|despues|ningun"
    r"|segun|algun|dias|mas|todavia|linea|publicacion|notificacion|apelacion|decision|revision|version|espanol|ingles"
    r"|pagina|formulario de rapido|rapida|rapido|correccion|opcion|situacion|atencion|electronico|moviles|facil"
    r"|movil|ultimo|ultima|video|videos|esta bloqueado|nino|anos|podra|sera|esta tarde|respondere|escribire)\b",
    re.I,
)
GENDERED = re.compile(r"\b(?:estimad[oa]|querid[oa]|bienvenid[oa]|segur[oa] de que|tranquil[oa])\b", re.I)


def situation(register: str, *, name: str = "Ana García", brand: str = "Lumivo") -> Context:
    customer = Customer(id=1, name=name, register=register)
    ticket = Ticket(4021, "mail", Status.OPEN, Priority.NORMAL, "A question", 1, NOW - 600, NOW)
    return Context(
        ticket, customer, "Noa Vidal", NOW, Brand(name=brand, url="https://help.example" if brand else ""),
        csat_token="TR-ABCDEFGH23",
    )  # fmt: skip


def filled(macro: Macro, language: str, context: Context) -> Rendered:
    return render(macro, language, context, {ask.name: ANSWERS[ask.kind] for ask in macro.asks})


def names(macro: Macro) -> str:
    return macro.name


every_macro = pytest.mark.parametrize("macro", MACROS, ids=names)


def test_every_file_is_accepted() -> None:
    assert [(verdict.file.name, verdict.reason) for verdict in LIBRARY.refused()] == []
    assert len(MACROS) >= 36


def test_every_scenario_has_several_answers() -> None:
    for topic in TOPICS:
        own = [macro for macro in MACROS if macro.topics == (topic,)]
        statuses = {macro.actions.status for macro in own}
        assert len(own) >= 4, topic
        assert {Status.PENDING, Status.SOLVED} & statuses, topic
    assert {macro.name.split("/")[0] for macro in MACROS} == TOPICS | {"general"}


def test_the_first_of_a_topic_by_name_only_ask_or_acknowledge() -> None:
    # The desk puts a topic's macros on the first keys by name: what tells of a result must not stand there.
    for topic in TOPICS:
        first = sorted(macro.name for macro in MACROS if macro.topics == (topic,))[0]
        macro = LIBRARY.get(first)
        assert macro.actions.status in (Status.PENDING, Status.ON_HOLD) or first == "login-code/arrival-checklist"
        assert not macro.asks
        assert not macro.actions.remove_tags


def test_the_last_part_of_a_name_is_enough() -> None:
    for macro in MACROS:
        assert LIBRARY.get(macro.name.split("/")[1]) is macro


def test_only_the_general_ones_take_keys() -> None:
    keyed = {macro.key: macro.name.split("/")[0] for macro in MACROS if macro.key}
    assert keyed == dict.fromkeys("456789", "general")


@every_macro
def test_it_speaks_both_languages(macro: Macro) -> None:
    assert macro.languages == ("en", "es")
    assert {language for language, _ in macro.title.by_language} == {"en", "es"}
    for ask in macro.asks:
        assert {language for language, _ in ask.label.by_language} == {"en", "es"}
    assert len(macro.asks) <= 2


@every_macro
def test_both_languages_say_the_same_things(macro: Macro) -> None:
    english, spanish = (filled(macro, language, situation("tu")).text for language in ("en", "es"))
    assert len(re.findall(r"^\d\. ", english, re.M)) == len(re.findall(r"^\d\. ", spanish, re.M))
    if macro.name != "general/which-language":  # its English body asks in both languages
        assert english.count("\n\n") == spanish.count("\n\n")
    for value in ("4021", "4711", "6.99 USD", "https://help.example"):
        assert (value in english) == (value in spanish), value


@every_macro
@pytest.mark.parametrize(("name", "brand"), [*product(("Ana García", ""), ("Lumivo", ""))])
def test_nothing_is_missing_and_nothing_is_left_over(macro: Macro, name: str, brand: str) -> None:
    for language, register in (("en", "tu"), ("es", "tu"), ("es", "usted"), ("es", "vos")):
        rendered = filled(macro, language, situation(register, name=name, brand=brand))
        assert rendered.holes == ()
        assert not re.search(r"[{}\[\]|]| ,|  |\n\n\n|\(\)| $", rendered.text, re.M), rendered.text
        assert ("Ana" in rendered.text) == bool(name)
        assert rendered.text.splitlines()[-2] == "Noa Vidal"


@every_macro
def test_the_pre_send_check_finds_nothing(macro: Macro) -> None:
    for language, register in (("en", "tu"), ("es", "tu"), ("es", "usted"), ("es", "vos")):
        context = situation(register)
        rendered = filled(macro, language, context)

        def speaks(_text: str, spoken: str = language) -> tuple[str, float]:
            return spoken, 1.0

        conversation: list[Message] = []
        findings = Checker(speaks)(rendered.change, context.ticket, context.customer, conversation)
        assert findings == [], [(one.rule, rendered.text[one.start : one.end]) for one in findings]


@every_macro
def test_spanish_keeps_its_register(macro: Macro) -> None:
    formal, informal, voseo = (filled(macro, "es", situation(register)).text for register in ("usted", "tu", "vos"))
    assert not INFORMAL.search(formal), INFORMAL.search(formal)
    assert not FORMAL.search(informal), FORMAL.search(informal)
    assert not FORMAL.search(voseo), FORMAL.search(voseo)


@every_macro
def test_spanish_is_written_as_spanish_is(macro: Macro) -> None:
    for register in ("tu", "usted", "vos"):
        text = filled(macro, "es", situation(register)).text
        assert text.count("¿") == text.count("?")
        assert text.count("¡") == text.count("!")
        assert text.count("«") == text.count("»")
        assert not BARE.search(text), BARE.search(text)
        assert not GENDERED.search(text), GENDERED.search(text)
        assert text.startswith("Hola, Ana:\n")


@every_macro
def test_a_promised_time_is_recorded(macro: Macro) -> None:
    text = filled(macro, "en", situation("tu")).text
    told = re.search(r"I will (?:write|answer|send)[^.]*\bwithin\b|within (?:one hour|\d+ hours)[^.]*\bI will\b", text)
    assert bool(told) <= (macro.actions.promise is not None)


def test_who_reports_a_child_hears_nothing_of_the_account() -> None:
    revealing = re.compile(
        r"\b(?:was|has been|have been|fue|ha sido|hemos) (?:removed|closed|deleted|banned|eliminad|cerrad)", re.I
    )
    for macro in MACROS:
        if macro.topics == ("underage-report",):
            for language in ("en", "es"):
                assert not revealing.search(filled(macro, language, situation("tu")).text), macro.name


def test_an_escalation_names_team_and_time_and_tells_the_customer() -> None:
    escalating = [macro for macro in MACROS if macro.actions.escalate]
    assert len(escalating) >= len(TOPICS) - 1
    for macro in escalating:
        assert macro.actions.escalate is not None
        assert macro.actions.escalate.due, macro.name
        assert macro.actions.status in (Status.ON_HOLD, Status.PENDING), macro.name


# What only somebody who looked, decided or acted can say; what a macro hands over or passes on, it does itself.
DONE = re.compile(
    r"\b(?:I|we|team|carrier|store|office) (?:have |has )?(?:\w+ly )?(?:decided|reviewed|reversed|restored"
    r"|removed|refunded"
    r"|corrected|confirmed|checked|looked (?:at|carefully)|hidden|signed out|solved the|taken|followed your|added it)\b"
    r"|\b(?:has|have) been (?:\w+ly )?(?:decided|reviewed|restored|removed|refunded|taken down|closed|deleted|unlocked)"
    r"|\b(?:was|were) (?:set by|charged|delivered|reviewed|read by|taken down|removed|made through)\b"
    r"|\breviewed (?:what|your)|\b(?:is|are) (?:\w+ )*(?:open again|yours again|in your account now|fixed in|complete,)"
    r"|\bcopy is ready\b|\bdecision stands\b|\b(?:they|it|details;? they) match(?:es)?\b|\bdo(?:es)? not match\b"
    r"|\bfor one order\b|\bis one of them\b|\bmake it happen here\b|\bpart is missing\b|\bare over\b|\bstill with our"
    r"|\bis being looked after\b",
    re.I,
)
HECHO = re.compile(
    r"\b(?:he|hemos|se ha|se han|ha|han) (?:\w+mente )?(?:decidido|revisado|revocado|restablecido|retirado|corregido"
    r"|confirmado|comprobado|ocultado|cerrado la|eliminado|devuelto|reembolsado|solucionado|añadido|seguido"
    r"|podido repro)"
    r"|\bvuelve a (?:estar|ser)\b|\bla decisión se mantiene\b|\bya están en\b|\bcopia está lista"
    r"|\bestá(?:n)? (?:corregid|completa,)"
    r"|\bno coinciden?\b|\bcoincide(?:n)?[.:; ]|\bse (?:retiró|cobró|entregaron|hizo)\b|\blo aplicó\b|\bla leyó\b"
    r"|\brevisó\b|\bha terminado\b|\bfalta una parte\b|\bes una de ellas\b|\bpor un mismo pedido\b|\bsigue en manos\b"
    r"|\bse está atendiendo\b|\bha resuelto (?:su|tu)\b",
    re.I,
)
STATING = (
    "Your account has been restored.", "We have decided on your appeal.", "The videos have been taken down.",
    "Su cuenta vuelve a estar abierta.", "Se ha retirado la sanción.", "Hemos confirmado la titularidad.",
)  # fmt: skip


def states_an_outcome(text: str) -> bool:
    return bool(DONE.search(text) or HECHO.search(text))


@pytest.mark.parametrize("text", STATING)
def test_the_scan_for_outcomes_sees_them(text: str) -> None:
    assert states_an_outcome(text)


@every_macro
def test_what_states_an_outcome_says_so_in_its_front_matter(macro: Macro) -> None:
    texts = [filled(macro, language, situation("tu")).text for language in ("en", "es")]
    assert macro.outcome is any(states_an_outcome(text) for text in texts)


@every_macro
def test_what_asks_waits_and_what_answers_solves(macro: Macro) -> None:
    asked = {
        asks(filled(macro, language, situation(register)).text)
        for language, register in (("en", "tu"), ("es", "tu"), ("es", "usted"), ("es", "vos"))
    }
    if macro.name != "general/ask-rating":  # no ticket waits for a rating
        assert asked == {macro.actions.status is Status.PENDING}
    assert macro.actions.status is not None
