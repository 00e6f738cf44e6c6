"""Header blocks: "From: … Sent: … To: … Subject: …" as mail programs put them above what they quote.

A customer writes lists that look alike (a flight has De, A and Fecha). A block counts with the address of a sender or a
recipient, or with sender, subject and a date with its time.
"""

from __future__ import annotations

import re

from queues.quotes.evidence import ADDRESS, DATE, LOOKED_AT, TIME, is_marked, names_day_of_week
from queues.quotes.separators import is_rule

_MOST_LINES = 16

_LABELS = {
    "from": "from|de|von|da|dari|kimden|gönderen|từ|expéditeur|от|від|"
    "寄件者|发件人|發件人|差出人|送信者|보낸 사람|fra|från|van|"
    "lähettäjä|od|nadawca|feladó|från|από|desde|remitente|remetente|mittente|absender|afzender|من|מאת|จาก|name",
    "date": "sent|date|message du|enviado(?: el| em| a)?|enviada(?: em)?|enviat(?: el)?|fecha|data|gesendet(?: am)?|"
    "datum|inviato|"
    "envoyé(?: le)?|dikirim|tanggal|gönderildi|gönderme tarihi|tarih|đã gửi|ngày|gửi|отправлено|дата|надіслано|sendt|"
    "dato|skickat|verzonden|verzonden op|verstuurd|lähetetty|päivämäärä|päiväys|wysłano|data wysłania|odesláno|dátum|"
    "elküldve|trimis|στάλθηκε|ημερομηνία|日付|日時|送信日時|日期|发送时间|傳送日期|보낸 날짜|date sent|تاريخ|תאריך|วันที่",
    "to": "to|para|an|a|à|kepada|kime|đến|кому|til|till|aan|vastaanottaja|do|komu|címzett|pentru|προς|destinatario|"
    "destinatário|dest|宛先|收件人|받는 사람|إلى|אל|ถึง|per a",
    "subject": "subject|assunto|asunto|assumpte|betreff|oggetto|objet|sujet|perihal|subjek|konu|chủ đề|тема|emne|ämne|"
    "onderwerp|aihe|temat|předmět|predmet|tárgy|subiect|θέμα|件名|主题|主旨|主題|제목|الموضوع|נושא|เรื่อง",
    "other": "cc|cco|bcc|copie(?: à)?|kopie|kopia|copia|kopi|reply-to|responder a|importance|importancia|wichtigkeit|"
    "priority|"
    "attachments|anlagen|adjuntos|organization|newsgroups|x-[a-z-]+|message-id|in-reply-to|mime-version|content-type|"
    "sent by|抄送|참조|копия|ответить",
}
_LABEL = re.compile(
    r"[*_]{0,2}(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items()) + r")"
    r"[*_]{0,2}\s{0,2}[:：][*_]{0,2}(?P<value>.*)$",
    re.I,
)
_INLINE = re.compile(
    r"(?<![\w@])(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items()) + r")\s?[:：]", re.I
)


def label_of(line: str) -> str:
    """Return what sort of header a line is (`from`, `date`, `to`, `subject`, `other`), empty if it is not a header."""
    match = _LABEL.match(_bare(line))
    return str(match.lastgroup if match.lastgroup != "value" else _kind(match)) if match else ""


def header_block(lines: list[str], at: int) -> int:
    """Return how many lines the header block beginning at `at` has; 0 if none with its evidence begins there."""
    if not label_of(lines[at]) or label_of(lines[at]) == "other":
        return 0
    if _on_one_line(lines[at]):
        return 1
    values: dict[str, str] = {}
    kind, length = "", 0
    for row in range(at, min(at + _MOST_LINES, len(lines))):
        match = _LABEL.match(_bare(lines[row]))
        if match:
            kind = _kind(match)
            if kind in values and kind != "other":
                return 0  # the block begins further down: this is the customer's own line
            values[kind] = match["value"].strip()
            length = row - at + 1
        elif not lines[row].strip(" >") or not _label_soon(lines, row):
            break
        else:
            values[kind] += " " + lines[row].strip()
    return length if _is_evidence(values) else 0


def is_apart(lines: list[str], at: int, length: int) -> bool:
    """Return whether a block stands alone: an empty line above it or below it, or quoted lines, or the end."""
    above = at == 0 or not lines[at - 1].strip(" >")
    below = lines[at + length].strip(" >") if at + length < len(lines) else ""
    return above or not below or is_marked(lines[at + length])


def _bare(line: str) -> str:
    return line[:LOOKED_AT].lstrip(" \t>|-•\u200e\u200f")


def _kind(match: re.Match[str]) -> str:
    return next(kind for kind in _LABELS if match[kind] is not None)


def _label_soon(lines: list[str], row: int) -> bool:
    """Return whether a line is the wrapped value of a header: the next header follows within two lines."""
    return not is_rule(lines[row]) and any(label_of(line) for line in lines[row + 1 : row + 3])


def _is_evidence(values: dict[str, str]) -> bool:
    kinds = {kind for kind in values if kind != "other"}
    people = " ".join(values.get(kind, "") for kind in ("from", "to"))[:LOOKED_AT]
    if ADDRESS.search(people):
        return len(kinds) >= 2 and not kinds.isdisjoint({"date", "subject"})
    when = values.get("date", "")[:LOOKED_AT]
    dated = DATE.search(when) and (TIME.search(when) or names_day_of_week(when))
    return bool(dated) and {"from", "date", "subject"} <= kinds


def _on_one_line(line: str) -> bool:
    head = line[:LOOKED_AT]
    kinds = {_kind(match) for match in _INLINE.finditer(head)} - {"other"}
    timed = "date" in kinds and bool(TIME.search(head)) and bool(DATE.search(head))
    return "from" in kinds and (len(kinds) >= 3 or timed) and bool(ADDRESS.search(head))
