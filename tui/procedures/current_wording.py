"""The current text of every procedure and macro, by kind and name, to find changes at the next shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from queues.procedures import wording_diff
from tui.look.words import words

if TYPE_CHECKING:
    from macros.files.library import Library
    from macros.filling.macro import Macro
    from queues.procedures.procedure import Procedure
    from queues.shifts.shift import Wordings


@dataclass(frozen=True, slots=True)
class Wording:
    """What a procedure or macro says now, and how a change of it is announced."""

    kind: str
    name: str
    text: str
    title: str
    said: str = ""
    """What its author says about the change."""


def of_macro(macro: Macro) -> Wording:
    """Return a macro's wording."""
    title = words("Changed since you used it: macro {name}").format(name=macro.name)
    return Wording(wording_diff.MACRO, macro.name, macro_wording(macro), title)


def of_procedure(procedure: Procedure, language: str) -> Wording:
    """Return a procedure's wording, for an agent who reads a language."""
    title = words("Changed since you used it: procedure {name}").format(name=procedure.label)
    said = procedure.changed.get(language) or procedure.changed.get("en", "")
    return Wording(wording_diff.PROCEDURE, procedure.id, wording_diff.of_procedure(procedure), title, said)


def macro_wording(macro: Macro) -> str:
    """Return a macro's text in all its languages."""
    return wording_diff.joined({body.language: body.text for body in macro.bodies})


def wordings_now(library: Library, procedures: Mapping[str, Procedure]) -> Wordings:
    """Return every wording, procedures first."""
    wordings = {
        (wording_diff.PROCEDURE, name): wording_diff.of_procedure(procedure) for name, procedure in procedures.items()
    }
    return wordings | {(wording_diff.MACRO, macro.name): macro_wording(macro) for macro in library}
