"""Which versions of the schema and of tridesk work together: each with the one before and the one after."""

from __future__ import annotations

from data.errors import RefusedError
from queues.team.database import Database
from queues.team.migrations import migrations

WORKING_TOGETHER = 3
"""The migration from which on a team knows who looks at a ticket."""


def known() -> int:
    """Return the number of the newest migration that this version knows."""
    return migrations()[-1].number


def require_fit(database: Database) -> int:
    """Return the number of the database's newest migration.

    Raises RefusedError if this version cannot work with it, with who must update.
    """
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
    return int(version)
