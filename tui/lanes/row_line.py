"""One ticket as one line: which columns fit a width, and their contents."""

from __future__ import annotations

from rich.cells import cell_len

from data.records.escalations import BACK
from data.records.tickets import ACTIVE, UNKNOWN_LANGUAGE, LaneRow, Status
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


def _due_width() -> int:
    """Return the cells of the last column: a clock has six, and a state may be a longer word in another language."""
    return max(6, *(cell_len(words(state)) for state in _STATES.values()))


def row_parts(row: LaneRow, width: int, now: int) -> tuple[str, str, str]:
    """Return the line in three parts, together `width` cells: urgency and id, the text, the time until due."""
    draft = "~" if row.has_draft else " "
    head = f"{urgency_sign(row)}{draft}{row.id:>5} {_code(row.language)} "
    due = f" {due_word(row.due_at, now) if row.status in ACTIVE else words(_STATES[row.status]):>{_due_width()}}"
    room = width - cell_len(head) - cell_len(due)
    subject, name = marks(row, now) + subject_line(row.subject), one_line(row.customer_name)
    if width >= WIDE:
        name_width = min(20, room // 3)
        text = fit(name, name_width) + " " + fit(subject, room - name_width - 1)
    else:
        text = fit(subject, room)
    return head, text, due
