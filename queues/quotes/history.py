"""Separates quoted history from new text, line by line; order is kept in both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from queues.quotes import attributions, separators
from queues.quotes.attributions import Sureness, apart, attribution
from queues.quotes.evidence import ADDRESS, MOST_LINES, is_marked, says, unquoted
from queues.quotes.header_blocks import header_block, is_apart, label_of
from queues.quotes.separators import is_list_footer, is_reply_above, is_rule, is_separator, is_title

_ROW = re.compile(r"\s*(?:[-_=*~#+.]{3,80}\s*)?")
"""A row of signs, or nothing: what some mail programs write above what they quote."""


@dataclass(slots=True)
class History:
    """The lines of a message in two parts."""

    written: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    unmarked: bool = False
    """Whether quoted lines are known only by what is above them, without marks of their own."""


def separate(lines: list[str]) -> History:
    """Tell the lines that are history from those that are not.

    Marked lines (`>`) are history below an attribution, or where they hold one. Unmarked lines are history below a
    frame that is sure by itself, and only where something is said above it; every other line stays. Of a text with more
    than twice `MOST_LINES` lines those in the middle stay as they are.
    """
    lines = _each_apart(lines)
    history = History()
    attributed = spoken = False
    at = looked_at = 0
    while at < len(lines):
        if MOST_LINES <= at < len(lines) - MOST_LINES:
            history.written += lines[at : len(lines) - MOST_LINES]
            at, attributed = len(lines) - MOST_LINES, False
        if is_marked(lines[at]):
            end = _marked_until(lines, at)
            quoted = attributed or _holds_history(lines[at:end])
            (history.quoted if quoted else history.written).extend(lines[at:end])
            attributed = quoted
            at = end
            continue
        length, sure = _frame(lines, at)
        below = next((line for line in lines[at + length : at + length + 4] if line.strip()), "")
        if length and is_marked(below):
            history.quoted += lines[at : at + length]
            attributed = True
            at += length
            continue
        if length and below.startswith("|") and (end := _barred_until(lines, at + length)):
            history.quoted += lines[at:end]
            at = end
            continue
        if sure and is_reply_above(lines[at]):
            spoken = spoken or says(history.written[looked_at:])
            looked_at = len(history.written)
            if not spoken:
                history.quoted.append(lines[at])
                at += 1
                continue
        if length and sure:
            return _rest(lines, at, history)
        history.written.append(lines[at])
        at += 1
    return history


def is_frame(line: str) -> bool:
    """Return whether a line alone is a frame of history: a separator, an attribution, a request to reply above."""
    return is_title(line) or is_rule(line) or is_reply_above(line) or bool(attribution([line], 0)[0])


def _each_apart(lines: list[str]) -> list[str]:
    """Put an attribution or a separator on a line of its own: behind the customer's words, before quoted ones."""
    parted: list[str] = []
    for line in lines[:MOST_LINES]:
        parted += apart(line) or attributions.ended(line) or _separated(line) or (line,)
    if len(lines) <= MOST_LINES:
        return parted
    last = max(MOST_LINES, len(lines) - MOST_LINES)
    parted += lines[MOST_LINES:last]
    return parted + _each_apart(lines[last:])


def _separated(line: str) -> tuple[str, str] | None:
    both = separators.ended(line)
    return both if both and label_of(both[1]) == "from" else None


def _frame(lines: list[str], at: int) -> tuple[int, bool]:
    """Return how many lines from `at` are a frame, 0 for none, and whether it is sure without marked lines below."""
    line = lines[at]
    if not line.strip():
        return 0, False
    if is_reply_above(line):
        return 1, True
    if is_separator(line):
        block = next((row for row in range(at + 1, min(at + 4, len(lines))) if lines[row].strip()), at)
        inner = header_block(lines, block) or attribution(lines, block)[0] if block > at else 0
        if not inner and _in_a_sentence(lines, at):
            return 0, False
        return (block - at + inner if inner else 1), True
    if is_list_footer(lines, at):
        return len(lines) - at, True
    if is_rule(line) or is_title(line):
        block = next((row for row in range(at + 1, min(at + 4, len(lines))) if lines[row].strip()), at)
        length = header_block(lines, block) if block > at else 0
        length = length or int(block > at and label_of(lines[block]) == "from" and bool(ADDRESS.search(lines[block])))
        if not length and block > at:
            inner, sure = attribution(lines, block)
            return (block - at + inner, sure is Sureness.SURE) if inner else (0, False)
        return (block - at + length, True) if length else (0, False)
    length = header_block(lines, at)
    if length:
        return (length, True) if is_apart(lines, at, length) else (0, False)
    length, sureness = attribution(lines, at)
    return length, sureness is Sureness.SURE


def _in_a_sentence(lines: list[str], at: int) -> bool:
    """Return whether a line is part of a sentence: words right above it, and right below it in small letters."""
    above, below = lines[at - 1].strip() if at else "", lines[at + 1].strip() if at + 1 < len(lines) else ""
    return bool(above) and below[:1].islower()


def _rest(lines: list[str], at: int, history: History) -> History:
    """Take all below a sure frame as history, unless nothing is said above it, or the line above introduces it."""
    if not says(history.written):
        return History(written=lines)
    above = next(line for line in reversed(history.written) if line.strip())
    if above.rstrip().endswith((":", "：")) and not is_reply_above(lines[at]):
        history.written += lines[at:]
        return history
    first = len(history.written)
    while first and _ROW.fullmatch(history.written[first - 1]):
        first -= 1
    history.quoted += history.written[first:] + lines[at:]
    del history.written[first:]
    history.unmarked = True
    return history


def _marked_until(lines: list[str], at: int) -> int:
    """Return where the marked lines from `at` end, past empty lines between them."""
    end = at
    for row in range(at, len(lines)):
        if is_marked(lines[row]):
            end = row + 1
        elif lines[row].strip():
            break
    return end


def _barred_until(lines: list[str], at: int) -> int:
    """Return where the lines marked with `|` below an attribution end; 0 where there are fewer than two."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    end = next((row for row in range(at, len(lines)) if not lines[row].startswith("|")), len(lines))
    return end if end - at > 1 else 0


def _holds_history(block: list[str]) -> bool:
    """Return whether marked lines are history by themselves: they hold a frame, or marks of two depths."""
    inner = [unquoted(line) for line in block]
    deep = {_depth(line) for line, text in zip(block, inner, strict=True) if text.strip()}
    if len(deep) > 1:
        return True
    return any(_frame(inner, row)[0] for row in range(min(len(inner), 40)))


def _depth(line: str) -> int:
    marks = line.replace(" ", "")
    return len(marks) - len(marks.lstrip(">"))
