"""Where files may be: the folders' and files' permissions, and the file systems that SQLite must not be used on."""

from __future__ import annotations

import fcntl
import glob
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NETWORK = """
    nfs nfs4 cifs smb2 smb3 smb3_kernel smbfs ncpfs afs afpfs webdav webdavfs 9p ocfs2 gfs2 acfs fuse.ceph-fuse
    fuse.mount-s3 fuse.mount.nfs fuse.hdfs fuse.s3ql fuse.s3backer fuse.pcloud fuse.mega fuse.onedrive
    fuse.insync fuse.afpfs fuse.nfs fuse.cifs fuse.lustre fuse.quobyte fuse.alluxio-fuse fuse.yas3fs fuse.gdfs
    ceph glusterfs lustre gpfs beegfs orangefs pvfs2 coda davfs vboxsf vmhgfs prl_fs fuse.sshfs fuse.glusterfs
    fuse.ceph fuse.rclone fuse.s3fs fuse.gcsfuse fuse.blobfuse fuse.blobfuse2 fuse.curlftpfs fuse.davfs
    fuse.gvfsd-fuse fuse.vmhgfs-fuse fuse.smbnetfs fuse.goofys fuse.juicefs fuse.moosefs fuse.seaweedfs
    fuse.google-drive-ocamlfuse fuse.onedriver fuse.dropbox fuse.keybase
"""
NETWORK_FILE_SYSTEMS = frozenset(_NETWORK.split())
"""File systems whose locks or shared memory do not reach across machines, or that copy whole files when they like."""
LOCAL_FUSE = frozenset({"fuseblk", "fuse.fuse-overlayfs", "fuse.ntfs-3g"})
"""FUSE file systems on a local disk that SQLite's log is known to work on."""
SHARED_WITH_A_HOST = frozenset({"virtiofs", "fuse", "fakeowner", "drvfs"})
_TEMPORARY = re.compile(r"tridesk-(\d+)-.*")
_UNFINISHED = re.compile(r"(?:\w+\.new|restoring|restoring-from|restoring-from-first|recoding)(?:-wal|-shm|-journal)?")
_ABANDONED_SECONDS = 3600
_umask = 0o022


def keep_files_private() -> None:
    """Have every file that this process makes from now on readable by its owner only."""
    global _umask
    _umask = os.umask(0o077)


def umask_before() -> int:
    """Return the user's own mask, for programs of theirs that are started."""
    return _umask


def temporary_folder() -> Path:
    """Make a private folder for temporary files, which names its process: what a killed one leaves can be removed."""
    return Path(tempfile.mkdtemp(prefix=f"tridesk-{os.getpid()}-"))


def remove_leftovers() -> None:
    """Remove the temporary folders of this user's processes that are gone."""
    with suppress(OSError):
        for path in Path(tempfile.gettempdir()).iterdir():
            match = _TEMPORARY.fullmatch(path.name)
            if match is None:
                continue
            with suppress(OSError):
                kept = path.lstat()
                if stat.S_ISDIR(kept.st_mode) and kept.st_uid == os.getuid() and not _runs(int(match[1])):
                    shutil.rmtree(path)


def remove_unfinished(desk: Path, now: float) -> None:
    """Remove copies next to the desk that a killed program was making; one that is still written to is younger."""
    with suppress(OSError):
        for path in desk.absolute().parent.glob(f".{glob.escape(desk.name)}.*"):
            ending = path.name.removeprefix(f".{desk.name}.")
            with suppress(OSError):
                if _UNFINISHED.fullmatch(ending) and path.lstat().st_mtime < now - _ABANDONED_SECONDS:
                    path.unlink()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's: the number was given again
        return True
    return True


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


def file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the file system that `path` is on, empty where the system does not say."""
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
        point = Path(re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), fields[1]))
        if target.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind


def network_file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the network file system that `path` is on, or the empty string.

    SQLite's write-ahead log needs shared memory, which network file systems do not give (https://www.sqlite.org/wal.html).
    """
    kind = file_system(path, mounts)
    return kind if kind in NETWORK_FILE_SYSTEMS else ""


def doubtful_file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the file system if it is not known whether its shared memory works, or the empty string.

    Those are FUSE and folders that a virtual machine shares with its host: a program decides what they do.
    """
    kind = file_system(path, mounts)
    doubtful = (kind.startswith("fuse") and kind not in LOCAL_FUSE) or kind in SHARED_WITH_A_HOST
    return kind if doubtful and kind not in NETWORK_FILE_SYSTEMS else ""
