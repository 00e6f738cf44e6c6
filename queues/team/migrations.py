"""The schema's numbered migrations: each runs once, in one transaction with its record, while agents work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from queues.team.database import Database

_LOCK = 7_433_305
"""The advisory lock of migrations: two owners migrate one after the other."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all steps that this version knows, in order."""
    folder = files("queues.team") / "schema"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple(
        Migration(int(name[:4]), name[5:].removesuffix(".sql").replace("_", " "), (folder / name).read_text("utf-8"))
        for name in names
    )


def migrate(database: Database, steps: tuple[Migration, ...]) -> list[Migration]:
    """Run the steps that the database lacks, each in a transaction, and return them. Raises ConnectorError."""
    done = []
    for step in steps:
        with database.transaction():
            database.rows("SELECT pg_advisory_xact_lock(%s)", _LOCK)
            database.rows("CREATE SCHEMA IF NOT EXISTS tridesk")
            database.rows(
                """CREATE TABLE IF NOT EXISTS tridesk.migration (number integer PRIMARY KEY, name text NOT NULL,
                    oldest_client integer NOT NULL, at timestamptz NOT NULL DEFAULT now())"""
            )
            if database.rows("SELECT FROM tridesk.migration WHERE number = %s", step.number):
                continue
            # a desk of the version before goes on working beside the new schema
            database.rows("SET LOCAL lock_timeout = '5s'")
            database.script(step.sql)
            database.rows(
                "INSERT INTO tridesk.migration (number, name, oldest_client) VALUES (%s, %s, %s)",
                step.number, step.name, max(step.number - 1, 1),
            )  # fmt: skip
            done.append(step)
    return done
