"""Cards, bank accounts, identity numbers and phones, recognised by check digits, shape and the words before them.

Check digits come from python-stdnum: Luhn (ISO/IEC 7812-1), IBAN (ISO 13616), and the countries' own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from data.confidential import nearby_words
from data.confidential.first_look import LETTER, has_any
from data.confidential.items import Item, Kind

_RUN = re.compile(r"(?:(?<![\w+])\(?\+|(?<!\w)\(|(?<![\w]))\d(?:[ .\-/()_\u00a0\u2010-\u2014]{0,3}\d|[ ]?\n\d)*+(?!\w)")
"""Digits with the separators that people write between them. Possessive: hostile text costs one pass."""
_GROUP = re.compile(r"\d+")
_NO_DIGITS = re.compile(r"\D+")
_IBAN = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=iban)|(?<=cuenta)|(?<=account))[A-Za-z]{2}\d\d(?=[ .\-\u00a0]?[A-Za-z0-9])", re.IGNORECASE
)
_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15), **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "NL", "FO", "GL", "FK", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19), **dict.fromkeys(("AT", "BA", "EE", "KZ", "XK", "LT", "LU"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("CR", "DE", "GB", "IE", "GE", "ME", "RS", "BG", "BH", "VA"), 22),
    **dict.fromkeys(("GI", "IL", "AE", "IQ", "TL", "OM", "SO"), 23),
    **dict.fromkeys(("ES", "CZ", "SE", "SK", "RO", "SA", "PK", "AD", "TN", "MD", "VG"), 24),
    **dict.fromkeys(("PT", "LY", "ST"), 25), **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("FR", "IT", "GR", "MC", "SM", "MR"), 27),
    **dict.fromkeys(("PL", "HU", "CY", "DO", "GT", "AL", "AZ", "LB", "SV", "BY", "HN", "NI"), 28),
    **dict.fromkeys(("BR", "EG", "QA", "UA", "PS"), 29), **dict.fromkeys(("JO", "KW", "MU"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
}  # fmt: skip
_ISSUERS = re.compile(
    r"(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|3(?:0[0-59]|[689]\d)\d{11,16}|35(?:2[89]|[3-8]\d)\d{12,15}|62\d{14,17}"
    r"|81\d{14,17}|(?:50(?:18|20|38|[467]\d)|5(?:0|6|7|8)\d\d|6304|6759|676[1-3]|604[23]|5896|6362)\d{8,15}"
    r"|220[0-4]\d{12,15})"
)
"""Issuer ranges and lengths: Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro, Mir, Elo,
Cabal, Naranja and the like."""
_PHONE = re.compile(
    r"(?<!\d)(?<!\d[./\-])(?<!\d\d\d )(?:"
    # +34 612 345 678, +1 (415) 555-2671, +54 9 11 4321-5678
    r"\(?\+\(?[1-9][\d ().\-\u00a0/]{7,22}\d"
    r"|00[1-9]\d{0,2}[ .\-]\(?\d[\d ().\-]{6,14}\d"
    r"|1?[ .\-]?\([2-9]\d{2}\)[ ]?\d{3}[ .\-]?\d{4}"
    r"|(?:1[ .\-])?[2-9]\d{2}[\-. ][2-9]\d{2}[\-. ]\d{4}"
    r"|[679]\d{2}[ .\-]\d{3}[ .\-]\d{3}"
    r"|[6789]\d{2}(?:[ .\-]\d{2}){3}"
    r"|9\d[ .\-]\d{3}[ .\-]\d{2}[ .\-]\d{2}"
    r"|0[1-9](?:[ .\-]\d{2}){4}|0[24]\d{2}[ .\-]\d{7}|[78][ ]?\(\d{3}\)[ ]?\d{3}[ .\-]\d{2}[ .\-]\d{2}"
    r"|\(?(?:01)?(?:33|55|56|81)\)?[ .\-]\d{4}[ .\-]\d{4}"
    r"|\(?\d{2,4}\)[ .\-]?(?:15[ .\-])?\d{3,5}[ .\-]?\d{4}"
    r"|(?:0?11|0\d{2,3})[ .\-](?:15[ .\-])?\d{3,4}[ .\-]\d{4}"
    r"|(?:9[ .\-])?11[ .\-]\d{4}[ .\-]\d{4}"
    r"|15[ .\-]\d{4}[ .\-]\d{4}"
    r"|0[1-9]\d{1,3}[ ]\d{3}[ ]?\d{3,4}"
    r")(?!\d)(?![./\-]\d)"
)
_LOOSE_PHONE = re.compile(
    r"(?<!\d)(?<!\d[./\-])(?:\d{3,4}[ .\-]\d{4}|0\d{2,4}[ ./\-]\d{6,9}|\d{8,13}"
    r"|\d{2,4}(?:[ .\-]\d{2,4}){2,4}|(?:\d[ .\-]){7,12}\d)(?!\d)(?![./\-]\d)"
)
_DATE = re.compile(
    r"(?:19|20)\d\d[\-./ ](?:0?[1-9]|1[0-2])[\-./ ](?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])[\-./ ](?:0?[1-9]|[12]\d|3[01])[\-./ ](?:19|20)\d\d(?!\d)"
)
_YEARS = re.compile(r"\(?(?:19|20)\d\d\)|(?:19|20)\d\d[ .\-](?:19|20)\d\d(?!\d)")
_MOMENT = re.compile(
    r"(?:(?:19|20)\d\d[\-./](?:0?[1-9]|1[0-2])[\-./](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[\-./](?:0?[1-9]|[12]\d|3[01])[\-./](?:19|20)\d\d)(?: \d\d?)?"
)
"""A date, and the hour after it: most runs of digits in a log."""
_MOST_NAMED = 8
"""Groups of digits after a word that it may name."""
_ADDRESS_OF_A_MACHINE = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_FREEPHONE = re.compile(
    r"(?:\+?34)?[89]00\d{6}|\+?1?8(?:00|33|44|55|66|77|88)\d{7}|(?:\+?44|0)(?:800|808)\d{6,7}|0?1?800\d{7}"
)
_CARD_GROUPS = re.compile(r"\d{4}[ .\-]\d{4}[ .\-]\d{4}[ .\-]\d{1,7}(?:[ .\-]\d{3})?|\d{4}[ .\-]\d{6}[ .\-]\d{4,5}")
_NO_ISSUER = frozenset("017")
_SPELLED_CARD = re.compile(r"(?<!\d)(?<!\d[ .\-])(?:(?:\d[ .\-]){12,18}\d|(?:\d\d[ .\-]){6,8}\d\d)(?!\d)(?![ .\-]\d)")
"""A card's digits one by one, or in pairs."""
_FOUR_FOURS = re.compile(r"\d{4}([ .\-])\d{4}\1\d{4}\1\d{4}")
_MOST_DIGITS_OF_A_CARD, _FEWEST_DIGITS_OF_A_CARD = 19, 13
_MOST_GROUPS, _FEWEST_DIGITS, _FEWEST_ALONE = 7, 6, 8
_MOST_LOOKED_AT = 40
"""Groups at the beginning of a run that are tried in every grouping; those after them are a list's or a table's."""
_FORMS = re.compile(
    r"(?<!\d)(?:(?=[2-6]|81)(?:\d{13,19}|\d{4}([ .\-/]{1,3})\d{4}\1\d{4}\1\d{1,7}(?:\1\d{3})?(?!\1\d{4}(?!\d))"
    r"|\d{4}([ .\-/]{1,3})\d{6}\2\d{4,5}"
    r"|\d{8}[ .\-/]{1,3}\d{8})|\d{3}-\d\d-\d{4}|\d\d([-/.])\d{8}\3\d|\d\d-\d\d\.\d{3}\.\d{3}-\d"
    r"|\d{3}\.\d{3}\.\d{3}-\d\d|\d{1,2}\.\d{3}\.\d{3}-\d|\d{7,8}-\d)(?!\d)"
)
"""How cards, SSN, CUIT, CPF and RUT are grouped where nothing else tells them from other numbers."""
_SSN = re.compile(r"(?!000|666)\d{3}([\- ])(?!00)\d{2}\1(?!0000)\d{4}")
_PASSPORT = re.compile(r"(?<![\w])(?=[A-Z0-9\-]*\d{4})[A-Z0-9][A-Z0-9\-]{4,19}(?![\w])", re.IGNORECASE)
_DOCUMENT_WORD = re.compile(
    r"(?<![^\W_])(?:passport|pasaporte|driver'?s?\s+licen[sc]e|driving\s+licen[sc]e|licencia\s+de\s+conducir"
    r"|carn[ée]t?\s+de\s+conducir|clave\s+de\s+elector|c[ée]dula|medicare|id\s+card|national\s+id|nss"
    r"|social\s+security|seguridad\s+social|seguro\s+social|d\.?n\.?i|n\.?i\.?[ef]|c\.?u\.?r\.?p|r\.?f\.?c"
    r"|c\.?u\.?i\.?[tl]|r\.?u\.?t|s\.?s\.?n|itin|cpf"
    r"|national\s+insurance)\.?(?:(?![^\W\d_])|(?=[A-Z]{1,4}[ .\-]?\d(?:\.?\d){5}))"
    r"(?:\s+(?:n[ºo°]\.?|no\.|n[úu]m\.|(?:number|(?-i:[a-záéíóúñ])[a-záéíóúñ]{0,11})(?![^\W\d_]))){0,3}[\s:=#\-–(./_\"']*",
    re.IGNORECASE,
)
_DOCUMENT_PARTS = (
    "passport", "pasaporte", "licen", "carn", "elector", "dula", "medicare", "id card", "national id", "nss",
    "social", "seguridad", "seguro", "dni", "nie", "nif", "curp", "rfc", "cuit", "cuil", "rut", "ssn", "itin", "cpf",
    "insurance",
    "d.n.i", "n.i.", "c.u.", "r.f.c", "r.u.t", "s.s.n",
)  # fmt: skip
_NAMED_FORMS = re.compile(
    r"(?:[A-Z]{4}[ \-]?\d{6}[ \-]?[HMX][A-Z]{5}[ \-]?[A-Z0-9]\d|[A-ZÑ&]{3,4}[ \-]?\d{6}[ \-]?[A-Z0-9]{3}"
    r"|[XYZ][ .\-]?\d(?:[ .]?\d{3}){2}[ .\-/]?[A-Z]|[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]"
    r"|\d(?:[ .\-–/\u00a0]{0,3}\d){6,13}(?:[ .\-–/]{0,3}[A-Z])?)(?!\w)",
    re.IGNORECASE,
)
"""The forms of national numbers, right after the word that names one: their groups with any separator."""


def numbers(text: str, low: str) -> Iterator[Item]:
    """Yield cards, bank accounts, identity numbers and phones; a later one may overlap an earlier one."""
    lettered = LETTER.search(text) is not None
    if lettered:
        yield from _ibans(text)
    for run in _RUN.finditer(text):
        if run.end() - run.start() > 5 and not _MOMENT.fullmatch(run[0]):
            yield from _of_run(text, run.start(), run.end())
    if lettered:
        yield from _lettered(text)
    if has_any(low, _DOCUMENT_PARTS):
        yield from _documents(text)


def _ibans(text: str) -> Iterator[Item]:
    from stdnum.iso7064 import mod_97_10

    for match in _IBAN.finditer(text):
        wanted = _IBAN_LENGTHS.get(match[0][:2].upper())
        if wanted is None:
            continue
        end = _end_of(text, match.start(), wanted)
        bare = re.sub(r"[^A-Za-z0-9]", "", text[match.start() : end]).upper()
        if len(bare) == wanted and bare.isascii() and not text[end : end + 1].isalnum():
            real = mod_97_10.is_valid(bare[4:] + bare[:4])
            if real or nearby_words.ACCOUNT.search(nearby_words.before(text, match.start())):
                yield Item(match.start(), end, Kind.BANK)


def _end_of(text: str, start: int, wanted: int) -> int:
    """Return where the `wanted` letters and digits from `start` on end."""
    seen, place, gap = 0, start, 0
    while place < len(text) and seen < wanted and gap < 2:
        seen, gap = (seen + 1, 0) if text[place].isalnum() else (seen, gap + 1)
        place += 1
    return place


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of digits and separators: where its groups are, and what is counted of them once."""

    text: str
    start: int
    end: int
    groups: list[tuple[int, int]]
    counts: list[int]
    """Digits before each group, and of all."""
    digits: str
    """All its digits, as those of ASCII."""
    fours: int
    """How many groups have four digits."""
    longest: int
    """Digits of the longest group."""

    @classmethod
    def of(cls, text: str, start: int, end: int) -> _Run:
        groups = [part.span() for part in _GROUP.finditer(text, start, end)]
        lengths = [last - first for first, last in groups]
        counts = [0, *accumulate(lengths)]
        return cls(text, start, end, groups, counts, _digits(text[start:end]), lengths.count(4), max(lengths))

    def spans(self, place: int, most: int) -> Iterator[tuple[int, int, int]]:
        """Yield start, end and count of digits of the groups from `place` on, the longest first."""
        first, before = self.groups[place][0], self.counts[place]
        last = min(place + _MOST_GROUPS, len(self.groups))
        while last > place and self.counts[last] - before > most:
            last -= 1
        for after in range(last, place, -1):
            yield first, self.groups[after - 1][1], self.counts[after] - before

    def digits_of(self, place: int, count: int) -> str:
        """Return that many digits from the group at `place` on."""
        return self.digits[self.counts[place] : self.counts[place] + count]


def _of_run(text: str, start: int, end: int) -> Iterator[Item]:
    run = _Run.of(text, start, end)
    groups, counts = run.groups, run.counts
    if counts[-1] < _FEWEST_DIGITS:
        return
    is_named = nearby_words.line_before(text, start) != ""
    place, most = 0, min(len(groups), _MOST_LOOKED_AT)
    while place < most:
        # words are before the run only, and far into it they name nothing
        near = is_named and place < _MOST_NAMED and groups[place][0] - start < nearby_words.NEAR
        said = nearby_words.line_before(text, groups[place][0]) if near else ""
        ahead = counts[min(place + _MOST_GROUPS, len(groups))] - counts[place]
        if ahead < (_FEWEST_DIGITS if said else _FEWEST_ALONE):
            place += 1
            continue
        item = _card(run, place, said) or _account(run, place, said) or _identity(run, place, said)
        if item is None:
            place += 1
            continue
        yield item
        while place < len(groups) and groups[place][0] < item.end:
            place += 1
    if place < len(groups) and run.longest > 2:
        yield from _further(run, place)
    for match in _SPELLED_CARD.finditer(text, start, end) if run.longest <= 2 else ():
        digits = _digits(match[0])
        if _ISSUERS.fullmatch(digits) and _is_luhn(digits):
            yield Item(*match.span(), Kind.CARD)
    yield from _phones(run)


def _further(run: _Run, place: int) -> Iterator[Item]:
    """Yield cards and identity numbers of a table or a list, by the forms in which they are written there."""
    here, plain = run.groups[place][0], _plain(run.text[run.start : run.end])
    while (match := _FORMS.search(plain, here - run.start)) is not None:
        place = bisect_left(run.groups, (run.start + match.start(),))
        item = _card(run, place, "") or _identity(run, place, "")
        if item is not None:
            yield item
        here = item.end if item is not None else run.groups[place][1]


def _card(run: _Run, place: int, said: str) -> Item | None:
    text = run.text
    if text[run.groups[place][0]] in _NO_ISSUER:
        return None
    for start, end, count in run.spans(place, _MOST_DIGITS_OF_A_CARD):
        if count < _FEWEST_DIGITS_OF_A_CARD:
            return None
        digits = run.digits_of(place, count)
        if not _ISSUERS.fullmatch(digits) or len(set(digits)) == 1:
            continue
        if nearby_words.CARD.search(said) or (
            _FOUR_FOURS.fullmatch(text, start, end) and nearby_words.CARD_NEAR.search(text, max(0, start - 200), start)
        ):
            return Item(start, end, Kind.CARD)
        if (
            _is_luhn(digits)
            and not _is_longer(run, end)
            and not (
                not _CARD_GROUPS.fullmatch(text, start, end)
                and nearby_words.HARMLESS.search(nearby_words.before(text, start))
            )
        ):
            return Item(start, end, Kind.CARD)
    return None


def _is_luhn(digits: str) -> bool:
    """Return whether the check digit is right (ISO/IEC 7812-1)."""
    doubled = "".join(digits[-2::-2]).translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice a digit, its two digits added."""


def _is_longer(run: _Run, end: int) -> bool:
    """Return whether groups of four are the middle of a longer number, as of a parcel."""
    place = bisect_left(run.groups, (end,))
    if run.fours <= 4 or place == len(run.groups):
        return False
    first, last = run.groups[place]
    return last - first == 4 and "\n" not in run.text[end:first]


def _account(run: _Run, place: int, said: str) -> Item | None:
    """Recognise CLABE (Mexico, 18 digits), CBU (Argentina, 22), CCC (Spain, 20), and what is named an account."""
    if not said and (place or len(run.groups) > _MOST_GROUPS):
        return None  # without a word only a number on its own is one
    from stdnum.ar import cbu
    from stdnum.es import ccc

    for start, end, count in run.spans(place, 22):
        if count < 18 and not said:
            return None
        digits = run.digits_of(place, count)
        checked = (
            (count == 22 and cbu.is_valid(digits))
            or (count == 20 and ccc.is_valid(digits))
            or (count == 18 and _clabe(digits))
        )
        is_whole = start == run.groups[0][0] and end == run.groups[-1][1]
        if checked and is_whole and not nearby_words.HARMLESS.search(said):
            return Item(start, end, Kind.BANK)
        if count in (18, 20, 22) and nearby_words.ACCOUNT.search(said):
            return Item(start, end, Kind.BANK)
        if 6 <= count <= 17 and nearby_words.BANK_SURE.search(said):
            return Item(start, end, Kind.BANK)
    return None


def _clabe(digits: str) -> bool:
    """Return whether the check digit of a CLABE is right (weights 3, 7, 1; Banxico)."""
    total = sum(int(digit) * weight % 10 for digit, weight in zip(digits[:17], (3, 7, 1) * 6, strict=False))
    return (10 - total % 10) % 10 == int(digits[17]) and digits[:3] != "000"


def _identity(run: _Run, place: int, said: str) -> Item | None:
    text = run.text
    if not said and text[run.groups[place][1] : run.groups[place][1] + 1] not in _TIED:
        return None  # without a word only groups tied to each other are one
    from stdnum.ar import cuit
    from stdnum.br import cpf

    for start, end, count in run.spans(place, 13):
        if count < 6:
            return None
        written = text[start:end]
        if count == 9 and _SSN.fullmatch(written) and "-" in written:
            harmless = nearby_words.HARMLESS.search(nearby_words.before(text, start))
            return Item(start, end, Kind.ID) if not harmless or nearby_words.NATIONAL.search(said) else None
        if count == 11 and _IN_ELEVEN.fullmatch(written):
            digits = _digits(written)
            if cuit.is_valid(digits) or cpf.is_valid(digits):
                return Item(start, end, Kind.ID)
        if count == 11 and cuit.is_valid(_digits(written)) and nearby_words.NATIONAL.search(said):
            return Item(start, end, Kind.ID)
        if re.fullmatch(r"\d{1,2}\.\d{3}\.\d{3}|\d{2} \d{3} \d{3}", written) and nearby_words.NATIONAL.search(said):
            return Item(start, end, Kind.ID)
        if re.fullmatch(r"\d{1,2}\.\d{3}\.\d{3}-\d|\d{7,8}-\d", written) and _rut(written):
            return Item(start, end, Kind.ID)
        if 7 <= count <= 13 and nearby_words.NATIONAL.search(said) and not nearby_words.PHONE.search(said[-20:]):
            return Item(start, end, Kind.ID)
    return None


_TIED = frozenset("-./")
_IN_ELEVEN = re.compile(r"\d\d([-/.])\d{8}\1\d|\d\d-\d\d\.\d{3}\.\d{3}-\d|\d{3}\.\d{3}\.\d{3}-\d\d")
"""How CUIT and CPF are grouped."""


def _rut(written: str) -> bool:
    from stdnum.cl import rut

    return rut.is_valid(written)


def _phones(run: _Run) -> Iterator[Item]:
    """Yield the phones of a run of digits, each by the first shape that fits at its place.

    What is called an order or the like is none in all its groups, up to the end of the line.
    """
    text, start, end = run.text, run.start, run.end
    may_be_further = run.longest > 2 or "+" in text or "(" in text
    place = start
    if nearby_words.HARMLESS.search(nearby_words.before(text, start)):
        place = next((at for at in range(start, end) if text[at] in "\n+"), end)
    while place < end:
        near = place - start < nearby_words.NEAR
        if not near and not may_be_further:
            return
        match = _PHONE.match(text, place, end) if near else _PHONE.search(text, place, end)
        if match is None and not near:
            return
        if match is None:
            match = _LOOSE_PHONE.match(text, place, end)
            if match is not None and not _is_called_phone(text, match):
                match = None
        if match is not None and _is_phone(text, match):
            yield Item(_begins(text, match.start()), match.end(), Kind.PHONE)
            place = match.end()
        elif match is not None and _is_free(match[0]):
            place = match.end()
        else:
            following = _NEXT_GROUP.match(text, place if match is None else match.start(), end)
            place = following.end() if following else end


def _is_called_phone(text: str, match: re.Match[str]) -> bool:
    """Return whether the words before a number, or right after it, call it a phone."""
    called = nearby_words.PHONE.search(nearby_words.before(text, match.start()))
    return bool(called or nearby_words.PHONE_AFTER.match(text, match.end()))


_NEXT_GROUP = re.compile(r"(?:\d++|[^\d])[^\d(+]*+")
"""Up to the next group of digits, or the bracket or plus before it."""


def _begins(text: str, start: int) -> int:
    """Return where a phone begins, past the separator before its bracket."""
    return start + (text[start] in " .-")


def _is_phone(text: str, match: re.Match[str]) -> bool:
    written = match[0]
    if not 7 <= sum(char.isdecimal() for char in written) <= 15 or _is_free(written):
        return False
    if _ADDRESS_OF_A_MACHINE.fullmatch(written) or _DATE.match(written.lstrip("(+")) or _YEARS.match(written):
        return False
    said = nearby_words.before(text, match.start())
    return not nearby_words.HARMLESS.search(said) and not nearby_words.NUMBERED.search(said)


def _is_free(written: str) -> bool:
    """Return whether it is a free number: those are companies', not people's."""
    return _FREEPHONE.fullmatch(("+" if "+" in written[:2] else "") + _digits(written)) is not None


def _lettered(text: str) -> Iterator[Item]:
    """Yield identity numbers with letters: DNI and NIE, CURP, RFC, RUT with K, Spanish NIF."""
    if not _SIX_DIGITS.search(text):
        return
    from stdnum.cl import rut
    from stdnum.es import dni, nie
    from stdnum.mx import curp, rfc

    for match in _DNI.finditer(text):
        bare = re.sub(r"[^A-Za-z0-9]", "", match[0]).upper()
        if (
            dni.is_valid(bare)
            or nie.is_valid(bare)
            or nearby_words.NATIONAL.search(nearby_words.before(text, match.start()))
        ):
            yield Item(*match.span(), Kind.ID)
    for match in _CURP.finditer(text):
        if curp.is_valid(re.sub(r"[ \-]", "", match[0])) or nearby_words.NATIONAL.search(
            nearby_words.before(text, match.start())
        ):
            yield Item(*match.span(), Kind.ID)
    for match in _RFC.finditer(text):
        if rfc.is_valid(match[0].replace("-", "").replace(" ", "")):
            yield Item(*match.span(), Kind.ID)
    for match in _RUT_K.finditer(text):
        if rut.is_valid(match[0]):
            yield Item(*match.span(), Kind.ID)


_SIX_DIGITS = re.compile(r"\d(?:\D?\d){5}")
"""In each of the forms below, for a cheap first look."""
_DNI = re.compile(
    r"(?<![\w-])(?:[XYZ][ .-]?(?:\d{7}|\d\.\d{3}\.\d{3})|\d{8}|\d\d\.\d{3}\.\d{3}|\d\d \d{3} \d{3})"
    r"[ ./-]?[A-Z](?![\w-])",
    re.IGNORECASE,
)
_CURP = re.compile(r"(?<!\w)[A-Z]{4}[ -]?\d{6}[ -]?[HMX][A-Z]{5}[ -]?[A-Z0-9]\d(?!\w)", re.IGNORECASE)
_RFC = re.compile(
    r"(?<!\w)[A-ZÑ&]{3,4}[- ]?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[- ]?[A-Z0-9]{2}[A0-9](?!\w)", re.IGNORECASE
)
_RUT_K = re.compile(r"(?<!\w)(?:\d{1,2}\.\d{3}\.\d{3}|\d{7,8})-[kK](?!\w)")


def _documents(text: str) -> Iterator[Item]:
    """Yield what is called a passport, a licence or the like."""
    for word in _DOCUMENT_WORD.finditer(text):
        match = _NAMED_FORMS.match(text, word.end()) or _PASSPORT.match(text, word.end())
        if match is not None and not _DATE.match(match[0]):
            yield Item(*match.span(), Kind.ID)


def cvvs(text: str, low: str) -> Iterator[Item]:
    """Yield the check number on the back of a card: named so, or after the date on which the card expires."""
    for match in _THREE_OR_FOUR.finditer(text) if has_any(low, _CVV_PARTS) else ():
        if nearby_words.CVV.search(nearby_words.before(text, match.start())) or (
            nearby_words.CVV_AFTER.match(text, match.end()) and nearby_words.CARD_NEAR.search(low)
        ):
            yield Item(*match.span(), Kind.CARD)
    for match in _AFTER_EXPIRY.finditer(text):
        if (
            sum(char.isdecimal() for char in text[max(0, match.start() - 40) : match.start()])
            >= _FEWEST_DIGITS_OF_A_CARD
        ):
            yield Item(*match.span("value"), Kind.CARD)


_CVV_PARTS = (
    "cvv", "cvc", "cvn", "csc", "cid", "security", "seguridad", "back", "reverse", "behind", "strip", "signature",
    "atr", "reverso", "dorso", "trasera", "firma",
)  # fmt: skip
_THREE_OR_FOUR = re.compile(r"(?<!\w)\d{3,4}(?!\w)")
_AFTER_EXPIRY = re.compile(r"(?<!\d)(?:0[1-9]|1[0-2])/(?:20)?\d\d[\s,]+(?P<value>\d{3,4})(?!\w)")


def _plain(text: str) -> str:
    """Return a run with digits, blanks and dashes of every script as those of ASCII, each at its place."""
    if text.isascii():
        return text
    others = {char for char in text if not char.isascii()}
    return text.translate(
        {ord(char): str(int(char)) if char.isdecimal() else " " if char.isspace() else "-" for char in others}
    )


def _digits(text: str) -> str:
    """Return the digits of every script as those of ASCII."""
    digits = _NO_DIGITS.sub("", text)
    return digits if digits.isascii() else "".join(str(int(char)) for char in digits)
