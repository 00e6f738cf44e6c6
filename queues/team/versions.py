"""Which versions of the schema and of tridesk work together: each with the one before and the one after."""

from __future__ import annotations

from data.errors import RefusedError
from queues.team.database import Database
from queues.team.migrations import migrations


def known() -> int:
    """Return the number of the newest migration that this version knows."""
    return migrations()[-1].number


def require_fit(database: Database) -> None:
    """Raise RefusedError if this version cannot work with the database's schema, with who must update."""
    rows = database.rows("SELECT coalesce(max(number), 0), coalesce(max(oldest_client), 0) FROM tridesk.migration")
    ((version, oldest),) = rows
    if version == 0 or version < known() - 1:
        raise RefusedError(
            "Team too old", f"The team at {database.place} is of an older tridesk ({version}, this is {known()}); "
            "its owner runs `tridesk team init`.",
        )  # fmt: skip
    if oldest > known():
        raise RefusedError(
            "Update tridesk", f"The team at {database.place} needs a newer tridesk ({oldest}, this is {known()}); "
            "update it with pip or pipx.",
        )  # fmt: skip
