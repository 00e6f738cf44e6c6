"""`tridesk detect`: the language of each line of standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, cast

import click

from data.errors import InputError
from queues.language.detector import detect as language_of
from queues.language.templates import KnownTexts

LIKELY = 0.5
"""From this confidence on an answer is more likely right than wrong. Routing by language requires more."""
CHUNK = 1 << 16
"""The most bytes read at once."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help='Read one {"text": …} object per line; other keys are echoed.')
@click.option(
    "--templates",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Texts of our own, ignored inside messages: a {"text": …} a line, or texts with blank lines between.',
)
@click.option(
    "--cut",
    type=click.FloatRange(0, 1),
    default=LIKELY,
    show_default=True,
    help="Below this confidence the answer is `und`; the desk routes from 0.9 on, 0 always names the likeliest.",
)
def detect(as_json: bool, templates: Path | None, cut: float) -> None:
    """Name the language of each line: a JSON object with `language` (ISO 639-1, `und` when unsure) and `confidence`."""
    try:
        known = KnownTexts(_templates(templates)) if templates else None
    except InputError as error:
        raise click.ClickException(f"{templates}: {error.message}") from None
    failed = False
    out = sys.stdout.buffer
    for number, line in enumerate(_lines(out.flush), 1):
        if as_json and not line.strip():
            continue
        try:
            given = _message(line, number) if as_json else {"text": line}
        except InputError as error:
            click.echo(error.message, err=True)
            failed = True
            continue
        text = str(given.pop("text"))
        detection = language_of(text, known_texts=known, cut=cut)
        answer = {**given, "language": detection.language, "confidence": detection.confidence, "mixed": detection.mixed}
        # A lone surrogate has no UTF-8; backslashreplace writes it as the JSON escape that it came as
        out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    out.flush()
    if failed:
        sys.exit(1)


def _lines(answered: Callable[[], object]) -> Iterator[str]:
    """Yield the lines of standard input as they come; odd bytes become U+FFFD.

    `answered` is called before each wait for more input: a single line is answered at once, and a million lines are
    not flushed a million times.
    """
    source = cast(BufferedReader, sys.stdin.buffer)  # typeshed promises less
    begun: list[bytes] = []
    while chunk := source.read1(CHUNK):
        *lines, rest = chunk.split(b"\n")
        for line in lines:
            yield _text(b"".join([*begun, line]))
            begun.clear()
        begun.append(rest)
        answered()
    if last := b"".join(begun):
        yield _text(last)


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r\n")


def _message(line: str, number: int) -> dict[str, Any]:
    """Read one JSON line; InputError names the line."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise InputError("Bad line", f'Line {number} is not a JSON object with a "text": correct it and run again.')
    return given


def _templates(path: Path) -> list[str]:
    """Read our own texts from JSON Lines or from plain text with blank lines between."""
    content = path.read_text(encoding="utf-8", errors="replace")
    if not content.lstrip().startswith("{"):
        return content.split("\n\n")
    return [_message(line, number)["text"] for number, line in enumerate(content.splitlines(), 1) if line.strip()]
