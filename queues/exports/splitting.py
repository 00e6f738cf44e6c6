"""Converts a record of an export to our ticket. Runs in the helper process, under its limits."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from queues.exports.fields import Fields
from queues.exports.registry import tool
from queues.exports.ticket import ExportedTicket


def split(raw: bytes, name: str) -> ExportedTicket:
    """Read a record of the tool of this name. Never raises: a refused record is returned with its problem."""
    try:
        row = _decoded(raw)
        if not isinstance(row, dict):
            return ExportedTicket(problem="it is not a JSON object")
        return tool(name).read(Fields(row))
    except RecursionError:
        return ExportedTicket(problem="it is nested too deeply")
    except MemoryError:
        return ExportedTicket(problem="it needs too much memory")
    except ValueError as error:
        return ExportedTicket(problem=str(error)[:200] or "it cannot be read")
    except Exception as error:  # the last resort: an error costs only this record
        return ExportedTicket(problem=f"it cannot be read ({type(error).__name__})")


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # not strict JSON, but lone surrogates, bytes that are not UTF-8 and NaN are still readable
        return _mended(json.loads(raw.decode("utf-8", "replace"), parse_constant=lambda _: None))


def _mended(value: Any) -> Any:
    """Return the value with texts that UTF-8 can hold."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {_mended(name): _mended(inside) for name, inside in value.items()}
    if isinstance(value, list):
        return [_mended(inside) for inside in value]
    return value
