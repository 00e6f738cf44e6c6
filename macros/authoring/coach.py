"""Advice from an agent's replies: macro lines to reword, and texts to save as macros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.records.messages import OwnReply
from macros.authoring.our_sentences import TAG
from macros.authoring.repeated_replies import Repeated, repeated
from macros.authoring.reworded_lines import Reworded, reworded
from macros.authoring.write_macro import save_macro, save_variant, variant_of
from macros.files.library import Library

MOST = 1000
"""Replies looked at, the newest."""
MAX_TITLE = 50


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice that would save keys: exactly one of the two fields is set."""

    reworded: Reworded | None = None
    repeated: Repeated | None = None


def advise(library: Library, replies: Sequence[OwnReply]) -> list[Advice]:
    """Return the advice from the replies (newest first), the most reliable first."""
    names = {macro.name for macro in library}
    advice = [
        Advice(reworded=rewording)
        for macro in library
        if variant_of(macro.name) not in names
        for rewording in reworded(macro, [reply for reply in replies if reply.macro == macro.name])
    ]
    return advice + [Advice(repeated=repetition) for repetition in repeated(replies, library)]


def carry_out(advice: Advice, library: Library, folder: Path, title: str = "") -> str:
    """Save the advised text as a macro in the agent's own folder; return its name. Raises InputError."""
    if advice.reworded is not None:
        rewording = advice.reworded
        return save_variant(folder, library.get(rewording.macro), rewording.language, rewording.line, rewording.new)
    assert advice.repeated is not None
    text = advice.repeated.text
    return save_macro(folder, title or title_of(text), advice.repeated.language, text)


def title_of(text: str) -> str:
    """Return the text that identifies a reply: its first line that is not a greeting."""
    lines = [" ".join(TAG.sub(" ", line).split()) for line in text.splitlines()]
    first = next((line for line in lines if len(line.split()) >= 4), next(filter(None, lines), ""))
    return first if len(first) <= MAX_TITLE else first[:MAX_TITLE].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
