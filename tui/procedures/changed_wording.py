"""Shows once what changed in a procedure or macro since the agent last used it."""

from __future__ import annotations

from collections.abc import Callable

from data.errors import DeskError
from tui.context.hooks import MacroWish
from tui.context.part import Part
from tui.look.words import words
from tui.procedures.procedure_lines import Followed


class ChangedWording(Part):
    """Comes before the first step of a procedure and before the preview of a macro."""

    def before_steps(self, followed: Followed, go_on: Callable[[], None]) -> None:
        """Go to the steps of a procedure, after showing what changed in them."""
        from queues.procedures import wording_diff

        procedure, language = followed.procedure, followed.ticket.language
        said = procedure.changed.get(language) or procedure.changed.get("en", "")
        title = words("Changed since you used it: procedure {name}").format(name=procedure.label)
        text = wording_diff.of_procedure(procedure)
        self._once_known(wording_diff.PROCEDURE, procedure.id, text, language, title, said, go_on)

    def before_preview(self, wish: MacroWish, go_on: Callable[[MacroWish], None]) -> None:
        """Show what a macro would send, after showing what changed in it."""
        from queues.procedures import wording_diff
        from tui.procedures.current_wording import macro_wording

        try:
            macro = self.desk.answering.macro(wish.name)
        except DeskError:
            go_on(wish)
            return
        text = macro_wording(macro)
        title = words("Changed since you used it: macro {name}").format(name=macro.name)
        language = wish.language or wish.ticket.language
        self._once_known(wording_diff.MACRO, macro.name, text, language, title, "", lambda: go_on(wish))

    def _once_known(
        self, kind: str, name: str, text: str, language: str, title: str, said: str, then: Callable[[], None]
    ) -> None:
        """Call `then`; if the agent knows an older wording, show the difference first and wait for Enter."""
        known = self.desk.store.known_wordings.get(self.desk.agent, kind, name)
        if known == text:
            then()
            return

        def know() -> None:
            self.desk.writer.submit(lambda desk: desk.acknowledge(kind, name, text))
            then()

        if known is None:
            know()
            return
        from queues.procedures.wording_diff import difference
        from tui.procedures.changed_wording_card import ChangeCard

        def read(done: bool | None) -> None:
            if done:
                know()

        self.desk.push_screen(ChangeCard(title, said, difference(known, text, language)), read)
