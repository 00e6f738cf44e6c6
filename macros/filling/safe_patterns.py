"""Regular expressions that a macro may check an answer with: only those that can never take long.

Python's matcher tries every way in which a pattern may fit, so the number of ways is bounded before it is used.
"""

from __future__ import annotations

import re

MAX_CHECKED = 100
"""Characters of an answer that a pattern may be held against."""
MAX_WAYS = 20_000_000
"""Ways to fit, at most: a fraction of a second."""

_TOKEN = re.compile(
    r"\\(?P<escaped>.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*+\])|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<repeat>[*+]|\{(?P<least>\d*)(?P<to>,?)(?P<most>\d*)\})|(?P<maybe>\?)|(?P<other>.)",
    re.DOTALL,
)
_CLASSES = frozenset("dDwWsSbBAZ")


def problem(pattern: str) -> str:
    """Return why a pattern may not be used; the empty string when it may."""
    if "(?" in pattern.replace("(?:", "").removeprefix("(?i)"):
        return "may use ( ) and (?: ), and (?i) at its beginning, but no other (?"
    if _ways(pattern.removeprefix("(?i)")) > MAX_WAYS:
        return "could take too long; repeat fewer things, no group, and offer fewer alternatives"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as wrong:
        return f"is not a regular expression: {wrong}"
    return ""


def _ways(pattern: str) -> int:
    """Return a bound on the ways to try: repeats multiply, so do the alternatives of each group."""
    ways, bars, after_group = 1, [1], False
    for match in _TOKEN.finditer(pattern):
        kind = match.lastgroup
        if match["escaped"] and match["escaped"].isalnum() and match["escaped"] not in _CLASSES:
            return MAX_WAYS + 1  # a back-reference, or an escape of another kind
        if match["open"]:
            bars.append(1)
        elif match["close"] and len(bars) > 1:
            ways *= bars.pop()
        elif match["bar"]:
            bars[-1] += 1
        elif match["maybe"]:
            ways *= 2
        elif match["repeat"]:
            if after_group:
                return MAX_WAYS + 1
            ways *= _times(match)
        after_group = kind == "close" or (after_group and kind == "maybe")
        if ways > MAX_WAYS:
            return ways
    for bar in bars:
        ways *= bar
    return ways


def _times(match: re.Match[str]) -> int:
    if match["least"] is None:
        return MAX_CHECKED + 1
    if not match["to"]:
        return 1
    least, most = int(match["least"] or 0), int(match["most"] or MAX_CHECKED)
    return min(max(most - least, 0), MAX_CHECKED) + 1
