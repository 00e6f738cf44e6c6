"""The custom fields that the desk's settings define, kept in the file for every window and command."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from data.records.custom_fields import CustomField, FieldKind
from data.tables.settings import Settings

_KEY = "fields"


class CustomFields:
    """Reads and writes the definitions through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._settings = Settings(connection)

    def all(self) -> list[CustomField]:
        """Return the fields in the order of the settings."""
        return [_field(values) for values in self._settings.get(_KEY) or []]

    def save(self, fields: Sequence[CustomField]) -> None:
        """Make these the fields of the desk, and no others."""
        self._settings.save(_KEY, [asdict(field) for field in fields])


def _field(values: Mapping[str, Any]) -> CustomField:
    lists = {name: tuple(values[name]) for name in ("choices", "lanes")}
    return CustomField(**{**values, **lists, "kind": FieldKind(values["kind"])})
