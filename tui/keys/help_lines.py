"""An action of the registry as a line for the help and the palette."""

from __future__ import annotations

from tui.keys.actions import Action, Scope
from tui.keys.keymap import Keymap
from tui.look.one_line import fit
from tui.look.words import words

PLACES = {
    Scope.LIST: "In the lanes and the open ticket",
    Scope.COMPOSER: "While writing",
    Scope.PREVIEW: "On the card, before a reply leaves",
    Scope.LANGUAGE: "On the language card (d)",
    Scope.STEPS: "On the steps of a procedure",
    Scope.OUTBOX: "On the waiting replies",
    Scope.CHANGED: "On what changed in a procedure or macro",
    Scope.REPORT: "On the report (g r)",
    Scope.BEHIND: "On the tickets behind a figure",
    Scope.ACCOUNTS: "On the accounts",
    Scope.ACCOUNT: "In the form of an account",
    Scope.REVIEW: "On replies to review (g q)",
    Scope.MY_REVIEWS: "On the reviews of your replies (g m)",
    Scope.FILES: "On the files of a ticket (A)",
    Scope.HISTORY: "On the history of a ticket (g h)",
}
"""Where each scope's keys apply, as shown in the help."""


KEYS, TITLE = 14, 18
"""The widths of the columns in cells."""
INDENT = KEYS + 1 + TITLE + 1
"""Where the explanation begins, and its further lines on a narrow screen."""


def line_of(action: Action, keymap: Keymap) -> str:
    """Return a line with keys, title and explanation of an action."""
    return f"{fit(keymap.shown(action.id), KEYS)} {fit(words(action.title), TITLE)} {words(action.tooltip)}"
