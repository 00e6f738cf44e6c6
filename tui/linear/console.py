"""Lines out, lines in."""

from __future__ import annotations

import select
import termios
from collections.abc import Iterable
from typing import TextIO

from tui.look.words import words

YES = frozenset({"y", "yes", "sí", "si"})


class EndOfInput(Exception):  # noqa: N818 - it is not an error
    """The input ended: the agent leaves."""


class Console:
    """Writes one thing a line, and reads answers of a line each."""

    def __init__(self, source: TextIO, target: TextIO) -> None:
        self._source, self._target = source, target

    def say(self, *lines: str) -> None:
        """Write lines."""
        for line in lines:
            self._target.write(f"{line.rstrip()}\n")
        self._target.flush()

    def ask(self, question: str) -> str:
        """Write a question as a line of its own and return the answer. Raises EndOfInput at the end of the input."""
        self.say(question)
        line = self._source.readline()
        if not line:
            raise EndOfInput
        return line.strip()

    def ask_afresh(self, question: str) -> str:
        """Ask what must not be answered by lines that were typed or pasted before the question: these are dropped."""
        if self._source.isatty() and select.select([self._source], [], [], 0)[0]:
            termios.tcflush(self._source, termios.TCIFLUSH)
            self.say(words("Lines that came before this question are ignored."))
        return self.ask(question)

    def ask_text(self, question: str) -> str:
        """Return a text of several lines, up to a line with a single full stop."""
        self.say(f"{question} {words('End it with a line that is a single full stop.')}")
        lines: list[str] = []
        while True:
            line = self._source.readline()
            if not line:
                raise EndOfInput
            if line.strip() == ".":
                return "\n".join(lines).strip()
            lines.append(line.rstrip("\n"))

    def confirm(self, question: str) -> bool:
        """Return whether the answer is yes; anything else is no.

        A single `s`, which sends a reply, is no yes in any language: typed twice it must not answer this too.
        """
        return _is_yes(self.ask(_yes_or_no(question)))

    def confirm_afresh(self, question: str) -> bool:
        """Return whether the answer is yes, as `confirm`; lines that came before the question are dropped."""
        return _is_yes(self.ask_afresh(_yes_or_no(question)))


def _yes_or_no(question: str) -> str:
    return f"{question} {words('y for yes, anything else for no.')}"


def _is_yes(answer: str) -> bool:
    return answer.casefold() in YES


def listed(lines: Iterable[str]) -> list[str]:
    """Number lines from 1."""
    return [f"{n}. {line}" for n, line in enumerate(lines, 1)]
