"""`tridesk encrypt`, `decrypt` and `key`: the desk file with a key, and without."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from data.desk_file.backup_files import Backup, copies_of
from data.desk_file.encryption import KEY_BYTES, PLAIN, key_from, key_of, needs_passphrase, new_salt, remember, salt_of
from data.desk_file.make_backup import make_backup, remove_copy
from data.errors import InputError, RuleError, StoreError
from data.recovery.change_key import change_key
from data.recovery.restore import refuse_open
from data.safe_text import safe_line
from data.store import Store
from queues.accounts.system_keyring import NoSecretError, read, write
from queues.ground.roles import Right
from tui.cli.common import chosen, db_option, json_option, write_json
from tui.cli.confirming import confirm
from tui.look.words import words
from tui.setup.clock import wall_clock
from tui.setup.desk_key import given, keyring_name
from tui.setup.settings import load

LEAST_LETTERS = 10
"""Of a passphrase: someone with the file can try many."""


@click.command()
@click.option("--passphrase", is_flag=True, help="Make the key of a passphrase, rather than keep one in the keyring.")
@click.option("--keep-backups", is_flag=True, help="Leave earlier backups, which are not encrypted with this key.")
@db_option
@json_option
def encrypt(passphrase: bool, keep_backups: bool, db: Path | None, as_json: bool) -> None:
    """Encrypt the desk file and its backups; on an encrypted desk, change the key.

    The key is random and kept in the system's keyring, or made of a passphrase (in a script, a line of standard input).
    """
    path = _begin(db)
    if find_spec("sqlcipher3") is None:
        raise InputError("Not installed", "Encryption needs another package: pip install 'tridesk[encrypted]'.")
    Store.open(path).close()
    salt = new_salt(passphrase=passphrase)
    if passphrase:
        remember(salt, key_from(_new_passphrase(is_change=bool(salt_of(path))), salt))
    else:
        _keep_in_keyring(salt, os.urandom(KEY_BYTES))
    before = copies_of(path)
    _change(path, salt)
    make_backup(path, wall_clock())
    if not keep_backups:
        for copy in before:
            remove_copy(copy.path)
    _report(path, [] if not keep_backups else before, as_json=as_json)
    if not as_json:
        click.echo(
            words("Without the passphrase, nobody can read the desk or its backups, not even you.")
            if passphrase
            else words("Its key is in the keyring. `tridesk key` prints it: keep it elsewhere, for another machine.")
        )


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@db_option
@json_option
def decrypt(yes: bool, db: Path | None, as_json: bool) -> None:
    """Make the desk a plain file again. Earlier backups stay encrypted."""
    path = _begin(db)
    if not salt_of(path):
        raise InputError("Not encrypted", f"{path} is not encrypted.")
    confirm(yes, words("Whoever can read {path} can then read the tickets. Decrypt it?").format(path=path))
    before = copies_of(path)
    _change(path, PLAIN)
    make_backup(path, wall_clock())
    _report(path, before, as_json=as_json)


@click.command()
@click.option("--store", "store_", is_flag=True, help="Keep the key in this machine's keyring, rather than print it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@db_option
def key(store_: bool, yes: bool, db: Path | None) -> None:
    """Print the key of an encrypted desk, to keep in a safe place; or keep it in the keyring of this machine."""
    path = _begin(db, in_use=True)
    salt = salt_of(path)
    if not salt or needs_passphrase(salt):
        raise InputError("No key", f"{path} is {'encrypted with a passphrase' if salt else 'not encrypted'}.")
    Store.open(path, create=False).close()  # whether it is the right one
    if store_:
        _keep_in_keyring(salt, key_of(path, salt))
        click.echo(words("The key is in the keyring."))
        return
    confirm(yes, words("Whoever sees the key can read the desk and its backups. Print it?"))
    click.echo(key_of(path, salt).hex())


def _begin(db: Path | None, *, in_use: bool = False) -> Path:
    """Return the desk; raise unless the agent may, and nothing has the desk open."""
    from tui.setup.open_desk import require

    require(Right.RESTORE)
    path = chosen(db)
    if not in_use:
        refuse_open(path)
    return path


def _change(path: Path, salt: bytes) -> None:
    from tui.setup.open_desk import agent_name

    change_key(path, salt, wall_clock(), agent_name(load().settings))


def _new_passphrase(*, is_change: bool) -> str:
    if given() and not is_change:  # on a change, that is the one until now
        text = given()
    elif sys.stdin.isatty():
        text = click.prompt(words("New passphrase"), hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().rstrip("\n")
    if len(text) < LEAST_LETTERS:
        raise InputError("Passphrase too short", f"Use {LEAST_LETTERS} letters or more; some words in a row are best.")
    return text


def _keep_in_keyring(salt: bytes, new: bytes) -> None:
    """Keep a key in the keyring and know it. Raises StoreError unless it can be read there again."""
    try:
        write(keyring_name(salt), new.hex())
        is_kept = read(keyring_name(salt)) == new.hex()
    except NoSecretError as error:
        raise StoreError(
            "No keyring", f"The key cannot be kept: {error}. Use a passphrase instead, with --passphrase."
        ) from error
    if not is_kept:
        raise RuleError("No keyring", "The keyring did not keep the key; use a passphrase instead, with --passphrase.")
    remember(salt, new)


def _report(path: Path, other_backups: list[Backup], *, as_json: bool) -> None:
    is_encrypted = bool(salt_of(path))
    if as_json:
        write_json(
            {"desk": str(path), "encrypted": is_encrypted, "other_backups": [str(copy.path) for copy in other_backups]}
        )
        return
    encrypted = words("{path} is encrypted now, and so is its newest backup.")
    text = encrypted if is_encrypted else words("{path} is a plain file now.")
    click.echo(text.format(path=safe_line(str(path))))
    for copy in other_backups:
        click.echo(words("Left as it is: {path}").format(path=safe_line(str(copy.path))))
