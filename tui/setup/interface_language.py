"""Which language the interface speaks: the setting, read without the others, and the languages that there are."""

from __future__ import annotations

import os
from pathlib import Path

ENGLISH = "en"
"""The language of the code, which needs no catalogue."""
AUTO = "auto"
"""The setting for the language of the environment."""
DOMAIN = "tridesk"
FOLDER = Path(__file__).parents[1] / "locale"
"""Has a folder per language."""
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""In the order of gettext; the first that is set decides."""


def language() -> str:
    """Return the language of the interface: the setting's, else the environment's, else English."""
    wanted = _setting()
    return wanted if wanted != AUTO else _of_environment()


def languages() -> tuple[str, ...]:
    """Return the languages that there are, English first."""
    return (ENGLISH, *sorted(path.parents[1].name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))


def _setting() -> str:
    """Return `interface-language` of `config.toml`; whoever loads all settings reports what is wrong with them."""
    from platformdirs import user_config_path

    try:
        text = (user_config_path("tridesk") / "config.toml").read_text(encoding="utf-8-sig")
        if "interface-language" not in text:
            return AUTO
        import tomllib

        return str(tomllib.loads(text).get("interface-language", AUTO))
    except (OSError, ValueError):  # not readable, not UTF-8 or not TOML
        return AUTO


def _of_environment() -> str:
    named = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
    for wish in named.split(":"):
        code = wish.replace("-", "_").partition(".")[0].partition("_")[0].lower()
        if code in ("c", "posix"):
            return ENGLISH
        if code in languages():
            return code
    return ENGLISH
