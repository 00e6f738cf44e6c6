"""What a customer newly wrote: a message without the history it quotes and without its signature.

Only what is sure is cut; where nothing would be left, the whole text is shown. Works line by line, each line looked
at a bounded number of times, so time grows with the length of the text only.
"""

from __future__ import annotations

from dataclasses import dataclass

from queues.quotes import history, signatures
from queues.quotes.evidence import says
from queues.quotes.header_blocks import label_of


@dataclass(frozen=True, slots=True)
class NewText:
    """A message in three parts; `text` has letters whenever the whole message had."""

    text: str
    """What was newly written."""
    quoted: str = ""
    """History and forwarded mail, with its headers."""
    signature: str = ""
    """Sign-off, contact lines, device lines and legal notices."""
    sure: bool = True
    """Whether all that was cut is marked as quoted or is a mere signature: no word of the customer's can be in it."""


def split(text: str) -> NewText:
    """Cut quoted history and the signature off a plain-text message.

    A text whose only words are quoted or signed (a bare forward) is new text as a whole.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parts = history.separate(lines)
    if not says(parts.written):
        return NewText(_joined(lines))
    body, signature = signatures.cut(parts.written)
    if not says(body):
        body, signature = parts.written, []
    sure = not parts.unmarked and all(map(signatures.is_plain, signature))
    return NewText(_joined(body), _joined(parts.quoted), _joined(signature), sure)


def is_frame(line: str) -> bool:
    """Return whether a line is one of those by which quoted history is known: a separator, a header, an attribution."""
    return bool(label_of(line)) or history.is_frame(line)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()
