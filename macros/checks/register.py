"""How a Spanish reply addresses the customer: tú, usted, vos or vosotros, recognised by forms that nothing else has."""

from __future__ import annotations

import re

from data.records.changes import Finding
from data.records.customers import Customer

_TO_US = r"(?:nos|me|noslo|melo|nosla|mela|noslos|melos)"
_START = r"(?:^|(?<=[.!?;\n•>] )|(?<=\n)|(?<=- )|(?<=\bpor favor )|(?<=\bpor favor, )|(?<=\by ))"
"""Where an order may begin; elsewhere the same word may tell what someone does."""
_DO_TU = (
    r"comprueba|pide|mira|reinicia|actualiza|abre|cierra|escribe|envía|indica|responde|contesta|avisa|toca|selecciona|"
    r"elige|vuelve a|instala|inicia|cambia|activa|desactiva|espera|revisa|confirma|adjunta|facilita|introduce|usa|"
    r"utiliza|ten|haz|guarda|borra|verifica|intenta|pon|ve a|mantén|entra|lee"
)
_DO_USTED = (
    r"compruebe|pida|mire|reinicie|actualice|abra|cierre|escriba|envíe|indique|responda|conteste|avise|toque|seleccione|"
    r"elija|vuelva a|instale|inicie|cambie|active|desactive|espere|revise|confirme|adjunte|facilite|introduzca|use|"
    r"utilice|tenga|haga|guarde|borre|verifique|intente|ponga|vaya a|mantenga|entre en|lea|pruebe|siga"
)
_TU = re.compile(
    r"\b(?:tú|contigo|eres|puedes|quieres|tienes|necesitas|debes|sabes|haces|prefieres|deseas|crees|"
    r"(?:a|para|de|por) ti|(?:escríbe|envía|manda|indíca|di|cuénta|confírma|avísa|respónde|pása|dá|ház|permíte)"
    rf"{_TO_US})\b|{_START}(?:{_DO_TU})\b",
    re.IGNORECASE,
)
"""Forms of tú that vos does not have."""
_DO_VOS = (
    r"comprobá|pedí|mirá|reiniciá|actualizá|abrí|cerrá|escribí|enviá|indicá|respondé|contestá|avisá|tocá|seleccioná|elegí|"
    r"volvé a|instalá|cambiá|activá|desactivá|esperá|revisá|confirmá|adjuntá|usá|utilizá|tené|hacé|guardá|borrá|"
    r"verificá|intentá|poné|andá a|mantené|entrá|leé|probá|seguí|iniciá|completá"
)
_VOS = re.compile(
    r"\b(?:vos|tenés|podés|querés|sos|sabés|debés|necesitás|hacés|preferís|creés|encontrás|reconocés|"
    r"(?:escribi|manda|deci|conta|avisa|indica|confirma|pasa|hace|permiti)(?:nos|noslo|nosla)|"
    rf"(?:deci|escribi)(?:me|melo|mela)|fijate)\b|{_START}(?:{_DO_VOS})\b",
    re.IGNORECASE,
)
_TU_AND_VOS = re.compile(
    r"\b(?:tus?|tuy[oa]s?|has|estás|podrás|tendrás|recibirás|verás|encontrarás|podrías|quisieras|tengas|quieras|puedas|"
    r"necesites|te (?:he|hemos|ha|han|lo|la|\w+(?:mos|ré|o|ó))|"
    r"(?!(?:con|in|per|re|sub)siste|asiste|contraste|desgaste)\w{3,}(?:aste|iste))\b",
    re.IGNORECASE,
)
_USTED = re.compile(
    r"\b(?:usted|(?:escríba|envíe|mánde|indíque|díga|cuénte|confírme|avíse|respónda|páse|dé|hága|permíta|discúlpe)"
    rf"{_TO_US})\b|(?:{_START}|(?<=, )|(?<=: ))(?:{_DO_USTED})\b",
    re.IGNORECASE,
)
_MAYBE_USTED = re.compile(
    r"\bsus?\b|\ble (?:he|hemos|agradec\w+|rog\w+|inform\w+|ped\w+|confirm\w+|escrib\w+|env\w+|respond\w+|pido|ruego|"
    r"mant\w+)\b|\bsi (?:lo |la |no |ya )?(?:desea|quiere|cree|tiene|necesita|prefiere|puede)\b|\bque quiera\b",
    re.IGNORECASE,
)
"""Forms that may speak of someone else: two of them, and none of tú, are meant for the customer."""
_VOSOTROS = re.compile(
    r"\b(?:vosotr[oa]s|vuestr[oa]s?|os (?:he|hemos|ha|han|\w{2,}(?:mos|ré))|(?!seis\b)\w{2,}[áé]is)\b", re.IGNORECASE
)
_OF_VOS = frozenset({"es-AR", "es-UY", "es-PY", "es-CR", "es-GT", "es-HN", "es-NI", "es-SV", "es-BO"})


def register(text: str, customer: Customer) -> list[Finding]:
    """Find the first form that does not fit how the customer is addressed, or what the reply itself began with."""
    tu, vos, either = (pattern.search(text) for pattern in (_TU, _VOS, _TU_AND_VOS))
    formal = _USTED.search(text)
    if formal is None and tu is None and vos is None and either is None:
        formal = _second(_MAYBE_USTED, text)
    said = {"tú": tu, "vos": vos, "usted": formal}
    wanted = {"tu": "tú"}.get(customer.register, customer.register)
    if wanted:
        others = {name: match for name, match in said.items() if match is not None and name != wanted}
        if wanted == "usted" and either is not None:
            others.setdefault("tú", either)
        for name, match in others.items():
            return [_finding(match, f"“{match[0]}” says {name}, but this customer is addressed as {wanted}.")]
        return []
    intimate = tu or vos or either
    if intimate is not None and formal is not None:
        later = max(intimate, formal, key=lambda match: match.start())
        return [_finding(later, f"The reply mixes {'vos' if intimate is vos else 'tú'} and usted: “{later[0]}”.")]
    if tu is not None and vos is not None:
        later = max(tu, vos, key=lambda match: match.start())
        return [_finding(later, f"The reply mixes tú and vos: “{later[0]}”.")]
    return []


def region(text: str, customer: Customer) -> list[Finding]:
    """Find forms that are not said where the customer is: vosotros outside of Spain, vos where no one says it."""
    if not customer.region.startswith("es-"):
        return []
    findings = []
    plural, vos = _VOSOTROS.search(text), _VOS.search(text)
    if plural is not None and customer.region != "es-ES":
        findings.append(
            _finding(plural, f"“{plural[0]}” is said in Spain; this customer's region is {customer.region}.")
        )
    if vos is not None and customer.region not in _OF_VOS and customer.register != "vos":
        findings.append(_finding(vos, f"“{vos[0]}” says vos; this customer's region is {customer.region}."))
    return findings


def _second(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the first of several matches, None if there is one only."""
    matches = list(pattern.finditer(text))
    return matches[0] if len(matches) > 1 else None


def _finding(words: re.Match[str], message: str) -> Finding:
    return Finding("register", message, *words.span())
