"""Keys that ask something first: help, palette, macros by name, tags, snooze, assign, escalate, language."""

from __future__ import annotations

from collections.abc import Callable

from data.records import Change
from tui.actions import ACTIONS, BY_ID, Scope
from tui.answers_read import escalation, tags, until
from tui.keymap import keymap_from
from tui.screens.desk_writing import Writing
from tui.words import words


class Asking(Writing):
    """Shows a modal, then does what was answered; Esc changes nothing."""

    def action_desk_help(self) -> None:
        """Show every key."""
        self._choose_action(words("Keys"), [action.id for action in ACTIONS])

    def action_desk_palette(self) -> None:
        """Find an action by name."""
        self._choose_action(words("Actions"), [action.id for action in ACTIONS if action.scope is Scope.LIST])

    def action_macro_pick(self) -> None:
        """Find a macro by a few letters."""
        from tui.screens.chooser import Chooser, Entry

        ticket = self.ticket()
        if ticket is None:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return
        titles = self.answering.titles(ticket, ticket.language)
        entries = [Entry(name, f"{title}  {name}") for name, title in titles]

        def chosen(name: str | None) -> None:
            if name:
                self.preview_macro(ticket, name)

        self.app.push_screen(Chooser(words("Macros"), entries), chosen)

    def action_ticket_snooze(self) -> None:
        """Put away until later."""
        question = words("Snooze for how long? 30m, 3h, 2d, 1w, tomorrow")
        self._ask_change(question, lambda text: Change(snooze_until=until(text, self.clock())))

    def action_ticket_tags(self) -> None:
        """Add and remove tags."""

        def change(text: str) -> Change:
            add, remove = tags(text)
            return Change(add_tags=add, remove_tags=remove)

        self._ask_change(words("Tags: +refund -vip"), change)

    def action_ticket_assign(self) -> None:
        """Give to an agent, or to nobody."""
        question = words("Assign to whom? Empty for nobody")
        self._ask_change(question, lambda text: Change(assignee=text.strip()))

    def action_ticket_escalate(self) -> None:
        """Hand to another team."""
        question = words("Escalate to which team, and why? team: reason")
        self._ask_change(question, lambda text: Change(escalate=escalation(text)))

    def _ask_change(self, question: str, change: Callable[[str], Change]) -> None:
        from tui.screens.prompt import Prompt

        ids = self.targets()
        if not ids:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return

        async def answered(text: str | None) -> None:
            if text is not None:
                await self.change_of(ids, change(text))

        self.app.push_screen(Prompt(question, check=change), answered)

    def _choose_action(self, title: str, ids: list[str]) -> None:
        """List the actions; choosing one of the lists runs it, the others only work where they are named."""
        from tui.screens.chooser import Chooser, action_entries

        keymap = getattr(self.app, "keys", None) or keymap_from()
        shown = [BY_ID[name] for name in ids]

        async def chosen(name: str | None) -> None:
            if name and BY_ID[name].scope is Scope.LIST:
                await self.app.run_action(BY_ID[name].run, self)

        self.app.push_screen(Chooser(title, action_entries(keymap, shown)), chosen)
