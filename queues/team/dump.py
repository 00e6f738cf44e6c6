"""A consistent copy of a team's database in one file: by pg_dump where it is installed, else as SQL of our own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError, StoreError
from data.safe_text import safe_line
from queues.team.database import Database, tls_settings

PG_DUMP, EXPORT = "pg_dump", "export"
"""How a copy was made."""
TABLES = ("team", "member", "ticket", "message", "operation", "event")
"""What is exported, each after those that it refers to; who is at which ticket is of the moment, and left out."""
_COUNTED = ("ticket", "message", "event")
"""The tables that number their rows."""
_HEAD = """-- A team's database, schema VERSION; for psql, after `tridesk team init`.
\\set ON_ERROR_STOP on
BEGIN;
DO $$ BEGIN
    IF (SELECT max(number) FROM tridesk.migration) <> VERSION THEN
        RAISE 'this copy is of schema VERSION';
    END IF;
END $$;
TRUNCATE NAMES;
"""
_NUMBERS = """SELECT setval(pg_get_serial_sequence('tridesk.TABLE', 'id'),
    (SELECT coalesce(max(id), 0) + 1 FROM tridesk.TABLE), false);
"""
_ENVIRONMENT = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "gssencmode": "PGGSSENCMODE"}


@dataclass(frozen=True, slots=True)
class Dumped:
    """A copy that was written."""

    by: str
    """`pg_dump` or `export`."""
    size: int
    why: str = ""
    """Why it was not pg_dump, if that is installed."""


def dump(database: Database, url: str, password: str, ca_file: str, target: Path, *, export: bool = False) -> Dumped:
    """Write a copy as the database's owner, and nothing if that fails. Raises InputError, StoreError, ConnectorError.

    `password` is that of the owner, empty where PostgreSQL's own library finds it; `export` leaves pg_dump out.
    """
    if target.exists():
        raise InputError("File exists", f"{target} is there already; nothing is overwritten. Name another file.")
    beside = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        by, why = PG_DUMP, ""
        program = None if export else shutil.which(PG_DUMP)
        if program is not None:
            why = _by_pg_dump(program, database, url, password, ca_file, beside)
        if program is None or why:
            by = EXPORT
            with beside.open("wb") as file:
                file.writelines(exported(database))
        beside.rename(target)
        return Dumped(by, target.stat().st_size, why)
    except OSError as error:
        raise StoreError("Not written", f"{target}: {error.strerror}; check the folder and the space there.") from error
    finally:
        beside.unlink(missing_ok=True)


def exported(database: Database) -> Iterator[bytes]:
    """Yield SQL that fills the tables of a database which `tridesk team init` has prepared; all of one moment."""
    with database.transaction():
        database.rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ((version,),) = database.rows("SELECT max(number) FROM tridesk.migration")
        names = ", ".join(f"tridesk.{table}" for table in (*TABLES, "presence", "viewing"))
        yield _HEAD.replace("VERSION", str(version)).replace("NAMES", names).encode()
        for table in TABLES:
            ((columns,),) = database.rows(
                """SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
                FROM information_schema.columns WHERE table_schema = 'tridesk' AND table_name = %s""",
                table,
            )
            yield f"COPY tridesk.{table} ({columns}) FROM stdin;\n".encode()
            yield from database.copied(f"COPY tridesk.{table} ({columns}) TO STDOUT")
            yield b"\\.\n"
        for table in _COUNTED:
            yield _NUMBERS.replace("TABLE", table).encode()
        # transactions of another cluster mean nothing here, and every desk reads it from the start
        yield b"UPDATE tridesk.event SET xact = 0;\nUPDATE tridesk.team SET generation = gen_random_uuid();\nCOMMIT;\n"


def _by_pg_dump(program: str, database: Database, url: str, password: str, ca_file: str, target: Path) -> str:
    """Have pg_dump write the copy; return why it could not, empty if it did."""
    secure = {_ENVIRONMENT[name]: value for name, value in tls_settings(database.host, ca_file).items()}
    given = {"PGPASSWORD": password} if password else {}
    arguments = ["--format=custom", "--schema=tridesk", "--no-unlogged-table-data", "--no-password"]
    done = subprocess.run(
        [program, *arguments, f"--file={target}", f"--dbname={url}"],
        env={**os.environ, **secure, **given}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    lines = done.stderr.decode(errors="replace").splitlines()
    return "" if done.returncode == 0 else safe_line(lines[-1] if lines else f"exit code {done.returncode}")
