"""The language of a message, asked of `queues.language` on the first characters of its new text."""

from __future__ import annotations

from data.records.tickets import UNKNOWN_LANGUAGE

LONGEST = 10_000
"""Characters that are looked at; more adds nothing and costs time."""


def guess_language(new_text: str) -> tuple[str, float]:
    """Return language and confidence; `und` and 0 for a text that says nothing."""
    if not new_text.strip():
        return UNKNOWN_LANGUAGE, 0.0
    from queues.language.detector import detect  # loads the model, needed by the reader only

    detection = detect(new_text[:LONGEST])
    return detection.language, detection.confidence
