"""The words right before and after a number that say what it is, in English and Spanish."""

from __future__ import annotations

import re

NEAR = 48
"""Characters before an item that are looked at."""


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_LINK = r"(?:\s*(?:number|numbers|num|no|nr|n[úu]mero|n[ºo°]|id|code|c[óo]digo|de\s+\w+|del?\s+\w+))?[.\s]*"
_IS = r"(?:\s*(?:is|was|are|es|era|son|:|=|#|-|–|\(|\*|\"|“|'))*\s*$"

HARMLESS = _words(
    r"(?:\b(?:orders?|pedidos?|tickets?|invoices?|facturas?|tracking|gu[íi]a|env[íi]o|shipment|parcel|paquete"
    r"|seguimiento|cases?|casos?|serial|serie|sku|build|compilaci[óo]n|version|versi[óo]n|release|ref(?:erence)?"
    r"|referencia|folio|booking|reserva|localizador|imei|isbn|ean|upc|barcode|model|modelo|firmware|part"
    r"|errors?|error|status|estado|exit|trace|request|solicitud|job|commit|port|puerto|pid|transaction"
    r"|transacci[óo]n|reclamo|incidencia|incident|report|reporte|postal|zip|article|art[íi]culo|price|precio|total"
    r"|amount|importe|monto|score|timestamp|epoch|video|channel|canal|post|level|nivel|line|l[íi]nea|size|bytes)"
    rf"{_LINK}){_IS}"
)
"""It names an order, a version, an error or the like."""
CARD = _words(
    r"\b(?:cc|cards?|tarjetas?|visa|mastercard|master\s*card|amex|american\s+express|maestro|d[ée]bito|cr[ée]dito|debit"
    r"|credit|pan|plastic|pl[áa]stico)\b[^\n.!?]{0,32}$"
)
NUMBERED = re.compile(r"[#№]\s*$")
"""It is number so-and-so of something."""
CARD_NEAR = _words(r"\b(?:cards?|tarjetas?|visa|mastercard|amex)\b")
ACCOUNT = _words(
    r"\b(?:bank|banco|bancaria|iban|clabe|cbu|cvu|checking|savings|routing|aba|swift|account|cuenta|acct|ccc"
    r"|sort\s+code|transfer\w*|dep[óo]sit\w*)\b[^\n!?]{0,36}$"
)
BANK_SURE = _words(
    r"\b(?:bank\s+account|cuenta\s+bancaria|cuenta\s+corriente|cuenta\s+de\s+ahorros?|checking|savings|routing|aba|clabe"
    r"|iban|cbu|cvu|caja\s+de\s+ahorros?|(?:bank|banco|routing|aba|banc[ao]ria)\b[^\n!?]{1,30}\b(?:account|acct|cuenta))"
    r"\b(?:\s+account)?(?:\s+(?:number|no|n[úu]mero|es|is))*[^\w\n]{0,4}(?:is|es)?\s*$"
)
NATIONAL = _words(
    r"(?:\b(?:dni|d\.n\.i\.?|nie|nif|n\.i\.f\.?|cif|ssn|s\.s\.n\.?|itin|ein|tax\s*(?:payer)?\s*id|social(?:\s+security)?"
    r"|seguro\s+social|seguridad\s+social|nss|imss|curp|rfc|cuit|cuil|rut|run|cpf|c[ée]dula|c\.c|documento"
    r"|identidad|identificaci[óo]n|identification|national\s+id|id\s+card|passport|pasaporte|identity"
    r"|driver'?s?\s+licen[sc]e|driving\s+licen[sc]e|licencia(?:\s+de\s+conducir)?|carnet|carn[ée]|clave\s+de\s+elector"
    r"|ine|medicare|matr[íi]cula\s+consular)\b)[^\n!?]{0,34}$"
)
PHONE = _words(
    r"(?:\b(?:phones?|ph|mob|mobile|cell(?:phone|ular)?|tel|tlf|tfno|telephone|call|calls|text|texts|ring|reach|whatsapp|wsp|wa\.me"
    r"|wasap|sms|fax|tel[ée]fonos?|m[óo]vil(?:es)?|celular(?:es)?|cel|fijo|l[íi]nea|llam\w*|ll[áa]m\w*|contact\w*"
    r"|n[úu]mero|mi\s+n[úu]m|dial|marc\w+|localiz\w+|h[aá]bl\w*|comun[ií]\w*|avis\w*|env[ií]\w*|mand\w*|escr[íi]b\w*|my\s+number|signal|telegram|bizum)\b|[☎📞📱]"
    r")[^\n!?]{0,36}$"
)
PHONE_AFTER = _words(
    r"[\s,.;:()\-–]{1,4}(?:call\s+me|ll[áa]m[ae]\w*|(?:is|es)\s+(?:my|mi|the|el|our|nuestro)\s+(?:\w+\s+)?"
    r"(?:phone|mobile|cell|number|landline|tel[ée]fono|m[óo]vil|celular|fijo|n[úu]mero\s+de\s+tel[ée]fono|whatsapp)\b"
    r"|mi\s+(?:tel[ée]fono|m[óo]vil|celular)\b)"
)
"""The words right after a number that call it a phone."""
CVV = _words(
    r"\b(?:cvv2?|cvc2?|cvn|csc|cid|security\s+code|c[óo]digo\s+de\s+seguridad)\b[^\w\n]{0,4}"
    r"(?:(?:is|was|es|era|code|n[úu]mero|number)[^\w\n]{0,3})?$"
    r"|\b(?:cvv2?|cvc2?)\b(?:\s+[^\W\d_]{1,10}){1,4}\s+(?:is|was|es|era)[\s:]{1,3}$"
    r"|\b(?:(?:three|four|[34]|last|tres|cuatro|[úu]ltim[oa]s)\s+(?:\w+\s+)?(?:digits|numbers|n[úu]mer(?:it)?os|d[íi]gitos|cifras)"
    r"|code|c[óo]digo)\s+(?:\w+\s+){0,3}?"
    r"(?:back|reverse|behind|signature|strip|atr[áa]s|reverso|dorso|trasera|detr[áa]s|firma)\b[^.!?\n\d]{0,28}$"
)
CVV_AFTER = _words(
    r"[\s,(]{1,3}(?:(?:is|are|es|son)\s+)?(?:(?:the|los|el|las)\s+)?(?:\w+\s+){0,3}?"
    r"(?:on|at|from|del?|en\s+el|al)\s+(?:the\s+|la\s+)?(?:parte\s+de\s+)?"
    r"(?:back|reverse|signature\s+strip|atr[áa]s|reverso|dorso|trasera|detr[áa]s)\b"
)
"""The words right after three digits that say where on a card they are."""


NAMES_A_NUMBER = _words(
    r"\b(?:car|tar|vis|mas|ame|mae|d[ée]b|cr[ée]d|pan|pl[aá]|cc|ban|iba|cla|cb|cv|che|sav|rou|aba|swi|acc|cue|sor|tra|dep|caj"
    r"|d\.?n|ni|s\.?s|it|ein|tax|soc|seg|ns|im|cu|rf|ru|cp|c[ée]d|c\.|doc|id|nat|pas|dri|lic|ine|med|mat)"
)
"""The beginnings of the words for cards, accounts and documents: a first look that is cheaper than each of them."""


def before(text: str, start: int) -> str:
    """Return the characters before `start` that say what it is."""
    return text[max(0, start - NEAR) : start]


def line_before(text: str, start: int) -> str:
    """Return the same of its own line, nothing if no word there can name a number."""
    said = before(text, start)
    said = said[said.rfind("\n") + 1 :]
    return said if NAMES_A_NUMBER.search(said) else ""
