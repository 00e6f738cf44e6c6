"""Procedures (SOPs): the steps that a kind of request needs, and its gates.

One TOML file per procedure; a file in the agent's own folder replaces the built-in procedure with the same id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from data.errors import InputError
from data.records.tickets import Severity, Ticket
from queues.ground import rule_files
from queues.ground.rule_files import RuleFile

BUILT_IN = Path(__file__).with_name("sops")


class StepKind(StrEnum):
    """What a step requires of the agent: confirm, enter a text, choose an option, or hand over to a team."""

    CHECK = "check"
    ASK = "ask"
    CHOOSE = "choose"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure."""

    id: str
    kind: StepKind
    text: Mapping[str, str]
    """By language."""
    gate: bool = False
    """The ticket cannot be solved before the step is done."""
    guards_words: bool = False
    """A gate on wording: no public reply is sent before the step is done, whatever its outcome."""
    passes: frozenset[str] = frozenset()
    """Macros that may be sent unchanged before the step is done: they ask for what it needs, and do not solve."""
    evidence: str = ""
    """What to enter, if something is required."""
    choices: tuple[str, ...] = ()
    team: str = ""
    sets: str = ""
    """`severity` or `topic`, where what is chosen becomes the ticket's severity or topic."""
    watches: tuple[str, ...] = ()
    """Findings that the desk checks in place of this step: any of them blocks a reply; the agent is not asked."""

    @property
    def asked(self) -> bool:
        """Whether the agent answers it; steps that the desk watches need no answer."""
        return not self.watches

    @property
    def sign(self) -> str:
        """`**` for a gate on replies, `*` for a gate on solving, empty for no gate."""
        return "**" if self.guards_words else "*" if self.gate else ""

    @property
    def needs_text(self) -> bool:
        """A text must be entered."""
        return self.kind is StepKind.ASK or (self.kind is StepKind.CHECK and bool(self.evidence))

    def words(self, language: str) -> str:
        """Return the step's text in `language`, else in English, else in the first language it has."""
        return self.text.get(language) or self.text.get("en") or next(iter(self.text.values()))

    def is_done(self, answer: Any) -> bool:
        """Return whether `answer` completes the step.

        A text for `ask` and for a check with `evidence`; one of the choices for `choose`; True or a text for the rest.
        """
        if self.kind is StepKind.CHOOSE:
            return answer in self.choices
        if isinstance(answer, str):
            return bool(answer.strip())
        return answer is True and not self.needs_text


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure, as read from its file."""

    id: str
    version: int
    effective: date
    changed: Mapping[str, str]
    """What is new in this version, by language."""
    steps: tuple[Step, ...]
    lanes: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    severities: frozenset[Severity] = frozenset()
    plain_answers: frozenset[str] = frozenset()
    """Macros that, sent unchanged, may solve with gates open: they explain or ask, and reveal nothing about anyone."""
    fallback: bool = False
    """Applies only to tickets that no other procedure applies to."""
    establishes: Mapping[str, Mapping[str, str | bool]] = field(default_factory=dict)
    """By macro that states an outcome: the steps, each with the choice (True for any answer), that make it so."""
    source: str = ""

    def applies_to(self, ticket: Ticket) -> bool:
        """Return whether the ticket needs this procedure: it names it, or all of the procedure's conditions hold.

        A severity that is not set yet matches: an extra gate is noticed, a missing one is not.
        """
        if ticket.procedure:
            return ticket.procedure == self.id
        if not (self.lanes or self.topics or self.tags or self.severities):
            return False
        return (
            (not self.lanes or ticket.lane in self.lanes)
            and (not self.topics or ticket.topic in self.topics)
            and (not self.tags or not self.tags.isdisjoint(ticket.tags))
            and (not self.severities or ticket.severity is None or ticket.severity in self.severities)
        )

    def established(self, done: Mapping[str, Any]) -> frozenset[str]:
        """Return the macros whose outcome `done`, the answers by step id, has established."""
        answered = {step.id: done[step.id] for step in self.steps if step.id in done and step.is_done(done[step.id])}
        return frozenset(
            macro
            for macro, needed in self.establishes.items()
            if all(step in answered and wanted in (True, answered[step]) for step, wanted in needed.items())
        )

    @property
    def label(self) -> str:
        """The procedure and its version, as records keep it: `data-request@2`."""
        return f"{self.id}@{self.version}"

    def text(self, language: str) -> str:
        """Return its text in a language, one step per line, for comparing versions."""
        lines = [f"{self.id} v{self.version}, in force since {self.effective}"]
        for step in self.steps:
            parts = [f"{step.sign or '-'} {step.words(language)}"]
            parts += [f"({', '.join(step.choices)})"] if step.choices else []
            parts += [f"[{step.evidence}]"] if step.evidence else []
            parts += [f"-> {step.team}"] if step.team else []
            lines.append(" ".join(parts))
        return "\n".join(lines)


def open_steps(procedure: Procedure, done: Mapping[str, Any]) -> list[Step]:
    """Return the steps that the agent still has to answer, in order; `done` holds the answers by step id."""
    return [step for step in procedure.steps if step.asked and not step.is_done(done.get(step.id))]


def open_gates(procedure: Procedure, done: Mapping[str, Any], team: str = "") -> list[Step]:
    """Return the gates that `done` leaves open, in order; handing over to `team` is the step that asks for it."""
    return [
        step
        for step in open_steps(procedure, done)
        if step.gate and not (step.team and step.team.casefold() == team.casefold())
    ]


def procedure_for(ticket: Ticket, procedures: Mapping[str, Procedure]) -> Procedure | None:
    """Return the procedure that the ticket names, else the first by id that applies, None if none does.

    A fallback comes after all others, and also replaces a named procedure that does not exist.
    """
    if ticket.procedure in procedures:
        return procedures[ticket.procedure]
    unnamed = replace(ticket, procedure="")
    applying = [procedures[key] for key in sorted(procedures) if procedures[key].applies_to(unnamed)]
    own = [procedure for procedure in applying if not (procedure.fallback or ticket.procedure)]
    return next(iter([*own, *(procedure for procedure in applying if procedure.fallback)]), None)


def load(*folders: Path) -> dict[str, Procedure]:
    """Read the built-in procedures and those of `folders`, by id; later folders override earlier ids.

    A folder that does not exist is empty. Raises InputError with file and line.
    """
    procedures = dict(built_in())
    for folder in folders:
        procedures.update(_load_folder(folder))
    return procedures


@cache
def built_in() -> Mapping[str, Procedure]:
    """Return the built-in procedures, by id."""
    return _load_folder(BUILT_IN)


def load_file(path: Path) -> Procedure:
    """Read one procedure. Raises InputError with file and line."""
    return _procedure(rule_files.read(path, _File))


def load_text(text: str, where: str = "procedure") -> Procedure:
    """Read one procedure from TOML text. Raises InputError with the line."""
    return _procedure(rule_files.read(text, _File, where))


class _Applies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lanes: list[str] = []
    topics: list[str] = []
    tags: list[str] = []
    severity: list[Severity] = []
    fallback: bool = False


class _Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: StepKind
    text: dict[str, str] | str
    gate: bool | Literal["reply"] = False
    passes: list[str] = []
    evidence: str = ""
    choices: list[str] = []
    team: str = ""
    sets: Literal["", "severity", "topic"] = ""
    watches: list[str] = []


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    version: int
    effective: date
    changed: dict[str, str] | str = ""
    plain_answers: list[str] = []
    establishes: dict[str, dict[str, str | Literal[True]]] = {}
    applies: _Applies = _Applies()
    step: list[_Step] = []


def _load_folder(folder: Path) -> dict[str, Procedure]:
    procedures: dict[str, Procedure] = {}
    for path in sorted(folder.glob("*.toml")):
        procedure = load_file(path)
        if procedure.id in procedures:
            other = procedures[procedure.id].source
            raise InputError(
                "Duplicate procedure id", f"{path}: {procedure.id!r} is the id of {other} too; rename one."
            )
        procedures[procedure.id] = procedure
    return procedures


def _procedure(file: RuleFile[_File]) -> Procedure:
    content = file.content
    if not content.id.strip():
        file.fail("the id is empty; give the procedure a short name", key="id")
    if not content.step:
        file.fail("there is no [[step]]; a procedure has at least one")
    _check_steps(file)
    _check_establishes(file)
    return Procedure(
        id=content.id,
        version=content.version,
        effective=content.effective,
        changed=_by_language(content.changed),
        steps=tuple(_step(step) for step in content.step),
        lanes=frozenset(content.applies.lanes),
        topics=frozenset(content.applies.topics),
        tags=frozenset(content.applies.tags),
        severities=frozenset(content.applies.severity),
        plain_answers=frozenset(content.plain_answers),
        fallback=content.applies.fallback,
        establishes=content.establishes,
        source=file.where,
    )


def _check_steps(file: RuleFile[_File]) -> None:
    seen: set[str] = set()
    for index, step in enumerate(file.content.step):
        for key, problem in _problems(step, seen):
            file.fail(f"step {step.id!r} {problem}", "step", index, key)
        seen.add(step.id)


def _check_establishes(file: RuleFile[_File]) -> None:
    """A macro needs a step at least, each of them one that the agent answers, with an answer that it can have."""
    asked = {step.id: step for step in file.content.step if not step.watches}
    for macro, needed in file.content.establishes.items():
        wrong = [
            item for item, answer in needed.items() if item not in asked or answer not in (True, *asked[item].choices)
        ]
        if wrong or not needed:
            problem = f"step {wrong[0]!r}, or that answer to it, is not asked for" if wrong else "no step is named"
            file.fail(f"establishes {macro!r}: {problem}", key="establishes")


def _problems(step: _Step, earlier: set[str]) -> Iterable[tuple[str, str]]:
    texts = _by_language(step.text)
    if not step.id.strip() or step.id in earlier:
        yield "id", "has an empty id, or one that an earlier step has"
    if not texts or not all(text.strip() for text in texts.values()):
        yield "text", "has no text, or an empty one in some language"
    if (step.kind is StepKind.CHOOSE) != bool(step.choices):
        yield "choices" if step.choices else "kind", "needs choices when its kind is choose, and only then"
    if (step.kind is StepKind.ESCALATE) != bool(step.team):
        yield "team" if step.team else "kind", "needs a team when its kind is escalate, and only then"
    if step.sets and step.kind is not StepKind.CHOOSE:
        yield "sets", f"sets the {step.sets}, so its kind must be choose"
    if step.sets == "severity" and not set(step.choices) <= set(Severity):
        yield "choices", f"sets the severity, so its choices must be among {', '.join(Severity)}"
    if step.passes and step.gate != "reply":
        yield "passes", 'names macros that leave before it, so its gate must be "reply"'
    if step.watches and step.kind is not StepKind.CHECK:
        yield "watches", "is watched by the desk, so its kind must be check"


def _step(step: _Step) -> Step:
    return Step(
        id=step.id,
        kind=step.kind,
        text=_by_language(step.text),
        gate=bool(step.gate),
        guards_words=step.gate == "reply",
        passes=frozenset(step.passes),
        evidence=step.evidence,
        choices=tuple(step.choices),
        team=step.team,
        sets=step.sets,
        watches=tuple(step.watches),
    )


def _by_language(text: Mapping[str, str] | str) -> dict[str, str]:
    """A plain text is English."""
    return ({"en": text} if text else {}) if isinstance(text, str) else dict(text)
