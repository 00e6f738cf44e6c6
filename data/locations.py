"""Where files may be: the folders' and files' permissions, and the file systems that SQLite must not be used on."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "9p", "ceph", "glusterfs"}
)


def private_folder(path: Path) -> Path:
    """Make the folder, readable by its owner only, and return it. An existing folder keeps its own permissions."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def private_file(path: Path) -> None:
    """Create an empty file that only its owner may read; an existing file is left as it is."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Hold the lock that `path` stands for; False if another program holds it. It is released when the program ends."""
    private_file(path)
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def network_file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the network file system that `path` is on, or the empty string.

    SQLite's write-ahead log needs shared memory, which network file systems do not give (https://www.sqlite.org/wal.html).
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    target = path.resolve()
    best, kind = -1, ""
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        if target.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind if kind in NETWORK_FILE_SYSTEMS else ""
