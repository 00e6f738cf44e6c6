"""Splits an export in a process of its own: what takes too much memory ends that, not the desk.

`read_export_apart` is the desk's side. The process writes frames as the helper does: four bytes of length, msgpack.
"""

from __future__ import annotations

import os
import resource
import select
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from data.errors import InputError
from queues.exports.read_export import PersonRow, Piece, Record, pieces
from queues.exports.regular_files import open_regular
from queues.ground import children

MEMORY = 2048 * 1024 * 1024
"""Bytes of address space: a list of 256 MB, some times over."""
SILENT_SECONDS = 120.0
"""How long the process may look for its next record."""
_SMALL = 1024 * 1024
_LENGTH_BYTES = 4


class _Frame(msgspec.Struct, array_like=True, frozen=True):
    """One piece; `sentence` is why there is none."""

    raw: bytes = b""
    tool: str = ""
    source: str = ""
    sentence: str = ""


def read_export_apart(path: Path, tool: str = "") -> Iterator[Piece]:
    """Yield what `read_export.pieces` yields, read in another process; its early end is an error too."""
    if _is_small(path):
        yield from pieces(path, tool)
        return
    here = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "queues.helper.export_process", str(path.absolute()), tool, str(MEMORY)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": here},
    ) as process:  # fmt: skip
        children.adopt(process)
        assert process.stdout is not None
        try:
            yield from _received(process.stdout, path)
        finally:
            process.kill()


def _is_small(path: Path) -> bool:
    """Return whether a file costs nothing to read here; an archive never counts as small, whatever is in it."""
    try:
        with open_regular(path) as stream:
            return os.fstat(stream.fileno()).st_size < _SMALL and not zipfile.is_zipfile(stream)
    except (OSError, InputError):
        return True  # which is said by reading it


def _received(stream: IO[bytes], path: Path) -> Iterator[Piece]:
    decoder = msgspec.msgpack.Decoder(_Frame)
    received = bytearray()
    while True:
        while (frame := _next(received)) is not None:
            if not frame:
                return
            piece = decoder.decode(frame)
            if piece.sentence:
                yield InputError("Import", piece.sentence)
            else:
                yield Record(piece.tool, piece.raw, piece.source) if piece.tool else PersonRow(piece.raw)
        readable, _, _ = select.select([stream], [], [], SILENT_SECONDS)
        data = os.read(stream.fileno(), 1 << 20) if readable else b""
        if not data:
            yield InputError("Import", f"{path} takes too much memory or time to read; export it in parts.")
            return
        received += data


def _next(received: bytearray) -> bytes | None:
    if len(received) < _LENGTH_BYTES:
        return None
    end = _LENGTH_BYTES + int.from_bytes(received[:_LENGTH_BYTES], "big")
    if len(received) < end:
        return None
    frame = bytes(received[_LENGTH_BYTES:end])
    del received[:end]
    return frame


def main() -> None:
    """Write every piece of the file that is named, then an empty frame."""
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]), int(sys.argv[3])))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for piece in pieces(Path(sys.argv[1]), sys.argv[2]):
        match piece:
            case InputError():
                frame = _Frame(sentence=piece.message)
            case Record():
                frame = _Frame(piece.raw, piece.tool, piece.source)
            case PersonRow():
                frame = _Frame(piece.raw)
        body = msgspec.msgpack.encode(frame)
        sys.stdout.buffer.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
    sys.stdout.buffer.write(bytes(_LENGTH_BYTES))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
