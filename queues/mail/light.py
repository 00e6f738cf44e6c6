"""A large mail without its files' bytes, so that headers and text of a mail of any size are read in little time.

Long runs of base64 lines are taken out before the mail is parsed, and each leaves one line by which it is found again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SMALL = 1024 * 1024
"""Bytes of a mail that is parsed as it is."""

_RUN = re.compile(rb"\n((?:[A-Za-z0-9+/]{40,80}+\r?\n)++)")
"""Possessive and begun by a literal: each line is looked at once."""
_FEWEST_LINES = 500
_LINE = b"=tridesk-run-%d="
_MARK = re.compile(r"=tridesk-run-(\d+)=")
_MARKED_LINE = re.compile(rb"=tridesk-run-(\d{1,9})=\r?\n")
_AT_ONCE = 4 * 1024 * 1024


@dataclass(slots=True)
class Light:
    """A mail to be parsed, and the runs that were taken out of it."""

    raw: bytes
    runs: list[bytes] = field(default_factory=list)

    def digest(self, payload: str) -> tuple[int, str] | None:
        """Return size and SHA-256 of the bytes that a base64 payload stands for; None if no run was taken out."""
        pieces = self.decoded(payload)
        if pieces is None:
            return None
        digest, size = hashlib.sha256(), 0
        for data in pieces:
            digest.update(data)
            size += len(data)
        return size, digest.hexdigest()

    def decoded(self, payload: str) -> Iterator[bytes] | None:
        """Return the bytes that a base64 payload stands for, in pieces; None if no run was taken out of it."""
        match = _MARK.search(payload)
        if match is None or int(match[1]) >= len(self.runs):
            return None
        run = self.runs[int(match[1])]
        pieces = [payload[: match.start()].encode("ascii", "replace")]
        pieces += [run[at : at + _AT_ONCE] for at in range(0, len(run), _AT_ONCE)]
        pieces.append(payload[match.end() :].encode("ascii", "replace"))
        return _decoded(pieces)

    def restored(self, data: bytes) -> bytes:
        """Return bytes of the mail with the runs back in them."""
        if not self.runs:
            return data
        return _MARKED_LINE.sub(lambda match: self._run(int(match[1]), match[0]), data)

    def _run(self, number: int, otherwise: bytes) -> bytes:
        return self.runs[number] if number < len(self.runs) else otherwise


def _decoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        signs = rest + re.sub(rb"[^A-Za-z0-9+/]", b"", piece)
        whole = len(signs) - len(signs) % 4
        rest = signs[whole:]
        yield base64.b64decode(signs[:whole])
    yield base64.b64decode(rest + b"=" * (-len(rest) % 4)) if len(rest) > 1 else b""


def lightened(raw: bytes) -> Light:
    """Take the long runs of base64 out of a large mail; a small one stays as it is."""
    if len(raw) <= SMALL:
        return Light(raw)
    light = Light(b"")
    kept: list[bytes] = []
    at = 0
    for match in _RUN.finditer(raw):
        if match[1].count(b"\n") < _FEWEST_LINES:
            continue
        kept += [raw[at : match.start(1)], _LINE % len(light.runs), b"\n"]
        light.runs.append(match[1])
        at = match.end()
    kept.append(raw[at:])
    light.raw = b"".join(kept)
    return light
