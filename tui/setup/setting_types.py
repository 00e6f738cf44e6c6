"""The types of settings in words, for errors, `tridesk config explain` and the reference page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import inspect

from queues.clocks.clock_settings import CalendarTable
from queues.routing.lane_settings import LaneTable

LOOSE: Mapping[str, type[msgspec.Struct]] = {"lane": LaneTable, "calendar": CalendarTable}
"""Tables that are read by their own subject; the type of each."""


def bare(hint: Any) -> Any:
    """Return a type without its limits."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def is_table(hint: Any) -> bool:
    """Return whether a type is a table with known keys."""
    return isinstance(bare(hint), type) and issubclass(bare(hint), msgspec.Struct)


def item_type(hint: Any) -> Any:
    """Return the type of a list's items, None if the type is not a list."""
    origin, arguments = get_origin(bare(hint)), get_args(bare(hint))
    return arguments[0] if origin in (list, tuple) else None


def value_type(hint: Any) -> Any:
    """Return the type of the values of a table with free keys, None for any other type."""
    origin, arguments = get_origin(bare(hint)), get_args(bare(hint))
    return arguments[1] if origin is dict else None


def table_of(field: msgspec.structs.FieldInfo) -> type[msgspec.Struct] | None:
    """Return the type of the tables that a setting is made of, None if it is a plain value."""
    hint = item_type(field.type) or field.type
    if value_type(hint) is not None:
        hint = LOOSE.get(field.encode_name, hint)
    return bare(hint) if is_table(hint) else None


def names_below(shape: type[msgspec.Struct]) -> Iterator[str]:
    """Yield the name of every setting of a table, nested ones with dots: `lock.after-minutes`."""
    for field in msgspec.structs.fields(shape):
        below = table_of(field)
        yield field.encode_name
        if below is not None:
            yield from (f"{field.encode_name}.{name}" for name in names_below(below))


def in_words(hint: Any) -> str:
    """Return a type as people say it: `a whole number from 0 to 300`."""
    return _words(inspect.type_info(hint))


def _words(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata():
            return _words(kind.type)
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType() | inspect.AnyType():
            return "text in quotes"
        case inspect.IntType() | inspect.FloatType():
            return ("a whole number" if isinstance(kind, inspect.IntType) else "a number") + _limits(kind)
        case inspect.DateType():
            return "a date such as 2026-01-31"
        case inspect.LiteralType():
            return "one of " + ", ".join(f'"{value}"' for value in kind.values)
        case inspect.EnumType():
            return "one of " + ", ".join(f'"{value.value}"' for value in kind.cls)
        case inspect.ListType() | inspect.VarTupleType():
            item = kind.item_type
            if isinstance(item, inspect.StructType):
                return "tables, each under a header in [[ ]]"
            return f"a list, each item {_words(item)}"
        case inspect.DictType():
            return f"a table of names, each with {_words(kind.value_type)}"
        case inspect.StructType():
            return "a table"
        case inspect.UnionType():
            return " or ".join(
                dict.fromkeys(_words(one) for one in kind.types if not isinstance(one, inspect.NoneType))
            )
    return "a value"  # pragma: no cover - every type of the settings is above, by a test


def _limits(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.gt is not None:
        return f" above {kind.gt}" + (f" and at most {kind.le}" if kind.le is not None else "")
    if kind.ge is None:
        return ""
    return f" from {kind.ge}" + (f" to {kind.le}" if kind.le is not None else " up")
