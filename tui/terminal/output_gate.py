"""The last look at what goes to the terminal: only sequences that the desk itself uses get out.

Foreign text is made safe before it is drawn (`tui.look.shown`). This knows nothing of that and trusts no one: it goes
by the grammar of what is written, and whatever is not in it is dropped.
"""

from __future__ import annotations

import re

_KNOWN = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+|\n"  # text
    r"|\x1b\[\d{1,5};\d{1,5}H|\x1b\[[\d;]{0,80}m"  # moves and styles
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"  # modes
    r"|\x1b\[\?20(?:26|48)\$p|\x1b\[>\d{1,2}u|\x1b\[<u"  # questions about modes; the protocol of keys
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1b\]22;[a-z\-]{1,20}\x07"  # the clipboard is only written; the pointer's shape
    r"|\x07"
)
_STRAY = re.compile(
    r"(?:\x1b[\]P_^X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?"
)
"""A sequence that is dropped whole, so that no half of it is shown as text."""


def known(written: str) -> str:
    """Return what of a write is in the grammar."""
    parts: list[str] = []
    place = 0
    while place < len(written):
        match = _KNOWN.match(written, place)
        if match is not None:
            parts.append(match[0])
            place = match.end()
        else:
            stray = _STRAY.match(written, place)
            place = max(place + 1, stray.end() if stray is not None else 0)
    return "".join(parts)
