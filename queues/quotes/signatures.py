"""Signatures: a delimiter's block, lines of known mail programs, a closing with a name, legal notices.

Nothing is a signature that asks, or that holds a number which may be the customer's (an order, a case).
"""

from __future__ import annotations

import re

from queues.quotes.evidence import ADDRESS, LOOKED_AT, MOST_LINES, says

_CLIENT = (
    r"(?:apple |samsung |nokia |sony |xiaomi |huawei |google |microsoft |verizon(?: wireless)? |t-mobile |at&t |"
    r"orange |"
    r"vodafone |windows |new |neuen |nuevo |telekom |lg |htc |motorola |oppo |oneplus |honor )*"
    r"(?:iphone|ipad|ipod(?: touch)?|ios|macbook|imac|mac|apple watch|android(?:e)?|galaxy|samsung(?: mobile)?|"
    r"blackberry|"
    r"huawei|xiaomi|redmi|poco|honor|realme|infinix|tecno|zte|fairphone|lenovo|asus|tcl|vivo(?= [a-z]\d)|"
    r"nokia|lumia|htc|pixel|sony xperia|xperia|motorola|moto|oppo|oneplus|wiko|alcatel|treo|palm|"
    r"windows phone|"
    r"windows(?: \d+| mail)?|outlook(?:\.com)?|outlook mobile|hotmail|yahoo!? ?(?:mail)?|ymail|aol|gmail|"
    r"google mail|inbox|(?:mail|courrier|correo|posta)(?= (?:for|para|für|pour|per) windows)|"
    r"proton ?mail(?: secure email)?|proton|thunderbird|spark|airmail|mailbird|bluemail|"
    r"aqua mail|"
    r"nine|k-9 mail|fairemail|polymail|mymail|gmx|web\.de|t-online|zoho(?: mail)?|superhuman|front|missive|hey|"
    r"tutanota|tuta|"
    r"fastmail|acompli|typeapp|mailbox|newton|edison|canary|libero mail|"
    r"mail\.ru|yandex(?:\.mail)?|mobile(?: phone| device)?|cell ?phone|smart ?phone|phone|handheld|wireless|tablet|"
    r"cell|(?<=my )(?:[\w-]+ ){1,4}(?:device|phone|smartphone|tablet|laptop|pc)|"
    r"m[óo]vil|celular|tel[ée]fono(?: m[óo]vil)?|telem[óo]vel|dispositivo m[óo]vil|handy|"
    r"mobiltelefon|t[ée]l[ée]phone|portable|mobile device|wireless device|wireless handheld|telefon|puhelimesta|"
    r"телефона)"
)
_VERSION = (
    r"(?: (?:work|pro|max|plus|mini|air|ultra|note|tab|xl|se|smartphone|"
    r"mobile|phone|device|app|wireless|lte|spark|blade|nova|mate|lite|[a-z]?\d{1,3}[a-z+]?)){0,4}"
)
_CARRIER = (
    r"(?:,?(?: (?:an?|de|da|von|from|by))? (?:at&t|verizon|t-mobile|orange|vodafone|telekom|o2|movistar|claro|telcel|"
    r"tigo|entel|wom|sfr|bouygues|meo|tim)){0,1}"
)
"""The network that a phone was bought from; some write it behind the phone's name."""
_FOR = (
    r"(?: (?:for|on|para|für|pour|per|fürs|voor|til|dla|op|i|sur|no|en|via|with|using|mit|a|by|met|over|de|from)"
    r"(?: (?:my|mi|meinem|mon|il mio|mijn|o meu|min))? "
)
_FROM = (
    r"(?:from(?= my )|(?:sent|written|mailed|composed) (?:from|via|with|using|on)|get|"
    r"(?:mensaje |correo )?enviad[oa] (?:desde|do|da|de|"
    r"a partir d[eo]|mediante|por|con)|enviat (?:des d[e'’]|amb)|obt[eé]n(?:er|ga)?|obter(?: o)?|inviato (?:da|dal|"
    r"con)|"
    r"scarica|ottieni|envoyé (?:de|depuis|à partir d[e'’]|avec)|télécharge[rz]|obtenir|"
    r"(?:diese nachricht wurde )?gesendet (?:von|mit|via)|von|(?:verstuurd|verzonden) (?:vanaf|vanuit|via|met|van)|"
    r"sendt fra|skickat fr[åa]n|lähetetty|wysłan[eoa] z|odesláno z|dikirim dari|dapatkan|отправлено (?:с|из)|"
    r"gửi từ|được gửi từ|tải|от|download|hanki|hämta|hent|pobierz)"
)
_DETERMINER = (
    r"(?:(?:my|a|an|the|mi|un|una|meinem|einem|mon|ma|appareil|dispositivo|"
    r"der|die|das|le|il mio|dal mio|mio|min|mijn|meu|minha|o meu|moim|mojego|mého|моего|il|l['’]application|la|el|app|"
    r"the all new) )*"
)
_KIND = (
    r"(?:(?:(?:secure |encrypted )?e-?mail|correo(?: electr[óo]nico)?(?: seguro| cifrado)?|e-?mail seguro|"
    r"messagerie(?: sécurisée)?|(?:sichere )?e-?mail|app(?:lication|licaci[óo]n)?|aplicativo|posta)"
    r"(?: (?:from|with|de|do|da|di|von|via|mit))? )?"
)
"""What a mail program calls itself before its name."""
_SECURE = r"(?: (?:sicherer |secure )e-?mail)?"
"""And behind it."""
_DEVICE = re.compile(
    rf"^\W*{_FROM}\s*{_DETERMINER}{_KIND}{_CLIENT}{_VERSION}"
    rf"(?:{_CARRIER} {_CLIENT}{_VERSION}){{0,2}}{_CARRIER}"
    rf"(?:{_FOR}{_DETERMINER}{_CLIENT}{_VERSION}(?: {_CLIENT}{_VERSION}){{0,2}})){{0,2}}{_SECURE}"
    r"(?:[.,;:\s–-]+(?:please |bitte |so |por favor |veuillez )?(?:excuse|pardon|forgive|disculp\w+|perdon\w+|"
    r"entschuldig\w+)"
    r"\b[^?\d]{0,60})?\W*$|"
    r"^\W*(?:(?:iphone|ipad|android)\S*['’]?\S* gönderildi|(?:iphone|ipad|android)から送信|"
    r"[从從]我的\s?\w+\s?(?:发送|傳送)|"
    r"나의 \w+에서 보냄|發自我的\s?\w+|发自我的\s?\w+)\W*$|"
    r"^\W*envoyé (?:de|depuis) (?:mon|ma|l['’]\w+) \w+\W*$(?<=iphone|.ipad.)|"
    r"^\W*(?:diese nachricht wurde )?von meine[mr](?:/meiner)? [\w -]{3,40}(?: mit [\w -]{1,30})? gesendet\W*$|"
    r"^\W*outlook für (?:ios|android) beziehen\W*$|"
    r"^\W*(?:wysłan[eoa] z (?:iphone|ipad)['’]?a|lähetetty (?:iphonesta|ipadista))\W*$|"
    r"^\W*(?:virus-free|libre de virus|sin virus|virenfrei|garanti sans virus|privo di virus)\.?\s*"
    r"(?:www\.)?avast\.com\W*$",
    re.I,
)
_NAMED_LINK = re.compile(r"\[([^\[\]]{1,100})\]\(https?://[^()\s]{1,300}\)")
_HANDLE = re.compile(r"\s@\w{1,40}\s*$")
_LINK = re.compile(r"\s*(?:<[^<>]{0,300}>|\[[^\[\]]{0,200}\]|\((?:https?|mailto)[^()]{0,300}\)|https?://\S{1,300})")
_CLOSING = (
    r"(?:(?:best|kind|kindest|warm|warmest|many)? ?(?:regards|wishes)|all the best|best|cheers|"
    r"(?:yours )?sincerely|yours(?: \w+)?|un (?:cordial )?saludo|saludos(?: cordiales)?|cordialmente|atentamente|atte|"
    r"atenciosamente|(?:com os melhores )?cumprimentos|abraços?|att|atentament|salutacions|cordialment|unha aperta|"
    r"saúdos|"
    r"(?:cordiali|distinti) saluti|saluti|cordialement|bien (?:cordialement|à vous)|"
    r"mit (?:freundlichen|lieben|besten|herzlichen) gr(?:ü|ue)(?:ß|ss)en|"
    r"(?:viele|liebe|beste|freundliche|herzliche) gr(?:ü|ue)(?:ß|ss)e|mfg|vg|lg|"
    r"salam|hormat saya|saygılarımla|trân trọng|med v[eä]nliga? h[ie]ls(?:ning(?:ar)?|en)|m?vh|mvh|hilsen|hälsningar|"
    r"met vriendelijke groet(?:en)?|groet(?:en|jes)?|ystävällisin terveisin|terveisin|pozdrawiam|z poważaniem|"
    r"с уважением|s pozdravem)"
)
_SIGN_OFF = re.compile(rf"^\W*{_CLOSING}(?:\W+{_CLOSING})?\W*$", re.I)
"""One closing, or the same in two languages."""
_NAME = re.compile(r"^\W*[^\W\d_][\w'’.-]*(?:[ ,]{1,2}[^\W\d_][\w'’.-]*){0,4}\W*$")
_SMALL = "de del la las los da das do dos di von van der den ter y e i und"
_PARTICLES = frozenset(_SMALL.split())
_CONTACT = re.compile(
    r"\b(?:tel|tel[ée]fono|tfno|tlf|phone|mobile|móvil|movil|mob|mobil|cel|cell|celular|whatsapp|wpp|wsp|fax|handy|telefon|t|m|"
    r"p)\b\s?[.:]{1,2}\s?\+?[\d (]|"
    r"^\W*\+\d{1,3}[\d ().-]{6,}\W*$|\bwww\.\S+|https?://",
    re.I,
)
_COMPANY = re.compile(
    r"(?<!\w)(?:GmbH|AG|KG|Ltd|LLC|LLP|Inc|PLC|S\.? ?L\.?(?:U\.?)?|S\.? ?A\.?|SARL|SAS|Lda|Ltda|S\.?r\.?l|S\.?p\.?A|"
    r"B\.?V|A/S|AB|Oy|"
    r"PT)\.?(?:\W*$|, )|^\W*(?:\d{1,5} )?[^\W\d_][\w .'’ºª/-]{2,40},? (?:\d{1,5},? )?(?:[A-Z]{1,2}-)?\d{4,6} [^\W\d_]|"
    r"^\W*(?:[A-Z]{1,2}-)?\d{4,6} [^\W\d_][\w .'’-]{2,40}$|"
    r"(?i:^\W*(?:\d{1,5},? )?(?:calle|c/|avda\.?|avenida|plaza|paseo|carrer|rua|rue|via|viale|piazza|jalan|jl\.?|"
    r"street|"
    r"avenue|road) .{2,50}\d|[^\W\d_]{3,20}(?:straße|strasse|str\.|weg|laan|straat|gatan|vej) \d)"
)
"""A company's form at the end of its name, or a street with its number and postcode."""
_NUMBER = re.compile(r"\d{2}")
_PHONE = re.compile(r"^\W*(?=(?:\D*\d){8})\+?\(?\d{1,4}(?:[ ().-]{1,2}\d{1,4}){2,6}\W*$")
"""A telephone number in groups; one without may be an order's."""
_OF_A_CASE = re.compile(
    r"\b(?:pedido|orden|order|ticket|case|caso|invoice|factura|fatura|reference|referencia|ref|booking|reserva|account|"
    r"cuenta|contract|contrato|serial|tracking|envío|incidencia|bestellung|rechnung|commande|ordine|nº|num|"
    r"número|number|customer|cliente)\b\W{0,4}(?:(?:no|nr|nº|n°|num|número|number|is|es|"
    r"id)\b\W{0,4})?#?\w{0,4}-?\d{2,}|#\d{2,}",
    re.I,
)
_LEGAL_START = re.compile(
    r"^\W*(?:aviso (?:legal|de confidencial\w+)|avís legal|confidential\w*(?: notice)?\b|disclaimer|nota legal|"
    r"legal notice|vertraulich\w*|avis de confidentialité|avvertenza|aviso de privacidad)",
    re.I,
)
_PAPER = re.compile(
    r"^\W*(?:please (?:consider|think of) the environment|antes de imprimir|abans d['’]imprimir|think before|"
    r"p(?:iensa|iense) en el medio ambiente|pensez à l['’]environnement|bitte denken sie an die umwelt)[^?]{0,160}$",
    re.I,
)
_LEGAL_WORD = re.compile(r"confiden[ct]i|vertraulich|riservat|rahasia|gizli|bảo mật|privileged", re.I)
_LEGAL_CONTEXT = re.compile(
    r"addressee|recipient|in error|destinat[aà]r|por error|por engano|erreur|empfänger|irrtümlich|errore|"
    r"penerima|alıcı|người nhận",
    re.I,
)
_THIS_MAIL = re.compile(
    r"\b(?:this|the) (?:e-?mail|message|communication|transmission)|\best[ea] (?:correo|e-?mail|mensaje|mensagem|"
    r"mensaxe)|"
    r"\baquest missatge|\bquest[ao] (?:e-?mail|messaggio)|\b(?:ce|cet) (?:message|courriel|e-?mail)|"
    r"\bdiese (?:e-?mail|nachricht)|\bdit (?:bericht|e-?mail)|\bemail ini|\bpesan ini|\bbu (?:e-?posta|mesaj)|"
    r"\b(?:email|thư) này",
    re.I,
)
_OWN = re.compile(r"\b(?:(?-i:I)|i['’]m|my|me|yo|mi|mis|meu|minha|ich|mein\w*|mir|je|j['’]ai|mon|io|mio|mia)\b", re.I)
_LONGEST_BLOCK = 15


def cut(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines without their signature, and the signature; what says nothing else keeps it."""
    body, delimited = _cut_delimited(lines)
    body, legal = _cut_legal(body)
    in_sight = {*range(min(len(body), MOST_LINES)), *range(max(0, len(body) - MOST_LINES), len(body))}
    device = {at for at in in_sight if is_device(body[at]) and not _in_a_sentence(body, at)}
    devices = [body[at] for at in sorted(device)]
    body = [line for at, line in enumerate(body) if at not in device] if device else body
    body, closing = _cut_sign_off(body)
    return body, closing + devices + legal + delimited


def _in_a_sentence(lines: list[str], at: int) -> bool:
    """Return whether a line goes on with what is right above it: it begins with a small letter."""
    return at > 0 and bool(lines[at - 1].strip()) and lines[at].strip()[:1].islower()


def is_device(line: str) -> bool:
    """Return whether a line is what a known mail program or device writes below a mail, and nothing else."""
    head = re.sub(r"\s+", " ", _LINK.sub("", _NAMED_LINK.sub(r"\1", line[:LOOKED_AT]))).strip()
    return 8 <= len(head) <= 160 and "?" not in head and bool(_DEVICE.match(head))


def is_plain(line: str) -> bool:
    """Return whether a line of a signature can hold no more than who signs: a name, a closing, a contact, a device."""
    head = line[:LOOKED_AT].strip()
    return (
        not any(map(str.isalnum, head))
        or _is_name(head)
        or _is_contact(head)
        or bool(_SIGN_OFF.match(head))
        or is_device(line)
    )


def _cut_delimited(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut at the last line `--` above which there is text, unless the part below asks something or has numbers."""
    last = _filled_from_below(lines, _LONGEST_BLOCK + 1)
    for at in range(last, len(lines)):
        line = lines[at]
        if line.rstrip() not in {"--", "—"} or not says(lines[:at]):
            continue
        below = lines[at + 1 :]
        filled = [row for row in below if row.strip()]
        named = line.startswith("-- ") or all(is_plain(_HANDLE.sub("", row)) for row in filled[:1])
        if named and len(filled) <= _LONGEST_BLOCK and not any(map(_may_say, below)):
            return lines[:at], lines[at:]
    return lines, []


def _filled_from_below(lines: list[str], count: int) -> int:
    """Return where the last so many lines with text begin."""
    for at in range(len(lines) - 1, -1, -1):
        count -= bool(lines[at].strip())
        if not count:
            return at
    return 0


def _may_say(line: str) -> bool:
    """Return whether a line asks, or holds a number that is neither a telephone's nor a street's: signatures do not."""
    head = _LINK.sub("", line[:LOOKED_AT])
    if "?" in head or "¿" in head or _OF_A_CASE.search(head):
        return True
    return bool(_NUMBER.search(head)) and not _is_contact(line[:LOOKED_AT]) and not _PHONE.match(head)


def _cut_legal(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut the legal notices at the end, paragraph by paragraph, as long as there is text above."""
    end = len(lines)
    said = next((at for at, line in enumerate(lines) if any(map(str.isalpha, line))), end)
    while True:
        start = end
        while start and not lines[start - 1].strip():
            start -= 1
        while start and lines[start - 1].strip():
            start -= 1
        if not (start > said or says(lines[:start])) or not _is_legal(" ".join(lines[start:end])[:2000]):
            return lines[:end], lines[end:]
        end = start


def _is_legal(paragraph: str) -> bool:
    if "?" in paragraph or _OF_A_CASE.search(paragraph):
        return False
    if _PAPER.match(paragraph.strip()):
        return True
    if _OWN.search(paragraph) or not _LEGAL_CONTEXT.search(paragraph):
        return False
    started = _LEGAL_START.match(paragraph[:LOOKED_AT]) or _LEGAL_WORD.search(paragraph)
    return bool(started and len(paragraph) > 60 and _THIS_MAIL.search(paragraph))


def _cut_sign_off(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut "Regards," and the few lines under it, where there is text above and a name below."""
    first = _filled_from_below(lines, 5)
    filled = [at for at in range(first, len(lines)) if lines[at].strip()]
    for at in filled[:-1]:
        below = [lines[row][:LOOKED_AT] for row in filled if row > at]
        if not _SIGN_OFF.match(lines[at][:LOOKED_AT]) or not _is_name(below[0]) or not says(lines[:at]):
            continue
        short = all(len(line) <= 80 and not line.rstrip().endswith(("!", ":", ",")) for line in below[1:])
        if all(map(_is_name, below)) or (short and any(map(_is_contact, below))):
            return (lines, []) if any(map(_may_say, below)) else (lines[:at], lines[at:])
    return lines, []


def _is_contact(line: str) -> bool:
    return bool(_CONTACT.search(line) or ADDRESS.search(line) or _COMPANY.search(line))


def _is_name(line: str) -> bool:
    """Return whether a line is a name, or a company's: few words, each with a capital, no number, no sentence."""
    if not _NAME.match(line[:80]) or len(line) > 80 or line.rstrip().endswith(("?", "!", ":", ";")):
        return False
    words = re.findall(r"[^\W\d_][\w'’.-]*", line)
    return all(not word[0].islower() or word.lower() in _PARTICLES for word in words)
