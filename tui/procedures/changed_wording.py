"""Shows once what changed in a procedure or macro since the agent last used it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from data.errors import DeskError
from tui.context.hooks import MacroWish
from tui.context.part import Part
from tui.procedures.procedure_lines import Followed

if TYPE_CHECKING:
    from tui.procedures.current_wording import Wording


class ChangedWording(Part):
    """Comes before the first step of a procedure and before the preview of a macro."""

    def before_steps(self, followed: Followed, go_on: Callable[[], None]) -> None:
        """Go to the steps of a procedure, after showing what changed in them."""
        from tui.procedures.current_wording import of_procedure

        language = followed.ticket.language
        self._once_known(of_procedure(followed.procedure, language), language, go_on)

    def before_preview(self, wish: MacroWish, go_on: Callable[[MacroWish], None]) -> None:
        """Show what a macro would send, after showing what changed in it."""
        from tui.procedures.current_wording import of_macro

        try:
            macro = self.desk.answering.macro(wish.name)
        except DeskError:
            go_on(wish)
            return
        self._once_known(of_macro(macro), wish.language or wish.ticket.language, lambda: go_on(wish))

    def _once_known(self, wording: Wording, language: str, then: Callable[[], None]) -> None:
        """Call `then`; if the agent knows an older wording, show the difference first and wait for Enter."""
        kind, name, text = wording.kind, wording.name, wording.text
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

        self.desk.push_screen(ChangeCard(wording.title, wording.said, difference(known, text, language)), read)
