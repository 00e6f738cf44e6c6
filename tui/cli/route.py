"""`tridesk route`: show which lane a message is routed to, and by which rule."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.records.tickets import UNKNOWN_LANGUAGE
from data.safe_text import safe_line
from queues.language.detector import detect
from queues.mail.read_mail import read_mail
from queues.routing import rules as routing
from queues.routing.conditions import Facts
from queues.routing.rules import Route, Rules
from tui.cli.common import db_option, write_json
from tui.setup.open_desk import lanes, routing_rules
from tui.setup.settings import config_folder, load

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--explain", is_flag=True, help="Show for every rule whether it matched, or which condition failed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option(
    "--rules",
    "rule_file",
    type=_FILE,
    help="A routing.toml to use instead of your own and the built-in rules.",
)
@click.option("--check", "checked", type=_FILE, help="Check a file of rules, and report the line of an error.")
@click.option("--again", is_flag=True, help="Route the desk's open tickets again, as one action that can be undone.")
@click.option("--dry-run", is_flag=True, help="With --again: count what would move, and move nothing.")
@click.option("--connector", default="", metavar="NAME", help="Where a mail or text on standard input came from.")
@click.option("--tier", default="", help="The tier of its customer.")
@click.option("--tag", "tags", multiple=True, help="A tag that it has.")
@db_option
def route(
    explain: bool,
    as_json: bool,
    rule_file: Path | None,
    checked: Path | None,
    again: bool,
    dry_run: bool,
    connector: str,
    tier: str,
    tags: tuple[str, ...],
    db: Path | None,
) -> None:
    """Route the message on standard input: a mail, plain text, or one JSON object per line.

    A JSON line has `text` and may have `subject`, `from`, `to`, `language`, `confidence`, `connector`, `tags`, `tier`
    and `lane`; its other keys come back with the answer. Without a language, the text's own is detected.
    """
    if dry_run and not again:
        raise click.UsageError("--dry-run goes with --again.")
    if checked is not None:
        _check(checked, as_json)
        return
    rules = _rules(rule_file) if rule_file else None
    if again:
        from tui.cli.rerouting import route_again

        route_again(db, rules, dry_run=dry_run, as_json=as_json)
        return
    rules, here = rules or routing_rules(config_folder()), lanes(load().settings)
    failed = False
    for number, raw in _messages():
        try:
            facts, others = _read_json(raw, number) if number else (_read_mail(raw), {})
        except InputError as error:
            click.echo(error.message, err=True)
            failed = True
            continue
        if not number:
            facts = replace(facts, connector=connector, tier=tier, tags=tags)
        taken = routing.route(rules, facts, here)
        click.echo(_as_json(taken, facts, others, explain) if as_json else _as_words(taken, facts, explain))
    if failed:
        sys.exit(1)


def _rules(path: Path) -> Rules:
    """Read a file of rules for the lanes of the settings. Raises InputError with the line."""
    settings = load().settings
    fields = [field.name for field in settings.field]
    return routing.load(path, lanes=[lane.name for lane in lanes(settings)], fields=fields)


def _check(path: Path, as_json: bool) -> None:
    rules = _rules(path)
    if as_json:
        write_json({"file": str(path), "rules": len(rules.rules)})
    else:
        click.echo(f"{path}: {len(rules.rules)} rules, none of them wrong.")


def _messages() -> Iterator[tuple[int, bytes]]:
    """Yield the JSON lines with their numbers as they come, or the whole input as message 0."""
    source = sys.stdin.buffer
    first = source.readline()
    if not first.lstrip().startswith(b"{"):
        yield 0, first + source.read()
        return
    yield 1, first
    for number, line in enumerate(source, 2):
        if line.strip():
            yield number, line


def _read_mail(raw: bytes) -> Facts:
    """Return the routing facts of a mail or of plain text."""
    message = read_mail(raw, connector="", source="standard input")
    if message.readable and (message.from_address or message.to or message.message_id):
        return _with_language(routing.facts_of(message))
    # Plain text may begin like a header ("Hola: no puedo entrar").
    return _with_language(Facts(text=raw.decode("utf-8", errors="replace")))


def _read_json(raw: bytes, number: int) -> tuple[Facts, dict[str, Any]]:
    """Return the routing facts of a JSON line, and its other keys. InputError names the line."""
    try:
        given = json.loads(raw.decode("utf-8", errors="replace"))
        named = 1.0 if given.get("language") else 0.0
        facts = Facts(
            text=_text(given, "text", required=True),
            subject=_text(given, "subject"),
            from_address=_text(given, "from"),
            to=_texts(given, "to"),
            language=_text(given, "language") or UNKNOWN_LANGUAGE,
            confidence=float(given.pop("confidence", named)),
            connector=_text(given, "connector"),
            tags=_texts(given, "tags"),
            tier=_text(given, "tier"),
            lane=_text(given, "lane"),
            fields=_values(given),
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        problem = 'is not a JSON object with a "text" and keys of the right kind; correct it and run again.'
        raise InputError("Bad line", f"Line {number} {problem}") from None
    return _with_language(facts), given


def _text(given: dict[str, Any], key: str, *, required: bool = False) -> str:
    value = given.pop(key, None)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _texts(given: dict[str, Any], key: str) -> tuple[str, ...]:
    value = given.pop(key, None) or []
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise TypeError(key)
    return tuple(values)


def _values(given: dict[str, Any]) -> dict[str, str]:
    """Return the values of custom fields that a line names."""
    values = given.pop("fields", None) or {}
    return {str(name): str(value) for name, value in values.items()}


def _with_language(facts: Facts) -> Facts:
    if facts.language != UNKNOWN_LANGUAGE:
        return facts
    detection = detect(facts.text)
    return replace(facts, language=detection.language, confidence=detection.confidence)


def _as_json(taken: Route, facts: Facts, others: dict[str, Any], explain: bool) -> bytes:
    answer = asdict(taken)
    trace = answer.pop("trace")
    answer |= {"language": facts.language, "confidence": facts.confidence}
    if explain:
        answer["trace"] = [{**trial, "matched": not trial["failed"]} for trial in trace]
    # Half a surrogate pair cannot be written as UTF-8; its backslash form is JSON too.
    return json.dumps({**others, **answer}, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _as_words(taken: Route, facts: Facts, explain: bool) -> str:
    parts = [taken.lane or "no lane", f"{taken.priority} priority", taken.severity or "", taken.topic]
    parts.append(f"procedure {taken.procedure}" if taken.procedure else "")
    parts += [f"tags {' '.join(taken.tags)}" if taken.tags else "", f"language {facts.language} {facts.confidence:.2f}"]
    lines = [safe_line(f"{' · '.join(part for part in parts if part)} · because: {taken.reason}")]
    if explain:
        lines += [f"  {safe_line(line)}" for line in routing.explain(taken)]
    return "\n".join(lines)
