"""The script rule: a writing system other than Latin names the language, or the few that share it."""

from __future__ import annotations

import re

DECIDING_SHARE = 0.15
"""The share of a text's letters from which another script decides; embedded product names are Latin."""

SIGN_LETTERS = 3
"""A Han or kana sign says as much as so many letters."""

_LETTER = re.compile(r"[^\W\d_]")
_KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_LATIN = re.compile(r"[A-Za-z\u00aa-\u024f\u1e00-\u1eff]")

SHARED = {"ru": _CYRILLIC, "ar": _ARABIC}
"""Scripts of several languages, under the one that is likeliest with us."""

NEIGHBOURS = {"ru": frozenset({"ru", "uk", "bg", "mk"}), "ar": frozenset({"ar", "fa", "ur"})}
"""What langdetect may answer for a shared script."""
_FOREIGN = {
    "ru": re.compile(r"[іїєґўјљњћђџѓќѕәғқңөұүһӣӯҳҷ]|ъ(?=[бвгджзклмнпрстфхцчшщ])", re.I),
    "ar": re.compile("[پچژگکیټډړښځۍٹڈںےہھێۆڵ]"),
}
"""Letters, and places of letters, that the likeliest language of the script does not have."""
_OF_OTHERS = re.compile("[әғқңөұүһӣӯҳҷډښځڅێۆڵ]", re.I)
_OWN = {"ru": re.compile("[ыэё]", re.I), "ar": re.compile("[ةىضظ]")}
"""Letters that its neighbours do not have, or hardly use."""


def in_script(text: str, language: str) -> str:
    """Return the words that are written in the script of a language; for no language, those that are not Latin."""
    script = SHARED.get(language)
    results = re.findall(r"[^\W\d_]+", text)
    if script is None:
        return " ".join(word for word in results if not _LATIN.search(word)) or text
    return " ".join(word for word in results if script.search(word))


def has_foreign_letters(text: str, language: str) -> bool:
    """Return whether a text of a shared script has letters that the script's likeliest language lacks."""
    return bool(_FOREIGN[language].search(text))


def has_letters_of_others(text: str) -> bool:
    """Return whether a text has letters of languages (Kazakh, Tajik, Pashto, Kurdish) that langdetect does not know."""
    return bool(_OF_OTHERS.search(text))


def has_own_letters(text: str, language: str) -> bool:
    """Return whether a text of a shared script has letters that hardly any other language of it uses."""
    return bool(_OWN[language].search(text))


def by_script(text: str) -> tuple[str, bool]:
    """Return the language that the script names (empty for Latin script) and whether others share that script.

    A script that no rule here knows (Greek, Thai, Devanagari) gives `("und", True)`.
    """
    if text.isascii():
        return "", False
    letters = len(_LETTER.findall(text))
    if not letters:
        return "", False
    least = max(1.0, DECIDING_SHARE * letters)
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    signs = kana + han if han or kana > 1 else 0  # a single kana is a drawn face
    if SIGN_LETTERS * signs >= max(1.0, DECIDING_SHARE * (letters + (SIGN_LETTERS - 1) * signs)):
        # Japanese text has kana every few signs; a Chinese one only in names
        return ("ja" if kana * 10 >= han else "zh"), False
    if len(_HANGUL.findall(text)) >= least:
        return "ko", False
    for language, script in SHARED.items():
        if len(script.findall(text)) >= least:
            return language, True
    return ("", False) if letters == 1 or len(_LATIN.findall(text)) * 2 >= letters else ("und", True)
