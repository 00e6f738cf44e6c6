"""Ways in which something can be sent that a customer rules out: tried, out of reach, not wanted.

"Neither by text nor by e-mail" has every word of a macro that proposes e-mail, and is the last message that it answers.
"""

from __future__ import annotations

import re

from macros.suggesting.features import fold

_WAYS = {
    "e-mail": "e-?mails?|mails?|correos?|gmail|hotmail|outlook|inbox|buzon|bandeja",
    "text": "sms|texts?|txt|texting|mensajes?|mensajitos?|messages?",
    "call": "calls?|calling|llamadas?|llamada telefonica|voice",
    "chat": "chat|whatsapp|wasap|whats",
}
_WAY = re.compile("|".join(rf"(?P<{name.replace('-', '')}>\b(?:{words})\b)" for name, words in _WAYS.items()))
_IN_A_TITLE = re.compile(r"\b(?:by|via|through|per|por|mediante)\s+(?:(?:a|an|the|un|una|el|la)\s+)?(?P<way>[\w-]+)")
_CLAUSE = re.compile(
    r"[^.!?;:,\n()]*?(?:$|[.!?;:,\n()]+|\b(?=(?:and|y|e(?!-)|but|pero|sino|aunque|though|instead|so|asi que|mejor)\b))"
)
_AGAINST = re.compile(
    r"\b(?:no|not|never|neither|nor|without|nothing|none|cannot|\w+n['’]?t|ni|tampoco|nunca|jamas|sin|nada|tried|tries|"
    r"probe|intente|(?:he|hemos) (?:probado|intentado)|ya (?:use|probamos|intentamos)|lost|closed|cerrad[oa]|perdi)\b"
)
_TURNS = re.compile(r"\W*(?:but|only|just|rather|pero|sino|solo|prefiero|instead|mejor|aunque|though|so|asi que)\b")
_WORD = re.compile(r"\w+")
_SHORT = 2
"""Words of a clause that goes on with what the one before it denies: "not by text, e-mail"."""


def ruled_out(text: str) -> frozenset[str]:
    """Return the ways that a message speaks of only to deny them. What is asked for in a question is wanted."""
    denied: set[str] = set()
    wanted: set[str] = set()
    against = False
    for match in _CLAUSE.finditer(fold(text)):
        clause = match[0]
        if not _WORD.search(clause):
            continue
        short = len(_WORD.findall(clause)) <= _SHORT
        against = _AGAINST.search(clause) is not None or (against and short and not _TURNS.match(clause))
        named = {_named(way) for way in _WAY.finditer(clause)}
        (denied if against and "?" not in clause else wanted).update(named)
    return frozenset(denied - wanted)


def proposed(title: str) -> frozenset[str]:
    """Return the ways that a macro's title proposes: "Get the code by e-mail"."""
    ways = (_WAY.fullmatch(match["way"]) for match in _IN_A_TITLE.finditer(fold(title)))
    return frozenset(_named(way) for way in ways if way is not None)


def _named(match: re.Match[str]) -> str:
    return str(match.lastgroup)
