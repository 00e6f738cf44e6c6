"""Lines between what is new and what is old: "-----Original Message-----", "reply above this line", a list's footer."""

from __future__ import annotations

import re

from queues.quotes.evidence import ADDRESS, LOOKED_AT

_TITLES = (
    r"original (?:message|e-?mail|appointment)|reply message|mensaje original|mensagem original|missatge original|"
    r"mensaxe orixinal|messaggio originale|message d['’]origine|message original|e-?mail d['’]origine|"
    r"(?:ursprüngliche|original|antwort|weitergeleitete)[ -]?nachricht|originalnachricht|pesan asli|orijinal (?:mesaj|"
    r"ileti)|"
    r"thư gốc|tin nhắn gốc|oprindelig (?:meddelelse|besked)|originalmeddelelse|ursprungligt meddelande|"
    r"original ?meddelande|opprinnelig melding|oorspronkelijk(?:e)? bericht|alkuperäinen viesti|"
    r"(?:oryginalna |)wiadomość oryginalna|oryginalna wiadomość|wiadomość przekazana|původní (?:zpráva|e-?mail)|"
    r"pôvodná správa|eredeti üzenet|mesaj original|исходное сообщение|пересылаемое сообщение|"
    r"конец пересылаемого сообщения|"
    r"αρχικό μήνυμα|元のメッセージ|原始邮件|原始郵件|원본 메시지|원본 메일|"
    r"(?:begin |start of )?forwarded message|(?:inicio del )?mensaje reenviado|mensagem (?:encaminhada|reencaminhada)|"
    r"missatge reenviat|mensaxe reenviada|messaggio inoltrato|(?:début du )?message (?:transféré|réexpédié)|"
    r"anfang der weitergeleiteten nachricht|pesan (?:terusan|yang diteruskan)|iletilen mesaj|thư được chuyển tiếp|"
    r"videresendt (?:meddelelse|besked|melding)|vidarebefordrat (?:meddelande|brev)|doorgestuurd bericht|"
    r"(?:begin )?doorgestuurd bericht|välitetty viesti|přeposlaná zpráva|転送されたメッセージ|转发邮件|전달된 메일"
)
_TITLE = re.compile(rf"^\W*(?:{_TITLES})\W*$", re.I)
_ENDS = re.compile(r"^[\s>|]*[-_=–—*]{2,}.*[-_=–—*]{2,}\s*$")
_ENDS_EARLY = re.compile(rf"[\s>|]*+[-_=–—*]{{4,}}+\s*(?:{_TITLES})\s*[-_=–—*]{{4,}}(?=\s*\w)", re.I)
_RULE = re.compile(r"^\s*[_\-=*–—]{8,}\s*$")
_THIS_LINE = re.compile(
    r"above this line|(?:por )?encima de esta l[íi]nea|acima d(?:est|ess)a linha|au-dessus de cette ligne|"
    r"(?:oberhalb|über) dieser (?:zeile|linie)|sopra (?:questa|la) (?:riga|linea)|(?:damunt|sobre) d['’]aquesta línia|"
    r"enriba desta liña|di atas baris ini|bu satırın üzerin\w+|phía trên dòng|boven deze (?:regel|lijn)|"
    r"over denne linjen?|ovanför denna (?:rad|linje)|yläpuolelle|powyżej tej linii|выше этой (?:строки|линии)|"
    r"この行より上|在此行上方",
    re.I,
)
_SIGNS = re.compile(r"[#=*_\-–—~|]{2,}")
_ASKED_FOR = re.compile(
    r"^\W{0,10}(?:please |por favor,? |bitte |merci de )?(?:type|write|reply|respond|enter|add|in replies|responda|"
    r"responde|escriba|escribe|escriva|responder|répond\w+|écri\w+|antwort\w+|schreib\w+|rispond\w+|scriv\w+|balas|"
    r"tulis|"
    r"yanıt\w*|trả lời|viết|antwoord\w*|svar\w*|skriv\w*|vastaa|odpowie\w+|напишите|ответьте)\b",
    re.I,
)
_FOOTER = re.compile(
    r"mailing list\b|mailinglist|lista de correo|liste de diffusion|google groups|groups\.io links|"
    r"to unsubscribe|you received this message because|recibi[óo] este mensaje porque est[áa]",
    re.I,
)
_SUBSCRIBED = re.compile(
    r"\W*(?:you(?:['’]re| are) receiving this (?:message|e-?mail)|you received this (?:message|e-?mail)|"
    r"(?:has recibido|recibi[óo]) este (?:mensaje|correo)) (?:because|porque) (?:you|est[áa])",
    re.I,
)
"""How a group that writes no rule above its footer begins it."""
_LONGEST_FOOTER = 10


def is_title(line: str) -> bool:
    """Return whether a line says "original message" or "forwarded message" and nothing else."""
    return bool(_TITLE.match(line[:LOOKED_AT]))


def is_separator(line: str) -> bool:
    """Return whether such a line is between dashes, as mail programs write it."""
    return is_title(line) and bool(_ENDS.match(line[:LOOKED_AT]))


def ended(line: str) -> tuple[str, str] | None:
    """Return such a separator and the headers that follow it on the same line, else None."""
    match = _ENDS_EARLY.match(line[:LOOKED_AT])
    return (match[0], line[match.end() :]) if match else None


def is_rule(line: str) -> bool:
    """Return whether a line is a row of dashes and the like."""
    return bool(_RULE.match(line[:LOOKED_AT]))


def is_reply_above(line: str) -> bool:
    """Return whether a line of a helpdesk's asks to reply above it: it begins with signs, or with the asking."""
    head = line[:LOOKED_AT].strip()
    if len(head) > 160 or "?" in head or not (_SIGNS.match(head) or _ASKED_FOR.match(head)):
        return False
    return bool(_THIS_LINE.search(head))


def is_list_footer(lines: list[str], at: int) -> bool:
    """Return whether a mailing list's footer begins at `at`: a rule, then typical text with an address or link.

    Without a rule it is known by a sentence that says who receives it, on its own below an empty line.
    """
    if len(lines) - at - 1 > _LONGEST_FOOTER:
        return False
    below = lines[at + 1 :]
    if at and not lines[at - 1].strip() and _SUBSCRIBED.match(lines[at][:LOOKED_AT]):
        below = lines[at:]
    elif not is_rule(lines[at]) and lines[at].strip() != "__":
        return False
    if len(below) > _LONGEST_FOOTER:
        return False
    text = "\n".join(line[:LOOKED_AT] for line in below)
    return "?" not in text and bool(_FOOTER.search(text)) and ("://" in text or bool(ADDRESS.search(text)))
