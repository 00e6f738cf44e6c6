"""Writes an agent's own macros: a reply that was sent becomes one, or a macro with one line reworded."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from data.errors import InputError
from data.locations import private_folder
from data.safe_text import safe_line
from macros.files.library import check_paths
from macros.files.macro_files import SUFFIX
from macros.filling.macro import Macro
from macros.suggesting.features import words

MAX_SLUG = 40
_TRIES = 100


def as_template(text: str, customer: str) -> str:
    """Return a reply's text as a macro's: the customer's name becomes a value, and nothing else in it is code."""
    plain = re.sub(r"\{(?=[{%#])", "{ ", re.sub(r"\r\n?", "\n", text))
    plain = re.sub(r"(?m)^(===|\+\+\+)", r" \1", plain)
    name = " ".join(customer.split())
    first = name.split(" ")[0]
    for held, value in ((name, "name"), (first, "first_name")):
        if len(held) > 1:
            plain = re.sub(rf"(?<!\w){re.escape(held)}(?!\w)", f"{{{{ customer.{value} }}}}", plain)
    return plain


def save_macro(folder: Path, title: str, language: str, text: str, *, topic: str = "") -> str:
    """Write a new macro into the agent's own folder and return its name. Raises InputError if that fails.

    `text` is a template; `as_template` makes one of what was sent.
    """
    if not words(title):
        raise InputError("No title", "Give the macro a title with at least one letter; lists show it by its title.")
    front = f"title = {_quoted(title)}\n" + (f"topics = [{_quoted(topic)}]\n" if topic else "")
    place = folder / ("-".join(words(topic)) or "own")
    return _write(folder, place / _slug(words(title)), f"+++\n{front}+++\n=== {language}\n{text.rstrip()}\n")


def save_variant(folder: Path, macro: Macro, language: str, line: int, words_instead: str) -> str:
    """Write a macro again with one line of one body in other words (none: without it), and return its name.

    `line` counts from 1 within the body of `language`; the title says which macro it comes from, and no key is taken.
    Raises InputError if the macro's file cannot be read or the new one cannot be used.
    """
    body = macro.body_for(language)
    try:
        lines = macro.path.read_text(encoding="utf-8").split("\n") if macro.path is not None else []
    except (OSError, ValueError) as error:
        raise InputError("Macro not read", f"{macro.name}: its file cannot be read; look at it first.") from error
    at = body.line + line - 2
    if not 0 <= at < len(lines) or lines[at] != body.text.split("\n")[line - 1]:
        raise InputError("Macro changed", f"{macro.name} was changed meanwhile; ask the coach again.")
    lines[at : at + 1] = [words_instead] if words_instead else []
    titles = ", ".join(f"{_quoted(code or 'en')} = {_quoted(f'{said} (2)')}" for code, said in macro.title.by_language)
    return _write(folder, folder / variant_of(macro.name), _titled(lines, f"{{ {titles} }}"))


def variant_of(macro: str) -> str:
    """Return the name that the first variant of a macro is saved under."""
    return f"{macro}-2"


def _titled(lines: list[str], title: str) -> str:
    """Return a macro file with another title and without its key."""
    if not lines or lines[0].strip() != "+++":
        lines = ["+++", "+++", *lines]
    end = next(at for at, line in enumerate(lines[1:], 1) if line.strip() == "+++")
    front = [line for line in lines[1:end] if not re.match(r"(title|key)\s*=", line)]
    return "\n".join(["+++", f"title = {title}", *front, *lines[end:]]).rstrip("\n") + "\n"


def _write(folder: Path, stem: Path, source: str) -> str:
    """Write a new file; remove it again if it is invalid."""
    try:
        private_folder(folder)
        private_folder(stem.parent)
        path = _new(stem, source)
    except OSError as error:
        message = f"{stem.parent}: {error.strerror}; look at the folder's permissions."
        raise InputError("Macro not saved", message) from error
    (verdict,) = check_paths([path])
    if not verdict.accepted:
        path.unlink()
        raise InputError("Macro not saved", f"line {verdict.line}: {verdict.reason}.")
    return path.relative_to(folder).with_suffix("").as_posix()


def _slug(results: list[str]) -> str:
    """Return a file's name of whole words, as many as fit."""
    slug = results[0][:MAX_SLUG]
    for word in results[1:]:
        if len(slug) + 1 + len(word) > MAX_SLUG:
            break
        slug += f"-{word}"
    return slug


def _new(stem: Path, source: str) -> Path:
    for number in range(1, _TRIES):
        path = stem.with_name(f"{stem.name}{f'-{number}' if number > 1 else ''}{SUFFIX}")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(source)
        except OSError:  # the disk is full: do not leave half a macro
            path.unlink()
            raise
        return path
    raise InputError("Macro not saved", f"{stem.parent} holds too many macros of that name; give another title.")


def _quoted(text: str) -> str:
    """Return a TOML string (a JSON string is one, once no control is left in it)."""
    return json.dumps(safe_line(text), ensure_ascii=False)
