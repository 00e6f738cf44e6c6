"""Signs by which a mail program's line is known: an address, a date, a time, a day of the week.

Every pattern here is tried on at most `LOOKED_AT` characters and has no nested repetition.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LOOKED_AT = 300
"""Characters of a line that are looked at: no attribution and no header is longer."""

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,80}@[\w-]{1,80}(?:\.[\w-]{1,40})*", re.I)

_MONTH = (
    r"(?:jan|gen|ene|xan|sty|oca|янв|січ|tam|sij|led|feb|fév|fev|fév|febr|hel|lut|şub|фев|лют|úno|vel|mar|mär|mär|maa|"
    r"mrt|мар|бер|бře|bře|ožu|apr|abr|avr|huh|kwi|nis|апр|кві|dub|tra|may|mai|mei|maj|mag|mayo|maig|tou|máj|мая|май|"
    r"тра|"
    r"kvě|svi|jun|jui|giu|xuñ|kes|cze|haz|июн|чер|čer|lip|jul|lug|xul|hei|tem|июл|лип|srp|aug|ago|aoû|aou|août|elo|sie|"
    r"ağu|авг|сер|kol|sep|set|syy|wrz|eyl|сен|вер|zář|ruj|oct|okt|ott|out|lok|paź|eki|окт|жов|říj|nov|mars|kas|ноя|лис|"
    r"stu|dec|dez|dic|déc|des|jou|gru|ara|дек|гру|pro|ιαν|φεβ|μαρ|απρ|μαΐ|ιουν|ιουλ|αυγ|σεπ|οκτ|νοε|"
    r"δεκ)[^\W\d_]{0,9}\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|\.|º|ª)?"
DATE = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|\d{{1,2}}\. \d{{1,2}}\. \d{{4}}|"
    rf"\d{{4}}\. {_MONTH} \d{{1,2}}|"
    rf"\b{_DAY}[\s-]{{0,2}}(?:de |d['’]|of )?{_MONTH}(?:,?[\s-](?:de |del )?\d{{2,4}})?|"
    rf"\b{_MONTH}[\s-]{_DAY}(?:,? \d{{4}})?(?![\d])|"
    rf"\b\d{{1,2}} th(?:áng|g) \d{{1,2}}|\d{{4}}\s?年\s?\d{{1,2}}\s?月|\d{{4}}\s?년|"
    rf"\d{{4}}[.] ?\d{{1,2}}[.] ?\d{{1,2}}|"
    rf"\d{{1,2}} [\u0e00-\u0e7f.]{{3,12}} \d{{4}}|\d{{1,2}} [\u0600-\u06ff]{{3,10}},? \d{{4}}|"
    rf"\d{{1,2}} ב[\u0590-\u05ff]{{3,8}}",
    re.I,
)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?!\d)")
TIME = re.compile(
    r"(?<![\d.])\d{1,2}\s?[:.h]\s?\d{2}(?:[:.]\d{2})?(?!\d)|\b\d{1,2}\s?[ap]\.?m\b|[上下]午|오[전후]", re.I
)
_WEEKDAYS = """
    mon tue wed thu fri sat sun lun mar mié mie jue vie sáb sab dom seg ter qua qui sex mer jeu ven sam dim gio mo di mi
    do fr sa so ma wo vr za zo man tir ons tor fre lør søn mån tis lör sön ti ke to pe la su pon wto śro czw pią sob nie
    śr czw pt pn wt niedz pzt sal çar per cum paz пн вт ср чт пт сб вс нд dl dt dc dj dv ds dg luns th cn po út st čt
    pá ne δευ τρί τετ πέμ παρ σάβ κυρ hét kedd h k sze cs p szo v
"""
_SHORT_DAYS = frozenset(_WEEKDAYS.split())
_LONG_DAY = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|"
    r"(?:segunda|ter[çc]a|quarta|quinta|sexta)(?:-feira)?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"luned[ìi]|marted[ìi]|mercoled[ìi]|gioved[ìi]|venerd[ìi]|sabato|domenica|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|"
    r"(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:man|tirs|ons|tors|fre|lør|søn|mån|tis|lör|sön)dag(?:en)?|"
    r"(?:maanan|tiis|torst|perjan|lauan|sunnun)tai\w*|keskiviikko\w*|poniedziałek|wtorek|środa|czwartek|piątek|sobota|"
    r"niedziela|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|senin|selasa|rabu|kamis|jumat|minggu|"
    r"dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge|luns|mércores|xoves|venres|"
    r"понеділок|вівторок|середа|четвер|п['’]ятниця|субота|неділя|pondělí|úterý|středa|čtvrtek|pátek|neděle|"
    r"понедельник|вторник|среда|четверг|пятница|суббота|воскресенье",
    re.I,
)


def is_day_of_week(word: str) -> bool:
    """Return whether a word is the name of a day, whole or in short, in one of the languages of mail programs."""
    word = word.strip(".,").lower()
    return word in _SHORT_DAYS or bool(_LONG_DAY.fullmatch(word))


def names_day_of_week(text: str) -> bool:
    """Return whether a day of the week is anywhere in a text of at most `LOOKED_AT` characters, written in full."""
    return bool(_LONG_DAY.search(text[:LOOKED_AT]))


MOST_LINES = 2_000
"""Lines at the beginning of a text, and as many at its end, in which frames and signatures are looked for.

The middle of what is longer is a log or a file that someone pasted.
"""
_LONGEST_WORDLESS = 30
"""Signs of the longest answer without letters: a date with its time, an order's number, five stars."""


def says(lines: Iterable[str]) -> bool:
    """Return whether there is text of a person: words, or only a number, stars or a face."""
    signs = ""
    for line in lines:
        if any(map(str.isalpha, line)):
            return True
        if line and len(signs) <= _LONGEST_WORDLESS:
            signs += "".join(line.split())[: _LONGEST_WORDLESS + 1]
    return len(signs) <= _LONGEST_WORDLESS and any(
        sign.isdigit() or unicodedata.category(sign) == "So" for sign in signs
    )


_DIRECTION = dict.fromkeys((8206, 8207, 1564, *range(8234, 8239), *range(8294, 8298)))


def without_direction(line: str) -> str:
    """Return a line without the invisible signs that turn the direction of reading."""
    return line.translate(_DIRECTION)


def unquoted(line: str) -> str:
    """Return what comes after the marks of quoting at the beginning of a line."""
    return line.lstrip("> |\t") if is_marked(line) else line


def is_marked(line: str) -> bool:
    """Return whether a line is marked as quoted: it begins with `>`, which is not the end of a link."""
    return line.lstrip().startswith(">")
