"""Routing measured on messages of users: how much harm is heard, what is a false alarm, whether the topic is right.

    python -m bench.routing [FILE…]        (the project's own cases without a file)

A file has the messages of one kind below a line `## TOPIC[/KIND] SORT LANGUAGE`, one a line. The topics are those of
the default rules, and `none`. A message is heard if its topic is one of harm, or if it is marked `look`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from queues.language.detector import detect
from queues.routing.conditions import Facts
from queues.routing.rules import Route, default_rules, route

HARM = ("underage-report", "harassment-report", "hacked-account")
NONE = "none"
LOOK = "look"
OWN = Path(__file__).parent / "routing_cases"


@dataclass(frozen=True, slots=True)
class Case:
    """A message and what it is about."""

    text: str
    topic: str
    kind: str
    sort: str
    language: str


def cases_of(path: Path) -> Iterator[Case]:
    """Yield the messages of a file."""
    heading = ("", "", "")
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            topic, sort, language = line[3:].split()
            heading = (topic, sort, language)
        elif line.strip():
            yield Case(line, heading[0].partition("/")[0], heading[0], heading[1], heading[2])


def routed(text: str) -> Route:
    """Return the route of a message, in the language that is detected."""
    found = detect(text)
    return route(default_rules(), Facts(language=found.language, confidence=found.confidence, text=text))


def is_heard(taken: Route) -> bool:
    """Return whether the safety lane gets a message because of harm."""
    return taken.lane == "safety" and (taken.topic in HARM or LOOK in taken.tags)


def report(name: str, cases: Sequence[Case], shown: bool = False) -> None:
    """Print the shares of one file; with `shown` also what went wrong."""
    shares: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        taken = routed(case.text)
        harm, heard = case.topic in HARM, is_heard(taken)
        for group in ("harm", case.sort, case.kind, case.language) if harm else ():
            shares[f"heard: {group}"].append(heard)
        if harm:
            shares["heard, and in no doubt"].append(heard and LOOK not in taken.tags)
        else:
            shares["false alarm"].append(heard)
            shares[f"false alarm: {case.sort}"].append(heard)
        if case.topic != NONE:
            shares["topic right"].append(taken.topic == case.topic)
            shares[f"topic right: {case.topic}"].append(taken.topic == case.topic)
        if shown and (harm != heard or (case.topic != NONE and taken.topic != case.topic)):
            mark = "MISS" if harm and not heard else "ALARM" if heard and not harm else "topic"
            print(f"{mark:5} {case.kind:28} {taken.topic or '-':18} {taken.reason:40} {case.text}")
    print(f"\n{name}: {len(cases)} messages")
    for group in sorted(shares):
        print(f"  {group:44} {sum(shares[group]) / len(shares[group]):.3f} of {len(shares[group])}")


def times(texts: Sequence[str]) -> None:
    """Print the time that routing takes once the rules and the model are loaded."""
    facts = [Facts(language="en", confidence=1.0, text=text) for text in texts]
    took = []
    for fact in facts:
        started = time.perf_counter()
        route(default_rules(), fact)
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    print(f"\nrouting: p50 {statistics.median(took):.2f} ms, p99 {took[len(took) * 99 // 100]:.2f} ms a message")


def main(paths: Sequence[str] = ()) -> None:
    """Report on every file."""
    shown = "--show" in paths
    files = [Path(path) for path in paths if path != "--show"] or sorted(OWN.glob("*.txt"))
    for path in files:
        report(path.name, list(cases_of(path)), shown)
    times([case.text for path in files for case in cases_of(path)])


if __name__ == "__main__":
    main(sys.argv[1:])
