"""Which names and addresses people take for others: letters of other scripts, digits for letters, one letter off.

The table is of those letters of UTS #39's confusables that are drawn like Latin letters, with what people use in mail.
"""

from __future__ import annotations

import re
import unicodedata

from queues.mail.odd_domains import decoded

_PAIRS = (
    "аa вb сc ԁd еe ғf ɡg һh іi јj кk ӏl мm пn оo рp ԛq гr ѕs тt ѵv ԝw хx уy ҽe ьb зz "
    "αa βb εe ηn ιi κk νv οo ρp τt υu χx γy ωw μu ıi ɩi ꞵb ցg օo ѡw ⅼl ⅰi ℓl ßb đd ħh łl øo æa þp "
    "0o 1l |l 3e 4a 5s 6b 7t 8b 9g $s @a"
)
_LETTERS = {ord(pair[0]): pair[1] for pair in _PAIRS.split()} | {ord("I"): "l", ord("i"): "l", ord("j"): "l"}
_STROKES = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_LEAST = 5
"""A name of a domain shorter than this is one letter off too many honest ones."""
_AT_PROVIDERS = """gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com
    mail.com gmx.com gmx.de gmx.net web.de proton.me protonmail.com aol.com hotmail.es outlook.es yahoo.es zoho.com
    telefonica.net yandex.com mail.ru qq.com 163.com"""
PROVIDERS = frozenset(_AT_PROVIDERS.split())
"""Domains whose addresses belong to anyone."""


def skeleton(text: str) -> str:
    """Return what a text looks like: two that look the same have one skeleton."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).translate({ord("I"): "l"})
    text = text.casefold().translate(_LETTERS).casefold().translate(_LETTERS)
    for strokes, letter in _STROKES:
        text = text.replace(strokes, letter)
    return text


def looks_like_domain(domain: str, known: str) -> bool:
    """Return whether a domain can be taken for a known one that it is not, or has it at its beginning."""
    domain, known = domain.casefold(), known.casefold()
    if not domain or not known or domain == known or domain.endswith(f".{known}"):
        return False
    shown = decoded(domain)
    if skeleton(shown) == skeleton(known) or f"{shown}.".startswith(f"{known}."):
        return True
    name, known_name = _name(shown), _name(known)
    ends_alike = shown.rpartition(".")[2] == known.rpartition(".")[2]
    if len(known_name) < _LEAST:
        return False
    if skeleton(name) == skeleton(known_name):  # with another ending, or none of the dots
        return True
    glued = re.search(rf"(?:^|[-.]){re.escape(known_name)}(?:[-.]|$)", shown)  # example-support.com
    return glued is not None or (ends_alike and _one_off(name, known_name))


def looks_like_address(address: str, known: str) -> bool:
    """Return whether an address can be taken for a known one that it is not."""
    if address.casefold() == known.casefold():
        return False
    box, _, domain = address.casefold().rpartition("@")
    known_box, _, known_domain = known.casefold().rpartition("@")
    if not box or not known_box:
        return False
    same_box = box == known_box or skeleton(box) == skeleton(known_box)
    if domain == known_domain:
        return same_box or (len(known_box) >= _LEAST and _one_off(box, known_box))
    if not same_box:
        return False
    if domain in PROVIDERS and known_domain in PROVIDERS:
        return False  # one person at two providers
    return looks_like_domain(domain, known_domain)


def looks_like_name(name: str, known: str, *, begins: bool = False) -> bool:
    """Return whether a name reads as a known one, or `begins` with it, whatever its letters; the same name does."""
    read, wanted = _folded(name), _folded(known)
    return bool(wanted) and (read == wanted or (begins and read.startswith(f"{wanted} ")))


def latin(name: str) -> str:
    """Return a name with the letters that look Latin as Latin letters; the rest as it is."""
    pairs = {ord(letter): plain for letter, plain in _CAPITALS.items()}
    return unicodedata.normalize("NFKC", name).translate(pairs)


_CAPITALS = {
    **{pair[0]: pair[1] for pair in _PAIRS.split() if ord(pair[0]) > 0x2FF},
    **{pair[0].upper(): pair[1].upper() for pair in _PAIRS.split() if ord(pair[0]) > 0x2FF},
}


def _folded(name: str) -> str:
    return " ".join(re.findall(r"\w+", skeleton(name)))


def _name(domain: str) -> str:
    """Return the label that people read: `example` of mail.example.com and of example.co.uk."""
    labels = [label for label in domain.split(".") if label]
    if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2:
        return labels[-3]
    return labels[-2] if len(labels) > 1 else domain


def _one_off(text: str, known: str) -> bool:
    """Return whether one letter is missing, too many or another, or two are swapped."""
    if text == known or abs(len(text) - len(known)) > 1:
        return False
    start = next((place for place, pair in enumerate(zip(text, known, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    rest, known_rest = text[start:], known[start:]
    swapped = rest[1:2] + rest[0:1] + rest[2:]
    return rest[1:] == known_rest[1:] or rest[1:] == known_rest or rest == known_rest[1:] or swapped == known_rest
