"""The current text of every procedure and macro, by kind and name, to find changes at the next shift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from queues.procedures import wording_diff

if TYPE_CHECKING:
    from macros.files.library import Library
    from macros.filling.macro import Macro
    from queues.procedures.procedure import Procedure
    from queues.shifts.shift import Wordings


def macro_wording(macro: Macro) -> str:
    """Return a macro's text in all its languages."""
    return wording_diff.joined({body.language: body.text for body in macro.bodies})


def wordings_now(library: Library, procedures: Mapping[str, Procedure]) -> Wordings:
    """Return every wording, procedures first."""
    wordings = {
        (wording_diff.PROCEDURE, name): wording_diff.of_procedure(procedure) for name, procedure in procedures.items()
    }
    return wordings | {(wording_diff.MACRO, macro.name): macro_wording(macro) for macro in library}
