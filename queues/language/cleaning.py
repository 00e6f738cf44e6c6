"""Keep only the words that show the customer's language: no markup, history, forms, logs, ids or citations.

Every step is linear in the text. A text with words keeps some of them; a text of ids and links keeps nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from itertools import pairwise

from queues.language.chat_turns import customer_turns, is_ours
from queues.language.machine_lines import without_machine_lines
from queues.quotes.evidence import DATE, TIME, is_marked
from queues.quotes.header_blocks import label_of
from queues.quotes.new_text import split

LONGEST = 20_000
"""Characters looked at; a message longer than this has shown its language long before."""

_QUOTED_MARKUP = re.compile(r"<(?:blockquote|div[^<>]{0,200}(?:gmail_quote|yahoo_quoted|moz-cite-prefix))\b", re.I)
_HIDDEN_MARKUP = re.compile(r"<(style|script|title)\b[^<>]{0,500}>\s*(?:<!--)?[^<]*</\1>", re.I)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr|/?h\d)\b[^<>]{0,500}>", re.I)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_MARKUP = re.compile(r"<(?:html|body|div|p|br|span|table|a)\b[^<>]{0,500}>", re.I)

_NOT_WORDS = re.compile(
    r"\b(?:https?|ftp)://[^\s\u3000-\uffef]+|\bwww\.[^\s\u3000-\uffef]+|"
    r"[a-z0-9_.+\-]{1,80}@[a-z0-9_\-]{1,80}(?:\.[a-z0-9_\-]{1,40})*|(?<!\w)[@#][^\W\u3000-\uffef]+|"
    r"(?<![a-z0-9_])[a-z0-9_][a-z0-9_\-]*\.(?:com|net|org|example|png|jpe?g|gif|pdf|docx?|xlsx?|zip|txt|mp4|mov|csv|heic|"
    r"app|io)(?![a-z0-9_])|(?<![a-z0-9_\-])(?=[a-z_\-]*\d)[a-z0-9_\-]+|\b[a-z]+(?:_[a-z]+)+\b",
    re.I,
)
"""Addresses, file names, ids; not in scripts without spaces, where a match would swallow words."""
_CITED = re.compile(r"“[^“”\n]{2,200}”|«[^«»\n]{2,200}»|„[^„“”\n]{2,200}[“”]|(?<!\w)\"[^\"\n]{2,200}\"(?!\w)")
_ALL_CITED = re.compile(r"^\s*[“«„\"][^“”«»„\"]*[”»“\"]\s*$")
"""A line that is a citation and nothing else is what the message is about."""
_PERSON = re.compile(r"^\s*[A-ZÀ-Þ][\w.'’-]*(?:\s(?:d[aeio]s?|del|von|van|la|[A-ZÀ-Þ][\w.'’-]*)){1,4}\s*$")
_NAME_LINE = re.compile(r"^\W*[^\W\d_][\w.'’&-]*(?: \(?[\w.'’&-]+\)?){0,5}\W*$")
_CONTACT = re.compile(
    r"\b(?:tel|tfno|tlf|phone|mobile|móvil|celular|fax)\b.{0,6}\d|\+\d{2}[\d ]{6,}|\bwww\.|https?://|@[\w-]+\.|"
    r"\b(?:GmbH|Ltd|Inc|LLC|S\. ?L\.|S\. ?A\.|SARL|Lda|Srl|PT)(?!\w)",
    re.I,
)
_LOG_LINE = re.compile(
    r"^\s*(?:at\s+(?:async\s+)?\S+ ?\(|at\s+[\w.$<>]+\(|File \"|Traceback|Caused by:|\w*(?:Error|Exception)\b\s*:|"
    r"\[?\d{4}-\d\d-\d\d[T ]\d|\w+=\S+(?:\s+\S+=\S*)*\s*$|[{}\[\]();<>/\\|=]{2,})"
)
_LABEL = re.compile(r"^\s*[^\W\d_][\w ./()'’\-]{1,38}\s?[:：]\s*(.*)$")
_DESCRIPTION = re.compile(
    r"^\s*\W*(?:(?:your|please|su|tu|sua|seu|o seu|a sua|el teu|a túa|il tuo|la tua|votre|ihre?|deine?|anda|sizin)\s)?"
    r"(?:(?:issue |problem )?description|message|comments?|feedback|review|reseña|opini[oó]n|opinião|avis|bewertung|"
    r"recensione|avaliação|details?|question|how can we help|"
    r"describe (?:the|your) (?:problem|issue|request)|describ[ae] (?:el|su|tu|o|seu) problema|"
    r"décrivez (?:le|votre) problème|beschreiben sie (?:das|ihr) problem|problema|problem|"
    r"descripci[oó]n(?: del? \w+)?|mensaje|comentarios?|detalles?|consulta|pregunta|descrição|mensagem|"
    r"comentários?|descripció|"
    r"missatge|descrición|mensaxe|descrizione|messaggio|beschreibung|nachricht|deskripsi|pesan|açıklama(?:nız)?|"
    r"mesaj(?:ınız)?|mô tả|"
    r"nội dung)\s?[:：]\s*(.*)$",
    re.I,
)
_MESSAGE_BELOW = re.compile(
    r"^\W*(?:(?:customer|user|client|original|your)(?:['’]s)? )?(?:message|comment|description|mensaje|mensagem|"
    r"missatge|mensaxe|messaggio|nachricht|beschreibung|descripción|descrição|pesan|mesaj|nội dung)"
    r"(?: (?:of|from|del?|da|do|du|von|que|der) .{1,40})?\W*[:：]\s*$",
    re.I,
)
"""A line that says that the customer's message is below it."""
_PROMPT = re.compile(r"^\s*\W*[^\W\d_].{2,80}[:：?？]\s*$")
_SUBJECT = re.compile(r"^\s*(?:re|rv|fwd?|fw|aw|wg|tr|enc|res)\s?:.*\n+(?=\s*\S)", re.I)


def clean(text: str) -> str:
    """Return the words that the customer chose; empty if the text has no words but ids, links and file names."""
    text = text[:LONGEST]
    if "<" in text and _MARKUP.search(text):
        text = _kept(_without_markup, text)
    text = split(_kept(without_machine_lines, text)).text
    for step in (
        _without_quotes,
        _above_comment_head,
        _without_subject,
        _below_its_heading,
        _form_field,
        customer_turns,
        _without_contact_block,
        _without_logs,
        _without_citations,
    ):
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


def _without_quotes(text: str) -> str:
    """Drop every line that is marked as quoted, and headers without a value: who cites, cites in another's language."""
    return "\n".join(line for line in text.split("\n") if not (is_marked(line) or _is_empty_header(line)))


def _is_empty_header(line: str) -> bool:
    return line.rstrip().endswith((":", "：")) and len(line) < 40 and bool(label_of(line))


def _above_comment_head(text: str) -> str:
    """Keep what is above a helpdesk's comment: a name on one line, a date with its time alone on the next."""
    lines = text.split("\n")
    for at, (name, date) in enumerate(pairwise(lines)):
        named = _NAME_LINE.match(name[:80]) and name.rstrip()[-1:] not in ".?!,:;"
        if named and DATE.search(date[:40]) and TIME.search(date[:60]) and len(date) < 60:
            return "\n".join(lines[:at])
    return text


def _without_subject(text: str) -> str:
    """Drop a reply's subject line above the message: it is ours more often than the customer's."""
    return _SUBJECT.sub("", text, count=1)


def _below_its_heading(text: str) -> str:
    """Keep what is below "Customer message:" and the like."""
    lines = text.split("\n")
    at = next((at for at, line in enumerate(lines) if _MESSAGE_BELOW.match(line[:100])), None)
    return text if at is None else "\n".join(lines[at + 1 :])


def _form_field(text: str) -> str:
    """Of a form (three labelled lines or more), keep the description, else free lines, else the longest value."""
    lines = text.split("\n")
    answers = _answers(lines)
    if answers:
        return max(answers, key=_amount_of_words)
    labelled = [at for at, line in enumerate(lines) if _LABEL.match(line[:400])]
    names = [lines[at].partition(":")[0].strip().lower() for at in labelled]
    if len(labelled) < 3 or len(set(names)) < len(names) or any(is_ours(name[:40]) for name in names):
        return text  # speakers take turns, labels do not
    for at in labelled:
        match = _DESCRIPTION.match(lines[at])
        if match:
            last = next((row for row in labelled if row > at), len(lines))
            return "\n".join([match[1], *lines[at + 1 : last]])
    free = [line for at, line in enumerate(lines) if at not in set(labelled) and len(line.split()) >= 3]
    values = [line.partition(":")[2] for line in (lines[at] for at in labelled)]
    return "\n".join(free) if free else max(values, key=_amount_of_words)


def _answers(lines: list[str]) -> list[str]:
    """Return the answers of a form that asks in lines of their own, where it asks three times or more."""
    filled = [line for line in lines if line.strip()]
    asked: list[int] = []
    for at, line in enumerate(filled):
        # what follows a prompt is its answer, whatever it ends with
        if _PROMPT.match(line[:120]) and (not asked or asked[-1] != at - 1):
            asked.append(at)
    # prompts and answers take turns: a customer's own questions stand among other sentences
    if len(asked) < 3 or asked[0] > 1 or any(later - at not in (2, 3) for at, later in pairwise(asked)):
        return []
    ends = [*asked[1:], len(filled)]
    return ["\n".join(filled[start + 1 : end]) for start, end in zip(asked, ends, strict=True)]


def _amount_of_words(text: str) -> int:
    return len(re.findall(r"[^\W\d_]{2,}", _NOT_WORDS.sub(" ", text)))


def _without_contact_block(text: str) -> str:
    """Drop a last paragraph that begins with a name and has a telephone, an address or a company's form in it."""
    above, blank, last = text.rstrip().rpartition("\n\n")
    lines = last.split("\n")
    is_block = bool(blank) and 2 <= len(lines) <= 8 and _PERSON.match(lines[0][:60]) and _CONTACT.search(last[:1000])
    return above if is_block else text


def _without_logs(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _LOG_LINE.match(line[:400]))


def _without_citations(text: str) -> str:
    """Drop what is in quotation marks where two words remain: error texts are cited in the app's language."""
    without = "\n".join(line if _ALL_CITED.match(line) else _CITED.sub(" ", line) for line in text.split("\n"))
    return without if without == text or len(re.findall(r"[^\W\d_]+", without)) >= 2 else text
