"""Suggestions on the demo's own messages, labelled by topic: how often right, and what a look costs as history grows.

Prints shares next to those by use alone, and processor times, so that other load does not count.

    python -m bench.suggest [--meaning] LEARNED ASKED [LEARNED ASKED …]

measures sets of your own instead: files of JSON lines, each with `text` and `label` (or `macro`); what is ASKED under
another label than LEARNED has is out of scope. `--meaning` adds the view of the extra `semantic`.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from data.demo import texts as demo_texts
from macros.filling.macro import Macro, Words
from macros.suggesting.evaluation import Example, evaluate
from macros.suggesting.offering import Situation, offers
from macros.suggesting.semantic import sense
from macros.suggesting.suggest import Suggester, Suggestion

SIZES = (1_000, 10_000)
LOOKS = 200
LEAST = 20
"""Messages of a language without which a share says nothing."""


PRECISION = 0.95
BINS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one message."""

    score: float
    """The first macro's."""
    sure: bool
    first: bool
    """The first macro was right."""
    in_three: bool
    in_scope: bool


def main(given: Sequence[str] = ()) -> None:
    paths = [Path(path) for path in given if path != "--meaning"]
    if paths:
        for learned, asked in zip(paths[::2], paths[1::2], strict=True):
            measure(learned, asked, meaning="--meaning" in given)
        return
    history = [Example(text.text, text.topic, text.language) for text in demo_texts()]
    random.Random(1).shuffle(history)
    found = evaluate(history, Suggester())
    for name, score in (("all", found.whole), *found.languages.items()):
        if score.ranked < LEAST:
            continue
        print(
            f"suggest {name}: {found.learned} learned, {score.ranked} ranked, first {score.share(score.first)} %, "
            f"in 3 {score.share(score.in_three)} %; by use alone {score.share(score.used_first)} %, "
            f"{score.share(score.used_in_three)} %"
        )
    times = [_times(history, size) for size in SIZES]
    for size, (look, learn) in zip(SIZES, times, strict=True):
        print(f"suggest at {size} answers: a look {look * 1000:.2f} ms, learning one more {learn / look:.2f} of a look")
    print(f"suggest: ten times the history makes a look {times[1][0] / times[0][0]:.1f} times as long")


def measure(learned: Path, asked: Path, *, meaning: bool) -> None:
    """Print the figures of one set."""
    answered = _rows(learned)
    suggester = Suggester(sense() if meaning else None)
    for name in sorted({label for _, label in answered}):
        suggester.know_name(name)
    for text, label in answered:
        suggester.learn(text, label)
    suggester.settle()
    macros = {name: Macro(name, Words(), ()) for name in suggester.macros}

    def rank(text: str, among: frozenset[str], language: str, lean: Mapping[str, float]) -> Sequence[Suggestion]:
        return suggester.suggest(text, len(among), among, language=language, lean=lean)

    rows = []
    for text, label in _rows(asked):
        found = offers(macros, text, Situation(), rank)[:3]
        named = [offer.macro for offer in found]
        rows.append(Asked(found[0].score, found[0].sure, label == named[0], label in named, label in macros))
    scope = sum(row.in_scope for row in rows)
    out, sure = len(rows) - scope, [row for row in rows if row.sure]
    print(
        f"suggest {asked.name}: {scope} in scope, {out} out; first {_percent(sum(row.first for row in rows), scope)},"
        f" in 3 {_percent(sum(row.in_three for row in rows), scope)}; AUROC {auroc(rows):.3f},"
        f" calibration error {100 * calibration_error(rows):.1f} %; sure: right"
        f" {_percent(sum(row.first for row in sure), len(sure))}, answered"
        f" {_percent(sum(row.first for row in sure), scope)} of the answerable, given to"
        f" {_percent(sum(not row.in_scope for row in sure), out)} of what is out of scope; at 95 % precision"
        f" {_percent(answered_at(rows, PRECISION), scope)} answered"
    )


def auroc(rows: Sequence[Asked]) -> float:
    """Return how likely a message in scope scores above one out of scope; ties count half."""
    scope = sum(row.in_scope for row in rows)
    below, wins = 0, 0.0
    for _, tied in groupby(sorted(rows, key=lambda row: row.score), key=lambda row: row.score):
        group = list(tied)
        inside = sum(row.in_scope for row in group)
        wins += inside * (below + (len(group) - inside) / 2)
        below += len(group) - inside
    return wins / (scope * below) if scope and below else float("nan")


def calibration_error(rows: Sequence[Asked]) -> float:
    """Return the expected calibration error over ten equal bins of the score (Naeini and others, 2015)."""
    bins: dict[int, list[Asked]] = {}
    for row in rows:
        bins.setdefault(min(BINS - 1, int(row.score * BINS)), []).append(row)
    return sum(abs(sum(row.score - row.first for row in group)) for group in bins.values()) / len(rows)


def answered_at(rows: Sequence[Asked], precision: float) -> int:
    """Return how many are answered rightly at the lowest score from which on that share is right."""
    right = best = 0
    for count, row in enumerate(sorted(rows, key=lambda row: -row.score), 1):
        right += row.first
        best = right if right >= precision * count else best
    return best


def _rows(path: Path) -> list[tuple[str, str]]:
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(row["text"], row.get("label", row.get("macro", ""))) for row in lines]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _times(history: list[Example], size: int) -> tuple[float, float]:
    """Return the medians of a look and of learning one answer, in seconds, with `size` answers learned."""
    chance, suggester = random.Random(2), Suggester()
    texts = [_mixed(chance, history) for _ in range(size + LOOKS)]
    for text, topic in texts[:size]:
        suggester.learn(text, topic)
    looks = [_timed(lambda text=text: suggester.suggest(text)) for text, _ in texts[size:]]
    learns = [_timed(lambda text=text, topic=topic: suggester.learn(text, topic)) for text, topic in texts[size:]]
    return statistics.median(looks), statistics.median(learns)


def _mixed(chance: random.Random, history: list[Example]) -> tuple[str, str]:
    """Return a message made of two of one topic: there are more of those than of messages."""
    one = chance.choice(history)
    other = chance.choice([each for each in history if each.macro == one.macro])
    first, second = one.text.split(), other.text.split()
    return " ".join(first[: len(first) // 2 + 1] + second[len(second) // 2 :]), one.macro


def _timed(call: object) -> float:
    assert callable(call)
    started = time.thread_time()
    call()
    return time.thread_time() - started


if __name__ == "__main__":
    main(sys.argv[1:])
