"""`tridesk procedures`: the SOPs, listed, shown and checked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.safe_text import safe_line
from queues.procedures import procedure as sops
from queues.procedures.procedure import Procedure, Step
from tui.cli.completing import PROCEDURE
from tui.cli.procedure_steps import answer, changes, state
from tui.setup.settings import config_folder

FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder of your own procedures, instead of the one next to your settings.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")


@click.group()
def procedures() -> None:
    """List, show and check the procedures (SOPs)."""


@procedures.command("list")
@FOLDER
@JSON
def list_them(folder: Path | None, as_json: bool) -> None:
    """List the procedures: id, version, since when, number of steps and of gates."""
    for procedure in procedures_of(folder).values():
        if as_json:
            click.echo(_json(procedure_keys(procedure)))
        else:
            size = f"{len(procedure.steps)} steps, {sum(step.gate for step in procedure.steps)} gates"
            click.echo(safe_line(f"{procedure.id:<20} v{procedure.version:<3} {procedure.effective}  {size}"))


@procedures.command()
@click.argument("name", type=PROCEDURE)
@click.option("--language", default="en", show_default=True, help="The language of the steps.")
@FOLDER
@JSON
def show(name: str, language: str, folder: Path | None, as_json: bool) -> None:
    """Show one procedure, step by step; a gate is marked with `*`, one that holds every reply with `**`."""
    procedure = named_procedure(name, folder)
    if as_json:
        click.echo(_json(procedure_with_steps(procedure)))
        return
    for indent, line in _lines(procedure, language):
        click.echo(" " * indent + safe_line(line))


@procedures.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@FOLDER
@JSON
def check(files: tuple[Path, ...], folder: Path | None, as_json: bool) -> None:
    """Check procedure files (without FILES: the built-in and your own) and report errors with file and line."""
    failed = False
    for path in files or (*sorted(sops.BUILT_IN.glob("*.toml")), *sorted(_own(folder).glob("*.toml"))):
        reason = _problem(path)
        failed = failed or bool(reason)
        if as_json:
            click.echo(_json({"file": str(path), "accepted": not reason, "reason": reason}))
        else:
            click.echo(safe_line(reason or f"{path}: ok"), err=bool(reason))
    if failed:
        sys.exit(1)


def procedures_of(folder: Path | None) -> Mapping[str, Procedure]:
    """Return the built-in procedures and the agent's own, by id. Raises InputError."""
    return sops.load(_own(folder))


def named_procedure(name: str, folder: Path | None) -> Procedure:
    """Return the procedure with this id. Raises InputError if there is none."""
    results = procedures_of(folder)
    if name not in results:
        raise InputError("No such procedure", f"There is no procedure {name!r}; the ids are {', '.join(results)}.")
    return results[name]


def procedure_keys(procedure: Procedure) -> dict[str, Any]:
    """Return what a list says of a procedure, under the keys that scripts know."""
    gates = sum(step.gate for step in procedure.steps)
    return {**_head(procedure), "steps": len(procedure.steps), "gates": gates}


def procedure_with_steps(procedure: Procedure) -> dict[str, Any]:
    """Return a procedure and its steps, under the keys that scripts know."""
    steps = [_step(step) for step in procedure.steps]
    return {**_head(procedure), "changed": dict(procedure.changed), "steps": steps}


def _own(folder: Path | None) -> Path:
    return folder if folder is not None else config_folder() / "procedures"


def _problem(path: Path) -> str:
    try:
        sops.load_file(path)
    except InputError as error:
        return error.message
    return ""


def _lines(procedure: Procedure, language: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a procedure with their indents."""
    yield 0, f"{procedure.id} v{procedure.version}, in force since {procedure.effective}"
    changed = procedure.changed.get(language) or procedure.changed.get("en", "")
    if changed:
        yield 0, f"New: {changed}"
    for number, step in enumerate(procedure.steps, 1):
        yield 2, f"{number}{step.sign} {step.id} ({step.kind}): {step.words(language)}"
        if step.choices:
            yield 6, f"choices: {', '.join(step.choices)}"
        if step.evidence:
            yield 6, f"write down: {step.evidence}"
        if step.team:
            yield 6, f"team: {step.team}"
        if step.passes:
            yield 6, f"leave before it: {', '.join(sorted(step.passes))}"


def _head(procedure: Procedure) -> dict[str, Any]:
    return {
        "id": procedure.id,
        "version": procedure.version,
        "effective": procedure.effective.isoformat(),
        "lanes": sorted(procedure.lanes),
        "topics": sorted(procedure.topics),
        "tags": sorted(procedure.tags),
        "severity": sorted(procedure.severities),
        "file": procedure.source,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "kind": step.kind,
        "gate": step.gate,
        "guards_words": step.guards_words,
        "passes": sorted(step.passes),
        "text": dict(step.text),
        "evidence": step.evidence,
        "choices": list(step.choices),
        "team": step.team,
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


procedures.add_command(state)
procedures.add_command(answer)
procedures.add_command(changes)
