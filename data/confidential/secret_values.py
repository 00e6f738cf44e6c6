"""One-time codes, passwords, tokens and keys: by their own shape, or by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.confidential.first_look import has_any
from data.confidential.items import Item, Kind
from data.confidential.nearby_words import HARMLESS, before

_TOKEN = re.compile(
    r"(?<![\w-])(?:(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{8,}|sk-(?:ant-|proj-|or-)?[A-Za-z0-9_\-]{16,}|gh[opsur]_[A-Za-z0-9]{20,}"
    r"|github_pat_\w{20,}|glpat-[\w\-]{16,}|xox[abeprs]-[A-Za-z0-9\-]{10,}|(?:AKIA|ASIA|AGPA|AROA)[A-Z0-9]{12,20}"
    r"|AIza[\w\-]{30,}|ya29\.[\w\-.]{16,}|eyJ[\w\-]{8,}\.[\w\-]{8,}(?:\.[\w\-]*)?|SG\.[\w\-]{16,}\.[\w\-]{16,}"
    r"|npm_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}|dop_v1_[0-9a-f]{20,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,}|whsec_\w{16,}"
    r"|pypi-[\w\-]{16,}|APP_USR-[\w\-]{16,}|EAA[A-Za-z0-9]{24,}|key-[0-9a-f]{24,}|AC[0-9a-f]{32}|lin_api_\w{16,}"
    r"|tskey-[\w\-]{12,}|otpauth://\S{8,400})"
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]{0,6000}?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\Z)"
)
_IN_URL = re.compile(
    r"(?<=[?&#;])(?:access_?token|id_?token|refresh_?token|token|tok|api_?key|apikey|key|sig|signature|auth|code|otp|ticket_token"
    r"|secret|password|passwd|pwd|session|sessionid|sid|magic|reset|invite|hash)=(?P<value>[^\s&#\"'<>]{6,400})",
    re.IGNORECASE,
)
_IN_PATH = re.compile(
    r"https?://[^\s/@\"<>]{1,200}/(?:[^\s/\"<>]{0,60}/){0,4}?(?:reset|verify|confirm|magic|invite|activate|restablecer|verificar)"
    r"[\w\-]{0,24}/(?P<value>[A-Za-z0-9_\-]{16,200})",
    re.IGNORECASE,
)
_AT_HOST = re.compile(r"\b[a-z][a-z0-9+.\-]{1,12}://(?P<value>[^\s/:@\"<>]{1,60}:[^\s/@\"<>]{3,100})@", re.IGNORECASE)
_BEARER = re.compile(
    r"\b(?:bearer|basic|authorization:(?:\s*(?:bearer|basic|token))?)\s+(?P<value>[A-Za-z0-9_\-.=+/]{14,2000})",
    re.IGNORECASE,
)
_NAMED_TOKEN = re.compile(
    r"\b(?:api|access|secret|private|auth|oauth|client|session|bearer|refresh|webhook|encryption|recovery|security|license"
    r"|clave|llave|token|secreto|aws)?[\s_\-]?(?:api[\s_\-]?key|key|token|secret|clave\s+api|clave\s+(?:secreta|privada|de\s+api)|secreto)"
    r"(?:[\s_\-]?(?:key|id|value|de\s+(?:acceso|api|sesi[óo]n)|api|secreto|privad[oa]))?"
    r"\s*(?:is|es|was|era|:|=|=>|->)+\s*[\"'`«“]?(?P<value>[A-Za-z0-9_\-.+/=]{12,400})",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(
    r"(?<!\w)(?:[A-Za-z0-9]{1,20}_){1,5}(?:key|token|secret|password|passwd|pwd)\s*[:=]\s*[\"'`]?(?P<value>[^\s\"'`]{6,400})",
    re.IGNORECASE,
)
_PASSWORD_WORD = (
    r"(?:passwords?|passwort|kennwort|senha|mot\s+de\s+passe|passwd|passcode|passphrase|pass|pwd|pw|psw|contrase[ñn]as?|clave|password|contrasenia|pin"
    r"|parola|recovery\s+phrase|seed\s+phrase|frase\s+(?:semilla|de\s+recuperaci[óo]n))"
)
_PASSWORD = re.compile(
    rf"\b(?P<word>{_PASSWORD_WORD})\b(?P<middle>[^.!?\n:=]{{0,40}}?)(?P<link>\s*(?:[:=]+>?|->)\s*|\s+(?:is|was|es|era|fue|ser[áa]|to|a|por)"
    r"(?:\s+(?:changed|set|reset|updated|cambiada|puesta|actualizada)\s+(?:to|a|por))?\s*:?\s+)(?P<quote>[\"'`«“‘]?)(?P<value>[^\s\"`»”]{3,80})",
    re.IGNORECASE,
)
_BARE_PASSWORD = re.compile(
    rf"\b{_PASSWORD_WORD}\s+[\"'`«“]?(?P<value>(?=[^\s\"'»”]{{0,40}}[^\W\d_])(?=[^\s\"'»”]{{0,40}}\d)[^\s\"'»”,;]{{6,40}})",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"\b(?:user(?:name)?|usuario|login|email|correo)\s*[/|]\s*(?:password|pass|contrase[ñn]a|clave)\s*[:=]?\s*\S{2,60}\s*[/|]\s*(?P<value>\S{4,60})",
    re.IGNORECASE,
)
_BEFORE_PASSWORD = re.compile(
    rf"[\"'`«“](?P<value>[^\s\"'`»”]{{5,64}})[\"'`»”]\s*(?:,\s*)?(?:is|es|as|como|was|era)\s+(?:my|mi|the|la|a|una)?\s*(?:\w+\s+)?{_PASSWORD_WORD}\b",
    re.IGNORECASE,
)
_AS_PASSWORD = re.compile(
    rf"(?<![^\s\"'`«“(])(?P<value>(?=[^\s\"'»”]{{0,40}}[^\W\d_])(?=[^\s\"'»”]{{0,40}}\d)[^\s\"'»”,;]{{5,40}})[\"'`»”]?\s+"
    rf"(?:as|como|de|for)\s+(?:(?:my|mi|the|la|a|una)\s+)?(?:\w+\s+)?{_PASSWORD_WORD}\b(?!\s+(?:manager|field|reset))",
    re.IGNORECASE,
)
_QUOTED_PASSWORD = re.compile(
    rf"\b{_PASSWORD_WORD}\b[^.!?\n:=\"“«]{{0,40}}?(?:\s*[:=]\s*|\s+(?:is|was|es|era)\s*:?\s+)"
    r"(?P<open>[\"'`«“])(?P<value>(?P<first>[^\s\"'`»”]{2,30})(?: [^\s\"'`»”]{1,30}){1,7})[\"'`»”](?!\w)",
    re.IGNORECASE,
)
_OTHER_PASSWORD = re.compile(
    r"[\"'`»”]?\s*[,;]?\s*(?:and|y|but|pero)?\s*(?:the|la|my|mi)?\s*(?:new|old|current|other|nueva|vieja|antigua|anterior|actual"
    r"|otra)(?:\s+one)?\s*(?:[:=]|is|was|es|era)\s*[\"'`«“]?(?P<value>(?=\S{0,40}\d)[^\s\"'`»”,;]{4,40})",
    re.IGNORECASE,
)
"""What follows a password: `old: Tiger2020, new: Lion2021`."""
_PHRASE = re.compile(
    r"\b(?:recovery|seed|secret|backup|frase)\s+(?:phrase|words|semilla|secreta|de\s+recuperaci[óo]n)\b[^\n:]{0,20}:\s*"
    r"(?P<value>(?:[a-záéíóúñ]{3,10}[ ,]+){5,24}[a-záéíóúñ]{3,10})",
    re.IGNORECASE,
)
_ORDINARY = re.compile(
    r"(?:wrong|right|not|no|incorrect|correct|invalid|valid|expired|being|still|too|the|an?|my|your|our|mi|su|tu|working"
    r"|weak|strong|safe|secure|short|long|old|new|same|different|required|needed|there|here|gone|missing|unknown|blank"
    r"|empty|okay|fine|good|bad|never|always|only|also|just|very|really|please|that|this|what|which|something|nothing"
    r"|one|two|lost|hidden|visible|field|page|reset|link|email|mail|phone|change|account|manager|protected|incorrecta|correcta"
    r"|err[óo]nea|v[áa]lida|inv[áa]lida|la|el|las|los|una?|muy|demasiado|nueva|vieja|antigua|misma|corta|larga|d[ée]bil"
    r"|segura|fuerte|necesaria|obligatoria|otra|esta|esa|que|como|para|con|sin|buena|mala|log|login|entrar|iniciar|acceder"
    r"|cambiar|recuperar|get|see|access|enter|open|use|sign|try|continue|reset|restablecer|correct[oa]|incorrect[oa]"
    r"|secret|secreta|private|public|default|stored|kept|unclear|not-working|anything|everything|yes|s[íi]|ok"
    r"|ask|asks|type|typing|work|works|accept|exist|match|matches|my|which|because|since|when|if|but|and|or|y|o|pero|porque)",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\w+(?:ed|ing|ly|able|ible|tion|ado|ada|ido|ida|ando|endo|mente|ble|ción|rse|wn)", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:no|not|never|nunca|isn't|wasn't)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"\s*(?:[.,;!?)]|\n|\Z)")
_CODE_WORD = (
    r"(?:codes?|c[óo]digos?|otp|one[\s\-]time\s+(?:password|passcode|pin|code)|pin|passcode|2fa|mfa|tan|token\s+sms|clave\s+din[áa]mica"
    r"|clave\s+(?:temporal|de\s+un\s+solo\s+uso)|token(?:\s+(?:digital|de\s+seguridad))?|nip)"
)
_CODE_VALUE = (
    r"(?P<value>[A-Z]{1,3}-\d{4,8}\b|\d{3}[ \-]\d{3}(?![\d\-])|\d{2}[ \-]\d{2}[ \-]\d{2}(?![\d\-])"
    r"|\d{4}[ \-]\d{4}(?![\d\-])|\d{4,8}(?![\w\-.,]*\d)"
    r"|(?=[A-Za-z0-9\-]{0,15}\d)[A-Za-z0-9]{3,6}(?:-[A-Za-z0-9]{3,6}){1,4}"
    r"|(?=(?-i:[A-Z0-9]{0,11}\d))(?-i:[A-Z0-9]{5,12})\b|(?:\d[ .\-]){3,7}\d(?!\d))"
)
_CODE = re.compile(
    rf"\b(?P<kind>[\w\-]+\s+)?(?P<word>{_CODE_WORD})\b(?P<middle>[^.!?\n:=]{{0,60}}?)"
    rf"(?:\s*[:=]+\s*|\s*\(|\s+(?:is|es|was|era|are|son|fue)\s*:?\s+|\s+)[\"'`«“]?{_CODE_VALUE}",
    re.IGNORECASE,
)
_CODE_LINE = re.compile(rf"(?<=\n)[ \t>*]*{_CODE_VALUE}[ \t*]*(?=\n|\Z)", re.IGNORECASE)
_CODE_AFTER = re.compile(
    rf"(?<![\w\-.,]){_CODE_VALUE}[\"'`»”]?\s*(?:,\s*)?(?:is|es|was|era|\(|as|como|–|-)\s*(?:your|my|the|tu|su|mi|el|un)?\s*(?:[\w\-]+\s+){{0,3}}?{_CODE_WORD}\b",
    re.IGNORECASE,
)
_OTHER_CODE = re.compile(
    r"(?:error|c[óo]digo\s+de\s+error|promo\w*|discount|coupon|voucher|descuento|cup[óo]n|promocional|postal|zip|country"
    r"|pa[íi]s|area|[áa]rea|tracking|seguimiento|booking|order|product|producto|response|respuesta|status|estado|exit"
    r"|qr|bar|barras|source|fuente|http|dress|error_code|referral|invitaci[óo]n|referido|offer|oferta|gift|regalo|pedido"
    r"|rastreo|env[íi]o|reserva|localizador|ticket|referencia|reference|version|build|item|art[íi]culo|sku|swift|bic|sort"
    r"|ciudad|city|idioma|language|color|crash|fault|fallo|stop|case|caso|salida|sucursal|branch|tax|hs|incident|incidencia"
    r"|model|modelo|curso|course|dial\w*|prefijo|morse|invoice|factura|customer|cliente|shipping|partner|vendor|event|evento)",
    re.IGNORECASE,
)
_CODE_TASK = re.compile(
    r"verif|secur|segur|login|log-in|sign|acces|inicio|sesi|confirm|one|único|unico|solo\s+uso|otp|2fa|mfa|two|dos|auth|autent|sms"
    r"|passcode|recover|recuper|backup|respaldo|reset|restable|temporal|din[áa]mic|whatsapp|text|mensaje|reci|lleg|got|sent|envi|mand|app"
    r"|digit|d[íi]git|cvv|pin|nip|tan|token|clave|mail|correo|enter|introd|my|mi\b|your|tu\b|su\b|este|this|activa|unlock|desbloq|factor",
    re.IGNORECASE,
)


_TOKEN_WORDS = ("key", "token", "secret", "clave")
_CODE_WORDS = ("code", "digo", "otp", "one time", "one-time", "2fa", "mfa", "tan", "token", "clave", "nip", "pin")
_PASSWORD_WORDS = (
    "pass", "pwd", "pw", "psw", "contrase", "clave", "pin", "parola", "phrase", "frase", "kennwort", "senha",
)  # fmt: skip
_PHRASE_WORDS = ("recovery", "seed", "secret", "backup", "frase")


def private_keys(text: str) -> Iterator[Item]:
    """Yield private keys in PEM, which are longer than all else: of the whole text."""
    if "PRIVATE KEY" in text:
        yield from (Item(*match.span(), Kind.TOKEN) for match in _PRIVATE_KEY.finditer(text))


def secrets(text: str, low: str) -> Iterator[Item]:
    """Yield one-time codes, passwords, tokens and keys."""
    yield from (Item(*match.span(), Kind.TOKEN) for match in _TOKEN.finditer(text))
    for pattern in (_IN_URL, _IN_PATH, _AT_HOST, _BEARER):
        yield from (Item(*match.span("value"), Kind.TOKEN) for match in pattern.finditer(text))
    for match in _NAMED_TOKEN.finditer(text) if has_any(low, _TOKEN_WORDS) else ():
        if any(char.isdigit() for char in match["value"]):
            yield Item(*match.span("value"), Kind.TOKEN)
    yield from (Item(*match.span("value"), Kind.TOKEN) for match in _ENVIRONMENT.finditer(text))
    if has_any(low, _CODE_WORDS):
        yield from _codes(text)
    if has_any(low, _SENT_WORDS):
        yield from _sent_codes(text)
    if has_any(low, _PASSWORD_WORDS):
        yield from _passwords(text)
    if has_any(low, _PHRASE_WORDS):
        yield from (Item(*match.span("value"), Kind.PASSWORD) for match in _PHRASE.finditer(text))


def _codes(text: str) -> Iterator[Item]:
    place = 0
    while (match := _CODE.search(text, place)) is not None:
        place = match.start("word") + 1
        about = f"{match['kind'] or ''}{match['word']}{match['middle']}"
        if _OTHER_CODE.search(f"{match['kind'] or ''}{match['middle']}") or _is_year(match["value"]):
            continue
        word = match["word"].casefold()
        if word.startswith(("code", "cod", "cód", "token")) and not _CODE_TASK.search(about) and not _plain(match):
            continue
        yield Item(*match.span("value"), Kind.CODE)
        end = match.end("value")
        place = end
        while (more := _MORE.match(text, end)) is not None:  # a list of backup codes
            yield Item(*more.span("value"), Kind.CODE)
            end = place = more.end("value")
    for match in _CODE_AFTER.finditer(text):
        if not _OTHER_CODE.search(match[0]) and not _is_year(match["value"]):
            yield Item(*match.span("value"), Kind.CODE)


def _sent_codes(text: str) -> Iterator[Item]:
    """Yield codes that no word calls so: six digits that a message brought, or that are to be entered."""
    for pattern in _SENT_CODES:
        for match in pattern.finditer(text):
            if not HARMLESS.search(before(text, match.start("value"))):
                yield Item(*match.span("value"), Kind.CODE)


_SIX = r"(?P<value>\d{6}|\d{3}[ \-]\d{3})(?![\w\-]|[.,]\d)"
_SENT_CODES = (
    re.compile(
        rf"\b(?:sms|texted|mensaje(?:\s+de\s+texto)?|whatsapp)\b[^.!?\n\d]{{0,30}}?(?<![\w.,$€-]){_SIX}", re.IGNORECASE
    ),
    re.compile(rf"(?<![\w.,$€-]){_SIX}\s+(?:by|via|in\s+a|por)\s+(?:text|sms|mensaje|whatsapp)\b", re.IGNORECASE),
    re.compile(
        rf"\b(?:use|enter|type|introduzca|introduce|usa|ingresa|escribe|digita)\s+{_SIX}\s+(?:to|para)\s+(?:sign|log|verify"
        r"|confirm|access|unlock|entrar|acceder|iniciar|verificar|confirmar|desbloquear)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:(?:verification|security|login|access)\s+number|n[úu]mero\s+de\s+(?:verificaci[óo]n|seguridad|acceso)"
        rf"|(?:six|6|seis)\s+(?:digits|d[íi]gitos))\s*(?:is|are|was|were|es|son|eran|:)?\s*{_SIX}",
        re.IGNORECASE,
    ),
)
_SENT_WORDS = (
    "sms",
    "text",
    "mensaje",
    "whatsapp",
    "verif",
    "secur",
    "segur",
    "login",
    "acce",
    "digit",
    "gito",
    " to ",
    "para",
)


_MORE = re.compile(rf"(?:\s*[,;/]\s*|\s*\n[ \t>*\-]*|\s+(?:and|y|or|o)\s+){_CODE_VALUE}", re.IGNORECASE)


def _plain(match: re.Match[str]) -> bool:
    """Return whether it is just `code: 482913` or `the code is 482913`."""
    return not match["middle"].strip() and re.sub(r"[ .\-]", "", match["value"]).isdigit()


def _is_year(value: str) -> bool:
    return len(value) == 4 and value[:2] in ("19", "20") and value.isdigit()


def _passwords(text: str) -> Iterator[Item]:
    place = 0
    while (match := _PASSWORD.search(text, place)) is not None:
        place = match.end("word")
        value = match["value"].rstrip(".,;:)'’")
        if _is_password(text, match, value):
            yield Item(match.start("value"), match.start("value") + len(value), Kind.PASSWORD)
            place = match.start("value") + len(value)
            other = _OTHER_PASSWORD.match(text, place)
            if other is not None:
                yield Item(*other.span("value"), Kind.PASSWORD)
    for quoted in _QUOTED_PASSWORD.finditer(text):
        if not _ORDINARY.fullmatch(quoted["first"]):
            yield Item(*quoted.span("value"), Kind.PASSWORD)
    for pattern in (_BARE_PASSWORD, _PAIR, _BEFORE_PASSWORD, _AS_PASSWORD):
        yield from (Item(*hit.span("value"), Kind.PASSWORD) for hit in pattern.finditer(text))


def _is_password(text: str, match: re.Match[str], value: str) -> bool:
    if _NEGATED.search(match["middle"]):
        return False
    if len(value) < 4 or "://" in value or "•" in value or ("@" in value[1:-4] and "." in value.rpartition("@")[2]):
        return False
    if re.fullmatch(r"\d+-[a-z]+|\d{1,2}:\d\d|\{\{?.*|<.*|\[.*|\*+|[.…]+", value) or _ORDINARY.fullmatch(value):
        return False
    mixed = any(char.isdigit() for char in value) or (
        any(not char.isalnum() for char in value[1:]) and not value.isalpha()
    )
    if match["link"].strip() in ("to", "a", "por"):
        return bool(re.search(r"\d", value)) and not re.fullmatch(r"\d{1,2}", value)
    if mixed and not re.fullmatch(r"[a-záéíóúñ]+(?:[-'’/][a-záéíóúñ]+)+", value):
        return True
    if match["quote"]:
        return True
    if re.search(r"[a-z][A-Z]", value) or (value.isupper() and len(value) > 5):
        return True
    ends = _SENTENCE_END.match(text, match.start("value") + len(value)) is not None
    colon = match["link"].strip()[:1] in (":", "=", "-")
    return ends and (colon or (len(value) >= 6 and not _ENDING.fullmatch(value)))
