"""English and Spanish patterns that replies are searched for. They are bounded, so a long reply is cheap."""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE

_SECRET_EN = (
    r"(?:passwords?\b(?! (?:reset|change|manager|link|page))|passcode\b|pin\b|pin (?:number|code)\b|cvv\b|cvc\b"
    r"|(?:verification|security|confirmation|one-time|login|access|sms|authentication|2fa|otp|recovery|\d-digit"
    r"|six-digit)"
    r" codes?\b|(?:full |whole |complete )?(?:credit |debit |bank )?card number\b)"
)
_SECRET_ES = (
    r"(?:contrase[ñn]as?\b|claves?\b|pin\b|cvv\b|cvc\b|n[úu]mero (?:completo )?de (?:la |su |tu )?tarjeta\b"
    r"|c[óo]digos?\b(?! (?:de (?:error|pedido|descuento|seguimiento|reserva|barras|cliente|producto)|postal"
    r"|promocional)))"
)
ASKS_SECRET = (
    re.compile(
        r"\b(?:send|give|tell|share|provide|confirm|reply|forward|text|need|require|(?:let (?:us|me) )?know)\b"
        r"(?: (?:us|me|back|to us|with|now|please|also|over|to know)){0,3} (?:your|the|that|his|her)"
        rf" (?:[\w-]+ ){{0,2}}?(?:{_SECRET_EN}|(?<=the )code\b|(?<=your )code\b|(?<=that )code\b)",
        _FLAGS,
    ),
    re.compile(rf"\b(?:what is|what's|what was|which is) (?:your|the) (?:[\w-]+ ){{0,2}}?{_SECRET_EN}", _FLAGS),
    re.compile(
        r"\b(?:env[íi]|mand|dig|d[íi]|dinos|dime|dice|indi[cq]|ind[íi][cq]|facil[íi]|compart|comp[áa]rt|proporcion"
        r"|confirm|conf[íi]rm"
        r"|pas|p[áa]s|necesit|escr[íi]b|respond|resp[óo]nd)\w{0,10}(?: (?:nos|me|por favor|tambi[ée]n|con|saber"
        r"|conocer)){0,3}"
        rf",? (?:su|tu|la|el|los|las|sus|tus) (?:[\w-]+ ){{0,1}}?{_SECRET_ES}",
        _FLAGS,
    ),
    re.compile(rf"\bcu[áa]l (?:es|era) (?:su|tu|la|el) (?:[\w-]+ ){{0,1}}?{_SECRET_ES}", _FLAGS),
)
"""Someone is asked for a password, a code, a PIN or a whole card number."""

DENIES = re.compile(
    r"\b(?:never|not|cannot|without|no|nunca|jam[áa]s|tampoco|sin)\b[^.!?\n]{0,40}$|n['’]t\b[^.!?\n]{0,40}$", _FLAGS
)
"""Directly before such a request: `we never ask for …`."""

FORBIDDEN = {
    "promise-refund": (
        re.compile(
            r"\b(?:guarantee|promise|assure)\w{0,2}\b[^.!?\n]{0,60}\b(?:refund\w*|money back|compensat\w+)"
            r"|\byou(?: will|'ll|’ll) (?:definitely |certainly |surely )?(?:get|receive|have) (?:your|all your|the"
            r"|a|a full|the full)"
            r" (?:money|refund|amount)"
            r"|\b(?:we|i)(?: will|'ll|’ll) (?:definitely |certainly )?(?:refund|compensate|reimburse)",
            _FLAGS,
        ),
        re.compile(
            r"\b(?:garantiz|promet|asegur)\w{1,6}\b[^.!?\n]{0,60}\b(?:reembols\w+|devoluci[óo]n|devolver\w*|dinero"
            r"|compensa\w+)"
            r"|\b(?:le|te|os|les) (?:vamos a (?:devolver|reembolsar)|devolver(?:emos|[ée])|reembolsar(?:emos|[ée]))"
            r"|\brecibir(?:á|ás|a|as) (?:el|su|tu|todo el|todo su|todo tu) (?:dinero|reembolso|importe)",
            _FLAGS,
        ),
    ),
    "promise-outcome": (
        re.compile(
            r"\b(?:we|i)(?: will|'ll|’ll| are going to)"
            r" (?:\w+ )?(?:ban|suspend|terminate|delete|remove|block|close)\b[^.!?\n]{0,30}\b(?:user|account"
            r"|profile|person|seller|member)"
            r"|\b(?:user|account|seller|member|person) (?:will be|has been|was) (?:\w+ )?(?:banned|suspended"
            r"|terminated|sanctioned)",
            _FLAGS,
        ),
        re.compile(
            r"\b(?:vamos a |hemos )?(?:suspend|expuls|bloque|elimin|sancion)\w{1,7}\b[^.!?\n]{0,20}\b(?:a(?:l| la"
            r"| ese| esa) usuari[oa]"
            r"|al vendedor|a la vendedora|(?:su|la|esa) cuenta|(?:su|el|ese) perfil)",
            _FLAGS,
        ),
    ),
}
"""What only the team that decides may promise: money back, and what happens to someone who was reported."""

SAYS_ATTACHED = re.compile(
    r"\b(?:attached (?:is|are|you|to|below|here|please)|(?:is|are|have|'ve|’ve|i|we|the|see|find) attached"
    r"|see (?:the )?attach\w+|enclosed"
    r"|(?:te |le |os |les )?adjunt(?:o|amos|a|os|as)\b|en el (?:archivo|documento|fichero) adjunto)",
    _FLAGS,
)
THEIR_ATTACHMENT = re.compile(
    r"\b(?:you|que|your|su|tu|usted)\s[^.!?\n]{0,20}$|\b(?:por favor,?|puede[sn]?)[^.!?\n]{0,20}$", _FLAGS
)
"""Before the word: it is the customer's attachment that is meant."""

GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|hola|estimad[oa]|querid[oa]|apreciad[oa]|buen[oa]s(?: d[íi]as| tardes| noches)?"
    r"|good (?:morning|afternoon|evening))"
    r"[ ,]{1,2}(?:(?:mr|mrs|ms|miss|dr|sr|sra|srta|don"
    r"|do[ñn]a)\.? )?(?P<name>[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,3})",
    _FLAGS,
)
_GREETED = """
there all team everyone again customer friend sir madam and thank thanks you good morning afternoon evening
de nuevo otra vez equipo cliente clienta usuario usuaria dia dias tardes noches gracias buen buenos buenas
senor senora a todos todas
"""
NOT_NAMES = frozenset(_GREETED.split())
"""Words after a greeting that are no one's name, folded."""

PLACEHOLDER = re.compile(
    r"\{%[^\n]{0,200}?%\}|\{[A-Za-z_][\w. ]{0,40}\}|\[(?:[A-ZÁÉÍÓÚÑ][A-ZÁÉÍÓÚÑ0-9 _/]{2,40}|(?:your|insert|su|tu"
    r"|insertar|nombre|name)\b[^\]\n]{0,40})\]"
    r"|<<[^<>\n]{1,40}>>|_{4,}|\bX{4,}\b"
)
"""What people leave where a value should be, besides our own holes."""

ADDRESSED = re.compile(
    r"\b(?i:thanks(?: again)?|thank you(?: very much| so much)?|muchas gracias|gracias(?: de nuevo)?|sorry|apologies"
    r"|of course|perdon[ae]|disculp[ae]|lo sient[oa]|lo lamento|claro|por supuesto|entiendo|i understand|dear|hola"
    r"|hi|hello)(?:, | )"
    r"(?P<name>[A-ZÁÉÍÓÚÑ][a-záéíóúüñ'’]{1,20}(?: [A-ZÁÉÍÓÚÑ][a-záéíóúüñ'’]{1,20})?)(?=[,.!:;)]|\s*$)",
    re.MULTILINE,
)
"""A name that the reply speaks to: `Thank you, Luis.`"""

INTERNAL = re.compile(
    r"\binternal (?:notes?|use|only|comments?)\b|\[internal\]|^[ \t]*internal:|\bfor internal\b|\bstaff only\b"
    r"|\bdo not (?:share|forward) (?:this )?(?:with (?:the |any )?(?:customers?|users?|clients?)|externally|outside)\b"
    r"|^[^\w\n]{0,9}do not share[^\w\n]{0,9}$|[\[(]do not share[\])]"
    r"|\bnotas? internas?\b|\b(?:uso|solo|sólo|comentario) intern[oa]\b|\[interno\]|^[ \t]*interno:"
    r"|\bno (?:compartir|reenviar) (?:con (?:el|la|los) (?:cliente|clienta|usuari[oa]s?|clientes)|fuera)\b"
    r"|^[^\w\n]{0,9}no compartir[^\w\n]{0,9}$|[\[(]no compartir[\])]",
    re.IGNORECASE | re.MULTILINE,
)
"""Marks of text that was written for colleagues."""
