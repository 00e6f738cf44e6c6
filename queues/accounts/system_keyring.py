"""Secrets in the system's own keyring, and those that a command of the user's prints."""

from __future__ import annotations

import subprocess
from typing import Protocol

from queues.ground import children

COMMAND_SECONDS = 30
SERVICE = "tridesk"
"""The service name of our entries in the keyring."""


class NoSecretError(Exception):
    """There is no secret to be had; the text says why, as the end of a sentence."""

    def __init__(self, why: str, *, is_missing: bool = False) -> None:
        super().__init__(why)
        self.is_missing = is_missing
        """Whether there is no keyring at all."""


def line_of_command(command: str) -> str:
    """Return the first line printed by a command from the user's settings. Raises NoSecretError."""
    try:
        with subprocess.Popen(
            ["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            children.adopt(process)
            try:
                written, _ = process.communicate(timeout=COMMAND_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoSecretError(f"failed ({type(error).__name__})") from error
    if process.returncode:
        raise NoSecretError(f"ended with code {process.returncode}")
    lines = written.decode("utf-8", "replace").splitlines()
    return lines[0].strip() if lines else ""


def read(name: str) -> str:
    """Return a secret of ours from the keyring, or an empty string. Raises NoSecretError if there is no keyring."""
    keyring = _keyring()
    try:
        return str(keyring.get_password(SERVICE, name) or "")
    except Exception as error:  # a last resort: keyring backends may raise anything
        raise NoSecretError(f"the keyring refused ({type(error).__name__}); unlock it") from error


def write(name: str, secret: str) -> None:
    """Store a secret in the keyring. Raises NoSecretError if no keyring accepts it."""
    keyring = _keyring()
    try:
        keyring.set_password(SERVICE, name, secret)
    except Exception as error:  # as above
        raise NoSecretError(f"the keyring refused ({type(error).__name__}); unlock it") from error


def forget(name: str) -> None:
    """Remove a secret of ours from the keyring, if it is there. Raises NoSecretError if there is no keyring."""
    keyring = _keyring()
    try:
        if keyring.get_password(SERVICE, name) is not None:
            keyring.delete_password(SERVICE, name)
    except Exception as error:  # as above
        raise NoSecretError(f"the keyring refused ({type(error).__name__}); unlock it") from error


class _Keyring(Protocol):
    def get_password(self, service: str, username: str, /) -> str | None: ...
    def set_password(self, service: str, username: str, password: str, /) -> None: ...
    def delete_password(self, service: str, username: str, /) -> None: ...


def _keyring() -> _Keyring:
    """Return the system's keyring; refuse a backend that prompts on the terminal: it would hang."""
    try:
        import keyring
    except ImportError as error:
        raise NoSecretError("the keyring is not installed (pip install 'tridesk[keyring]')", is_missing=True) from error
    backend = keyring.get_keyring()
    for item in getattr(backend, "backends", [backend]):
        place = type(item).__module__
        if place.startswith("keyring.backends.") and place.rpartition(".")[2] not in {"fail", "null", "chainer"}:
            result: _Keyring = item
            return result
    raise NoSecretError("this system has no keyring", is_missing=True)
