"""Reads the template language of other helpdesks (Liquid: values, `{% if %}`, `{% case %}`) into a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MAX_NODES = 2000
MAX_DEPTH = 6

_PIECE = re.compile(r"\{\{-?(?P<out>[^{}]{0,500}?)-?\}\}|\{%-?(?P<tag>[^{}%]{0,500}?)-?%\}")
_BLOCKS = {"if": "endif", "unless": "endunless", "case": "endcase"}
_BETWEEN = frozenset({"elsif", "elseif", "elif", "else", "when"})
_ENDS = frozenset({*_BLOCKS.values(), "endcomment", "endraw"})


class LiquidError(ValueError):
    """A template whose conditions are not closed, or that is nested too deep."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Out:
    """A value put out: `ticket.requester.name | default: "you"`."""

    expression: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of a condition; an empty `test` is the way of all else."""

    test: str
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """An `if`, an `unless` or a `case`."""

    subject: str
    """What a `case` looks at; empty for an `if`."""
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """A tag that means nothing here."""

    tag: str


Node = Words | Out | Choice | Other


def parse(text: str) -> tuple[Node, ...]:
    """Return the template's tree. Raises LiquidError."""
    return _Reader(text).whole()


def choices(nodes: tuple[Node, ...]) -> Iterator[Choice]:
    """Yield every condition of a tree, the outer ones first."""
    for node in nodes:
        if isinstance(node, Choice):
            yield node
            for branch in node.branches:
                yield from choices(branch.body)


def resolve(nodes: tuple[Node, ...], chosen: Callable[[Choice], Branch | bool | None]) -> tuple[Node, ...]:
    """Return the tree with conditions decided: `chosen` gives the branch to keep, None for none, True to leave it."""
    results: list[Node] = []
    for node in nodes:
        branch = chosen(node) if isinstance(node, Choice) else True
        if not isinstance(node, Choice):
            results.append(node)
        elif isinstance(branch, Branch):
            results += resolve(branch.body, chosen)
        elif branch is True:
            kept = tuple(Branch(item.test, resolve(item.body, chosen)) for item in node.branches)
            results.append(Choice(node.subject, kept))
    return tuple(results)


@dataclass(slots=True)
class _Open:
    tag: str
    subject: str
    branches: list[Branch] = field(default_factory=list)
    test: str = ""
    body: list[Node] = field(default_factory=list)
    started: bool = True
    """False between `case` and its first `when`: text there belongs to no branch."""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[_Open] = [_Open("", "")]
        self._count = 0

    def whole(self) -> tuple[Node, ...]:
        at = 0
        for match in _PIECE.finditer(self._text):
            self._add(Words(self._text[at : match.start()]))
            at = match.end()
            if match["out"] is not None:
                self._add(Out(match["out"].strip()))
            else:
                self._tag(match["tag"].strip())
        self._add(Words(self._text[at:]))
        if len(self._open) > 1:
            raise LiquidError(f"{{% {self._open[-1].tag} %}} is not closed")
        return tuple(self._open[0].body)

    def _add(self, node: Node) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise LiquidError(f"it has more than {MAX_NODES} parts")
        if node != Words(""):
            self._open[-1].body.append(node)

    def _tag(self, tag: str) -> None:
        word, _, rest = tag.partition(" ")
        top = self._open[-1]
        if word in _BLOCKS:
            if len(self._open) > MAX_DEPTH:
                raise LiquidError(f"its conditions are more than {MAX_DEPTH} deep")
            test = "" if word == "case" else f"not ({rest})" if word == "unless" else rest.strip()
            self._open.append(_Open(word, rest.strip() if word == "case" else "", test=test, started=word != "case"))
        elif word in _BETWEEN and len(self._open) > 1:
            self._branch(top, "" if word == "else" else rest.strip())
        elif word in _ENDS:
            if word != _BLOCKS.get(top.tag):
                raise LiquidError(f"{{% {word} %}} closes nothing")
            self._branch(top, "")
            self._open.pop()
            self._add(Choice(top.subject, tuple(top.branches)))
        else:
            self._add(Out(tag) if re.match(r"[a-z]+\.[A-Za-z]", tag) else Other(tag))

    def _branch(self, top: _Open, test: str) -> None:
        if top.started:
            top.branches.append(Branch(top.test, tuple(top.body)))
        top.started, top.test, top.body = True, test, []
