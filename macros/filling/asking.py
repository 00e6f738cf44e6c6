"""Whether a reply asks its reader for something, so that the ticket waits for the answer instead of being solved."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s)>\]]+")
_CONDITION = re.compile(
    r"(?:and |but |y |pero )?(?:if|should you|in case|once|whenever|when|unless|si|cuando|en caso|para cualquier)\b",
    re.I,
)
"""What begins a sentence that asks only in some event: an answer may say what to do then."""
_COURTESY = re.compile(
    r"anything else|something else|any (?:other|more|further) questions?|how did (?:we|i) do|why not|did you know"
    r"|need (?:any |more |some )*help\b"
    r"|(?:algo|alguna cosa|cualquier cosa|otra cosa) m[aá]s|m[aá]s preguntas|otra (?:pregunta|duda)"
    r"|qu[eé] tal lo hemos hecho|sab[ií]as? que|por qu[eé] no",
    re.I,
)
_REQUEST = re.compile(
    # English
    r"\bplease (?:\w+ly )?(?:send|reply|respond|answer|tell|write|fill|add|attach|provide|confirm|share"
    r"|let (?:me|us) know|give (?:me|us)|forward|return|complete)\b"
    r"|(?<!not )(?<!never )\b(?:send|tell|give|forward) (?:me|us)\b"
    r"|\blet (?:me|us) know\b|\b(?:reply|respond|answer again) (?:here )?with\b"
    r"|\b(?:I|we|engineers|colleagues|team) (?:still |also |only |just )*(?:need|would need|'d need)"
    r" (?:your|you to|to know)\b"
    r"|\b(?:I|we|engineers|colleagues|team) (?:still |also |only |just )*(?:need|would need|'d need)(?: \w+){0,3}"
    r"(?:from you|:| things| details)"
    r"|\bneed to (?:confirm|know|see)\b|\bhave to be sure\b|\bwanted to (?:ask|check)\b|\bhave ready:"
    r"|\bwrite to us from\b|\bwaiting for your\b|\blook forward to (?:your|hearing)"
    # Spanish
    r"|\bpor favor,? (?:\w+mente )?(?:env[ií]|respond|contest|d[ií]g|dime|escr[ií]b|rellen|complet|a[nñ]ad|adjunt|indi"
    r"|confirm|facilit|mand)\w*"
    r"|\b(?:env[ií](?:e|a)(?:me|nos)|m[aá]nd(?:a|e)(?:me|nos)|d[ií](?:game|ganos|me|nos)|deci(?:me|nos)|ind[ií](?:que|ca)(?:me|nos)"
    r"|c(?:u[eé]|o)nt[ae](?:me|nos)|conf[ií]rm[ae](?:me|nos)|escr[ií]b[aei]nos)\b"
    r"|\brespond[aeé] (?:aqu[ií] )?con\b"
    r"|\bnecesit(?:o|amos)\b(?= (?:el|la|los|las|su|sus|tu|tus|saber|confirmar|dos|tres|que (?:me|nos))\b|[^.]*:)"
    r"|\bnecesita:|\bdebemos tener la certeza"
    r"|\bquer[ií]a (?:saber|preguntar)|\ba mano:|\brellen[aeá] el formulario|\bquedo (?:a la espera|pendiente)"
    r"|\besper(?:o|amos) (?:su|tu)",
    re.I,
)


def asks(text: str) -> bool:
    """Return whether a reply asks for something, in English or Spanish: a question or a request.

    What it asks only in some event ("if it still fails, tell me …") and courtesies ("anything else?") do not count.
    """
    return any(_asks(part.strip()) for part in _SENTENCE.split(_ADDRESS.sub(" ", text)))


def _asks(sentence: str) -> bool:
    bare = sentence.lstrip("¿¡-–•*“«\"'( 0123456789.)")
    if not bare or _COURTESY.search(bare):
        return False
    if bare.endswith("?") or (bare.rstrip("”»\"')").endswith("?")):
        return True
    return not _CONDITION.match(bare) and bool(_REQUEST.search(bare))
