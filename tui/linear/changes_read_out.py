"""What changed in a procedure or macro since the agent last used it: read out once, before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queues.procedures import wording_diff
from tui.linear.console import Console
from tui.look.shown import safe_line
from tui.look.words import words
from tui.procedures.current_wording import Wording, of_macro, of_procedure

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
        return self._known(of_macro(macro), language)

    def of_procedure(self, procedure: Procedure, language: str) -> bool:
        """Return whether the agent knows the procedure as it is now, after reading out what changed."""
        return self._known(of_procedure(procedure, language), language)

    def _known(self, wording: Wording, language: str) -> bool:
        kind, name, text = wording.kind, wording.name, wording.text
        known = self._desk.store.known_wordings.get(self._desk.agent, kind, name)
        if known == text:
            return True
        if known is not None:
            self._console.say(safe_line(wording.title), *([safe_line(wording.said)] if wording.said else []))
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
