"""A table of answers: one row per text, rows of one title put together by their language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.errors import InputError
from data.safe_text import plain_cell
from macros.importing.foreign import Foreign, Text
from macros.importing.placeholders import language_code

_COLUMNS = {
    "title": ("title", "name", "macro", "shortcut", "short_code", "título", "titulo", "nombre"),
    "text": ("text", "body", "content", "reply", "message", "texto", "respuesta", "mensaje"),
    "html": ("html", "body_html", "content_html"),
    "language": ("language", "lang", "locale", "idioma"),
    "folder": ("folder", "category", "topic", "group", "carpeta", "categoría", "categoria", "tema"),
    "status": ("status", "estado"),
    "priority": ("priority", "prioridad"),
    "tags": ("tags", "add_tags", "labels", "etiquetas"),
    "subject": ("subject", "asunto"),
}


def answers(name: str, rows: Sequence[Mapping[str | Any, Any]]) -> list[Foreign]:
    """Return the answers of a table. Raises InputError if it has no column for titles or for texts."""
    if not rows:
        return []
    columns = _columns([key for key in rows[0] if isinstance(key, str)])
    if "title" not in columns or not {"text", "html"} & columns.keys():
        raise InputError(
            "Columns not known",
            f"{name} needs the columns title (or name) and text (or body, content), named in its first line.",
        )
    unknown = [key for key in rows[0] if isinstance(key, str) and key not in columns.values()]
    grouped: dict[tuple[str, str], list[Mapping[Any, Any]]] = {}
    for row in rows:
        folder, title = (_value(row, columns, word) for word in ("folder", "title"))
        if title:
            grouped.setdefault((folder, title), []).append(row)
    return [_answer(*place, results, columns, unknown) for place, results in grouped.items()]


def _answer(
    folder: str, title: str, rows: Sequence[Mapping[Any, Any]], columns: Mapping[str, str], unknown: Sequence[str]
) -> Foreign:
    first = rows[0]
    return Foreign(
        tool="csv",
        title=title,
        texts=tuple(_text(row, columns) for row in rows),
        folder=folder,
        status=_value(first, columns, "status"),
        priority=_value(first, columns, "priority"),
        add_tags=tuple(_value(first, columns, "tags").replace(",", " ").replace(";", " ").split()),
        subject=_value(first, columns, "subject"),
        extra={column: first[column] for column in unknown if first.get(column)},
    )


def _text(row: Mapping[Any, Any], columns: Mapping[str, str]) -> Text:
    plain, html = _value(row, columns, "text"), _value(row, columns, "html")
    return Text(plain or html, not plain, language_code(_value(row, columns, "language")))


def _value(row: Mapping[Any, Any], columns: Mapping[str, str], word: str) -> str:
    return plain_cell(str(row.get(columns.get(word, "")) or "")).strip()


def _columns(header: Sequence[str]) -> dict[str, str]:
    """Return which column holds what, by its usual names."""
    by_name = {column.strip().lower(): column for column in reversed(header)}
    named = {word: [by_name[item] for item in usual if item in by_name] for word, usual in _COLUMNS.items()}
    return {word: columns[0] for word, columns in named.items() if columns}
