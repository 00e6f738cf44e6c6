"""Spanish as it is written: marks that open a question, accents, ñ. Only words that have no reading without them."""

from __future__ import annotations

import re

from data.records.changes import Finding

_QUESTION_END = re.compile(r"[?!]+(?=[\s\"'»”)\]*]|$)")
_SENTENCE_BREAK = re.compile(r"[?!]|[.…]\s|\n")

_ACCENTED = """
código códigos contraseña contraseñas número números teléfono teléfonos dirección información verificación sesión
también aquí así después ningún según algún día días todavía línea líneas publicación notificación apelación decisión
revisión versión español española inglés francés página páginas corrección opción situación atención electrónico
electrónica móvil móviles fácil fáciles difícil difíciles último última últimos últimas rápido rápida rápidos rápidas
podrá podrás será serán responderé escribiré recibirá recibirás tendrá tendrás confirmaré avisaré enviaré niño niña
niños niñas años mañana pequeño pequeña señor señora compañía compañías razón jamás además quizá quizás detrás atrás
través más sólido crédito débito categoría tecnología política políticas técnico técnica técnicos técnicas automático
automática automáticamente básico básica título títulos artículo artículos caducó devolución suscripción
transacción operación aplicación configuración conexión protección reclamación petición ubicación cancelación
facturación sanción infracción suspensión reembolsó habrá habrás estará estarás podría podrías podríamos debería
deberías gustaría sería serían tendría tendrías había habían querría imágenes exámenes órdenes jóvenes crédito
"""
_AMBIGUOUS = {"mas", "reembolso", "caduco", "anos"}
"""Without their accents these are words too."""
_PLAIN = str.maketrans("áéíóúñ", "aeioun")
_RIGHT = {
    plain: word for word in _ACCENTED.split() if (plain := word.translate(_PLAIN)) != word and plain not in _AMBIGUOUS
}
_WORD = re.compile(r"(?<![\w@./-])[a-z]{3,}(?![\w@/-]|\.\w)", re.IGNORECASE)
_IN_PLACE = re.compile(
    r"(?<=\d )anos\b|\bmas(?= (?:tarde|informaci[óo]n|adelante|de \d|tiempo|detalles)\b)", re.IGNORECASE
)
_RIGHT_IN_PLACE = {"anos": "años", "mas": "más"}


def inverted_marks(text: str) -> list[Finding]:
    """Find Spanish questions and exclamations without the mark that opens them (Ortografía RAE, 2010, 3.4.9)."""
    findings = []
    for match in _QUESTION_END.finditer(text):
        sentence = _SENTENCE_BREAK.split(text[max(0, match.start() - 400) : match.start()])[-1].lstrip()
        if sentence and not {"¿", "¡"} & set(sentence):
            opening = "¿" if "?" in match[0] else "¡"
            message = f"Spanish opens this sentence with {opening}."
            start = match.start() - len(sentence)
            quoted = text.rfind("«", start, match.start()) + 1  # a quotation is a sentence of its own
            findings.append(Finding("inverted-marks", message, max(start, quoted), match.end()))
    return findings


def accents(text: str) -> list[Finding]:
    """Find words that lost their accent or ñ."""
    places = [(match, _RIGHT[match[0].lower()]) for match in _WORD.finditer(text) if match[0].lower() in _RIGHT]
    places += [(match, _RIGHT_IN_PLACE[match[0].lower()]) for match in _IN_PLACE.finditer(text)]
    return [Finding("accent", f"{match[0]} is written {right}.", *match.span()) for match, right in places]
