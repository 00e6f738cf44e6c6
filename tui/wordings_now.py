"""What every procedure and macro says now, by kind and name: to tell at the next shift what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from queues import wordings

if TYPE_CHECKING:
    from macros.library import Library
    from macros.macro import Macro
    from queues.procedures import Procedure
    from queues.shifts import Wordings


def macro_wording(macro: Macro) -> str:
    """Return all that a macro says, in every language it has."""
    return wordings.joined({body.language: body.text for body in macro.bodies})


def wordings_now(library: Library, procedures: Mapping[str, Procedure]) -> Wordings:
    """Return every wording, procedures first."""
    found = {(wordings.PROCEDURE, name): wordings.of_procedure(one) for name, one in procedures.items()}
    return found | {(wordings.MACRO, macro.name): macro_wording(macro) for macro in library}
