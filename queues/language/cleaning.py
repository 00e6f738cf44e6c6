"""Leave only the words by which a customer's language can be told: no markup, history, forms, logs, ids or citations.

Every step is linear in the text. A text with words keeps some; one of ids, links and file names alone has none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from queues.new_text import split

LONGEST = 20_000
"""Characters looked at; a message longer than this has shown its language long before."""

_QUOTED_MARKUP = re.compile(r"<(?:blockquote|div[^<>]{0,200}(?:gmail_quote|yahoo_quoted|moz-cite-prefix))\b", re.I)
_HIDDEN_MARKUP = re.compile(r"<(style|script|title)\b[^<>]{0,500}>\s*(?:<!--)?[^<]*</\1>", re.I)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr|/?h\d)\b[^<>]{0,500}>", re.I)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_MARKUP = re.compile(r"<(?:html|body|div|p|br|span|table|a)\b[^<>]{0,500}>", re.I)

_NOT_WORDS = re.compile(
    r"\b(?:https?|ftp)://\S+|\bwww\.\S+|[\w.+\-]{1,80}@[\w\-]{1,80}(?:\.[\w\-]{1,40})*|(?<!\w)[@#]\w+|"
    r"\b\w[\w\-]*\.(?:com|net|org|example|png|jpe?g|gif|pdf|docx?|xlsx?|zip|txt|mp4|mov|csv|heic|app|io)\b|"
    r"\b(?=[\w\-]*\d)[\w\-]+\b|\b[A-Za-z]+(?:_[A-Za-z]+)+\b",
    re.I,
)
_CITED = re.compile(r"“[^“”\n]{2,200}”|«[^«»\n]{2,200}»|„[^„“”\n]{2,200}[“”]|(?<!\w)\"[^\"\n]{2,200}\"(?!\w)")
_LOG_LINE = re.compile(
    r"^\s*(?:at\s+(?:async\s+)?\S+ ?\(|at\s+[\w.$<>]+\(|File \"|Traceback|Caused by:|\w*(?:Error|Exception)\b\s*:|"
    r"\[?\d{4}-\d\d-\d\d[T ]\d|\w+=\S+(?:\s+\S+=\S*)*\s*$|[{}\[\]();<>/\\|=]{2,})"
)
_LABEL = re.compile(r"^\s*[^\W\d_][\w ./()'’\-]{1,38}\s?[:：]\s*(.*)$")
_DESCRIPTION = re.compile(
    r"^\s*\W*(?:(?:issue |problem )?description|message|comments?|details?|question|your message|how can we help|"
    r"descripci[oó]n(?: del? \w+)?|mensaje|comentarios?|detalles?|consulta|pregunta|descrição|mensagem|"
    r"comentários?|descripció|"
    r"missatge|descrición|mensaxe|descrizione|messaggio|beschreibung|nachricht|deskripsi|pesan|açıklama|mesaj|mô tả|"
    r"nội dung)\s?[:：]\s*(.*)$",
    re.I,
)
_TURN = re.compile(
    r"^\s*(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?[\])]?\s*[-–]?\s*)?"
    r"([^\W\d_][\w .'’()\-]{0,38}?)\s?[:：]\s+(\S.*)$",
    re.I,
)
_OUR_TURN = re.compile(
    r"\b(?:agent|agente|support|soporte|suporte|suport|bot|assistant|asistente|assistente|system|sistema|helpdesk|"
    r"advisor|operator|operador|team|equipo|equipe|kundenservice|mitarbeiter)\b",
    re.I,
)
_THEIR_TURN = re.compile(
    r"^(?:customer|client|cliente?|user|usuari[oa]?|visitor|visitante|kunde|utente|me|yo|eu|you)\b", re.I
)
_SUBJECT = re.compile(r"^\s*(?:re|rv|fwd?|fw|aw|wg|tr|enc|res)\s?:.*\n+(?=\s*\S)", re.I)


def clean(text: str) -> str:
    """Return the words that the customer chose; empty where the text has no words but ids, links and file names."""
    text = text[:LONGEST]
    if "<" in text and _MARKUP.search(text):
        text = _kept(_without_markup, text)
    text = split(text).text
    for step in (_without_subject, _form_field, _customer_turns, _without_logs, _without_citations):
        text = _kept(step, text)
    return _NOT_WORDS.sub(" ", text).strip()


def _kept(step: Callable[[str], str], text: str) -> str:
    """Take a step back where it would leave no letters."""
    after = step(text)
    return after if any(map(str.isalpha, after)) else text


def _without_markup(text: str) -> str:
    """Turn HTML into text, without what mail programs mark as quoted."""
    quoted = _QUOTED_MARKUP.search(text)
    kept = text[: quoted.start()] if quoted else text
    if quoted and not any(map(str.isalpha, _TAG.sub("", kept))):
        kept = text
    kept = _TAG.sub(" ", _BREAK.sub("\n", _HIDDEN_MARKUP.sub("", kept)))
    return html.unescape(kept)


def _without_subject(text: str) -> str:
    """Drop a reply's subject line above the message: it is ours more often than the customer's."""
    return _SUBJECT.sub("", text, count=1)


def _form_field(text: str) -> str:
    """Of a form (three labelled lines or more), keep the description, else free lines, else the longest value."""
    lines = text.split("\n")
    labelled = [at for at, line in enumerate(lines) if _LABEL.match(line[:400])]
    if len(labelled) < 3 or any(_OUR_TURN.search(lines[at][:40]) for at in labelled):
        return text
    for at in labelled:
        found = _DESCRIPTION.match(lines[at])
        if found:
            last = next((row for row in labelled if row > at), len(lines))
            return "\n".join([found[1], *lines[at + 1 : last]])
    free = [line for at, line in enumerate(lines) if at not in set(labelled) and len(line.split()) >= 3]
    values = [line.partition(":")[2] for line in (lines[at] for at in labelled)]
    return "\n".join(free) if free else max(values, key=len)


def _customer_turns(text: str) -> str:
    """Of a chat transcript, keep the customer's turns."""
    if text.count(":") < 2:
        return text
    turns = [_TURN.match(line[:2000]) for line in text.split("\n")]
    speakers = {turn[1].strip().lower() for turn in turns if turn}
    ours = {speaker for speaker in speakers if _OUR_TURN.search(speaker)}
    theirs = {speaker for speaker in speakers if _THEIR_TURN.match(speaker)} - ours
    if not ours and not theirs:
        return text
    keep = theirs or speakers - ours
    return "\n".join(turn[2] for turn in turns if turn and turn[1].strip().lower() in keep)


def _without_logs(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _LOG_LINE.match(line[:400]))


def _without_citations(text: str) -> str:
    """Drop what stands in quotation marks where two words remain: error texts are cited in the app's language."""
    without = _CITED.sub(" ", text)
    return without if without is text or len(re.findall(r"[^\W\d_]+", without)) >= 2 else text
