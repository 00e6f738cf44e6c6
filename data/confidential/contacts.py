"""E-mail and postal addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.confidential.first_look import has_any
from data.confidential.items import Item, Kind

_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~\-]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[\w\-]{1,63}\.){1,8}\w[\w\-]{1,23}")
_ROLE = re.compile(
    r"(?:support|help|helpdesk|info|contact|contacto|soporte|ayuda|hola|hello|hi|team|equipo|sales|ventas|security"
    r"|seguridad|abuse|postmaster|mailer-daemon|webmaster|privacy|privacidad|legal|billing|facturaci[oó]n|facturas"
    r"|no-?_?reply|do-?not-?reply|noresponder|no-?responder|notifications?|notificaciones|news|newsletter|press|prensa"
    r"|jobs|careers|admin|feedback|service|servicio|clientes|customer\.?-?(?:care|service|support)|atencion"
    r"(?:\.?-?al\.?-?cliente)?|desk|queue|tickets?|dmca|copyright|trust(?:\.?-?and)?\.?-?safety|appeals?|escalations?"
    r"|operations|ops|accounts?|cuentas?|payments?|pagos|orders?|pedidos|returns?|devoluciones|office|oficina)"
    r"(?:[+.\-_](?:en|es|mx|ar|us|eu|uk|latam|global|\d{1,6}))?",
    re.IGNORECASE,
)
_WORD = r"[^\W\d_][\w.'’\-]*"
_TITLE = r"(?:(?-i:[A-ZÁÉÍÓÚÑ0-9])[\w.'’\-]*)"
_UNIT_EN = r"(?:,?\s+(?:apt|apartment|suite|ste|unit|floor|fl|room|rm|bldg|building|lot|#)\.?\s*#?\s?\w{1,6})?"
_TOWN_EN = (
    rf"(?:,\s*{_TITLE}(?:\s{_TITLE}){{0,3}})?"
    r"(?:,?\s+(?-i:[A-Z]{2})\.?,?\s+\d{5}(?:-\d{4})?|,?\s+(?-i:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})|,?\s+\d{5}(?:-\d{4})?)?"
)
_NOT_A_STREET = (
    r"(?:is|are|was|were|be|an?|the|of|to|in|on|at|for|and|or|from|with|by|years?|minutes?|hours?|days?|weeks?|months?"
    r"|miles?|km|people|more|different|other|of|per|times?|that|this)\b"
)
_EN = re.compile(
    rf"(?<![\w.,/\-])\d{{1,6}}(?:-?[a-z])?\s+(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.?\s+)?"
    rf"(?:(?:(?!{_NOT_A_STREET}){_WORD}|\d{{1,3}}(?:st|nd|rd|th))\s+){{1,4}}?(?:street|avenue|road|lane|boulevard|highway|parkway)\b\.?"
    rf"{_UNIT_EN}{_TOWN_EN}"
    rf"|(?<![\w.,/\-])\d{{1,6}}(?:-?[a-z])?\s+(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.?\s+)?"
    rf"(?:{_TITLE}\s+){{1,4}}?(?-i:St|Ave?|Rd|Ln|Dr|Drive|Blvd|Ct|Court|Way|Pl|Place|Ter|Terrace|Cir|Circle|Hwy|Pkwy"
    rf"|Sq|Square|Trail|Trl|Crescent|Close|Gardens|Grove|Row|Mews|Loop|Broadway|Run|Pike)\b\.?{_UNIT_EN}{_TOWN_EN}"
    r"|\b(?:p\.?\s?o\.?\s?box|apartado(?:\s+(?:de\s+correos|postal))?)\s*:?\s*#?\d{1,7}" + _TOWN_EN,
    re.IGNORECASE,
)
_STREET_WORDS = ("street", "avenue", "road", "lane", "boulevard", "highway", "parkway", "box", "apartado")
_SHORT_STREET = re.compile(
    r"\b(?:St|Ave?|Rd|Ln|Dr|Drive|Blvd|Ct|Court|Way|Pl|Place|Ter|Terrace|Cir|Circle|Hwy|Pkwy|Sq|Square|Trail|Trl"
    r"|Crescent|Close|Gardens|Grove|Row|Mews|Loop|Broadway|Run|Pike)\b"
)
"""What `_EN` needs, for a cheap first look."""
_STREET_ES = (
    r"(?:calle|c/|c\.|cl\.|avenida|avda?\.?|av\.|paseo|p[ºo]\.|plaza|plza\.?|pza\.?|pl\.|ronda|camino|cno\.?|carretera"
    r"|ctra\.?|traves[íi]a|carrer|r[úu]a|rambla|bulevar|boulevard|blvd\.?|calzada|calz\.?|privada|priv\.|cerrada|cda\."
    r"|prolongaci[óo]n|prol\.|pasaje|pje\.?|pasadizo|diagonal|circuito|retorno|andador|eje\s+\d?\s?\w*|carrera|cra\.?"
    r"|urbanizaci[óo]n|urb\.|pol[íi]gono|glorieta|cuesta|callej[óo]n|bulevard|ruta|gran\s+v[íi]a|v[íi]a)"
)
_NUMBER_ES = r"(?:n[ºo°.]\.?\s*|n[úu]m(?:ero)?\.?\s*|no\.\s*|#\s*|s/n|km\.?\s*)?"
_UNIT_ES = (
    r"(?:\d{1,2}\s?[ºª°o](?:\s?-?\s?(?:[a-z]|izq\w*|dcha?\w*|der\w*|centro|\d)\b\.?)?"
    r"|(?:piso|planta|puerta|pta\.?|portal|esc(?:alera)?\.?|bloque|blq\.?|bajo|[áa]tico|local|dpto|depto|departamento"
    r"|depa|int(?:erior)?\.?|ext(?:erior)?\.?|mz\.?|manzana|lt\.?|lote|edif(?:icio)?\.?|torre|casa|of(?:icina)?\.?|pb)"
    r"\b\.?\s*[\wº°ª]{0,5})"
)
_PIECE_ES = (
    rf"(?:{_UNIT_ES}"
    r"|(?:col(?:onia)?\.?|barrio|bo\.|fracc(?:ionamiento)?\.?|delegaci[óo]n|alcald[íi]a|urb\.)\s+"
    rf"{_WORD}(?:\s{_WORD}){{0,4}}"
    r"|(?:c\.?p\.?|cp)\s*:?\s*\d{4,5}"
    rf"|[a-z]?\d{{4,5}}(?:[a-z]{{3}})?(?:\s+{_TITLE}(?:\s(?:de|del|la|las|los|el|y)\b)*(?:\s?{_TITLE}){{0,3}})?"
    rf"|{_TITLE}(?:\s(?:de|del|la|las|los|el|y)\b)*(?:\s{_TITLE}){{0,3}})"
)
_ES = re.compile(
    rf"(?<!\w){_STREET_ES}\s+(?:{_WORD}\s+|\d{{1,2}}\s+(?=de\b)){{0,6}}?(?:{_WORD}|\d{{1,3}}(?=\s+n)),?"
    rf"\s+{_NUMBER_ES}(?:\d{{1,5}}\b|(?<=s/n))"
    rf"(?:\s?(?:bis|[a-z])\b)?(?:\s*[,.\-–]\s*{_PIECE_ES}|\s+(?:{_UNIT_ES}|[a-z]?\d{{4,5}}\s+{_TITLE})){{0,6}}",
    re.IGNORECASE,
)
_NUMBERED_STREETS = re.compile(
    r"(?<!\w)(?:calle|cl|carrera|cra|kra|kr|transversal|tv|diagonal|dg|avenida|av|ak|ac)\.?\s+\d{1,3}\s?[a-z]?(?:\s?bis)?"
    r"(?:\s(?:sur|norte|este|oeste))?\s*(?:#|no\.?|n[ºo°]\.?|n[úu]m\.?)\s*\d{1,3}\s?[a-z]?\s*[-–]\s*\d{1,3}(?!\d)"
    rf"(?:\s*[,.\-–]\s*{_PIECE_ES}|\s+{_UNIT_ES}){{0,6}}",
    re.IGNORECASE,
)
"""Streets with numbers for names, as in Colombia: `Calle 100 #15-20`."""
_CONTINENT = re.compile(
    r"(?<![\w.,/\-])\d{1,4}(?:\s(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|place|chemin|impasse|all[ée]e|quai)\s+[^\n,;]{2,40},?\s+"
    r"\d{5}\s+[^\W\d_]+|(?<!\w)(?-i:[A-ZÄÖÜ])[^\W\d_]{2,30}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|damm)\s+\d{1,4}\s?[a-z]?"
    r"(?!\w)(?:,?\s+\d{5}\s+[^\W\d_]+)?",
    re.IGNORECASE,
)
"""French streets with a postal code, German ones with a number."""
_ES_PLAIN = re.compile(
    rf"(?:(?-i:[A-ZÁÉÍÓÚÑ])[\w.'’]*\s+(?:(?:de|del|la|las|los|el|y|san|santa)\s+)?){{1,5}}{_NUMBER_ES}\d{{1,5}}\b"
    rf"(?:\s?(?:bis|[a-z])\b)?(?:\s*[,.\-–]\s*{_PIECE_ES}|\s+{_UNIT_ES}){{0,6}}",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:my|our|home|postal|shipping|delivery|billing|mailing|street|new|mi|nuestra|nueva)\s+(?:\w+\s+){0,2}?"
    r"(?:address|direcci[óo]n|domicilio)(?:\s+(?:is|es|de\s+\w+|actual|postal|at|now|ahora|particular))*\s*[:,]?\s*"
    r"|\b(?:address|direcci[óo]n|domicilio|shipped to|ship to|deliver(?:ed)? to|env[íi]en(?:lo|la)? a"
    r"|enviar(?:lo|la)? a|live at|living at|vivo en|vive en|resido en|moved to|me mud[ée] a)\s*:?\s*",
    re.IGNORECASE,
)
_SAID_WORDS = (
    "address", "direcci", "domicilio", "shipped to", "ship to", "deliver", "nvíen", "nvien", "enviar", "live at",
    "living at", "vivo", "vive", "resido", "moved to", "me mud",
)  # fmt: skip
_REST = re.compile(
    r"[^\n;!?]{0,120}?\d[^\n;!?]{0,80}?(?=\.\s|\.?$|[\n;!?]|\s(?:and|but|y|pero|please|por favor)\b)", re.MULTILINE
)
_ADDRESS_LIKE = re.compile(r"[^\W\d_]{3,}\D*\d|\d+\D*[^\W\d_]{3,}")
_NOT_POSTAL = re.compile(
    r"[@•]|https?:|\b(?:\d{1,3}\.){3}\d|ip\b|mac\b|ipv|0x|%|\b\d{1,2}(?::\d\d)?\s?(?:[ap]\.?m\b|hrs?\b|h\b)|\b\d{1,2}:\d\d",
    re.IGNORECASE,
)


def emails(text: str) -> Iterator[Item]:
    """Yield the e-mail addresses of people; a mailbox named for its task (`support@`) belongs to no one."""
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        local = _LOCAL.search(text, max(0, at - 64), at) if domain is not None else None
        if local is not None and domain is not None:
            start = local.end() - len(local[0].lstrip(".'`*|{=&!?/-"))
            if start < at and not _ROLE.fullmatch(text[start:at]):
                yield Item(start, domain.end(), Kind.EMAIL)
        at = text.find("@", at + 1)


def addresses(text: str, low: str) -> Iterator[Item]:
    """Yield postal addresses, by their words for streets or by the words before them."""
    if has_any(low, _STREET_WORDS) or _SHORT_STREET.search(text):
        yield from (Item(*match.span(), Kind.ADDRESS) for match in _EN.finditer(text))
    for pattern in (_ES, _NUMBERED_STREETS, _CONTINENT):
        yield from (Item(*match.span(), Kind.ADDRESS) for match in pattern.finditer(text))
    for said in _SAID.finditer(text) if has_any(low, _SAID_WORDS) else ():
        plain = _ES_PLAIN.match(text, said.end()) or _REST.match(text, said.end())
        if plain and _ADDRESS_LIKE.search(plain[0]) and not _NOT_POSTAL.search(plain[0]):
            yield Item(*plain.span(), Kind.ADDRESS)
