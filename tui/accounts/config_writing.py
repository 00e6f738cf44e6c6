"""Adds accounts and trackers to `config.toml` and removes them; every other line stays as it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import tomlkit

from data.errors import InputError
from data.locations import private_folder
from queues.accounts.mail_account import Account
from queues.accounts.ticketing_system import Tracker
from tui.setup.config_file import ConfigFile, table_starts

_KINDS: dict[str, type[Account | Tracker]] = {"account": Account, "tracker": Tracker}


def add(folder: Path, account: Account | Tracker) -> Path:
    """Append the account to the folder's `config.toml` and return the file. Raises InputError if the name is taken."""
    path = private_folder(folder) / "config.toml"
    config = _Config.read(path)
    config.refuse_taken(account.name)
    text = config.text
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    config.write(f"{text}{gap}{_new_block(account)}")
    return path


def remove(folder: Path, name: str) -> Path:
    """Remove the account and return the file. Raises InputError if there is no account of this name."""
    config = _Config.read(folder / "config.toml")
    block = config.block(name)
    before, after = config.text[: block.start], config.text[block.end :]
    config.write(before + after if after else before.rstrip("\n") + "\n" * bool(before.strip()))
    return config.path


def change(folder: Path, name: str, account: Account | Tracker) -> Path:
    """Update the account of this name and return the file; comments and other lines stay.

    Raises InputError if there is no such account or the new name is taken.
    """
    config = _Config.read(folder / "config.toml")
    if account.name != name:
        config.refuse_taken(account.name)
    block = config.block(name)
    changed = _changed(config.text[block.start : block.end], config.account(block), account)
    config.write(config.text[: block.start] + changed + config.text[block.end :])
    return config.path


def as_written(folder: Path) -> list[Account | Tracker]:
    """Return the accounts as written in the file, without defaults. Raises InputError if an account is invalid."""
    config = _Config.read(folder / "config.toml")
    return [config.account(block) for block in config.blocks]


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one account, with the tables below it such as `[account.signature]`."""

    start: int
    end: int
    kind: str
    """The name of its table: a key of `_KINDS`."""
    table: dict[str, Any]


class _Config(ConfigFile):
    """The file with its accounts."""

    @property
    def blocks(self) -> tuple[_Block, ...]:
        """The accounts in the order of the file."""
        return tuple(_blocks(self.text))

    def block(self, name: str) -> _Block:
        """Return the account of this name. Raises InputError if there is none."""
        for block in self.blocks:
            if block.table.get("name") == name:
                return block
        raise InputError("No such account", f"{self.path} has no account {name!r}; `tridesk account list` names them.")

    def refuse_taken(self, name: str) -> None:
        """Raise InputError where an account has this name."""
        if any(block.table.get("name") == name for block in self.blocks):
            raise InputError("Account exists", f"{self.path} has an account {name!r} already; choose another name.")

    def account(self, block: _Block) -> Account | Tracker:
        """Return the account of a block. Raises InputError if it is invalid."""
        try:
            return msgspec.convert(block.table, _KINDS[block.kind])
        except msgspec.ValidationError as error:
            message = f"{self.path}: {error}; see `tridesk config explain`."
            raise InputError("Settings not understood", message) from error


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the accounts in the order of the file.

    The text is cut here and not by tomlkit, which moves `[[account]]` tables together when others are between them.
    """
    cuts = [*table_starts(text), len(text)]
    pieces = [(start, end, tomllib.loads(text[start:end])) for start, end in pairwise(cuts)]
    for index, (start, end, tables) in enumerate(pieces):
        kind = next(iter(tables))
        if kind in _KINDS and isinstance(tables[kind], list):
            for _, after, below in pieces[index + 1 :]:
                if not isinstance(below.get(kind), dict):  # not a table of this account
                    break
                end = after
            ((table,),) = tomllib.loads(text[start:end]).values()
            yield _Block(start, end, kind, table)


def _new_block(account: Account | Tracker) -> str:
    """Return the account as TOML, without settings that equal the default."""
    kind = next(kind for kind, shape in _KINDS.items() if isinstance(account, shape))
    tables = tomlkit.aot()
    tables.append(tomlkit.table())
    _set(tables[0], None, account)
    return tomlkit.dumps(tomlkit.document().add(kind, tables))


def _changed(block: str, old: Account | Tracker, new: Account | Tracker) -> str:
    """Return an account's lines with the changed settings."""
    document = tomlkit.parse(block)
    (tables,) = document.values()
    _set(tables[0], old, new)
    return tomlkit.dumps(document)


def _set(table: Any, old: Account | Tracker | None, new: Account | Tracker) -> None:
    """Write each setting of `new` that differs from `old` into the table; remove those that equal the default."""
    default = type(new)("", "")
    for field in msgspec.structs.fields(new):
        key, value = field.encode_name, getattr(new, field.name)
        if old is not None and value == getattr(old, field.name):
            continue
        written = _plain(value)
        if value == getattr(default, field.name) and not field.required:
            table.pop(key, None)
        elif not isinstance(written, dict):
            table[key] = written
        elif key in table:
            _update(table[key], written)
        else:
            table[key] = tomlkit.inline_table()
            table[key].update(written)


def _update(table: Any, settings: Mapping[str, Any]) -> None:
    """Make a table that is in the file hold these settings and no others."""
    for key in [key for key in table if key not in settings]:
        del table[key]
    table.update({key: value for key, value in settings.items() if table.get(key) != value})


def _plain(value: Any) -> Any:
    """Return a setting in TOML's types: a server as the table of what is set, a day as text."""
    plain = msgspec.to_builtins(value)
    return {key: part for key, part in plain.items() if part} if isinstance(value, msgspec.Struct) else plain
