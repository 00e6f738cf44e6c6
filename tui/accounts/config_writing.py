"""Writes accounts and trackers into `config.toml` and takes them out again; every other line stays as it is."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from data.errors import InputError
from data.locations import private_folder
from queues.accounts.mail_account import Account
from queues.accounts.ticketing_system import Tracker

_BLOCK = re.compile(r"(?m)^\[\[(?:account|tracker)\]\][ \t]*(?:#.*)?$")
_OTHER_TABLE = re.compile(r"(?m)^\[(?!\[(?:account|tracker)\]\]|account\.|tracker\.)")


def add(folder: Path, account: Account | Tracker) -> Path:
    """Append the account to the folder's `config.toml` and return the file. Raises InputError where it is known."""
    path = private_folder(folder) / "config.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if any(name == account.name for _, _, name in _blocks(text)):
        raise InputError("Account exists", f"{path} has an account {account.name!r} already; choose another name.")
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    _put(path, f"{text}{gap}{_written(account)}")
    return path


def remove(folder: Path, name: str) -> Path:
    """Take the account out and return the file. Raises InputError where there is none of this name."""
    path = folder / "config.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for start, end, found in _blocks(text):
        if found == name:
            _put(path, (text[:start].rstrip("\n") + "\n" + text[end:]).lstrip("\n"))
            return path
    raise InputError("No such account", f"{path} has no account {name!r}; `tridesk account list` names them.")


def change(folder: Path, name: str, account: Account | Tracker) -> Path:
    """Write what changed of the account of this name and return the file; comments and other lines stay.

    Raises InputError where there is none, or where the new name is taken.
    """
    path = folder / "config.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if account.name != name and any(found == account.name for _, _, found in _blocks(text)):
        raise InputError("Account exists", f"{path} has an account {account.name!r} already; choose another name.")
    for start, end, found in _blocks(text):
        if found == name:
            _put(path, text[:start] + _changed(text[start:end], account) + text[end:])
            return path
    raise InputError("No such account", f"{path} has no account {name!r}; `tridesk account list` names them.")


def as_written(folder: Path) -> list[Account | Tracker]:
    """Return the accounts as the file has them, with nothing filled in. Raises InputError where one is unusable."""
    path = folder / "config.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found: list[Account | Tracker] = []
    for start, end, _ in _blocks(text):
        is_tracker = text.startswith("[[tracker]]", start)
        ((table,),) = tomllib.loads(text[start:end]).values()
        try:
            found.append(msgspec.convert(table, Tracker) if is_tracker else msgspec.convert(table, Account))
        except msgspec.ValidationError as error:
            raise InputError("Settings not understood", f"{path}: {error}; see `tridesk config explain`.") from error
    return found


def _changed(block: str, account: Account | Tracker) -> str:
    """Return the lines of an account with those settings changed that differ; all anew where that cannot be done."""
    ((old,),) = tomllib.loads(block).values()
    wanted = tomllib.loads(_written(account)).popitem()[1][0]
    head, *lines = block.split("\n")
    for key in dict.fromkeys((*wanted, *old)):
        if wanted.get(key) != old.get(key):
            lines = _with_line(lines, key, wanted.get(key))
    changed = "\n".join([head, *lines])
    try:
        ((found,),) = tomllib.loads(changed).values()
        if msgspec.convert(found, type(account)) == account:
            return changed
    except (tomllib.TOMLDecodeError, ValueError, msgspec.ValidationError):
        pass  # a value over several lines, say: the whole block is written anew
    return _written(account) + ("\n" if block.endswith("\n\n") else "")


def _with_line(lines: list[str], key: str, value: Any) -> list[str]:
    """Return the lines with one setting changed where it stands, added behind the others, or taken out."""
    own = re.compile(rf"{re.escape(key)}\s*=")
    written = [] if value is None else [f"{_key(key)} = {_value(value)}"]
    for place, line in enumerate(lines):
        if own.match(line):
            return [*lines[:place], *written, *lines[place + 1 :]]
    settings = [place for place, line in enumerate(lines) if re.match(r"[A-Za-z0-9_-]+\s*=", line)]
    tables = [place for place, line in enumerate(lines) if line.startswith("[")]
    behind = max((place for place in settings if place < min(tables, default=len(lines))), default=-1) + 1
    return [*lines[:behind], *written, *lines[behind:]]


def _blocks(text: str) -> list[tuple[int, int, str]]:
    """Return where each account's lines begin and end, and its name."""
    starts = [found.start() for found in _BLOCK.finditer(text)]
    blocks = []
    for start in starts:
        ends = [found.start() for pattern in (_BLOCK, _OTHER_TABLE) for found in pattern.finditer(text, start + 1)]
        end = min(ends, default=len(text))
        try:
            ((table,),) = tomllib.loads(text[start:end]).values()
        except (tomllib.TOMLDecodeError, ValueError, TypeError):
            continue
        blocks.append((start, end, str(table.get("name", ""))))
    return blocks


def _written(account: Account | Tracker) -> str:
    """Return the account as TOML: what differs from the defaults."""
    plain: dict[str, Any] = msgspec.to_builtins(account)
    default: dict[str, Any] = msgspec.to_builtins(type(account)("", ""))
    lines = [f"{key} = {_value(value)}" for key, value in plain.items() if value != default[key]]
    return "\n".join(["[[tracker]]" if isinstance(account, Tracker) else "[[account]]", *lines]) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(
                f"{_key(key)} = {_value(one)}"
                for key, one in value.items()
                if one or (one == "" and key not in ("host",))
            )
            + " }"
        )
    # a JSON string is a TOML basic string, as long as DEL is escaped (TOML 1.0, strings)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def _put(path: Path, text: str) -> None:
    """Write the file whole or not at all, for its owner's eyes."""
    part = path.with_suffix(f".{os.getpid()}.part")
    with open(part, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
