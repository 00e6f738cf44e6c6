"""Encrypts a desk file, decrypts it, or changes its key: a checked copy takes its place in one step."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from data.desk_file.connection import connect
from data.desk_file.copy_with_key import exclusively_copied
from data.desk_file.encryption import RECODING
from data.desk_file.make_backup import flush, flush_folder
from data.desk_file.store_errors import store_error
from data.recovery.restore import new_file, remove_with_log
from data.store import Store
from data.tables.events import NO_TICKET

ENCRYPTED, DECRYPTED = "encrypted", "decrypted"
"""Kinds of events."""


def change_key(desk: Path, salt: bytes, now: int, actor: str) -> None:
    """Give the desk the key that is known for `salt`, or none for `PLAIN`; cut off anywhere, the old file is whole.

    Raises StoreError if any program has the desk open, if there is no room, or if the copy is not the same.
    """
    Store.open(desk, create=False).close()  # brings it to the newest shape
    new = new_file(desk, RECODING)
    try:
        with exclusively_copied(desk, new, salt):
            with closing(connect(new, timeout=1, name=desk)) as connection:
                store = Store(connection, desk)
                with store.write():
                    action = store.actions.begin(actor, now)
                    store.events.add(action, NO_TICKET, now, actor, ENCRYPTED if salt else DECRYPTED, {})
            flush(new)
            os.replace(new, desk.absolute())
            flush_folder(desk.absolute().parent)
    except (sqlite3.Error, OSError) as error:
        raise store_error(error, desk) from error
    finally:
        remove_with_log(new)
