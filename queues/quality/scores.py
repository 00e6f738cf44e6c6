"""Reads a score out of what a customer wrote in answer to our question how it was.

Conservative: ambiguous text is not a score. Only `queues.quality.csat` calls this, and only for an answer to our own
question; ordinary messages are never read here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from data.records.ratings import BEST, RatingVia, normalised
from queues.quality.verdicts import is_friendly, verdict
from queues.quotes.only_thanks import is_thanks

LONGEST = 4_000
"""Characters looked at; a longer message is a letter, not a score."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a customer gave."""

    score: float
    scale: int
    via: RatingVia
    comment: str = ""
    """The other words; all of them if the words are the score."""
    complains: bool = False
    """Someone should read it: blame, or words that are more than friendly."""

    @property
    def value(self) -> int:
        """The score from 1 to 5."""
        return normalised(self.score, self.scale)


def read_score(text: str, name: str = "") -> Score | None:
    """Return the score that the text gives, None if it gives none or more than one.

    `name` is the customer's: a signature with it does not count as further text.
    """
    if len(text) > LONGEST:
        return None
    plain = _plain(text).strip()
    return _in_numbers(plain, name) or _in_stars(plain, name) or _in_faces(plain) or _in_words(plain, name)


_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")


def _plain(text: str) -> str:
    """Full-width and keycap digits as plain ones, one space or line end where there are more."""
    plain = "".join(
        unicodedata.normalize("NFKC", char) if "\uff01" <= char <= "\uff5e" else char
        for char in _KEYCAP.sub(r"\1", text).replace("\U0001f51f", "10")
    )
    # long runs of white space would make the patterns below slow
    return "\n".join(line for line in (" ".join(line.split()) for line in plain.split("\n")) if line)


_LEAD = r"""(?P<label>
        (?:(?:my|the|mi|la|su|tu)\s+)? (?:rating|score|nota|puntuaci[oó]n|valoraci[oó]n|calificaci[oó]n)
        \s* (?:is|es|:|=|-)? \s*
        | i (?:['’]d|['’]ll|\ would|\ will)? \s+ give\ (?:it|you|this|them) \s+
        | (?:le|les|os|te)\ (?:doy|pongo) \s+ )?
    (?:an?\s+|una?\s+)?"""
_OF = re.compile(
    rf"{_LEAD}(?P<score>\d{{1,2}}(?:[.,]\d)?)\s*(?:/|de|out\ of|sobre|of)\s*(?P<scale>10|5)(?![\d%]|[/.,]\d)"
    r"(?P<stars>\s*(?:stars?|estrellas?|points?|puntos)\b)?",
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(
    rf"{_LEAD}(?P<score>[1-5]|one|two|three|four|five|uno|dos|tres|cuatro|cinco)\b"
    r"(?P<stars>[\s-]*(?:stars?|estrellas?)\b)?",
    re.VERBOSE | re.IGNORECASE,
)
_SPELLED = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5,
}  # fmt: skip
_MARK = re.compile(r"\s*[.,;:!–—-]+\s*")
_MORE_NUMBERS = re.compile(r"\s*(?:[.,:;/–—-]|to\b|or\b|and\b|a\b|o\b|y\b)?\s*(?:\d|[%€$£])", re.IGNORECASE)
_NEXT_ITEM = re.compile(r"^[-*(]? ?\d+ ?[.,:)/]", re.MULTILINE)


def _in_numbers(text: str, name: str) -> Score | None:
    """A number at the very beginning: `4/5`, `10 de 10`, `5`, `5!`, `4 - slow`, `five stars`, `nota: 4`."""
    match = _OF.match(text) or _BARE.match(text)
    if not match:
        return None
    said, rest = match["score"].casefold(), text[match.end() :]
    scale = int(match.groupdict().get("scale") or BEST)
    given = Score(float(_SPELLED.get(said) or said.replace(",", ".")), scale, RatingVia.NUMBER, *_besides(rest, name))
    if given.score > scale or (given.score < 1 and scale == BEST):
        return None
    # as in a list, a range, a time or a price: then none of the numbers is the score
    if _MORE_NUMBERS.match(rest) or _NEXT_ITEM.search(rest) or rest.lstrip().startswith("?"):
        return None
    scaled = "scale" in match.groupdict() and is_friendly(rest)
    alone = _stands_alone(rest, spelled=said in _SPELLED)
    sure = match["label"] or match["stars"] or scaled or alone or _agrees(given, rest)
    return given if sure else None


def _stands_alone(rest: str, *, spelled: bool) -> bool:
    """Return whether nothing follows a number, or a new line, a mark and words, thanks, or a face.

    One that is spelled out counts only where nothing else is said.
    """
    after = rest.lstrip(" \t.!")
    if not after or after[0] == "\n":
        return True
    return not spelled and (bool(_MARK.match(rest)) or is_thanks(rest) or _value_of_faces(rest) > 0)


def _agrees(given: Score, rest: str) -> bool:
    """Return whether words of judging follow at once that say the same: `5 excelente servicio`."""
    result = verdict(rest)
    return result is not None and (result[0] > 3) == (given.value > 3) and (result[0] < 3) == (given.value < 3)


_STARS = "★⭐🌟✭"
_STARRED = re.compile(rf"(?P<full>(?:[{_STARS}]\ufe0f?\s?){{1,5}})(?P<empty>(?:☆\s?){{0,4}})(?![{_STARS}☆])")


def _in_stars(text: str, name: str) -> Score | None:
    """`★★★★☆`; without empty stars at least two: one alone may be an ornament."""
    match = _STARRED.match(text)
    if not match or any(sign in text[match.end() :] for sign in _STARS):
        return None
    full, empty = sum(char in _STARS for char in match["full"]), match["empty"].count("☆")
    if full + empty != BEST and (empty or full < 2):
        return None
    return Score(full, BEST, RatingVia.STARS, *_besides(text[match.end() :], name))


_FACES = {5: "😊😀😃😄😁😍🤩🥰💯", 4: "🙂☺👍", 3: "😐😑", 2: "🙁☹😕😞😟😔😒👎", 1: "😡😠🤬💩😤"}
_VALUES = {face: value for value, faces in _FACES.items() for face in faces}
_AROUND = re.compile("[\\s!.,\ufe0f\u200d\U0001f3fb-\U0001f3ff🙏❤♥💕🎉👏]")
"""What may appear next to a face without changing the score."""


def _in_faces(text: str) -> Score | None:
    """Faces or thumbs that agree, and no other text."""
    value = _value_of_faces(text)
    return Score(value, BEST, RatingVia.FACE) if value else None


def _value_of_faces(text: str) -> int:
    """Return the value of the faces where there is nothing else and they agree, else 0."""
    values = {_VALUES.get(char, 0) for char in text if not _AROUND.match(char)}
    return values.pop() if len(values) == 1 else 0


def _in_words(text: str, name: str) -> Score | None:
    result = verdict(text)
    if result is None:
        return None
    value, rest = result
    return Score(value, BEST, RatingVia.WORDS, text, value <= 2 or not is_friendly(rest, name))


def _besides(rest: str, name: str) -> tuple[str, bool]:
    """Return the words after a score, and whether someone should read them."""
    mark = _MARK.match(rest)
    comment = (rest[mark.end() :] if mark else rest).strip()
    return comment, not is_friendly(comment, name)
