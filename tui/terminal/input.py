"""What a terminal sends, taken apart: keys and the mouse, pasted text, and answers that are nobody's keys.

Textual's own parser leaves a bracketed paste at the first escape sequence in it, and types what it does not know: the
rest of a pasted log line, or the terminal's answer to a query, would run as keys. Here a paste ends with its end mark
alone, and each escape sequence is read whole before it is looked at; Textual's parser then names the keys.
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
"""An escape that nothing follows for so long was the key."""
ANSWER_SECONDS = 1.0
"""So long the rest of a terminal's answer is waited for."""
PASTE_SECONDS = 5.0
"""A paste that stops for so long has lost its end mark."""

_PASTE, _PASTE_END = "\x1b[200~", "\x1b[201~"
# also the function keys of the Linux console, and the mouse as old terminals report it: three bytes after an M
_CSI = re.compile(r"(?:\x1b\[|\x9b)(?:\[[A-E]|M[\s\S]{3}|[0-?]*[ -/]*[@-LN-Z\\-~]|[0-?]+[ -/]*M)")
_PART_OF_CSI = re.compile(r"(?:\x1b\[|\x9b)(?:\[|M[\s\S]{0,2}|[0-?]*[ -/]*)\Z")
_SS3 = re.compile(r"(?:\x1bO|\x8f)([0-9;]*[@-~])")
_PART_OF_SS3 = re.compile(r"(?:\x1bO|\x8f)[0-9;]*\Z")
# OSC, DCS, APC, PM and SOS, in seven and in eight bits; a new escape or a cancel breaks them off
_STRING = re.compile(r"(?:\x1b[\]P_^X]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x9c]*")
_STRING_END = re.compile(r"\x07|\x1b\\|\x9c|\x18|\x1a")
_TEXT = re.compile(r"[^\x1b\x80-\x9f]+")

_MOUSE = re.compile(r"<\d+;-?\d+;-?\d+[Mm]")
_RESIZED = re.compile(r"48;\d+(?::\d*)*;\d+(?::\d*)*;\d+(?::\d*)*;\d+(?::\d*)*t")
_KEY = re.compile(r"\[[A-E]|[\d:;]*[A-HPQRSZIOu^@$]|(?:[1-9]|[12]\d|3[0-4])(?:;\d+(?::\d+)?)?~|\?\d+;\d\$y")
"""The sequences that Textual knows as keys, focus, the place of the cursor and answers of its own."""

_EIGHT_BIT = {0xDC80 + place: 0x80 + place if place < 0x20 else None for place in range(0x80)}
"""Bytes that are no UTF-8: controls of eight bits keep their meaning, all else goes."""
_COLOUR = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)?")


class TerminalInput:
    """Feed it what was read; it yields Textual's events. Time is a parameter, in seconds of any steady clock."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._stateful = XTermParser()
        """Knows where the mouse was and how large the terminal is."""
        self._rest = ""
        """The beginning of a sequence, or a paste that has not ended."""
        self._pasting = False
        self._since = 0.0
        """When the rest last grew."""

    def feed(self, data: bytes, now: float) -> Iterator[Message]:
        """Yield what `data` completes."""
        self._rest += self._decode(data).translate(_EIGHT_BIT)
        self._since = now
        yield from self._complete()

    def tick(self, now: float) -> Iterator[Message]:
        """Yield what no more is waited for; call it now and then while nothing is read."""
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
        """Take off the rest what is whole."""
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
        """Return how long the first piece of the rest is; None where it is not whole yet."""
        for pattern in (_TEXT, _CSI, _SS3):
            if found := pattern.match(rest):
                return found.end()
        if found := _STRING.match(rest):
            if ended := _STRING_END.match(rest, found.end()):
                return ended.end()
            more = len(rest) - found.end()
            return None if more == 0 or rest[found.end() :] == "\x1b" else found.end()
        if _PART_OF_CSI.match(rest) or _PART_OF_SS3.match(rest) or rest == "\x1b":
            return None
        return 1 if rest[0] != "\x1b" or rest[1] == "\x1b" else 2

    def _events_of(self, sequence: str) -> Iterator[Message]:
        """Name one piece; what is no key of anybody's names nothing."""
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
            yield from XTermParser().feed(sequence)

    def _csi(self, body: str) -> Iterator[Message]:
        if _MOUSE.fullmatch(body) or _RESIZED.fullmatch(body):
            yield from self._stateful.feed(f"\x1b[{body}")
        elif _KEY.fullmatch(body):
            yield from _named(f"\x1b[{body}")


def _named(sequence: str) -> Iterator[Message]:
    """Yield what Textual calls a sequence; one that it waits for more of is thrown away with its parser."""
    for message in XTermParser().feed(sequence):
        # keys that Textual has no name for get a character of private use
        if not (isinstance(message, events.Key) and "\ue000" <= (message.character or "") <= "\uf8ff"):
            yield message


def _pasted(text: str) -> events.Paste:
    """Return pasted text without its colours; other controls are shown, not sent."""
    return events.Paste(safe_text(_COLOUR.sub("", text.replace("\x00", ""))))
