"""Writes to the terminal only the cells that changed.

Textual draws the whole screen again when a screen or a layout changes, mostly with what is there already. Over a slow
line that is what an agent waits for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from rich.cells import cell_len

from tui.terminal.output_gate import known

_FRAME = re.compile(r"(?:\x1b\[\d+;\d+H|\x1b\[[\d;]*m|\n|[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+)+")
"""What Textual writes to draw: moves, styles and text. Anything else is passed on as it is."""
_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_PART = re.compile(r"\x1b\[([\d;]*)m|([^\x1b\n]+)|\n")
_ASIDE = re.compile(r"(?:\x1b\[[<>=?](?!1049)[\d;]*(?:[hlu]|\$p)|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))+")
"""Modes, questions, the title, the clipboard: they leave what is drawn as it is."""
_STEADY = re.compile(
    "[ -~\u00a1-\u024f\u0370-\u0377\u037a-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u259f"
    "\u25a0-\u25cf\u3000-\u3029\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)
"""Characters of which every terminal draws the same width."""
_SEEN_ON_BLANKS = {"4", "7", "9", "21", "53"}
"""Attributes that show on a space too: lines through, over and under it, and reverse."""
_ENDS = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""What ends an attribute and nothing else; 22 ends two of them."""
NEAR = 8
"""Unchanged cells between two changed ones up to which it is looked whether a move is shorter than writing them."""
LONG_BLANK = 12
"""Spaces from which on they are erased: that and a move cost as much."""

Cell = tuple[str, str]
"""A style as the numbers of its sequence, and a character with what combines with it; empty after a wide one."""
UNKNOWN: Cell = ("?", "")


@dataclass(slots=True)
class _Run:
    """Text from one place on, without a move."""

    at: tuple[int, int]
    """Row and column, from 0."""
    cells: list[Cell] = field(default_factory=list)
    written: str = ""
    steady: bool = True
    """Every terminal draws it with the same width."""


class ChangedCells:
    """Knows what is on the terminal."""

    def __init__(self, *, erases: bool = False) -> None:
        """`erases`: the terminal gives erased cells the background that is in force."""
        self._erases = erases
        self._rows: dict[int, list[Cell]] = {}
        self._unsteady: set[int] = set()
        """Rows with a character whose width differs between terminals: these are written as they come."""
        self._written: dict[int, dict[int, tuple[str, int]]] = {}
        """By row and column, the runs that are on the terminal as they came, each with the column after it."""

    @property
    def empty(self) -> bool:
        """Whether nothing is known to be on the terminal."""
        return not self._rows

    def forget(self) -> None:
        """Called when the terminal may show something else: what comes next is written in full."""
        self._rows.clear()
        self._unsteady.clear()
        self._written.clear()

    def changed(self, written: str) -> str:
        """Return what has to be written so that the terminal looks as if all of `written` had been.

        Sequences that the desk does not use are left out.
        """
        if not _FRAME.fullmatch(written):
            if (passed := known(written)) != written:
                return self.changed(passed) if passed else ""
            if not _ASIDE.fullmatch(written):
                self.forget()
            return written
        out: list[str] = []
        at, style, pen = (0, 0), "", ""
        cursor: tuple[int, int] | None = None
        pieces = iter(("1", "1", *_MOVE.split(written)))  # row, column and text, in turn
        for row, column, text in zip(pieces, pieces, pieces, strict=True):
            at = (int(row) - 1, int(column) - 1)
            if style or not self._is_there(at, text):
                run, after = _run(at, style, text)
                for start, cells in self._take(run):
                    out.append(_move(cursor, (at[0], start)))
                    drawn, pen, over = _drawn(pen, cells, erases=self._erases)
                    out.append(drawn)
                    cursor = (at[0], start + over)
                if run.at[0] in self._unsteady:
                    out.append(f"{_change(pen, style)}\x1b[{at[0] + 1};{at[1] + 1}H{run.written}")
                    pen, cursor = after, None
                self._note(run, "" if style or after else text)
                style = after
        out.append(f"{_change(pen, '')}\x1b[{at[0] + 1};{at[1] + 1}H")
        return "".join(out)

    def _is_there(self, at: tuple[int, int], text: str) -> bool:
        """Return whether exactly this is on the terminal already, so that it need not be read again."""
        y, x = at
        return y in self._written and x in self._written[y] and self._written[y][x][0] == text

    def _note(self, run: _Run, text: str) -> None:
        """Remember what was written, unless it is empty, in place of what it covers."""
        (y, x), end = run.at, run.at[1] + len(run.cells)
        there = self._written.get(y, {})
        kept = {start: was for start, was in there.items() if was[1] <= x or start >= end}
        if y in self._unsteady:
            kept = {}
        elif text:
            kept[x] = (text, end)
        self._written[y] = kept

    def _take(self, run: _Run) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Take a run in, and yield the cells to draw, each time with their column; unsteady rows are written whole."""
        (y, x), cells = run.at, run.cells
        row = self._rows.setdefault(y, [])
        end = x + len(cells)
        if len(row) < end:
            row += [UNKNOWN] * (end - len(row))
        before, row[x:end] = row[x:end], cells
        if not run.steady:
            self._unsteady.add(y)
        if y not in self._unsteady:
            for start, stop in _ranges(before, cells) if before != cells else ():
                yield x + start, cells[start:stop]
        elif run.steady and len(cells) == len(row):
            self._unsteady.discard(y)
            yield 0, cells


def _run(at: tuple[int, int], style: str, written: str) -> tuple[_Run, str]:
    """Return what is written from one place on, and the style that is in force after it."""
    run = _Run(at, written=written.replace("\n", ""))
    for part in _PART.finditer(written):
        styled, text = part.groups()
        if text is not None:
            run.cells += _cells(style, text)
            run.steady = run.steady and _STEADY.fullmatch(text) is not None
        elif styled is not None:
            style = "" if styled in ("", "0") else styled
    return run, style


def _cells(style: str, text: str) -> Sequence[Cell]:
    blank = (_of_blank(style), " ")
    if text.isascii():
        return [(style, character) if character != " " else blank for character in text]
    cells: list[Cell] = []
    for character in text:
        width = _width(character)
        if character == " ":
            cells.append(blank)
        elif width:
            cells.append((style, character))
            cells += [(style, "")] * (width - 1)
        elif cells:
            cells[-1] = (style, cells[-1][1] + character)
        else:
            cells.append((style, character))
    return cells


@lru_cache(1024)
def _of_blank(style: str) -> str:
    """Return what of a style is seen of a space: its background, unless a line or reverse shows the rest."""
    numbers, ground = iter(style.split(";")), list[str]()
    for number in numbers:
        if number in _SEEN_ON_BLANKS:
            return style
        if number in ("38", "48"):
            kind = next(numbers, "")
            colour = [number, kind, *islice(numbers, 3 if kind == "2" else 1)]
            ground += colour if number == "48" else []
        elif number.isdecimal() and (40 <= int(number) <= 47 or 100 <= int(number) <= 107):
            ground.append(number)
    return ";".join(ground)


@lru_cache(4096)
def _width(character: str) -> int:
    return cell_len(character)


def _ranges(before: list[Cell], after: list[Cell]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of cells that differ; close ones together, wide characters whole."""
    places = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    start = stop = places[0]
    for place in places:
        if place - stop > NEAR or (place > stop and _is_shorter_to_skip(after, stop, place)):
            yield _whole(after, start, stop)
            start = place
        stop = place + 1
    yield _whole(after, start, stop)


def _is_shorter_to_skip(cells: list[Cell], start: int, stop: int) -> bool:
    """Return whether moving over cells takes fewer bytes than writing them."""
    before, after = cells[start - 1][0], cells[stop][0]
    written, pen = 0, before
    for style, character in cells[start:stop]:
        if style != pen and not (character == " " and _of_blank(pen) == style):
            written += len(_change(pen, style))
            pen = style
        written += len(character.encode())
    return written + len(_change(pen, after)) > len(_forward(stop - start)) + len(_change(before, after))


def _forward(cells: int) -> str:
    return f"\x1b[{cells}C" if cells > 1 else "\x1b[C"


def _move(cursor: tuple[int, int] | None, at: tuple[int, int]) -> str:
    """Return the shortest move from a place, if it is known, to another."""
    if cursor is None or cursor[0] != at[0] or cursor[1] > at[1]:
        return f"\x1b[{at[0] + 1};{at[1] + 1}H"
    return _forward(at[1] - cursor[1]) if cursor[1] < at[1] else ""


def _whole(cells: list[Cell], start: int, stop: int) -> tuple[int, int]:
    while start > 0 and not cells[start][1]:
        start -= 1
    while stop < len(cells) and not cells[stop][1]:
        stop += 1
    return start, stop


def _drawn(pen: str, cells: Sequence[Cell], *, erases: bool) -> tuple[str, str, int]:
    """Return what draws cells with the style that is in force, that style then, and over how many cells it moves.

    With `erases`, long blanks are erased, from which the terminal does not move.
    """
    parts: list[str] = []
    place = moved = 0
    while place < len(cells):
        wanted, character = cells[place]
        if moved < place:
            parts.append(_forward(place - moved))
            moved = place
        if wanted != pen and not (character == " " and _of_blank(pen) == wanted):
            parts.append(_change(pen, wanted))
            pen = wanted
        blank = _blank(cells, place) if erases and character == " " else 1
        if blank < LONG_BLANK or not _is_ground(wanted):
            parts.append(character)
            place = moved = place + 1
        else:
            parts.append(f"\x1b[{blank}X")
            place += blank
    return "".join(parts), pen, moved


def _blank(cells: Sequence[Cell], start: int) -> int:
    """Return how many cells from a blank one on are the same."""
    blank = cells[start]
    return next((place - start for place in range(start, len(cells)) if cells[place] != blank), len(cells) - start)


@lru_cache(1024)
def _is_ground(style: str) -> bool:
    """Return whether a style is nothing but a background: an erased cell has no more."""
    attributes, ink, _ = _parts(style)
    return not attributes and not ink


@lru_cache(4096)
def _change(before: str, after: str) -> str:
    """Return the shortest sequence from one style to another."""
    if before == after:
        return ""
    if not after:
        return "\x1b[0m"
    whole = f"\x1b[0;{after}m"
    (attributes, ink, ground), (others, other_ink, other_ground) = _parts(before), _parts(after)
    ended = {_ENDS.get(attribute, "") for attribute in attributes - others}
    if "" in ended or any(_ENDS.get(attribute) in ended for attribute in others):
        return whole
    parts = sorted(ended) + sorted(others - attributes)
    parts += [other_ink or "39"] if other_ink != ink else []
    parts += [other_ground or "49"] if other_ground != ground else []
    return min(whole, f"\x1b[{';'.join(parts)}m", key=len)


@lru_cache(1024)
def _parts(style: str) -> tuple[frozenset[str], str, str]:
    """Return a style's attributes, and the numbers of its ink and of its ground."""
    numbers, attributes, ink, ground = iter(style.split(";") if style else ()), set[str](), "", ""
    for number in numbers:
        if number in ("38", "48"):
            kind = next(numbers, "")
            colour = ";".join([number, kind, *islice(numbers, 3 if kind == "2" else 1)])
            ink, ground = (colour, ground) if number == "38" else (ink, colour)
        elif number.isdecimal() and (30 <= int(number) <= 37 or 90 <= int(number) <= 97):
            ink = number
        elif number.isdecimal() and (40 <= int(number) <= 47 or 100 <= int(number) <= 107):
            ground = number
        else:
            attributes.add(number)
    return frozenset(attributes), ink, ground
