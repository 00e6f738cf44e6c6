"""The text of a procedure or macro in a form to store, and the differences between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from queues.procedures.procedure import Procedure

PROCEDURE, MACRO = "procedure", "macro"
"""The kinds of wording for which the desk remembers what each agent has seen."""


@dataclass(frozen=True, slots=True)
class Part:
    """Removed, added and unchanged lines: `-`, `+` or a space."""

    sign: str
    text: str


def of_procedure(procedure: Procedure) -> str:
    """Return a procedure's text in all its languages."""
    languages = sorted({language for step in procedure.steps for language in step.text} | set(procedure.changed))
    return joined({language: procedure.text(language) for language in languages})


def joined(by_language: Mapping[str, str]) -> str:
    """Return texts by language as one, each under a line with its code in brackets."""
    return "\n".join(f"[{language}]\n{text.strip()}" for language, text in by_language.items())


def in_language(text: str, language: str) -> str:
    """Return the part of a joined text in `language`, else in English, else all of it."""
    parts: dict[str, list[str]] = {}
    code = ""
    for line in text.split("\n"):
        if line.startswith("[") and line.endswith("]") and len(line) < 12 and " " not in line:
            code = line[1:-1]
        parts.setdefault(code, []).append(line)
    chosen = parts.get(language) or parts.get(language.split("-")[0]) or parts.get("en")
    return "\n".join(chosen[1:]) if chosen else text


def difference(old: str, new: str, language: str = "en") -> list[Part]:
    """Return the removed and added lines between two joined texts, in `language`, or in any if that part is the same.

    Unchanged lines are left out, except one before each change.
    """
    before, after = in_language(old, language).split("\n"), in_language(new, language).split("\n")
    if before == after:
        before, after = old.split("\n"), new.split("\n")
    parts: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts += [Part(" ", line) for line in after[max(c, d - 1) : d] if d < len(after)]
        else:
            parts += [Part("-", line) for line in before[a:b]] + [Part("+", line) for line in after[c:d]]
    return parts
