"""Parses what a terminal sends: keys, the mouse, pasted text, and responses to queries, which are not keys.

Textual's own parser leaves a bracketed paste at the first escape sequence in it, and types what it does not know: the
rest of a pasted log line, or the terminal's answer to a query, would run as keys. Here a paste ends only with its end
mark, and each escape sequence is read completely before it is parsed; Textual's parser then names the keys.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from textual import events
from textual._xterm_parser import XTermParser  # Textual names keys nowhere else
from textual.message import Message

from data.safe_text import safe_text

ESCAPE_SECONDS = 0.1
"""After this long, an escape that nothing follows is the Escape key."""
ANSWER_SECONDS = 1.0
"""How long to wait for the rest of a terminal's response."""
PASTE_SECONDS = 5.0
"""After this long without input, a paste has lost its end mark."""

_PASTE, _PASTE_END = "\x1b[200~", "\x1b[201~"
# includes the Linux console's function keys, and old terminals' mouse reports: three bytes after an M
_CSI = re.compile(r"(?:\x1b\[|\x9b)(?:\[[A-E]|M[\s\S]{3}|[0-?]*[ -/]*[@-LN-Z\\-~]|[0-?]+[ -/]*M)")
_PART_OF_CSI = re.compile(r"(?:\x1b\[|\x9b)(?:\[|M[\s\S]{0,2}|[0-?]*[ -/]*)\Z")
_SS3 = re.compile(r"(?:\x1bO|\x8f)([0-9;]*[@-~])")
_PART_OF_SS3 = re.compile(r"(?:\x1bO|\x8f)[0-9;]*\Z")
# OSC, DCS, APC, PM and SOS, in seven and in eight bits; a new escape or a cancel aborts them
_STRING = re.compile(r"(?:\x1b[\]P_^X]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x9c]*")
_STRING_END = re.compile(r"\x07|\x1b\\|\x9c|\x18|\x1a")
_TEXT = re.compile(r"[^\x1b\x80-\x9f]+")

_MOUSE = re.compile(r"<\d+;-?\d+;-?\d+[Mm]")
_RESIZED = re.compile(r"48;\d+(?::\d*)*;\d+(?::\d*)*;\d+(?::\d*)*;\d+(?::\d*)*t")
_KEY = re.compile(r"\[[A-E]|[\d:;]*[A-HPQRSZIOu^@$]|(?:[1-9]|[12]\d|3[0-4])(?:;\d+(?::\d+)?)?~|\?\d+;\d\$y")
"""The sequences that Textual parses as keys, focus changes, cursor positions and responses."""

_EIGHT_BIT = {0xDC80 + place: 0x80 + place if place < 0x20 else None for place in range(0x80)}
"""Bytes that are not UTF-8: eight-bit control characters keep their meaning, others are dropped."""
_COLOUR = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)?")


class TerminalInput:
    """Feed it what was read; it yields Textual's events. Time is a parameter, in seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._stateful = XTermParser()
        """Textual's parser; knows the mouse position and the terminal's size."""
        self._rest = ""
        """An incomplete sequence or paste."""
        self._pasting = False
        self._since = 0.0
        """When the rest last grew."""

    def feed(self, data: bytes, now: float) -> Iterator[Message]:
        """Yield the events that `data` completes."""
        self._rest += self._decode(data).translate(_EIGHT_BIT)
        self._since = now
        yield from self._complete()

    def tick(self, now: float) -> Iterator[Message]:
        """Yield the events whose wait has timed out; call it periodically while nothing is read."""
        waited = now - self._since
        if not self._rest or waited < self._patience:
            return
        rest, self._rest = self._rest, ""
        if self._pasting:
            self._pasting = False
            yield _pasted(rest)
        elif rest == "\x1b":
            yield events.Key("escape", "\x1b")
        elif _PART_OF_CSI.fullmatch(rest):
            yield from _named(rest)

    @property
    def _patience(self) -> float:
        if self._pasting:
            return PASTE_SECONDS
        begun = len(self._rest) > 2 and _STRING.match(self._rest)
        return ANSWER_SECONDS if begun else ESCAPE_SECONDS

    def _complete(self) -> Iterator[Message]:
        """Remove and yield the complete pieces of the rest."""
        while self._rest:
            if self._pasting:
                text, mark, after = self._rest.partition(_PASTE_END)
                if not mark:
                    return
                self._pasting, self._rest = False, after
                yield _pasted(text)
                continue
            taken = self._first_of(self._rest)
            if taken is None:
                return
            sequence, self._rest = self._rest[:taken], self._rest[taken:]
            yield from self._events_of(sequence)

    @staticmethod
    def _first_of(rest: str) -> int | None:
        """Return the length of the first piece of the rest; None if it is incomplete."""
        for pattern in (_TEXT, _CSI, _SS3):
            if match := pattern.match(rest):
                return match.end()
        if match := _STRING.match(rest):
            if ended := _STRING_END.match(rest, match.end()):
                return ended.end()
            more = len(rest) - match.end()
            return None if more == 0 or rest[match.end() :] == "\x1b" else match.end()
        if _PART_OF_CSI.match(rest) or _PART_OF_SS3.match(rest) or rest == "\x1b":
            return None
        return 1 if rest[0] != "\x1b" or rest[1] == "\x1b" else 2

    def _events_of(self, sequence: str) -> Iterator[Message]:
        """Yield the events of one piece; an unknown sequence yields none."""
        if sequence == _PASTE:
            self._pasting = True
        elif _CSI.fullmatch(sequence):
            yield from self._csi(sequence.removeprefix("\x1b[").removeprefix("\x9b"))
        elif ss3 := _SS3.fullmatch(sequence):
            yield from _named("\x1bO" + ss3[1])
        elif sequence == "\x1b":
            yield events.Key("escape", "\x1b")
        elif sequence[0] == "\x1b" and len(sequence) == 2:
            yield from [*(typed := XTermParser()).feed(sequence), *typed.feed("")]
        elif _TEXT.fullmatch(sequence):
            yield from _keys.feed(sequence)

    def _csi(self, body: str) -> Iterator[Message]:
        if _MOUSE.fullmatch(body) or _RESIZED.fullmatch(body):
            yield from self._stateful.feed(f"\x1b[{body}")
        elif _KEY.fullmatch(body):
            yield from _named(f"\x1b[{body}")


class _Keys:
    """Textual's parser where it only names keys: one for all, as Textual keeps each parser that it ever made."""

    def __init__(self) -> None:
        self._parser = XTermParser()

    def feed(self, sequence: str) -> list[Message]:
        """Return the events of a sequence; if the parser waits for more, discard sequence and parser."""
        messages = list(self._parser.feed(sequence))
        if not messages:
            self._parser = XTermParser()
        return messages


_keys = _Keys()


def _named(sequence: str) -> Iterator[Message]:
    """Yield Textual's events for a sequence."""
    for message in _keys.feed(sequence):
        # keys without a Textual name get a private-use character
        if not (isinstance(message, events.Key) and "\ue000" <= (message.character or "") <= "\uf8ff"):
            yield message


def _pasted(text: str) -> events.Paste:
    """Return pasted text without colour sequences; other control characters are made visible."""
    return events.Paste(safe_text(_COLOUR.sub("", text.replace("\x00", ""))))
