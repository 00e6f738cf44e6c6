"""What changed in a procedure or macro since the agent last used it: read out once, before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queues.procedures import wording_diff
from tui.linear.console import Console
from tui.look.shown import safe_line
from tui.look.words import words
from tui.procedures.current_wording import macro_wording

if TYPE_CHECKING:
    from macros.filling.macro import Macro
    from queues.desk.desk import Desk
    from queues.procedures.procedure import Procedure


class ChangedWording:
    """Remembers, like the card of the screen, which wording each agent knows."""

    def __init__(self, console: Console, desk: Desk) -> None:
        self._console, self._desk = console, desk

    def of_macro(self, macro: Macro, language: str) -> bool:
        """Return whether the agent knows the macro as it is now, after reading out what changed."""
        title = words("Changed since you used it: macro {name}").format(name=macro.name)
        return self._known(wording_diff.MACRO, macro.name, macro_wording(macro), language, title, "")

    def of_procedure(self, procedure: Procedure, language: str) -> bool:
        """Return whether the agent knows the procedure as it is now, after reading out what changed."""
        title = words("Changed since you used it: procedure {name}").format(name=procedure.label)
        said = procedure.changed.get(language) or procedure.changed.get("en", "")
        text = wording_diff.of_procedure(procedure)
        return self._known(wording_diff.PROCEDURE, procedure.id, text, language, title, said)

    def _known(self, kind: str, name: str, text: str, language: str, title: str, said: str) -> bool:
        known = self._desk.store.known_wordings.get(self._desk.agent, kind, name)
        if known == text:
            return True
        if known is not None:
            self._console.say(safe_line(title), *([safe_line(said)] if said else []))
            signs = {"-": words("before: {text}"), "+": words("now: {text}"), " ": "{text}"}
            self._console.say(
                *(
                    signs[part.sign].format(text=safe_line(part.text))
                    for part in wording_diff.difference(known, text, language)
                    if part.text.strip()
                )
            )
            if not self._console.confirm_afresh(words("Have you read it? Anything but yes shows it again next time.")):
                return False
        self._desk.acknowledge(kind, name, text)
        return True
