"""`[[field]]` of the settings: which definitions of custom fields the desk accepts."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from data.errors import InputError
from data.records.custom_fields import CustomField, FieldKind

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def fields_of(rows: Sequence[CustomField], lanes: Collection[str], where: str) -> tuple[CustomField, ...]:
    """Return the fields of the settings; `where` is the file that names them. Raises InputError."""
    seen: set[str] = set()
    for field in rows:
        if wrong := _wrong(field, seen, lanes):
            raise InputError("Field not usable", f"{where}: [[field]] {field.name!r} {wrong}.")
        seen |= {field.name, field.label.casefold()}
    return tuple(rows)


def _wrong(field: CustomField, seen: set[str], lanes: Collection[str]) -> str:
    if not _NAME.fullmatch(field.name):
        return "needs a name that macros can use: small letters, digits and _, such as order_number"
    if field.name in seen or field.label.casefold() in seen:
        return "has the name or the label of a field before it"
    if field.kind is FieldKind.CHOICE and len(set(field.choices)) < max(1, len(field.choices)):
        return "needs choices, each once, such as choices = ['web', 'app']"
    if field.choices and field.kind is not FieldKind.CHOICE:
        return f"has choices and the type {field.kind}; write type = 'choice'"
    if field.currency and (field.kind is not FieldKind.MONEY or not _CURRENCY.fullmatch(field.currency)):
        return "has a currency that cannot be used; it is for type = 'money', an ISO 4217 code such as EUR"
    if unknown := [lane for lane in field.lanes if lane not in lanes]:
        return f"names the lane {unknown[0]!r}; the lanes are {', '.join(lanes)}"
    return ""
