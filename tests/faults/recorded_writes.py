"""Writes and syncs that a program made, and what a power loss leaves of them on the disk."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Operation:
    """One write, sync or truncation."""

    kind: str
    """`w`, `s` or `t`."""
    name: str
    """Of the file."""
    offset: int
    size: int
    """Of a truncation."""
    data: bytes


def recorded(path: Path) -> Iterator[Operation]:
    """Yield what `faulty_files.c` recorded."""
    raw = path.read_bytes()
    at = 0
    while at < len(raw):
        kind, named, offset, length, size = struct.unpack_from("=5Q", raw, at)
        at += 40
        name = raw[at : at + named].decode()
        data = raw[at + named : at + named + length]
        at += named + length
        yield Operation(chr(kind), Path(name).name, offset, size, data)


def after_a_power_loss(
    files: dict[str, bytes], operations: Sequence[Operation], chance: random.Random
) -> dict[str, bytes]:
    """Return the files as a power loss leaves them: of what was not synced, each write is there, half there, or not."""
    synced = {operation.name: place for place, operation in enumerate(operations) if operation.kind == "s"}
    disk = {name: bytearray(content) for name, content in files.items()}
    for place, operation in enumerate(operations):
        file = disk.setdefault(operation.name, bytearray())
        fate = 1.0 if place < synced.get(operation.name, -1) else chance.choice((0.0, 0.5, 1.0))
        if operation.kind == "t" and fate == 1.0:
            del file[operation.size :]
        elif operation.kind == "w":
            data = operation.data[: int(len(operation.data) * fate)]
            if data:
                file.extend(bytes(max(0, operation.offset - len(file))))
                file[operation.offset : operation.offset + len(data)] = data
    return {name: bytes(content) for name, content in disk.items()}
