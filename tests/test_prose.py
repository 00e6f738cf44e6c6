"""Code, docs and messages use plain technical English: phrases of a dialect that once grew here do not come back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DIALECT = {
    r"\bone for one in\b": "the thing's name",
    r"\bis no (?:language|mail address|markup|sign of)\b": "is not a …",
    r"\b(?:somebody|nobody's)\b": "someone, unassigned",
    r"\blight ones between\b": "interleaving easier tickets",
    r"\bfor who (?:wonders|wants|asks)\b": "for anyone who …",
    r"\bgo(?:es|ing)? past (?:a finding|what blocks|it with a reason)\b": "overrides a finding",
    r"\bpasses (?:a|the) skip by\b": "ignores a skip",
    r"\bha(?:s|ve) no place here\b": "without an equivalent",
    r"\b(?:no longer waited for|waits? no longer for)\b": "cancelled",
    r"\bstands? beside\b": "is next to",
    r"\b(?:is|are) told (?:of|by|in|at)\b": "is reported, is shown",
    r"\btells of\b": "reports, warns, lists",
    r"\bthis key was not taken\b": "key ignored",
    r"\bwhat tickets took\b": "keys and seconds per ticket",
    r"\bcome(?:s)? under the agent's eyes\b": "is shown",
    r"\bkeys mean\b": "keys act on",
    r"\bthe marked one\b": "the selected …",
    r"\bnothing speaks for\b": "no evidence for",
}
"""Phrases that no engineer says to a colleague, each with what to say instead."""

OTHERS_WORDS = (
    "data/demo_texts",  # customers
    "macros/library",  # our replies to customers
    "macros/suggesting/meanings.txt",
    "queues/promises/find_promises.py",  # patterns of what people write
    "queues/procedures/sops",
    "queues/routing/routing_default.toml",
    "queues/routing/word_sets.toml",
    "tests/test_prose.py",
)
"""Text that is matched or sent rather than written for a developer or an agent."""

FOLDERS = ("tui", "queues", "macros", "data", "docs", "tools", "bench")
ENDINGS = {".py", ".md", ".toml", ".tcss"}


def written() -> list[Path]:
    """Return the files whose prose is ours."""
    files = [*ROOT.glob("*.md"), *(path for name in FOLDERS for path in (ROOT / name).rglob("*"))]
    ours = [path for path in files if path.suffix in ENDINGS]
    return [path for path in ours if not str(path.relative_to(ROOT)).startswith(OTHERS_WORDS)]


@pytest.mark.parametrize("phrase", DIALECT)
def test_a_phrase_of_the_dialect_does_not_come_back(phrase: str) -> None:
    pattern = re.compile(phrase.replace(" ", r"\s+"), re.IGNORECASE)
    places = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for path in written()
        for text in [path.read_text(encoding="utf-8")]
        for match in pattern.finditer(text)
    ]
    assert places == [], f"say instead: {DIALECT[phrase]}"


def test_the_dialect_is_recognised() -> None:
    found = [
        phrase for phrase in DIALECT if re.search(phrase, "said by somebody, light ones between; this tells of it")
    ]
    assert len(found) == 3
