"""The key of an encrypted desk: from the environment, a command, the keyring, or the one who sits at the terminal."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from data.desk_file.encryption import KEY_BYTES, ask_for_keys, key_from, key_of, needs_passphrase, remember, salt_of
from data.errors import StoreError
from data.safe_text import safe_line

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "TRIDESK_KEY"
_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")
_from_environment = ""
_asks = True


def begin() -> None:
    """Have encrypted desks opened with the user's key; the variable with it is not passed on to other programs."""
    global _from_environment
    _from_environment = os.environ.pop(VARIABLE, _from_environment)
    ask_for_keys(_key)


def ask_no_more() -> None:
    """Never ask on the terminal from now on: the screen has it."""
    global _asks
    _asks = False


def given() -> str:
    """Return what the environment has as the passphrase or key, or an empty string."""
    return _from_environment


def to_hand_on(path: Path) -> dict[str, str]:
    """Return the key of a desk that this program has open, for a process of ours to read on its standard input."""
    salt = salt_of(path)
    return {salt.hex(): key_of(path, salt).hex()} if salt else {}


def take(handed_on: Mapping[str, str]) -> None:
    """Know the keys that another process of ours has handed on."""
    for salt, key in handed_on.items():
        remember(bytes.fromhex(salt), bytes.fromhex(key))


def keyring_name(salt: bytes) -> str:
    """Return the name of a desk's key in the keyring."""
    return f"desk {salt.hex()}"


def _key(path: Path, salt: bytes) -> bytes:
    """Return the key of a desk. Raises StoreError with what to do."""
    from queues.accounts.system_keyring import NoSecretError, line_of_command, read
    from tui.setup.settings import load

    text, why = _from_environment, ""
    kind, _, place = load().settings.encryption.key.partition(":")
    is_phrase = needs_passphrase(salt)
    try:
        if not text and kind == "env":
            text = os.environ.pop(place, "")
        elif not text and kind == "command":
            text = line_of_command(place)
        elif not text and not is_phrase:
            text = read(keyring_name(salt))
            why = "the keyring has none for it"
    except NoSecretError as error:
        why = f"the command under [encryption] {error}" if kind == "command" else str(error)
    if not text and _may_ask():
        from getpass import getpass

        what = "Passphrase" if is_phrase else "Key"
        text = getpass(f"{what} of {safe_line(str(path))}: ").strip("\r\n")
    if not text:
        raise _none(path, is_phrase, why)
    if is_phrase:
        return key_from(text, salt)
    if not _KEY.fullmatch(text.strip()):
        raise StoreError(
            "Not a key",
            f"{path} is encrypted with a key: 64 digits and letters from a to f, as `tridesk key` has.",
        )
    return bytes.fromhex(text.strip())


def _may_ask() -> bool:
    return _asks and sys.stdin.isatty() and sys.stderr.isatty()


def _none(path: Path, is_phrase: bool, why: str) -> StoreError:
    reason = f" ({why})" if why else ""
    if is_phrase:
        return StoreError(
            "Encrypted desk",
            f"{path} is encrypted, and there is no passphrase for it{reason}: run tridesk in a terminal, which asks, "
            "or give it in TRIDESK_KEY, or by [encryption] in config.toml.",
        )
    return StoreError(
        "Encrypted desk",
        f"{path} is encrypted, and there is no key for it{reason}: run tridesk in a terminal, which asks, or give it "
        "in TRIDESK_KEY, or by [encryption] in config.toml.",
    )
