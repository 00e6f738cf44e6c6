"""Translations of the screen's text into the agent's language: the only module that uses gettext."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

_DOMAIN = "tridesk"


@cache
def _catalogue() -> gettext.NullTranslations:
    """Open the catalogue of the environment's language; without a catalogue, text stays in English."""
    return gettext.translation(_DOMAIN, localedir=Path(__file__).parents[1] / "locale", fallback=True)


def words(text: str) -> str:
    """Return `text` (English, as written in the code) in the language of the environment."""
    return _catalogue().gettext(text) if text else ""
