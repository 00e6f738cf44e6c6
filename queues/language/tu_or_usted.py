"""What a customer's own Spanish says of how to answer: tú, usted or vos, and the region of forms said nowhere else.

A suggestion for the agent, never a decision: people are addressed as they wish, not as they write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 4_000
"""Characters looked at."""
_USTED = re.compile(
    r"\b(?:ustede?s?|(?:me|nos) (?:puede|podría|pueden|podrían)|(?:podría|podrían)(?:me|nos)|puede ayudarme|"
    r"(?:ayúde|díga|indíque|escríba|respónda|contéste|envíe|confírme|avíse|discúlpe)me|le agradec\w+|le[s]? escribo|"
    r"su (?:ayuda|respuesta|atención|pronta|amable))\b",
    re.IGNORECASE,
)
_TU = re.compile(
    r"\b(?:(?:me|nos) (?:puedes|podrías|ayudas|dices)|puedes (?:ayudarme|decirme|mirar)|(?:ayúda|dí|escríbe|contésta|"
    r"respónde|envía|avísa)me|dime|tu (?:ayuda|respuesta)|te agradezco|te escribo|sabes si|puedes)\b",
    re.IGNORECASE,
)
_VOSOTROS = re.compile(
    r"\b(?:vosotr[oa]s|vuestr[oa]s?|(?:pod|ten|quer|sab|hab|hac)[ée]is|est[áa]is|"
    r"os (?:escribo|agradezco|he|pido|ruego))\b",
    re.IGNORECASE,
)
_VOS = re.compile(
    r"\b(?:vos|(?:pod|ten|quer|sab|hac|deb|cre|entend)és|(?:necesit|ayud|mand|avis|pens|us|encontr)ás|"
    r"(?:dec|ped|escrib|segu|viv)ís|sos (?:vos|el|la|un|una)|(?:deci|escribi|pedi)(?:me|nos)(?:lo|la)?)\b",
    re.IGNORECASE,
)
"""Without an accent `mandame` is any tú in a hurry, so such forms say nothing."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How the customer's words suggest to be answered."""

    register: str
    """`tu`, `usted` or `vos`."""
    region: str
    """`es-ES`, else empty."""
    words: str
    """The customer's words that say so."""


def suggested(text: str) -> Suggestion | None:
    """Return what the words suggest; None if they suggest nothing, or two things at once."""
    text = text[:LONGEST]
    if match := _VOSOTROS.search(text):
        return Suggestion("tu", "es-ES", match[0])
    if match := _VOS.search(text):
        return Suggestion("vos", "", match[0])
    formal, intimate = _USTED.search(text), _TU.search(text)
    if (formal is None) == (intimate is None):
        return None
    if formal is not None:
        return Suggestion("usted", "", formal[0])
    return Suggestion("tu", "", intimate[0]) if intimate is not None else None
