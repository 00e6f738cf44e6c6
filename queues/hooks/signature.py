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
    if not words:
        raise UnreachableError("No secret", "There is no secret; `tridesk hooks secret NAME --new` makes one.")
    if len(words) > _MOST:
        raise UnreachableError(
            "No secret",
            f"There are {len(words)} secrets, and {_MOST} are the most; `tridesk hooks secret NAME --new` makes one.",
        )
    return tuple(_key(word) for word in words)


def signature(keys: Sequence[bytes], webhook_id: str, at: int, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each key, with a space between."""
    signed = f"{webhook_id}.{at}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys)


def _key(word: str) -> bytes:
    if not word.startswith(PREFIX):
        raise UnreachableError(
            "No secret", f"The secret does not begin with {PREFIX}; `tridesk hooks secret NAME --new` makes one."
        )
    try:
        key = b64decode(word.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise UnreachableError(
            "No secret",
            f"What follows {PREFIX} in the secret is not Base64; `tridesk hooks secret NAME --new` makes one.",
        ) from None
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise UnreachableError(
            "No secret",
            f"The secret has {len(key)} bytes, and must have {_SHORTEST} to {_LONGEST}; "
            "`tridesk hooks secret NAME --new` makes one.",
        )
    return key
