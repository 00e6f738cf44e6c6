"""The exports of other tools, distinguished by their shape: JSON (or JSON Lines) and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from data.errors import InputError
from macros.importing import helpdesks, plain_tables
from macros.importing.foreign import Foreign

MAX_BYTES = 50_000_000
MAX_ANSWERS = 5000
MAX_LEVELS = 4

Row = Mapping[str, Any]
TOOLS = ("zendesk", "gorgias", "helpscout", "freshdesk", "rocketchat", "chatwoot", "csv")


def read(name: str, raw: bytes, tool: str = "") -> list[Foreign]:
    """Return the answers of an export. `tool` is one of `TOOLS`; empty: recognised by its shape. Raises InputError."""
    if len(raw) > MAX_BYTES:
        raise InputError("Export too large", f"{name} is larger than {MAX_BYTES // 1_000_000} MB; split it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        reason = f"{name} is not UTF-8 text at byte {wrong.start}; export it as UTF-8."
        raise InputError("Not readable", reason) from None
    macros = list(_tables(name, text) if tool == "csv" or not _looks_like_json(text) else _objects(name, text, tool))
    if not macros:
        raise InputError("Nothing to import", f"{name} holds no answers in a known format: {', '.join(TOOLS)}.")
    if len(macros) > MAX_ANSWERS:
        raise InputError("Export too large", f"{name} holds more than {MAX_ANSWERS} answers; split it.")
    return macros


def _looks_like_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _objects(name: str, text: str, tool: str) -> Iterator[Foreign]:
    for row in _rows(_parsed(name, text), 0):
        shape = tool or helpdesks.tool_of(row)
        macro = helpdesks.READERS[shape](row) if shape in helpdesks.READERS else None
        if macro is not None:
            yield macro


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError("Not readable", f"{name} is nested too deep.") from None
    except ValueError as wrong:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            raise InputError("Not readable", f"{name} is not JSON: {wrong}.") from None


def _rows(result: Any, level: int) -> Iterator[Row]:
    """Yield the objects that may be answers: those of a list, and those of lists inside an object around them."""
    if level > MAX_LEVELS:
        return
    if isinstance(result, list):
        for item in result:
            yield from _rows(item, level + 1)
    elif isinstance(result, dict):
        if helpdesks.tool_of(result):
            yield result
            return
        for value in result.values():
            if isinstance(value, list | dict):
                yield from _rows(value, level + 1)


def _tables(name: str, text: str) -> Iterable[Foreign]:
    header = text.partition("\n")[0]  # texts have commas and quotes of their own
    delimiter = max(",;\t", key=header.count)
    csv.field_size_limit(1_000_000)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as wrong:
        raise InputError("Not readable", f"{name} is not CSV: {wrong}.") from None
    return plain_tables.answers(name, rows)
