"""What the cursors of plain and encrypted desk files share: what is wrong with the file becomes a sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar, Self

from data.desk_file.store_errors import known_error


class ExplainingCursor:
    """Goes before a package's own cursor: raises `StoreError` for what is wrong with the file, else `sqlite3.Error`."""

    failure: ClassVar[type[Exception]] = sqlite3.Error
    """The errors of the package."""
    connection: Any
    arraysize: int

    def as_sqlite3(self, error: Any) -> sqlite3.Error:
        """Return an error of the package as one of `sqlite3`."""
        same: sqlite3.Error = error
        return same

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        """Run a statement."""
        try:
            super().execute(sql, parameters)  # type: ignore[misc] # of the package's cursor, as below
        except self.failure as error:
            raise self._explained(error) from error
        return self

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        """Run a statement for each of the parameters."""
        try:
            super().executemany(sql, parameters)  # type: ignore[misc]
        except self.failure as error:
            raise self._explained(error) from error
        return self

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        try:
            return super().fetchone()  # type: ignore[misc]
        except self.failure as error:
            raise self._explained(error) from error

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows."""
        try:
            rows: list[Any] = super().fetchmany(self.arraysize if size is None else size)  # type: ignore[misc]
        except self.failure as error:
            raise self._explained(error) from error
        return rows

    def fetchall(self) -> list[Any]:
        """Return all rows that remain."""
        try:
            rows: list[Any] = super().fetchall()  # type: ignore[misc]
        except self.failure as error:
            raise self._explained(error) from error
        return rows

    def __iter__(self) -> Iterator[Any]:
        reads = self.connection.reads
        self.ahead: list[Any] = []
        reads.add(self)
        try:
            yield from iter(partial(super().fetchone), None)  # type: ignore[misc] # costs less a row than `__next__`
            yield from self.ahead
        except self.failure as error:
            raise self._explained(error) from error
        finally:
            reads.discard(self)

    def __next__(self) -> Any:
        try:
            return super().__next__()  # type: ignore[misc]
        except self.failure as error:
            raise self._explained(error) from error

    def read_ahead(self) -> None:
        """Read the rows that remain of an iteration, so that its statement ends."""
        self.ahead += self.fetchall()

    def _explained(self, error: Exception) -> Exception:
        same = self.as_sqlite3(error)
        return known_error(same, self.connection.desk_path) or same
