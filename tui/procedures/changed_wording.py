"""A procedure or macro that changed since the agent used it last: the difference is shown once, then it is known."""

from __future__ import annotations

from collections.abc import Callable

from data.errors import DeskError
from data.records.tickets import Ticket
from tui.accounts.accounts import Accounts
from tui.look.words import words


class Changed(Accounts):
    """Stands before the first step of a procedure and before the preview of a macro."""

    def action_procedure_step(self) -> None:
        """Go to the steps, past what changed in them."""
        from queues.procedures import wording_diff

        self.open_meant()
        followed = self.followed()
        if followed is None:
            super().action_procedure_step()
            return
        procedure, language = followed.procedure, followed.ticket.language
        said = procedure.changed.get(language) or procedure.changed.get("en", "")
        title = words("Changed since you used it: procedure {name}").format(name=procedure.label)
        text = wording_diff.of_procedure(procedure)
        then = super().action_procedure_step
        self._once_known(wording_diff.PROCEDURE, procedure.id, text, language, title, said, then)

    def preview_macro(self, ticket: Ticket, name: str, language: str = "", *, anew: bool = True) -> None:
        """Show what a macro would send, past what changed in it."""
        from queues.procedures import wording_diff
        from tui.procedures.current_wording import macro_wording

        preview = super().preview_macro
        try:
            macro = self.answering.macro(name)
        except DeskError:
            preview(ticket, name, language, anew=anew)
            return
        text = macro_wording(macro)
        title = words("Changed since you used it: macro {name}").format(name=macro.name)
        spoken = language or ticket.language
        self._once_known(
            wording_diff.MACRO, macro.name, text, spoken, title, "", lambda: preview(ticket, name, language, anew=anew)
        )

    def _once_known(
        self, kind: str, name: str, text: str, language: str, title: str, said: str, then: Callable[[], None]
    ) -> None:
        """Call `then`; where the agent knows another wording, show the difference first and wait for Enter."""
        known = self.store.known_wordings.get(self.agent, kind, name)
        if known == text:
            then()
            return

        def know() -> None:
            self.writer.submit(lambda desk: desk.acknowledge(kind, name, text))
            then()

        if known is None:
            know()
            return
        from queues.procedures.wording_diff import difference
        from tui.procedures.changed_wording_card import ChangeCard

        def read(done: bool | None) -> None:
            if done:
                know()

        self.app.push_screen(ChangeCard(title, said, difference(known, text, language)), read)
