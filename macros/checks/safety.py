"""What only specialists may say, and what hurts someone who was hurt: legal advice, detection signals, blame."""

from __future__ import annotations

import re

from data.records.changes import Finding
from macros.checks.wording import DENIES

_FLAGS = re.IGNORECASE
_LEGAL = re.compile(
    r"\byou (?:should|could|can|must|have to) (?:sue\b|take \w+ to court|press charges|file a (?:law)?suit)"
    r"|\b(?:i|we) (?:advise|recommend)(?: that)? you (?:to )?"
    r"(?:sue|take legal action|press charges|file a (?:law)?suit)\b"
    r"|\b(?:this|that|it) (?:is|was) (?:clearly |definitely |certainly )?(?:illegal|a crime|fair use|defamation)\b"
    r"|\byou (?:will|would|['’]ll|['’]d) win (?:the|this|your) (?:case|suit|lawsuit)\b"
    r"|\b(?:puede|puedes|debe|debes|deber[íi]as?) (?:demandar|llevarl[oae]s? a juicio|interponer una demanda|querellar)"
    r"|\b(?:le|te) (?:aconsej|recom[ie]+nd)\w+ (?:que )?(?:demand|interpon)\w+"
    r"|\b(?:esto|eso) (?:es|fue) (?:claramente |sin duda )?(?:ilegal|un delito|uso leg[íi]timo|difamaci[óo]n)\b"
    r"|\bganar[íi]as? (?:el juicio|la demanda|el caso)\b",
    _FLAGS,
)
_SIGNALS = re.compile(
    r"\b(?:our|the|an?) (?:automatic |automated )?(?:systems?|algorithms?|filters?|software|classifiers?|models?)\b"
    r"[^.!?\n]{0,30}\b(?:detected|flagged|noticed|saw|recogni[sz]ed|matched)\b"
    r"[^.!?\n]{0,60}\b(?:ip|vpn|devices?|fingerprint|keywords?|patterns?|hash|location)\b"
    r"|\b(?:nuestros?|el|los|un) (?:sistemas?|algoritmos?|filtros?|programas?|modelos?)\b"
    r"[^.!?\n]{0,30}\b(?:detect|marc|reconoc|vi)(?:[óo]|aron|[óo] que|eron|i[óo])\b"
    r"[^.!?\n]{0,60}\b(?:ip|vpn|dispositivos?|huella|palabras? clave|patr[óo]n(?:es)?|ubicaci[óo]n)\b",
    _FLAGS,
)
_DID_EN = r"(?:post|shar|sen|accept|add|publish|talk|trust)(?:ed|t)?"
_BLAME = re.compile(
    rf"\byou should(?:n['’]t| not| never) have {_DID_EN}\w*|\bwhy did you {_DID_EN}\w*"
    rf"|\bif you had(?:n['’]t| not) {_DID_EN}\w*"
    r"|\b(?:it['’]s|it is|this is|that is|that['’]s) (?:partly |also )?your (?:own )?fault"
    r"|\bno (?:debiste|debi[óo]|(?:deber[íi]as?|tendr[íi]as? que|ten[íi]as? que) haber) "
    r"(?:haber )?(?:public|compart|envi|acept|agreg|conf)\w+"
    r"|\bpor qu[ée] (?:public|compart|envi|acept|agreg|conf)(?:aste|iste|[óo]|i[óo])\b"
    r"|\bes (?:en parte )?(?:por )?(?:tu|su) (?:propia )?culpa\b",
    _FLAGS,
)
_COMFORTS = re.compile(r"\b(?:not|no|never|nunca|none of|nothing of|nada de)\s*$", _FLAGS)
"""Directly before it: `none of this is your fault`."""
_SAID = (
    ("legal-advice", _LEGAL, "This is legal advice; say where they can get it instead."),
    ("detection-signal", _SIGNALS, "This tells how abuse is detected; leave the signal out."),
)


def specialist(text: str) -> list[Finding]:
    """Find legal advice, and hints at how abuse is detected."""
    return [
        Finding(rule, message, *match.span())
        for rule, pattern, message in _SAID
        for match in pattern.finditer(text)
        if not DENIES.search(text[max(0, match.start() - 60) : match.start()])
    ]


def blame(text: str) -> list[Finding]:
    """Find words that put the blame on someone who reports harm."""
    message = "This sounds as if it were the customer's fault; say it without blame."
    return [
        Finding("blame", message, *match.span())
        for match in _BLAME.finditer(text)
        if not _COMFORTS.search(text[max(0, match.start() - 20) : match.start()])
    ]
