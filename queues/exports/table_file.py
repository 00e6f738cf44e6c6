"""Splits a table of tickets, CSV of any tool, into tickets: by the names of its columns or by a mapping.

Rows of one ticket number are one ticket, and each row with a text is a message.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import msgspec

from data.errors import InputError
from data.safe_text import plain_cell
from queues.exports.fields import FIELD
from queues.exports.read_export import Piece, Record
from queues.exports.regular_files import open_regular
from queues.exports.spreadsheet import NAME

SUFFIXES = (".csv", ".tsv")
TOOLS = (NAME, "osticket")
"""The tools whose exports are tables."""
LARGEST = 256 * 1024 * 1024
"""Bytes of a file: it is held in memory, because the rows of a ticket may be anywhere in it."""
_LARGEST_CELL = 8 * 1024 * 1024
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "ticket number", "ticket id", "ticket", "ticket #", "conversation id", "conversation number",
               "case number", "id", "número", "número de ticket"),
    "subject": ("subject", "title", "issue summary", "summary", "asunto", "título"),
    "text": ("text", "body", "message", "description", "content", "comment", "plain text", "mensaje", "descripción"),
    "html": ("html", "html body"),
    "name": ("from", "from name", "requester", "requester name", "customer", "customer name", "name", "full name",
             "contact", "cliente", "nombre"),
    "address": ("from email", "email", "requester email", "customer email", "contact email", "from address",
                "from_addr", "user email", "correo", "correo electrónico"),
    "status": ("status", "current status", "ticket status", "state", "estado"),
    "priority": ("priority", "prioridad"),
    "tags": ("tags", "labels", "etiquetas"),
    "assignee": ("assignee", "assigned", "agent", "agent assigned", "owner", "assigned to", "agente", "asignado"),
    "created": ("created", "created at", "date created", "created time", "created date", "date", "fecha"),
    "updated": ("updated", "updated at", "last updated", "last update", "last modified"),
    "solved": ("solved", "solved at", "closed date", "closed at", "closed time", "resolved time", "resolved at"),
    "sent": ("sent", "sent at", "message date", "comment created at"),
    "direction": ("direction", "type of message"),
    "message_id": ("message_id", "message id"),
}  # fmt: skip
"""The fields that a column may fill, and the names that tools give such columns, folded."""
FIELDS = tuple(_KNOWN)
_TIMES = ("created", "updated", "solved", "sent")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column fills which field, by their names."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    """Header by field; the others are found by their usual names."""
    date_format: str = ""
    """As `strptime` takes it; empty for ISO 8601 and Unix seconds. Dates in another form are not guessed at."""

    def of(self, header: Sequence[str], where: str) -> dict[str, str]:
        """Return the header of each field in a table. Raises InputError for a column or field that there is not."""
        folded = {name.strip().casefold(): name for name in header}
        mapped: dict[str, str] = {}
        for name, column in self.chosen.items():
            if name not in _KNOWN and not name.startswith(FIELD):
                near = get_close_matches(name, FIELDS, 1)
                hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(FIELDS)}, {FIELD}NAME."
                raise InputError("Import", f"There is no field {name!r} to fill; {hint}")
            if column.strip().casefold() not in folded:
                raise InputError("Import", f"{where} has no column {column!r}; it has {', '.join(header)}.")
            mapped[name] = folded[column.strip().casefold()]
        for column, written in folded.items():
            if column.startswith(FIELD) and written not in mapped.values():
                mapped.setdefault(column, written)
        for name, usual in _KNOWN.items():
            free = [folded[one] for one in usual if one in folded and folded[one] not in mapped.values()]
            if name not in mapped and free:
                mapped[name] = free[0]
        if not mapped.keys() & {"subject", "text", "html"}:
            raise InputError(
                "Import",
                f"{where} has no column for subject or text that is known; name one: --column subject=COLUMN. "
                f"It has {', '.join(header)}.",
            )
        return mapped


def pieces(path: Path, columns: Columns, tool: str = NAME) -> Iterator[Piece]:
    """Yield the tickets of a table in the order of their first rows; what cannot be read is yielded as its error."""
    try:
        header, rows = _table(path)
        mapped = columns.of(header, str(path))
    except InputError as refusal:
        yield refusal
        return
    tickets: dict[str, list[dict[str, str]]] = {}
    places: dict[str, int] = {}
    for line, cells in rows:
        if not cells:
            yield InputError("Import", f"{path}, row {line} cannot be read as CSV, nor what follows; save it again.")
            break
        if len(cells) > len(header):
            sentence = f"{path}, row {line} has {len(cells)} cells for {len(header)} columns; it was left out."
            yield InputError("Import", sentence)
            continue
        row = dict(zip(header, cells, strict=False))
        number = row.get(mapped.get("number", ""), "").strip() or _hash(cells)
        tickets.setdefault(number, []).append(_filled(row, mapped, columns.date_format))
        places.setdefault(number, line)
    for number, found in tickets.items():
        raw = msgspec.json.encode({"number": number, "rows": found})
        yield Record(tool, raw, f"{path}, row {places[number]}")


def _table(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    try:
        with open_regular(path) as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise InputError("Import", f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST:
        raise InputError("Import", f"{path} is larger than {LARGEST >> 20} MB; split it, a ticket's rows together.")
    text = _decoded(data)
    csv.field_size_limit(_LARGEST_CELL)
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:8192].split("\n")[0] + "\n", ",;\t|")
    except csv.Error:
        dialect = "excel"
    reader = csv.reader(io.StringIO(text, newline=""), dialect, doublequote=True, strict=False)
    try:
        header = [name.strip() or f"column {place}" for place, name in enumerate(next(reader, []), 1)]
    except csv.Error as error:
        raise InputError("Import", f"{path}, line 1: {error}; save it as CSV again.") from error
    if not header:
        raise InputError("Import", f"{path} is empty.")
    return header, _rows(reader)


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that says anything, with its number; an empty one ends what can be read."""
    line = 1
    while True:
        line += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            yield line, []
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _decoded(data: bytes) -> str:
    """Return the text of a table: UTF-8 or UTF-16 by its mark, else what Windows programs write."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _filled(row: Mapping[str, str], mapped: Mapping[str, str], date_format: str) -> dict[str, str]:
    """Return a row with fields under our names and everything else under its own, empty cells left out."""
    ours = {column: name for name, column in mapped.items()}
    result: dict[str, str] = {}
    for column, cell in row.items():
        value = plain_cell(cell)
        name = ours.get(column, "")
        if name in _TIMES and date_format:
            value = _moment(value, date_format)
        if value.strip():
            result[f"={name}" if name else column] = value
    return result


def _moment(text: str, date_format: str) -> str:
    try:
        moment = datetime.strptime(text.strip(), date_format)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _hash(cells: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(cells).encode("utf-8", "replace")).hexdigest()[:16]
