"""The passphrase of the lock: kept as an scrypt hash (RFC 7914) in a private file next to the settings."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from pathlib import Path

from data.errors import InputError
from data.locations import private_folder
from tui.setup.settings import config_folder

LEAST_LETTERS = 6
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1


def lock_file() -> Path:
    """Return the file of the passphrase."""
    return config_folder() / "lock.json"


def is_set() -> bool:
    """Return whether there is a passphrase."""
    return lock_file().exists()


def set_passphrase(text: str) -> None:
    """Keep a new passphrase. Raises InputError if it is too short or cannot be written."""
    if len(text) < LEAST_LETTERS:
        raise InputError("Passphrase too short", f"Use {LEAST_LETTERS} letters or more.")
    salt = os.urandom(16)
    kept = json.dumps({"salt": salt.hex(), "scrypt": _hash(text, salt).hex()})
    path = lock_file()
    part = path.with_suffix(".part")
    try:
        private_folder(path.parent)
        with open(part, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(kept)
        os.replace(part, path)
    except OSError as error:
        raise InputError(
            "Passphrase not kept", f"{path} cannot be written ({error.strerror}); check its folder."
        ) from error


def remove() -> None:
    """Forget the passphrase."""
    lock_file().unlink(missing_ok=True)


def matches(text: str) -> bool:
    """Return whether this is the passphrase; takes some 50 ms. A file that cannot be read matches nothing."""
    try:
        kept = json.loads(lock_file().read_text(encoding="utf-8"))
        salt, wanted = bytes.fromhex(kept["salt"]), bytes.fromhex(kept["scrypt"])
    except FileNotFoundError:
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return hmac.compare_digest(_hash(text, salt), wanted)


def _hash(text: str, salt: bytes) -> bytes:
    return hashlib.scrypt(text.encode("utf-8", "surrogatepass"), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL)
