"""The project's own texts with known languages: short messages, slang, noise, and what mail and forms wrap around.

Written for this bench and never trained on. Each wrapper is put around messages in other languages than its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "language_cases"
WRAPPED = 6
"""Messages that each wrapper is put around."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text, the languages that are right for it (`und`: none), and which sort of text it is."""

    text: str
    labels: tuple[str, ...]
    bucket: str


def own_cases() -> list[Case]:
    """Return every message by itself, then the wrapped ones, always in the same order."""
    plain = [_case(*line.split("\t")) for line in (FOLDER / "messages.tsv").read_text("utf-8").splitlines()]
    inner = [case for case in plain if case.bucket in ("short", "long") and len(case.text.split()) >= 3]
    wrapped = []
    for number, (language, kind, frame) in enumerate(wrappers()):
        others = [case for case in inner if language not in case.labels]
        step = len(others) // WRAPPED
        for case in others[number % step :: step][:WRAPPED]:
            wrapped.append(Case(frame.replace("{message}", case.text), case.labels, f"mail {kind}"))
    return plain + wrapped


def wrappers() -> list[tuple[str, str, str]]:
    """Return language, kind and text of each wrapper; `{message}` marks the customer's words."""
    cases = []
    for part in (FOLDER / "wrappers.txt").read_text("utf-8").split("=== ")[1:]:
        head, _, frame = part.partition("\n")
        language, _, kind = head.partition(" ")
        cases.append((language, kind, frame.rstrip("\n")))
    return cases


def cases_of(path: Path) -> list[Case]:
    """Read a TSV of text, label and bucket; `\\n` is a line break, `es|gl` either of two."""
    rows = [[*row.split("\t"), "all"] for row in path.read_text("utf-8").splitlines()]
    return [Case(row[0].replace("\\n", "\n"), tuple(row[1].split("|")), row[2]) for row in rows]


def _case(labels: str, bucket: str, text: str) -> Case:
    return Case(text, tuple(labels.split("|")), bucket)
