"""Writes the OpenAPI description that `tridesk api` serves, and the table of docs/api.md, from the list of requests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from tools.json_keys import keys_of
from tui.api.http_server import KEY_HEADER, LONGEST_KEY, REPEATED_HEADER
from tui.api.operations import CHANGES, OPERATIONS, Operation
from tui.api.problem_details import MEDIA_TYPE
from tui.api.request_values import Asked

ROOT = Path(__file__).parents[1]
FILE = ROOT / "tui/api/openapi.json"
PAGE = ROOT / "docs/api.md"
BEGIN, END = "<!-- requests: by tools/api_description.py -->\n", "<!-- end -->\n"
EXTRA = {"ticket": "number of the ticket, or null"}
"""Keys that an answer has besides those of its command, and their meanings."""
_TYPES = (
    (re.compile(r"time, ISO 8601|when (it|the|an|what)"), "string"),
    (re.compile(r"(its )?values?\b|mean\b|median\b|nine of ten"), "number"),
    (re.compile(r"number\b|how many|active tickets|those whose|place on"), "integer"),
    (re.compile(r"list\b"), "array"),
    (re.compile(r"object\b"), "object"),
    (re.compile(r"true\b"), "boolean"),
)
"""How the meaning of a key begins, and the type of its value; every other value is a text."""
_OF_ONE = re.compile(r"of `(.+?)`: ")
"""How the meaning of a key begins that only one of several commands has."""


def schema_of_value(meaning: str) -> dict[str, Any]:
    """Return the schema of a value by the words that docs/json.md has for it."""
    kind = next((kind for begins, kind in _TYPES if begins.match(meaning)), "string")
    can_be_null = "null" in meaning
    return {"type": [kind, "null"] if can_be_null else kind, "description": meaning}


def _object(keys: Mapping[str, str]) -> dict[str, Any]:
    return {"type": "object", "properties": {key: schema_of_value(meaning) for key, meaning in keys.items()}}


def _keys_of(operation: Operation) -> dict[str, str]:
    """Return the keys of a command's JSON that an answer can have: none of options that requests do not have."""
    keys = {key: text for key, text in keys_of(operation.command).items() if key != "*" and not _is_of_option(text)}
    of_others = {key for key, text in keys.items() if (of := _OF_ONE.match(text)) and of[1] != operation.command}
    return {key: _OF_ONE.sub("", text) for key, text in keys.items() if key not in of_others}


def _is_of_option(meaning: str) -> bool:
    return meaning.startswith("with --")


def _answer(operation: Operation) -> dict[str, Any]:
    one = _object(_keys_of(operation) | {key: EXTRA[key] for key in operation.extra})
    if not operation.answers_many:
        return one
    many: dict[str, Any] = {"items": {"type": "array", "items": one}}
    if operation is CHANGES:
        many["cursor"] = {"type": "string", "description": "`after` of the next request"}
    return {"type": "object", "properties": many, "required": list(many)}


def description() -> dict[str, Any]:
    """Return the description."""
    schemas = _schemas()
    schemas["Problem"] = {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What happened, where, and what to do."},
            "steps": {"type": "array", "items": {"type": "string"}, "description": "Steps that come first."},
            "action": {"type": "integer", "description": "The action whose reply has left."},
        },
        "required": ["type", "title", "status", "detail"],
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tridesk",
            "version": version("tridesk"),
            "description": "The desk for programs on this machine: the JSON of the commands, by the same rules.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8766"}],
        "security": [{"token": []}],
        "paths": {operation.path: {operation.method.lower(): _operation(operation)} for operation in OPERATIONS},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": schemas},
    }


def _schemas() -> dict[str, Any]:
    bodies = [operation.asked for operation in OPERATIONS if operation.method == "POST"]
    _, named = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    return dict(named)


def _operation(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {"description": "Done.", "content": {"application/json": {"schema": _answer(operation)}}},
        "default": {
            "description": "Refused, and why.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        },
    }
    if operation.may_be_nothing:
        answers["204"] = {"description": "Nothing waits."}
    described: dict[str, Any] = {
        "operationId": operation.path.removeprefix("/v1/").replace("/", "_"),
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": answers,
    }
    if operation.method == "POST":
        reference = {"$ref": f"#/components/schemas/{operation.asked.__name__}"}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    if operation.changes:
        answers["200"]["headers"] = {
            REPEATED_HEADER: {"description": "true where it was done before.", "schema": {"type": "string"}}
        }
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.changes:
        text = "New for each change, the same when it is sent again: the change is then made once."
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}
        return [{"name": KEY_HEADER, "in": "header", "required": True, "description": text, "schema": schema}]
    if operation.method == "POST":
        return []
    return [_parameter(name, schema, operation.asked) for name, schema in _fields(operation.asked).items()]


def _fields(asked: type[Asked]) -> dict[str, Any]:
    _, named = msgspec.json.schema_components([asked], ref_template="{name}")
    fields: dict[str, Any] = {}
    for name, schema in named[asked.__name__]["properties"].items():
        if "$ref" in schema:  # an enumeration
            schema = schema | named[schema["$ref"]]
            del schema["$ref"]
        elif "anyOf" in schema:  # a parameter is left out, and is never null
            chosen = next(part for part in schema["anyOf"] if part.get("type") != "null")
            schema = {**named.get(chosen.get("$ref", ""), {}), **chosen}
            schema.pop("$ref", None)
        fields[name] = {key: value for key, value in schema.items() if key != "title" and value is not None}
    return fields


def _parameter(name: str, schema: dict[str, Any], asked: type[Asked]) -> dict[str, Any]:
    required = {field.encode_name for field in msgspec.structs.fields(asked) if field.required}
    text = schema.pop("description", "")
    said = {"description": text} if text else {}
    return {"name": name, "in": "query", "required": name in required, **said, "schema": schema}


def table() -> str:
    """Return the table of the page."""
    lines = ["| request | asks | does |", "|---|---|---|"]
    for operation in OPERATIONS:
        fields = msgspec.structs.fields(operation.asked)
        asks = ", ".join(f"**`{field.name}`**" if field.required else f"`{field.name}`" for field in fields)
        lines.append(f"| `{operation.method} {operation.path}` | {asks or '-'} | {operation.summary} |")
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """Return the page with its table as it must be."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def written() -> str:
    """Return the description as the file holds it."""
    return json.dumps(description(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
