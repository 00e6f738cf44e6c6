"""The words on the screen, in the agent's own language: the one place that knows gettext."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

_DOMAIN = "tridesk"


@cache
def _catalogue() -> gettext.NullTranslations:
    """Open the catalogue of the environment's language; without one, every word stays as it is written."""
    return gettext.translation(_DOMAIN, localedir=Path(__file__).parents[1] / "locale", fallback=True)


def words(text: str) -> str:
    """Return `text` (English, as written in the code) in the language of the environment."""
    return _catalogue().gettext(text) if text else ""
