"""Lines by which a mail program introduces what it quotes: "On …, Ana <ana@x.example> wrote:".

An attribution is known by where it begins (an opening word with a date, a date, a name with an address), by its date or
address, and by how it ends. It is never longer upward than the line where it begins. A sentence of the customer's that
looks alike has words that no mail program writes.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from queues.quotes.evidence import ADDRESS, DATE, LOOKED_AT, TIME, YEAR, is_day_of_week, without_direction

_MOST_LINES = 5
_REMEMBERED_LINES = 2_000
"""Lines whose beginnings were judged: a mail's language is guessed from lines that were judged before."""
_DIGIT = re.compile(r"\d")
"""What every date has; most lines have none."""

_OPENER = re.compile(
    r"(?:on|at|el|en|em|no dia|le|am|il giorno|il|in data|op|den|på|w dniu|dnia|dne|dňa|pe|în data de|la data de|pada|"
    r"vào(?: lúc| ngày)?|στις|o|a|dana|data|sobota|за|на|в|ב|ב-|בתאריך|في|بتاريخ|در|เมื่อ|在|于|於|vom|von|d\.|egun|klo)"
    r"(?=[\s\d,])",
    re.I,
)
_VERB = re.compile(
    r"(?<!\w)(?:wrote|writes|sent|said|escribi[óo]|escribiste|escribieron|escribe|escreveu|escribiu|va escriure|"
    r"ha escrit|ha scritto|a écrit|(?:avez|as) écrit|"
    r"schrieb(?:st|en)?|geschrieben|menulis|yazdı|yazmış|đã viết|đã ghi|написал(?:[аи]|\(а\))?|пишет|писал\(?а?\)?|"
    r"пише|написа(?:в|ла)?|"
    r"schreef|geschreven|skrev|skrifaði|kirjoitti|kirjutas|rašė|rakstīja|napisał(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?|"
    r"napísal(?:\(a\)|a)?|napisao(?:/la)?|napisala|je napisal\w*|írta(?: \(időpont.{0,40}\))?|ezt írta|a scris|έγραψε|"
    r"idatzi du|scripsit|scrisse|נכתב|כתבה?|כתב/ה)(?!\w)|"
    r"写道|寫道|写到|のメール|さん(?:は|が)?書きました|書きました|작성(?:함|했습니다)?|님이|"
    r"تمت كتابة ما يلي بواسطة|كتب(?:ت)?|نوشت|เขียน(?:ว่า)?|"
    r"ने लिखा",
    re.I,
)
_SMALL = """
    on at el en em no dia le am il giorno in data op den på w dniu dnia dne dňa pe în de pada vào lúc ngày a o as às
    las la los à um uhr kl klo om alle ore heeft het volgende the following via from for użytkownik g г в gmt utc
    cet cest pst pdt est edt pm p m s ha har have je je/la ha del di da do dos das e y und och og and van von der
    den ter ten bin al ibn du des zu zur dell ot til na mailto tarihinde şunu saat hat et the id user uživatel
    kullanıcısı odesílatel odosielateľ v ο χρήστης στις π.μ μ.μ р г message mensagem mensaje d nachricht följande
    følgende ons ti ke to pe la su le los
"""
_GLUE = frozenset(_SMALL.split())
"""Small words that mail programs and names have in them."""
_SAID = """
    i you your yours we our us me my mine he she it they them their this that is was were are have had not please
    what when which who with about because colleague agent yo mi mis tu tus su sus nos nuestro nuestra vuestro
    usted ustedes ustedes que quien porque con por para esto eso fue he hemos me te se lo cuando donde compañero
    compañera eu meu minha seu sua nosso je mon mes vous votre nous ton que qui ich mein meine sie ihr ihre wir
    unser dein er io mio mia tuo suo noi che ik mijn jij uw wij mi sizin bir jag mitt ditt vår jeg
"""
_SENTENCE = frozenset(_SAID.split())
"""Words of a person's own text; mail programs do not write them."""
_ENCLOSED = re.compile(
    r"<[^<>]{0,200}>?|\([^()]{0,200}\)|\[[^\[\]]{0,200}\]|\"[^\"]{0,100}\"|“[^”]{0,100}”|https?://\S+"
)
_ZONE = re.compile(r"\b(?:GMT|UTC)?\s?[+-]\d{1,2}:?\d{2}\b|\b(?-i:[A-Z]{3,4})\b|\b[ap]\.?\s?m\b\.?", re.I)
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_EDGE = " \t*_-–—"
_INLINE = re.compile(
    r"(?<=\S)\s*-{0,5}\s(?=(?:On|El|En|Em|Le|Am|Il|Op|Den|Dnia|W dniu)\s(?:[^\W\d_]{2,12}[.,]{0,2}\s){0,2}\d|"
    r"(?:On|El|En|Em|Le|Am|Il|Op|Den)\s[^\W\d_]{2,12}[.,]{0,2}\s[^\W\d_]{3,12}[.,]?\s\d)"
)


_YOU = re.compile(
    rf"(?<!\w)(?:you|t[úu]|usted|ud\.?|vous|você|du|sie)\s+(?={_VERB.pattern})"
    rf"|(?:{_VERB.pattern})\s+(?:du|sie|usted)(?=\s*:)|(?<!\w)(?:escribiste|escribieron|schriebst)(?!\w)",
    re.I,
)
"""Some mail programs say `you wrote` for whom they answer."""
_GAP = re.compile(r"(?<=[:：])[ \t\xa0]{2,}(?=\S)")
_LAST_SIGNS = (":", "：", ">", ")")
_DASHES = ("--", "—", "==")
_LAST_WORDS = 40
"""Characters at the end of a line in which a verb would be, if it is the last word of an attribution."""


class Sureness(IntEnum):
    """How far an attribution goes."""

    NONE = 0
    MARKED = 1
    """An attribution with quoted lines below it, marked with `>`."""
    SURE = 2
    """An attribution on its own: whatever is below is quoted."""


def attribution(lines: list[str], at: int) -> tuple[int, Sureness]:
    """Return how many lines the attribution beginning at `at` has, and how sure it is; 0 if none begins there."""
    if not any(_may_be_last(line[: 2 * LOOKED_AT].rstrip()[-_LAST_WORDS:]) for line in lines[at : at + _MOST_LINES]):
        return 0, Sureness.NONE
    first = without_direction(lines[at][:LOOKED_AT]).strip()
    opens = _opens(first, lines[at + 1] if at + 1 < len(lines) else "")
    if not opens:
        return 0, Sureness.NONE
    joined, result = "", (0, Sureness.NONE)
    for length, line in enumerate(lines[at : at + _MOST_LINES], 1):
        line = without_direction(line[: 2 * LOOKED_AT]).strip()
        if not line and lines[at + length : at + length + 1] == ["<"]:  # what one mail program writes around an address
            continue
        if length > 1 and not _goes_on(joined, line, opens):
            break
        joined = f"{joined} {line}".strip()
        if len(joined) > LOOKED_AT:
            break
        sure = _judged(joined, opens) if _may_be_last(line[-_LAST_WORDS:]) else Sureness.NONE
        result = (length, sure) if sure else result
        if joined.rstrip(_EDGE).endswith((":", "：")):
            break
    return result


def ended(line: str) -> tuple[str, str] | None:
    """Return an attribution and the quoted words that follow it on the same line, else None.

    One mail program joins both with several blanks; one blank is how a sentence of the customer's goes on.
    """
    gap = _GAP.search(line[: 2 * LOOKED_AT])
    if gap and attribution([line[: gap.start()]], 0)[1] is Sureness.SURE:
        return line[: gap.start()], line[gap.end() :]
    return None


def apart(line: str) -> tuple[str, str] | None:
    """Return the customer's words and the attribution where both are on one line, else None."""
    if len(line) > 2 * LOOKED_AT or not line.rstrip().endswith(":"):
        return None
    for match in _INLINE.finditer(line):
        rest = line[match.start() :].strip()
        if re.search(r"\w", line[: match.start()]) and attribution([rest], 0)[1] is Sureness.SURE:
            return line[: match.start()], rest
    return None


@lru_cache(maxsize=1_024)
def _may_be_last(end: str) -> bool:
    """Return whether an attribution can end like this line: with a colon, an address, a dash or a verb."""
    end = without_direction(end).rstrip()
    bare = end.rstrip(_EDGE)
    if bare.endswith(_LAST_SIGNS) or end.endswith(_DASHES):
        return True
    return any(verb.end() == len(bare) for verb in _VERB.finditer(bare))


class _Opening(IntEnum):
    NAME = 1
    DATE = 2
    WORD = 3


@lru_cache(_REMEMBERED_LINES)
def _opens(first: str, second: str) -> _Opening | None:
    """Return what an attribution could begin with on this line."""
    bare = first.strip(_EDGE + ">|").removeprefix("~")
    word = _OPENER.match(bare)
    if word:
        rest = bare[word.end() :]
        if _dated_soon(rest) or (len(rest) < 20 and _dated_soon(f"{rest} {second.strip()[:40]}")):
            return _Opening.WORD
    if _dated_soon(bare):
        return _Opening.DATE
    named = ("@" in bare and ADDRESS.search(bare)) or bare.endswith(("<", "(")) or _VERB.search(bare)
    return _Opening.NAME if named and _name_first(bare) else None


def _dated_soon(text: str) -> bool:
    """Return whether a date is at the beginning, with a day of the week, a time or a small word before at most."""
    match = DATE.search(text[:80]) if _DIGIT.search(text, 0, 80) else None
    if not match:
        return False
    before = TIME.sub(" ", text[: match.start()])
    words = _WORD.findall(before)
    return len(words) <= 4 and all(is_day_of_week(word) or word.strip(".,").lower() in _GLUE for word in words)


def _name_first(text: str) -> bool:
    head = re.split(r"[<(\[]|(?<=\s)[\w.+-]+@", text, maxsplit=1)[0]
    verb = _VERB.search(head)
    words = _WORD.findall(head[: verb.start()] if verb and verb.start() else head)
    return 1 <= len(words) <= 6 and not _is_sentence(words) and _lower(words) <= ("<" in text and "@" in text)


def _goes_on(joined: str, line: str, opens: _Opening) -> bool:
    """Return whether a line may be the next of a wrapped attribution."""
    if line.startswith(">"):
        verb = _VERB.match(line.lstrip("> "))
        return (joined.count("<") > joined.count(">") and len(line) < 40) or bool(verb)
    if not line or _ends(joined):
        return False
    inner = _opens(line, "")
    if inner is _Opening.WORD:
        return False
    if opens is _Opening.NAME:
        return joined.count("<") > joined.count(">") or bool(_VERB.search(joined))
    if opens is _Opening.DATE and inner is _Opening.NAME and len(joined) < 40:
        return joined.endswith(",")
    return True


def _ends(joined: str) -> bool:
    """Return whether an attribution is complete: it ends with its verb."""
    verbs = list(_VERB.finditer(joined))
    return bool(verbs) and not joined[verbs[-1].end() :].strip(_EDGE + ":")


def _judged(joined: str, opens: _Opening) -> Sureness:
    dashed = joined.startswith(_DASHES) and joined.endswith(_DASHES)
    text = joined.strip(_EDGE)
    colon = text.endswith((":", "："))
    dated, address, verb = DATE.search(text), ADDRESS.search(text), _VERB.search(text)
    if dated and colon and verb and (TIME.search(text) or YEAR.search(text)) and _YOU.search(text):
        nameless = _words_left(_YOU.sub(" ", text))
        return Sureness.MARKED if not _is_sentence(nameless) and _lower(nameless) <= 2 else Sureness.NONE
    rest = _words_left(text)
    if _is_sentence(rest) or len(rest) > (12 if address else 7):
        return Sureness.NONE
    odd = _lower(rest)
    whole_date = bool(dated and (YEAR.search(text) or TIME.search(text)))
    at_end = bool(verb and verb.end() == len(text))
    if not colon and not dashed:
        if whole_date and address and at_end and opens is _Opening.WORD and odd <= 2:
            return Sureness.SURE
        ends = (bool(address) and text.endswith((">", ")"))) or at_end
        return Sureness.MARKED if whole_date and ends and opens > _Opening.NAME else Sureness.NONE
    if whole_date and address and odd <= 6:
        return Sureness.SURE
    if (
        opens is _Opening.NAME
        and verb
        and odd <= 1
        and re.fullmatch(r"[^<>]{1,80}<[^<>\s]{3,100}>\s?[^<>]{3,30}", text)
    ):
        return Sureness.SURE
    if whole_date and verb and YEAR.search(text) and (TIME.search(text) or dashed) and odd == 0:
        return Sureness.SURE
    if dated and verb and odd <= 2:
        return Sureness.MARKED
    if verb and (address or dashed or opens is _Opening.NAME) and odd == 0:
        return Sureness.MARKED
    return Sureness.MARKED if whole_date and opens is _Opening.WORD and odd == 0 else Sureness.NONE


def _words_left(text: str) -> list[str]:
    """Return the words besides addresses, dates, times, zones and the verb: a name, where it is an attribution."""
    text = _ENCLOSED.sub(" ", text)
    for pattern in (ADDRESS, DATE, TIME, _ZONE, _VERB):
        text = pattern.sub(" ", text)
    return [word for word in _WORD.findall(text) if not is_day_of_week(word)]


def _is_sentence(words: list[str]) -> bool:
    return any(word.strip(".,'’").lower() in _SENTENCE for word in words)


def _lower(words: list[str]) -> int:
    """Count the words that no name has: in small letters, and not one of those that mail programs write."""
    return sum(word[0].islower() and word.isalpha() and word.strip(".,'’-").lower() not in _GLUE for word in words)
