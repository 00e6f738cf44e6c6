"""One ticket as one line or two: which columns fit a width, and their contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.cells import cell_len

from data.records.escalations import BACK
from data.records.tickets import ACTIVE, UNKNOWN_LANGUAGE, LaneRow, Status
from queues.ground.presence import Present
from tui.look.ascii_signs import as_written
from tui.look.one_line import fit, one_line
from tui.look.short_times import due_word, urgency_sign
from tui.look.stored_words import subject_line
from tui.look.words import words

_STATES = {
    Status.PENDING: "pend.",
    Status.ON_HOLD: "hold",
    Status.SNOOZED: "snooze",
    Status.SOLVED: "solved",
    Status.CLOSED: "closed",
    Status.SUSPENDED: "susp.",
    Status.HISTORY: "hist.",
}
"""Shown in place of the clock if none is running."""

WIDE = 52
"""From this width on, three lanes in 160 columns, a row shows the customer's name too."""
TIGHT = 28
"""Below this width a row has no room for the language."""
MOST_OF_A_NAME = 20
"""Cells that a name gets at most."""
SOON = 60 * 60
"""Seconds before a clock runs out from which the row warns."""


WRITING, LOOKING = "✎ ", "◦ "
"""Before a ticket that a colleague writes on, or only has open."""


class Pressure(StrEnum):
    """How pressing a ticket's clock is; each has a sign besides its colour."""

    QUIET = "quiet"
    SOON = "soon"
    LATE = "late"


SIGNS = {Pressure.QUIET: " ", Pressure.SOON: "▴", Pressure.LATE: "!"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns the rows of a list need; one that is empty in every row takes no space."""

    urgency: bool = True
    draft: bool = True
    number: int = 5
    """Cells of the widest number."""
    name: int = MOST_OF_A_NAME
    """Cells of the widest name."""


def columns_of(rows: Sequence[LaneRow]) -> Columns:
    """Return the columns that these rows need."""
    return Columns(
        urgency=any(urgency_sign(row).strip() for row in rows),
        draft=any(row.has_draft for row in rows),
        number=max((len(str(row.id)) for row in rows), default=1),
        name=min(MOST_OF_A_NAME, max((cell_len(one_line(row.customer_name)) for row in rows), default=0)),
    )


def pressure(row: LaneRow, now: int) -> Pressure:
    """Return how pressing the row's clock is; a ticket that does not wait for us has none."""
    if row.due_at is None or row.status not in ACTIVE or row.due_at - now > SOON:
        return Pressure.QUIET
    return Pressure.SOON if row.due_at > now else Pressure.LATE


def _code(language: str) -> str:
    """Two letters, or `??` if unknown."""
    return "??" if language == UNKNOWN_LANGUAGE else f"{language[:2]:<2}"


def marks(row: LaneRow, now: int) -> str:
    """Return the marks before the subject: `E>` escalated, `E!` overdue there, `E<` answered; `P3` its problem."""
    signs = []
    if row.escalation is not None:
        late = row.escalation_due is not None and row.escalation_due <= now
        signs.append("E<" if row.escalation in BACK else "E!" if late else "E>")
    if row.problem is not None:
        signs.append(f"P{row.problem}")
    return "".join(f"{mark} " for mark in signs)


FULL = Columns()
RowParts = tuple[str, str, str]


def row_parts(
    row: LaneRow,
    width: int,
    now: int,
    columns: Columns = FULL,
    *,
    who: bool = False,
    colleagues: Present | None = None,
) -> RowParts:
    """Return the line in three parts, together `width` cells: urgency and number, the text, the time until due.

    With `who`, the text names the customer before the subject. Before all of it is a sign of `colleagues` at it.
    """
    head = _head(row, width, columns)
    due = f" {_due(row, now):>{_due_width()}}"
    room = width - cell_len(head) - cell_len(due)
    sign = "" if not colleagues else WRITING if colleagues.writing else LOOKING
    subject, name = marks(row, now) + as_written(subject_line(row.subject)), as_written(one_line(row.customer_name))
    if who:
        text = fit(f"{sign}{name} · {subject}" if name else sign + subject, room)
    elif width >= WIDE and columns.name:
        name_width = min(columns.name, room // 3)
        text = fit(name, name_width) + "  " + fit(sign + subject, room - name_width - 2)
    else:
        text = fit(sign + subject, room)
    return head, text, due


def heads_line(width: int, columns: Columns, *, who: bool = False) -> str:
    """Return the heads of the columns, for rows of this width: what the numbers, letters and clocks are."""
    sign, draft = " " * 3 * columns.urgency, " " * columns.draft
    language = f" {fit(words('lg'), 2)}" if width >= TIGHT else ""
    head = f"{sign}{draft}{'#':>{columns.number}}{language} "
    due_in = words("due in")[: _due_width() - 1]
    due = f" {due_in:>{_due_width() - 1}} "
    room = width - cell_len(head) - cell_len(due)
    if who:
        text = fit(words("who · about what"), room)
    elif width >= WIDE and columns.name:
        name_width = min(columns.name, room // 3)
        text = fit(words("who"), name_width) + "  " + fit(words("about what"), room - name_width - 2)
    else:
        text = fit(words("about what"), room)
    return head + text + due


def words_line(row: LaneRow, text: str, width: int, columns: Columns) -> str:
    """Return the second line of a row: the first words of its newest mail, under the subject."""
    indent = cell_len(_head(row, width, columns))
    return fit(" " * indent + as_written(one_line(text)), width)


def _head(row: LaneRow, width: int, columns: Columns) -> str:
    sign = f"{urgency_sign(row)} " if columns.urgency else ""
    draft = ("~" if row.has_draft else " ") if columns.draft else ""
    language = f" {_code(row.language)}" if width >= TIGHT else ""
    return f"{sign}{draft}{row.id:>{columns.number}}{language} "


def _due_width() -> int:
    """Return the cells of the last column: a clock has seven, and a state may be a longer word in another language."""
    return max(7, *(cell_len(words(state)) + 1 for state in _STATES.values()))


def _due(row: LaneRow, now: int) -> str:
    """Return the time until due with a sign of how pressing that is, or the state of a ticket that waits for no one."""
    if row.status not in ACTIVE:
        return f"{words(_STATES[row.status])} "
    text = due_word(row.due_at, now)
    return text if text.endswith("!") else f"{text}{SIGNS[pressure(row, now)]}"
