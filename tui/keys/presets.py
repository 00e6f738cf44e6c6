"""Ready-made keymaps: their differences from the registry."""

from __future__ import annotations

from collections.abc import Mapping

_GMAIL: Mapping[str, tuple[str, ...]] = {
    "lane.left": ("left",),
    "lane.right": ("right",),
    "nav.back": ("u", "escape"),
    "ticket.tags": ("l",),
    "ticket.snooze": ("b",),
    "select.toggle": ("x",),
}

_ZENDESK: Mapping[str, tuple[str, ...]] = {
    "ticket.solve": ("ctrl+s",),
    "ticket.pending": ("ctrl+o",),
    "ticket.reopen": ("ctrl+n",),
}

_ARROWS: Mapping[str, tuple[str, ...]] = {
    "ticket.solve": ("f5",),
    "ticket.pending": ("f6",),
    "ticket.snooze": ("f7",),
    "ticket.escalate": ("f8",),
    "ticket.team_answer": (),
    "ticket.problem": (),
    "ticket.forward": (),
    "ticket.merge": (),
    "ticket.move": (),
    "ticket.assign": ("f9",),
    "ticket.tags": ("f4",),
    "ticket.language": ("f3",),
    "ticket.other_language": ("f10",),
    "ticket.solve_anyway": (),
    "ticket.take": (),
    "ticket.raise": (),
    "ticket.lower": (),
    "ticket.correct": ("f2",),
    "ticket.harm": (),
    "ticket.reopen": (),
    "ticket.spam": (),
    "desk.undo": ("ctrl+z",),
    "desk.suspend": (),
    "desk.redo": ("ctrl+y",),
}
"""No plain letter or punctuation key changes a ticket, as a safeguard against slips."""

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {},
    "gmail": _GMAIL,
    "zendesk": _ZENDESK,
    "arrows": _ARROWS,
}
