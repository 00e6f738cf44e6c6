"""What a customer newly wrote: a message without the history it quotes and without its signature.

Works line by line, each line looked at a bounded number of times, so time grows with the length of the text only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LOOKED_AT = 300  # an attribution or a header is never longer; it also bounds every pattern below

_SHORTEST = 8  # `4.5/10` and five stars; a date is longer

_WROTE = re.compile(
    r"\b(?:wrote|writes|escribi[óo]|escreveu|escribiu|va escriure|ha escrit|ha scritto|a écrit|schrieb|menulis|yazdı|"
    r"đã viết|написал[аи]?|пишет|schreef|skrev)\b|写道|寫道|のメール|書きました|작성|كتب",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"^\W*(?:original (?:message|e-?mail|appointment)|mensaje original|mensagem original|"
    r"missatge original|mensaxe orixinal|"
    r"messaggio originale|message d['’]origine|message original|ursprüngliche nachricht|pesan asli|"
    r"orijinal (?:mesaj|ileti)|"
    r"thư gốc|tin nhắn gốc|(?:begin )?forwarded message|(?:inicio del )?mensaje reenviado|mensagem encaminhada|"
    r"missatge reenviat|"
    r"mensaxe reenviada|messaggio (?:inoltrato|originale)|message (?:transféré|réexpédié)|weitergeleitete nachricht|"
    r"pesan (?:terusan|yang diteruskan)|iletilen mesaj|thư được chuyển tiếp)\W*$",
    re.IGNORECASE,
)
_REPLY_ABOVE = re.compile(
    r"^\W*##.*##\W*$|(?:type|write|reply|respond[aei]\w*|respon\w+|escriba|escribe|escriv\w+|répon\w+|antworten|rispond\w+|"
    r"scriv\w+|balas|tulis|yanıt\w*|trả lời).{0,40}"
    r"(?:above this line|encima de esta l[íi]nea|por encima de|acima desta linha|"
    r"au-dessus de cette ligne|oberhalb dieser|sopra (?:questa|la) (?:riga|linea)|(?:damunt|sobre) d['’]aquesta línia|"
    r"enriba desta liña|di atas baris ini|üzerin\w+|phía trên dòng)",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"^\s*\*?(?:from|de|von|da|dari|kimden|gönderen|từ|expéditeur|от|寄件者|发件人|差出人)\s?\*?\s?[:：]\*?\s?\S", re.I
)
_SENT = re.compile(
    r"^\s*\*?(?:sent|date|enviado(?: el| a)?|enviada(?: em)?|enviat(?: el)?|fecha|data|gesendet|datum|inviato|envoyé|"
    r"dikirim|tanggal|gönderildi|gönderme tarihi|tarih|đã gửi|ngày|gửi|отправлено|дата)\s?\*?\s?[:：]",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^\s*\*?(?:to|cc|subject|para|assunto|asunto|assumpte|an|betreff|a|oggetto|à|objet|kepada|perihal|subjek|kime|konu|"
    r"đến|chủ đề|reply-to)\s?\*?\s?[:：]",
    re.IGNORECASE,
)
_DATE_LINE = re.compile(
    r"^\W*(?:[^\W\d_]{2,12}[.,]{0,2}\s)?"
    r"(?:\d{1,2}(?:[./-]\d{1,2}[./-]|\.?\s(?:de\s)?[^\W\d_]{3,12}[.,]?\s(?:de\s)?)\d{2,4}|"
    r"[^\W\d_]{3,12}\.?\s\d{1,2},?\s\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}),?(?:\s(?:at|a las|às|um|à))?\s\d{1,2}[:.]\d\d"
    r"(?::\d\d)?\s?(?:[ap]\.?\s?m\.?|uhr|h)?(?:\s?\(?[A-Z]{2,5}(?:[+-]\d{1,4})?\)?)?\W*$",
    re.IGNORECASE,
)
_NAME_LINE = re.compile(r"^\W*[^\W\d_][\w.'’&-]*(?: \(?[\w.'’&-]+\)?){0,5}\W*$")
_RULE = re.compile(r"^\s*[_\-=*]{8,}\s*$")
_DEVICE = re.compile(
    r"^\W*(?:sent (?:from|via|with)|get outlook for|enviado (?:desde|do|a partir|mediante|con)|enviada? do|enviat des|"
    r"obtener outlook|obtén outlook|obter o outlook|inviato da|scarica outlook|envoyé (?:de|depuis|à partir)|"
    r"télécharge[rz] outlook|gesendet (?:von|mit)|von meinem|outlook für|dikirim dari|dapatkan outlook|"
    r"(?:iphone|android)\S*\s?(?:'|’)?\S* gönderildi|gửi từ|được gửi từ|tải outlook)\b.{0,80}$",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"^\W*(?:(?:best|kind|warm|many)? ?(?:regards|wishes)|best|cheers|sincerely|yours(?: \w+)?|"
    r"thanks(?: again| in advance)?|"
    r"thank you(?: in advance)?|many thanks|un (?:cordial )?saludo|saludos(?: cordiales)?|cordialmente|"
    r"atentamente|atte|"
    r"(?:muchas )?gracias(?: de antemano| por adelantado)?|atenciosamente|cumprimentos|abraços?|obrigad[oa]|"
    r"atentament|salutacions|"
    r"gràcies|unha aperta|saúdos|grazas|cordiali saluti|distinti saluti|saluti|grazie|cordialement|bien à vous|"
    r"merci(?: d['’]avance)?|mit freundlichen grüßen|viele grüße|liebe grüße|danke|mfg|salam|terima kasih|saygılarımla|"
    r"teşekkürler|trân trọng)\W*$",
    re.IGNORECASE,
)
_LEGAL_START = re.compile(
    r"^\W*(?:aviso (?:legal|de confidencial\w+)|avís legal|confidential\w*(?: notice)?\b|disclaimer|nota legal|"
    r"legal notice|vertraulich\w*|avis de confidentialité|avvertenza|please consider the environment|"
    r"antes de imprimir|abans d['’]imprimir|think before)",
    re.IGNORECASE,
)
_LEGAL_WORD = re.compile(r"confiden[ct]i|vertraulich|riservat|rahasia|gizli|bảo mật", re.IGNORECASE)
_LEGAL_CONTEXT = re.compile(
    r"addressee|recipient|in error|destinat[aà]r|por error|por engano|erreur|empfänger|irrtümlich|errore|"
    r"penerima|alıcı|người nhận",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NewText:
    """A message in three parts; `text` has letters whenever the whole message had."""

    text: str
    """What was newly written."""
    quoted: str = ""
    """History and forwarded mail, with its headers."""
    signature: str = ""
    """Sign-off, contact lines, device lines and legal notices."""


def split(text: str) -> NewText:
    """Cut quoted history and the signature off a plain-text message.

    A text whose only words are quoted or signed (a bare forward) keeps them as its new text.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    written, quoted = _cut_history(lines)
    body, signature = _cut_signature(written)
    if not _says(body):
        body, signature, quoted = _last_resort(lines, written, quoted)
    return NewText(_joined(body), _joined(quoted), _joined(signature))


def _last_resort(lines: list[str], written: list[str], quoted: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Find the words of a message that is all signature, all quote or a bare forward."""
    if _has_letters(written):
        return written, [], quoted
    forwarded = [line for line in lines if not is_frame(line)]
    return (forwarded if _has_letters(forwarded) else lines), [], []


def is_frame(line: str) -> bool:
    """Tell whether a line is one of those by which quoted history is known: a separator, a header, an attribution."""
    head = line[:_LOOKED_AT]
    return (
        any(pattern.match(head) for pattern in (_SEPARATOR, _FROM, _SENT, _HEADER, _RULE))
        or bool(_REPLY_ABOVE.search(head))
        or (bool(_WROTE.search(head)) and head.rstrip().endswith(":"))
    )


def _cut_history(lines: list[str]) -> tuple[list[str], list[str]]:
    """Separate the lines into written and quoted ones; order is kept in both."""
    written: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(lines):
        length, ends_all = _history_opening(lines, at)
        if length and ends_all:
            # With nothing written above, the words below the frame may be all there is (a bare forward).
            return written, quoted + lines[at:]
        if length:
            quoted += lines[at : at + length]
            at += length
            continue
        (quoted if lines[at].lstrip().startswith(">") else written).append(lines[at])
        at += 1
    return written, quoted


def _history_opening(lines: list[str], at: int) -> tuple[int, bool]:
    """Tell how many lines from `at` open a quote, and whether everything below belongs to it."""
    line = lines[at][:_LOOKED_AT]
    if not line.strip():
        return 0, False
    if _SEPARATOR.match(line) or _REPLY_ABOVE.search(line):
        return 1, any(_has_letters([above]) for above in lines[max(0, at - 40) : at]) or bool(_SEPARATOR.match(line))
    if _RULE.match(line):
        next_rows = range(at + 1, min(at + 3, len(lines)))
        return 1, any(_is_header_block(lines, row) or _names_sender(lines[row]) for row in next_rows)
    if _is_header_block(lines, at):
        return 1, True
    if _is_comment_head(lines, at):
        return 2, True
    length = _attribution_length(lines, at)
    if not length:
        return 0, False
    below = next((follow for follow in lines[at + length : at + length + 4] if follow.strip()), "")
    return length, not below.lstrip().startswith(">")


def _names_sender(line: str) -> bool:
    return bool(_FROM.match(line[:_LOOKED_AT])) and "@" in line[:_LOOKED_AT]


def _is_comment_head(lines: list[str], at: int) -> bool:
    """Tell a helpdesk's comment below the message: a name on one line, a date with its time alone on the next."""
    return (
        at + 1 < len(lines)
        and bool(_DATE_LINE.match(lines[at + 1][:80]))
        and bool(_NAME_LINE.match(lines[at][:80]))
        and lines[at].rstrip()[-1:] not in ".?!,:;"
        and _has_letters(lines[:at])
    )


def _is_header_block(lines: list[str], at: int) -> bool:
    return bool(_FROM.match(lines[at][:_LOOKED_AT])) and any(
        _SENT.match(line[:_LOOKED_AT]) for line in lines[at + 1 : at + 5]
    )


def _attribution_length(lines: list[str], at: int) -> int:
    """Count the lines (at most three) of an "On …, somebody wrote:" that starts at `at`; 0 where there is none."""
    joined = ""
    for length, line in enumerate(lines[at : at + 3], 1):
        if not line.strip() or line.lstrip().startswith(">") or len(joined) + len(line) > _LOOKED_AT:
            return 0
        joined += " " + line.strip()
        if joined.endswith((":", "：")):
            dated = sum(character.isdigit() for character in joined) >= 2 or "@" in joined
            return length if dated and _WROTE.search(joined) else 0
    return 0


def _cut_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut the delimiter block, legal paragraphs, device lines and a closing sign-off."""
    body = lines
    signature: list[str] = []
    for at, line in enumerate(lines):
        if line.rstrip() == "--" and at and _has_letters(lines[:at]):
            body, signature = lines[:at], lines[at:]
            break
    body, legal = _cut_legal(body)
    device = [line for line in body if _DEVICE.match(line[:_LOOKED_AT])]
    if device:
        body = [line for line in body if not _DEVICE.match(line[:_LOOKED_AT])]
    body, closing = _cut_sign_off(body)
    return body, closing + device + legal + signature


def _cut_legal(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut legal notices, paragraph by paragraph, below the first paragraph with words."""
    kept: list[str] = []
    legal: list[str] = []
    paragraph: list[str] = []
    words_above = False
    for line in [*lines, ""]:
        paragraph.append(line)
        if line.strip():
            continue
        notice = words_above and _is_legal(" ".join(paragraph)[:2000])
        (legal if notice else kept).extend(paragraph)
        words_above = words_above or _has_letters(paragraph)
        paragraph = []
    return kept, legal


def _is_legal(paragraph: str) -> bool:
    if _LEGAL_START.match(paragraph[:_LOOKED_AT]):
        return True
    return len(paragraph) > 80 and bool(_LEGAL_WORD.search(paragraph) and _LEGAL_CONTEXT.search(paragraph))


def _cut_sign_off(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut "Regards," and the few short lines under it, where something stands above and a name stands below."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for at in filled[-5:-1]:
        below = [lines[row] for row in filled if row > at]
        short = all(len(line.split()) <= 7 and len(line) <= 80 for line in below) and len(below[0].split()) <= 4
        plain = short and not any(line.rstrip().endswith(("?", "!")) for line in below)
        if plain and _SIGN_OFF.match(lines[at][:_LOOKED_AT]) and _says(lines[:at]):
            return lines[:at], lines[at:]
    return lines, []


def _says(lines: list[str]) -> bool:
    """Tell whether somebody says something: words, or no more than a number, stars or a face."""
    if _has_letters(lines):
        return True
    signs = "".join("".join(lines).split())
    return len(signs) <= _SHORTEST and any(sign.isdigit() or unicodedata.category(sign) == "So" for sign in signs)


def _has_letters(lines: list[str]) -> bool:
    return any(character.isalpha() for line in lines for character in line)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()
