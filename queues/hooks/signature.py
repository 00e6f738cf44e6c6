"""Signatures of webhooks as https://www.standardwebhooks.com defines them: `v1`, HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import binascii
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Sequence

from data.errors import UnreachableError

PREFIX = "whsec_"
_SHORTEST, _LONGEST, _MOST = 24, 64, 4
"""Bytes of a secret as the specification has them; how many secrets may sign together."""


def new_secret() -> str:
    """Return a secret that no one can guess."""
    return PREFIX + b64encode(os.urandom(32)).decode()


def keys_of(written: str) -> tuple[bytes, ...]:
    """Return the keys of secrets as they are kept: `whsec_…`, while one replaces another both, with a space between.

    Raises UnreachableError for anything else.
    """
    words = written.split()
    if not 0 < len(words) <= _MOST:
        raise _unusable("there is none" if not words else f"there are {len(words)}, and {_MOST} are the most")
    return tuple(_key(word) for word in words)


def signature(keys: Sequence[bytes], webhook_id: str, at: int, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each key, with a space between."""
    signed = f"{webhook_id}.{at}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys)


def _key(word: str) -> bytes:
    if not word.startswith(PREFIX):
        raise _unusable(f"it does not begin with {PREFIX}")
    try:
        key = b64decode(word.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise _unusable(f"what follows {PREFIX} is not Base64") from None
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise _unusable(f"it has {len(key)} bytes, and must have {_SHORTEST} to {_LONGEST}")
    return key


def _unusable(why: str) -> UnreachableError:
    return UnreachableError("No secret", f"The secret cannot be used: {why}; `tridesk hooks secret NAME --new` makes one.")
