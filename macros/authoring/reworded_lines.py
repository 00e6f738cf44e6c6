"""Which lines of a macro agents reword: sent replies compared with the macro's own lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from data.records.messages import OwnReply
from macros.authoring.our_sentences import CHOICE, TAG, branches
from macros.authoring.write_macro import as_template
from macros.filling.macro import Body, Macro

LEAST_USES = 5
OFTEN = 0.6
"""A line changed in this share of its uses is better off in a macro of its own."""
LEAST_LETTERS = 8
"""A line with fewer letters of its own is too short to be recognised in a reply."""
MOST_VALUES = 3
"""A line with more values than this could look like anything."""
MAX_LINE = 1000
ALIKE = 0.35
"""A new line this like the old one replaces it (Ratcliff and Obershelp's measure)."""

_OPENS = re.compile(r"{%-?\s*(?:if|for|block|macro|filter)\b")
_CLOSES = re.compile(r"{%-?\s*end")


@dataclass(frozen=True, slots=True)
class Reworded:
    """A line that agents change again and again."""

    macro: str
    language: str
    line: int
    """Counted from 1 within the body."""
    old: str
    new: str
    """What they wrote there most often, as a template's line; empty if they took it out."""
    changed: int
    uses: int


def reworded(macro: Macro, replies: Iterable[OwnReply]) -> list[Reworded]:
    """Return the lines of a macro that its replies changed often, the most often changed first."""
    uses: Counter[str] = Counter()
    bodies: dict[str, Body] = {}
    results: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for reply in replies:
        body = macro.body_for(reply.language)
        changes = _changes(body, as_template(reply.text, reply.customer))
        if changes is not None:
            bodies[body.language] = body
            uses[body.language] += 1
            for line, new in changes.items():
                results[body.language, line][new] += 1
    often = [
        Reworded(macro.name, language, line, bodies[language].text.split("\n")[line - 1], news.most_common(1)[0][0],
                 news.total(), uses[language])
        for (language, line), news in results.items()
        if uses[language] >= LEAST_USES and news.total() >= OFTEN * uses[language]
    ]  # fmt: skip
    return sorted(
        often, key=lambda rewording: (-rewording.changed / rewording.uses, rewording.language, rewording.line)
    )


def _changes(body: Body, sent: str) -> dict[int, str] | None:
    """Return the lines that were changed and the text there; None if nothing of the macro is left."""
    patterns = dict(_patterns(body))
    lines = [" ".join(line.split())[:MAX_LINE] for line in sent.splitlines() if line.strip()]
    kept = {number for number, pattern in patterns.items() if any(pattern.fullmatch(line) for line in lines)}
    if not kept:
        return None
    free = [line for line in lines if not any(pattern.fullmatch(line) for pattern in patterns.values())]
    return {number: _instead(body.text.split("\n")[number - 1], free) for number in patterns if number not in kept}


def _instead(old: str, free: list[str]) -> str:
    ratios = [(SequenceMatcher(None, old, line).ratio(), line) for line in free]
    best = max(ratios, default=(0.0, ""))
    return best[1] if best[0] >= ALIKE else ""


def _patterns(body: Body) -> Iterable[tuple[int, re.Pattern[str]]]:
    """Yield the lines that every reply of the macro has, with what they may look like once they are filled in."""
    depth = 0
    for number, line in enumerate(body.text.split("\n"), 1):
        whole = CHOICE.sub("", line)
        inside = depth > 0 or "{%" in whole
        depth += len(_OPENS.findall(line)) - len(_CLOSES.findall(line))
        fixed = len(TAG.findall(whole)) <= MOST_VALUES and not inside
        if fixed and len(re.findall(r"[^\W\d_]", TAG.sub("", whole))) >= LEAST_LETTERS:
            yield number, _pattern(line)


def _pattern(line: str) -> re.Pattern[str]:
    parts, at = [], 0
    for choice in CHOICE.finditer(line):
        parts.append(_filled(line[at : choice.start()]))
        parts.append(f"(?:{'|'.join(map(_filled, branches(choice)))})")
        at = choice.end()
    return re.compile("".join([*parts, _filled(line[at:])]).strip())


def _filled(text: str) -> str:
    """Return a pattern for a text whose values may be anything."""
    return ".*?".join(re.sub(r"(?:\\?\s)+", " ", re.escape(piece)) for piece in TAG.split(text))
