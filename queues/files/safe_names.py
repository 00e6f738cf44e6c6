"""A name under which a stranger's file can be saved: no path, nothing hidden, nothing that any system takes amiss."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

LONGEST = 180
"""Bytes of a name in UTF-8: file systems take 255, and a number may be added."""
_LONGEST_ENDING = 20
_WITHOUT_PICTURE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNFIT = re.compile(r'[<>:"|?*\u2400-\u2426]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])", re.I)
"""Names that Windows keeps for devices, with any ending too."""


def safe_name(name: str, content_type: str = "") -> str:
    """Return a name for a file: at most `LONGEST` bytes, never empty, the same for its own result.

    Only the last part of a path stays. Control, direction and other invisible characters go. The ending stays, so that
    a program shows what it is; a name without any gets one of the content type only where nothing was left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(char for char in last if unicodedata.category(char) not in _WITHOUT_PICTURE)
    plain = unicodedata.normalize("NFC", " ".join(_UNFIT.sub("_", seen).split()))
    kept = _bounded(plain.lstrip(". ").rstrip(". "))
    if not kept:
        kept = "file" + (mimetypes.guess_extension(content_type) or "")
    if kept.startswith(("-", "~")):  # an option, or a home folder, where the name is given to a command
        kept = "_" + kept[1:]
    return f"_{kept}" if _RESERVED.fullmatch(kept.partition(".")[0].rstrip()) else kept


def numbered(name: str, number: int) -> str:
    """Return a name with a number before its ending: `photo (2).jpg`."""
    stem, ending = _parted(name)
    return f"{stem} ({number}){ending}"


def _parted(name: str) -> tuple[str, str]:
    """Return stem and ending; what is long, or has a blank in it, ends nothing."""
    stem, dot, ending = name.rpartition(".")
    if not stem or not ending or " " in ending or len(ending.encode()) > _LONGEST_ENDING:
        return name, ""
    return stem, dot + ending


def _bounded(name: str) -> str:
    """Return a name cut before its ending."""
    stem, ending = _parted(name)
    room = LONGEST - len(ending.encode())
    cut = stem.encode()[:room].decode(errors="ignore")
    return cut.rstrip(". ") + ending if cut != stem else name
