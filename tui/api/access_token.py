"""The token of a desk's API: shown once; beside the desk file is only its hash, for its owner to read."""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from data.errors import InputError
from tui.web.local_requests import same


def hash_file(desk: Path) -> Path:
    """Return where the hash of a desk's token is."""
    return desk.with_name(f"{desk.name}.api-token")


def renew(desk: Path) -> str:
    """Make a new token and return it; the one before opens nothing any more. Raises InputError."""
    token, place = secrets.token_urlsafe(32), hash_file(desk)
    try:
        descriptor, name = mkstemp(prefix=f".{place.name}.", dir=place.parent)  # made with 0600
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(_hash(token))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, place)
    except OSError as error:
        raise InputError("No token", f"{place} cannot be written ({error.strerror}); free it and try again.") from error
    return token


def is_token(desk: Path, given: str) -> bool:
    """Return whether this is the desk's token."""
    try:
        known = hash_file(desk).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return False
    return bool(known) and same(_hash(given), known)


def _hash(token: str) -> str:
    """Return the hash of a token; a token is random, so one round is enough."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
