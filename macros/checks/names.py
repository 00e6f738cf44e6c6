"""Whom the reply speaks to, of whom, and who signs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from data.protocols import People
from data.records.changes import Finding
from data.records.customers import Customer
from data.records.messages import Direction, Message
from macros.checks.folding import folded, free
from macros.checks.wording import ADDRESSED, GREETING, NOT_NAMES

_CAPITALISED = re.compile(
    r"[A-ZÁÉÍÓÚÜÑ][\w'’-]+(?: (?:(?:de|del|de la|la|y|van|von|da|dos) )?[A-ZÁÉÍÓÚÜÑ][\w'’-]+){1,5}"
)
_PART = re.compile(r"[\w'’-]+")
_SIGNING_LINES = 5
_LONGEST_NAME = 4


def greeting(text: str, customer: Customer) -> list[Finding]:
    """Find a greeting by a name that is not the customer's."""
    match = GREETING.match(text)
    if match is None:
        return []
    words = [part for part in match["name"].split() if folded(part) not in NOT_NAMES and part[0].isupper()]
    known = _parts(customer.name)
    if not words or any(folded(word) in known for word in words):
        return []
    called = customer.name or "no name that we know"
    message = f"The reply greets {' '.join(words)}, but the customer is {called}."
    return [Finding("name", message, *match.span("name"))]


def spoken_to(text: str, customer: Customer, agent: str) -> list[Finding]:
    """Find someone else's name where the reply speaks to the customer: `Thank you, Luis.`"""
    known = _parts(customer.name) | _parts(agent)
    return [
        Finding(
            "name", f"The reply speaks to {match['name']}, but the customer is {customer.name}.", *match.span("name")
        )
        for match in ADDRESSED.finditer(text)
        if customer.name and match.start() > 0 and not _parts(match["name"]) & (known | NOT_NAMES)
    ]


def other_people(
    text: str, customer: Customer, agent: str, conversation: Sequence[Message], people: People
) -> list[Finding]:
    """Find the whole name of another customer, unless this customer wrote it."""
    candidates: dict[str, list[tuple[int, int]]] = {}
    for start, end in _names(text):
        candidates.setdefault(text[start:end], []).append((start, end))
    theirs = people.named(list(candidates)) if candidates else {}
    known = (
        " ".join(folded(earlier.new_text) for earlier in conversation if earlier.direction is Direction.IN)
        if theirs
        else ""
    )
    findings: list[Finding] = []
    for name, customers in sorted(theirs.items(), key=lambda item: -len(item[0])):
        if customer.id in customers or _parts(name) <= _parts(agent) or folded(name) in known:
            continue
        message = f"{name} is the name of another customer."
        findings += [Finding("name", message, *place) for place in candidates[name] if free(findings, *place)]
    return findings


def signed(text: str, agent: str, conversation: Sequence[Message]) -> list[Finding]:
    """Find the name of an earlier agent under the reply."""
    if not agent:
        return []
    earlier = {
        folded(name): message.from_name
        for message in conversation
        if message.direction is not Direction.IN and not _parts(message.from_name) & (_parts(agent) | NOT_NAMES)
        for name in (message.from_name, message.from_name.split(" ")[0])
        if name
    }
    return [
        Finding("name", f"{earlier[folded(line)]} signs this reply, but you are {agent}.", start, start + len(line))
        for line, start in _last_lines(text)
        if folded(line) in earlier
    ]


def _names(text: str) -> Iterator[tuple[int, int]]:
    """Yield each place that may be a whole name: two to four words, all but the small ones capitalised."""
    for run in _CAPITALISED.finditer(text):
        words = [(match.start() + run.start(), match.end() + run.start()) for match in _PART.finditer(run[0])]
        for first in range(len(words)):
            for last in range(first + 1, min(first + _LONGEST_NAME + 1, len(words))):
                start, end = words[first][0], words[last][1]
                if text[start].isupper() and text[words[last][0]].isupper():
                    yield start, end


def _last_lines(text: str) -> Iterator[tuple[str, int]]:
    start, places = 0, []
    for line in text.split("\n"):
        bare = line.strip(" \t,.—–-")
        if bare:
            places.append((bare, start + line.index(bare)))
        start += len(line) + 1
    # the first line greets: it never signs
    yield from places[1:][-_SIGNING_LINES:]


def _parts(name: str) -> set[str]:
    return set(_PART.findall(folded(name)))
