"""Promises to a customer, such as `te respondo en 24 h`, `I'll get back to you by Friday`, with their times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from data.records.customers import Customer
from data.records.promises import Promise
from queues.clocks.calendar import Calendar
from queues.clocks.spoken_times import due_of, fold

SOON = 3600
"""A promise is urgent in the hour before it is due."""

OFFICE_NAME = "office"
"""The calendar of the settings that defines a working day."""
_WORKDAY = ((9 * 3600, 18 * 3600),)
OFFICE = Calendar("UTC", ((_WORKDAY,) * 5 + ((),) * 2))
"""Monday to Friday, nine to six: what holds where the settings name no calendar of that name."""

_ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "BO": "America/La_Paz", "CL": "America/Santiago", "CO": "America/Bogota",
    "CR": "America/Costa_Rica", "CU": "America/Havana", "DO": "America/Santo_Domingo", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "GB": "Europe/London", "GT": "America/Guatemala", "HN": "America/Tegucigalpa",
    "IE": "Europe/Dublin", "MX": "America/Mexico_City", "NI": "America/Managua", "PA": "America/Panama",
    "PE": "America/Lima", "PR": "America/Puerto_Rico", "PY": "America/Asuncion", "SV": "America/El_Salvador",
    "UY": "America/Montevideo", "VE": "America/Caracas",
}  # fmt: skip
"""Countries with one time zone, or with one in which nearly everyone lives (IANA zone1970.tab)."""

_ENGLISH = re.compile(
    r"\b(?:i|we|they|and|(?:my|our|the)(?: [\w&]+){0,2} (?:team|colleagues?)|someone|somebody|a colleague)"
    r"(?:'ll| will| shall|'m going to| am going to|'re going to| are going to| (?:aim|promise|commit|intend) to)"
    r"(?: (?:also|then|personally|certainly|definitely|try to|aim to|make sure to|do (?:my|our) best to|\w+ly)){0,2} "
    r"(?:get back|come back|reply|respond|answer|write|contact|call|ring|phone|e-?mail|message|update|let you know"
    r"|inform|notify|follow up|be in touch|be back|send|confirm|tell you|reach out|report back|check back|give you"
    r"|have (?:an?|some|the) (?:answer|update|news|reply|result))\b"
    r"|\byou(?:'ll| will| can expect to| should)(?: \w+ly)? (?:hear (?:back )?from (?:us|me|our|the)\b"
    r"|(?:get|receive|have) (?:an?|our|my|the|your) (?:\w+ ){0,2}(?:answer|reply|response|update|decision|result)\b)"
    r"|\bexpect (?:an?|our|my) (?:\w+ )?(?:answer|reply|response|update|decision)\b"
)
_GIVES = (
    r"(?:respond|contest|escrib|llam|avis|inform|confirm|contact|envi|mand|actualiz|comunic)"
    r"(?:o|amos|emos|imos|are|ere|ire|aremos|eremos|iremos|ara|era|ira|aran|eran|iran)"
)
_GOING = (
    r"v(?:oy|amos) a (?:responder|contestar|escribir|llamar|avisar|informar|confirmar|contactar|enviar|mandar|decir)"
)
_SPANISH = re.compile(
    rf"\b(?:te|le|les|os|se lo|te lo) (?:{_GIVES}|dig(?:o|amos)|dir(?:e|emos)|doy|dar(?:e|emos)|damos"
    rf"|har(?:e|emos) llegar|{_GOING})\b"
    r"|\b(?:me|nos) (?:pongo|pondre|ponemos|pondremos|comunico|comunicare|comunicaremos)"
    r" (?:en contacto|con (?:usted|vos))"
    r"|\b(?:responder|contestar|escribir|llamar|avisar|confirmar|enviar)(?:e|emos)(?:te|le)?\b"
    r"|\b(?:volver(?:e|emos)|vuelvo|volvemos) a (?:escribir|contactar|responder|llamar)\w*"
    r"|\b(?:tendr|recibir)(?:as|a|eis|an) (?:una |nuestra |mi |la |tu |su |mas )?(?:\w+ )?"
    r"(?:respuesta|noticias|decision|contestacion|actualizacion|resolucion)"
    r"|\b(?:la|una|nuestra) respuesta llegara"
    r"|\b(?:(?:me comprometo|nos comprometemos) a|prometo|prometemos) (?:responder|contestar|escribir|llamar|avisar"
    r"|confirmar|informar|enviar|mandar)(?:te|le|les|os|se)?\b"
)
_NEXT_CLAUSE = re.compile(r",|\b(?:y|e|and|then|but|pero)\b")
_SENTENCE = re.compile(r"[^\n.!?;]+(?:\.(?=\S)[^\n.!?;]*)*[.!?;]?")
_CONDITION = re.compile(
    r"\b(?:if|si|when|cuando|(?<!las )once(?! (?:dias|horas|minutos|semanas|meses))|unless|en cuanto|as soon as"
    r"|after you|until you|a menos que)\b"
)
_DENIED = re.compile(r"\b(?:no|not|never|nunca|tampoco|cannot|jamas)(?: (?:te|le|les))?\s*$")


@dataclass(frozen=True, slots=True)
class Dated:
    """A promise in a text, and when it is due."""

    start: int
    """Where its sentence's promise begins, in characters."""
    end: int
    text: str
    due_at: int
    """Unix seconds."""


def promises_in(text: str, now: int, office: Calendar) -> list[Dated]:
    """Return the dated promises of an answer in the order of the text; questions and quoted lines hold none."""
    dates: list[Dated] = []
    for sentence in _SENTENCE.finditer(fold(text)):
        words = sentence[0]
        if words.endswith("?") or words.lstrip().startswith(">"):
            continue
        for start, end, due_at in _in_sentence(words, now, office):
            first, last = sentence.start() + start, sentence.start() + end
            dates.append(Dated(first, last, text[first:last], due_at))
    return dates


def promise_in(text: str, now: int, office: Calendar) -> Promise | None:
    """Return the promise of an answer that is due first, None if it holds none."""
    first = min(promises_in(text, now, office), key=lambda date: (date.due_at, date.start), default=None)
    return None if first is None else Promise(" ".join(first.text.split()), first.due_at)


def office_for(office: Calendar, customer: Customer) -> Calendar:
    """Return the office's week in the customer's time zone, if their region determines it."""
    zone = _ZONES.get(customer.region.upper().rpartition("-")[2].rpartition("_")[2], "")
    return replace(office, time_zone=zone) if zone else office


def _in_sentence(words: str, now: int, office: Calendar) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and due time of each promise of a sentence."""
    begin = 0
    verbs = sorted((*_ENGLISH.finditer(words), *_SPANISH.finditer(words)), key=lambda match: match.start())
    for place, verb in enumerate(verbs):
        stop = _clause_end(words, verb.end(), verbs[place + 1].start()) if place + 1 < len(verbs) else len(words)
        result = _promise_of(words, begin, verb, stop, now, office)
        if result is not None:
            yield result
        begin = stop


def _promise_of(
    words: str, begin: int, verb: re.Match[str], stop: int, now: int, office: Calendar
) -> tuple[int, int, int] | None:
    """Return the promise of the verb in the clause from `begin` to `stop`: its time comes after it, or before."""
    before, after = words[begin : verb.start()], _until_condition(words[verb.end() : stop])
    if _DENIED.search(before):
        return None
    due_after = due_of(after, now, office)
    if due_after is not None:
        return verb.start(), verb.end() + due_after[1], due_after[2]
    ahead = None if _CONDITION.search(before) else due_of(before, now, office)
    return None if ahead is None else (begin + ahead[0], verb.end(), ahead[2])


def _clause_end(words: str, start: int, next_verb: int) -> int:
    """Return where the clause of a verb ends, before the words that belong to the next one."""
    ends = [match.start() for match in _NEXT_CLAUSE.finditer(words, start, next_verb)]
    return ends[-1] if ends else next_verb


def _until_condition(words: str) -> str:
    match = _CONDITION.search(words)
    return words if match is None else words[: match.start()]
