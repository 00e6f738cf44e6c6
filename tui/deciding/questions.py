"""Keys that need an answer first: until when, to whom, which tags, which action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from data.records.changes import Change, Done
from tui.keys.actions import BY_ID, Scope
from tui.keys.help_lines import PLACES, help_lines, palette_lines
from tui.keys.keymap import Keymap, keymap_from
from tui.look.short_times import later, moment
from tui.look.words import words
from tui.replying.writing import Writing


class Questions(Writing):
    """Asks in one line, then changes the tickets that the keys mean."""

    def action_ticket_snooze(self) -> None:
        """Put away for a time."""
        self.question(words("Snooze until when?"), words("30m, 2 days, tomorrow at 9, Monday, 24 dic"), self._snooze)

    async def _snooze(self, answer: str) -> None:
        from queues.clocks.time_words import EXAMPLES
        from tui.setup.open_desk import zone_named

        zone = zone_named(self.ways.time_zone)
        until = later(answer, self.clock(), zone)
        if until is None:
            told = words("That is not a time; nothing was put away. Write it like one of these: {examples}.")
            self.say(told.format(examples=EXAMPLES), severe=True)
            return

        def snoozed(done: Done) -> None:
            self.changed(done)
            told = words("{summary} until {when} · {undo}")
            self.say(told.format(summary=done.summary, when=moment(until, zone), undo=self.undo_words(done)))

        await self.change(Change(snooze_until=until), snoozed)

    def action_ticket_assign(self) -> None:
        """Give to an agent."""
        self.question(words("Assign to whom?"), words("a name, or - for nobody"), self._assign)

    async def _assign(self, answer: str) -> None:
        await self.change(Change(assignee="" if answer == "-" else answer))

    def action_ticket_tags(self) -> None:
        """Add and remove tags."""
        self.question(words("Which tags?"), words("+refund -vip"), self._tags)

    async def _tags(self, answer: str) -> None:
        given = answer.split()
        gone = tuple(tag[1:] for tag in given if tag.startswith("-") and len(tag) > 1)
        come = tuple(tag.lstrip("+") for tag in given if not tag.startswith("-") and tag.lstrip("+"))
        await self.change(Change(add_tags=come, remove_tags=gone))

    def question(self, question: str, hint: str, then: Callable[[str], Awaitable[None]]) -> None:
        """Ask about the tickets that the keys mean; an empty answer changes nothing."""
        from tui.cards.ask_line import AskLine

        ids = self.targets()
        if not ids:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return

        async def answered(answer: str | None) -> None:
            if answer and self.targets() != ids:
                self.say(words("Another ticket stands here by now, so nothing was changed; press the key again."))
            elif answer:
                await then(answer)

        self.app.push_screen(AskLine(question, hint), answered)

    def action_desk_help(self) -> None:
        """Show every action and its keys, wherever they count; Enter does the marked one where that is here."""
        self._pick_action(help_lines(self._keymap))

    def action_desk_palette(self) -> None:
        """Find an action of what has the focus by its name."""
        here = [Scope.COMPOSER, Scope.LIST] if self._writing else [Scope.LIST]
        self._pick_action(palette_lines(self._keymap, here))

    def _pick_action(self, lines: list[tuple[str, str]]) -> None:
        from tui.cards.pick_list import PickList

        async def chosen(action_id: str | None) -> None:
            action = BY_ID.get(action_id or "")
            if action is None:
                return
            if action.scope is Scope.LIST:
                await self.run_action(action.run)
            elif action.scope is Scope.COMPOSER and self.composer is not None and self._writing:
                await self.composer.run_action(action.run)
            else:
                place, keys = words(PLACES[action.scope]), self._keymap.shown(action.id)
                self.say(words("{place}: {keys} {title}").format(place=place, keys=keys, title=words(action.title)))

        self.app.push_screen(PickList(lines), chosen)

    @property
    def _keymap(self) -> Keymap:
        return getattr(self.app, "keys", None) or keymap_from()

    @property
    def _writing(self) -> bool:
        return self.composer is not None and self.composer.has_class("-open")

    def action_macro_pick(self) -> None:
        """Find a macro by a few letters and preview it."""
        from tui.cards.pick_list import PickList

        ticket = self.ticket()
        if ticket is None:
            self.say(words("There is no ticket here; . goes to the most urgent one."))
            return

        def chosen(name: str | None) -> None:
            if name:
                self.preview_macro(ticket, name)

        lines = [(name, f"{title}  ({name})") for name, title in self.answering.titles(ticket, ticket.language)]
        self.app.push_screen(PickList(lines), chosen)

    async def action_desk_quit(self) -> None:
        """Leave once every draft is in the file."""
        if await self.all_kept():
            self.app.exit(0)
