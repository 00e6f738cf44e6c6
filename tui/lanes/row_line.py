"""One ticket as one line: which columns fit a width, and what stands in them."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from data.records import ACTIVE, BACK, UNKNOWN_LANGUAGE, LaneRow, Status
from data.safe_text import safe_line
from tui.look.short_times import due_word, urgency_sign

_STATES = {
    Status.PENDING: "pend.",
    Status.ON_HOLD: "hold",
    Status.SNOOZED: "snooze",
    Status.SOLVED: "solved",
    Status.CLOSED: "closed",
    Status.SUSPENDED: "susp.",
}
"""What stands in the place of the clock where none of ours runs."""

WIDE = 52
"""From this width on, three lanes in 160 columns, a row shows the customer's name too."""


def fit(text: str, width: int) -> str:
    """Return `text` in exactly `width` terminal cells, with an ellipsis where it was cut."""
    if width <= 0:
        return ""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def one_line(text: str) -> str:
    """Return foreign text as a single safe line."""
    return " ".join(safe_line(text).split())


def _code(language: str) -> str:
    """Two letters, or `??` where nobody knows."""
    return "??" if language == UNKNOWN_LANGUAGE else f"{language[:2]:<2}"


def marks(row: LaneRow, now: int) -> str:
    """Return what stands before the subject: `E>` with another team, `E!` late there, `E<` back; `P3` its problem."""
    found = []
    if row.escalation is not None:
        late = row.escalation_due is not None and row.escalation_due <= now
        found.append("E<" if row.escalation in BACK else "E!" if late else "E>")
    if row.problem is not None:
        found.append(f"P{row.problem}")
    return "".join(f"{mark} " for mark in found)


def row_parts(row: LaneRow, width: int, now: int) -> tuple[str, str, str]:
    """Return the line in three parts, together `width` cells: urgency and id, the words, the time to due."""
    draft = "~" if row.has_draft else " "
    head = f"{urgency_sign(row)}{draft}{row.id:>5} {_code(row.language)} "
    due = f" {due_word(row.due_at, now) if row.status in ACTIVE else _STATES[row.status]:>6}"
    room = width - cell_len(head) - cell_len(due)
    subject, name = marks(row, now) + (one_line(row.subject) or "(no subject)"), one_line(row.customer_name)
    if width >= WIDE:
        name_width = min(20, room // 3)
        words = fit(name, name_width) + " " + fit(subject, room - name_width - 1)
    else:
        words = fit(subject, room)
    return head, words, due
