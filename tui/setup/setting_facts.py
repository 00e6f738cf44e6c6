"""What is known of every setting: type, default, example, version, description, all from the settings' own code."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from tui.setup.setting_types import in_words, item_type, table_of, value_type
from tui.setup.settings import Settings
from tui.setup.toml_places import places

EXAMPLE = Path(__file__).with_name("example.toml")
"""A settings file with every setting."""
_SINCE = re.compile(r"\s+# (\d+\.\d+)$")


@dataclass(frozen=True, slots=True)
class Fact:
    """One setting."""

    name: str
    """With the tables that it is in: `lock.after-minutes`."""
    kind: str
    """Its type in words."""
    default: str
    """As TOML; empty where there is none, or nothing is set."""
    required: bool
    example: str
    """Its line of a settings file."""
    since: str
    """The version that brought it."""
    description: str
    header: str
    """The table's header, such as `[lock]`; empty above the first table."""
    is_single: bool
    """There is one of it: it is in no list of tables, and in no table with names of one's own."""


def facts() -> tuple[Fact, ...]:
    """Return every setting in the order of its type."""
    return tuple(_facts(Settings, "", "", is_single=True))


def described(shape: type[msgspec.Struct]) -> Mapping[str, str]:
    """Return the description under each field of a type, by the field's name in Python."""
    tree = ast.parse(inspect.getsource(sys.modules[shape.__module__]))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == shape.__name__)
    texts: dict[str, str] = {}
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            text = ast.literal_eval(below.value) if isinstance(below.value, ast.Constant) else ""
            texts[field.target.id] = " ".join(str(text).split())
    return texts


def as_toml(value: Any) -> str:
    """Return a value as TOML writes it; empty for nothing."""
    import tomlkit

    plain = msgspec.to_builtins(value)
    if plain is None or plain == "" or plain == [] or plain == {} or plain == ():
        return ""
    return str(tomlkit.item(list(plain) if isinstance(plain, tuple) else plain).as_string())


def _facts(shape: type[msgspec.Struct], prefix: str, header: str, *, is_single: bool) -> Iterator[Fact]:
    texts = described(shape)
    for field in msgspec.structs.fields(shape):
        name = f"{prefix}{field.encode_name}"
        below = table_of(field)
        if below is None:
            example, since = _examples().get(name, ("", ""))
            if value_type(field.type) is not None:
                example = f"[{name}]  {example}"
            default = None if field.required else _default(field)
            yield Fact(name, in_words(field.type), as_toml(default), field.required, example, since,
                       texts.get(field.name, ""), header, is_single)  # fmt: skip
            continue
        one = is_single and item_type(field.type) is None and value_type(field.type) is None
        yield from _facts(below, f"{name}.", _header(name, field), is_single=one)


def _header(name: str, field: msgspec.structs.FieldInfo) -> str:
    if item_type(field.type) is not None:
        return f"[[{name}]]"
    if value_type(field.type) is not None:
        return f"[{name}.NAME]"
    return f"[{name}]"


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else None


@cache
def _examples() -> Mapping[str, tuple[str, str]]:
    """Return the example of each setting, and the version behind it."""
    text = EXAMPLE.read_text(encoding="utf-8")
    lines = text.splitlines()
    examples: dict[str, tuple[str, str]] = {}
    for path, offset in places(text).items():
        line = lines[text.count("\n", 0, offset)]
        match = _SINCE.search(line)
        if not match:
            continue
        example = (line[: match.start()], match[1])
        names = [step for step in path if isinstance(step, str)]
        if names[0] == "calendar":
            names.pop(1)  # its own name
        examples.setdefault(".".join(names), example)
        for upto in range(1, len(names)):  # a table with free names: its first entry is the example
            examples.setdefault(".".join(names[:upto]), example)
    return examples
