"""Which desk files are encrypted, and the keys that this process knows for them.

An encrypted file begins with its salt, which is also its name among keys: the same in every copy and backup. The first
letters of a salt say that it is a desk, and what kind of key opens it.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Protocol
from weakref import WeakSet

from data.errors import StoreError

SALT_BYTES = 16
KEY_BYTES = 32
PLAIN = b""
"""The salt of a file that is not encrypted."""
RECODING = "recoding"
"""The ending of a copy of a desk, with another key, that is to take the desk's place."""
_OF_KEY, _OF_PASSPHRASE = b"TRDE\x01", b"TRDE\x02"
_COST, _BLOCK, _PARALLEL = 2**16, 8, 1
_MEMORY = 2 * 128 * _COST * _BLOCK

Source = Callable[[Path, bytes], bytes]
"""Gives the key of a file, by its path and salt. Raises StoreError if there is none."""

_known: dict[bytes, bytes] = {}
_asking = Lock()
_reading = Lock()
_opened = WeakSet["Opened"]()


def _no_source(path: Path, salt: bytes) -> bytes:
    raise StoreError("Encrypted desk", f"{path} is encrypted, and this program was not given its key.")


_source: Source = _no_source


def new_salt(*, passphrase: bool) -> bytes:
    """Return the salt of a new encrypted file, whose key is random or made of a passphrase."""
    mark = _OF_PASSPHRASE if passphrase else _OF_KEY
    return mark + os.urandom(SALT_BYTES - len(mark))


class Opened(Protocol):
    """A connection to a file."""

    file: tuple[int, int]
    """The device and the number of the file."""
    salt: bytes
    is_closed: bool


def note_opened(connection: Opened, path: Path, salt: bytes) -> None:
    """Know that this process has the file open, before the first statement on it."""
    connection.salt = salt
    with _reading, suppress(OSError):
        connection.file = _number(path)
        _opened.add(connection)


def salt_of(path: Path) -> bytes:
    """Return the salt of an encrypted desk file, `PLAIN` for any other file, also if it is missing.

    The file is only read if this process has it not open: to close a file that SQLite has open takes SQLite's locks
    away (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    try:
        with _reading:
            number = _number(path)
            for connection in _opened:
                if connection.file == number and not connection.is_closed:
                    return connection.salt
            with path.open("rb") as file:
                salt = file.read(SALT_BYTES)
    except OSError:
        return PLAIN
    return salt if len(salt) == SALT_BYTES and salt.startswith((_OF_KEY, _OF_PASSPHRASE)) else PLAIN


def _number(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def needs_passphrase(salt: bytes) -> bool:
    """Return whether a passphrase opens the file, rather than a key."""
    return salt.startswith(_OF_PASSPHRASE)


def key_from(passphrase: str, salt: bytes) -> bytes:
    """Return the key that a passphrase stands for, by scrypt (RFC 7914); takes some 0.2 seconds and 64 MB."""
    text = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY, dklen=KEY_BYTES)


def ask_for_keys(source: Source) -> None:
    """Have keys that are not known yet come from `source`; it is called once for each salt, and not twice at once."""
    global _source
    _source = source


def remember(salt: bytes, key: bytes) -> None:
    """Know the key of a salt from now on."""
    _known[salt] = key


def forget(salt: bytes) -> None:
    """Ask for the key of a salt again."""
    _known.pop(salt, None)


def key_of(path: Path, salt: bytes) -> bytes:
    """Return the key of an encrypted file. Raises StoreError if it is not to be had."""
    with _asking:
        if salt not in _known:
            _known[salt] = _source(path, salt)
        return _known[salt]
