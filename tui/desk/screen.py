"""The desk: three lanes, the open ticket of the active lane, and a status line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import DescendantBlur, DescendantFocus, Resize

from data.protocols import Clock
from tui.cards.base_screen import BaseScreen
from tui.cards.desk_message import DeskMessage
from tui.context.desk_context import DeskContext
from tui.desk.parts import Parts
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.keys.keymap import Keymap
from tui.look.words import words
from tui.setup.screen_settings import Ways
from tui.setup.writer import Writer

if TYPE_CHECKING:
    from data.store import Store
    from queues.desk.desk import Desk
    from queues.procedures.book import ProcedureBook
    from tui.accounts.setup import AccountSetup


MIDDLE = range(100, 120)
"""Columns in which three lanes fit, but only the lane with the keys shows what its tickets are about."""


class DeskScreen(BaseScreen[None]):
    """Lays out header, lanes, ticket, digits and status line; the parts provide the behaviour."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LIST)
    _was_shown = True  # its lines change without a layout before the first one: the refresh after it draws them
    CSS_PATH = "desk.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]  # noqa: RUF012 - Textual declares it this way
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it this way

    def __init__(
        self,
        store: Store,
        writer: Writer[Desk],
        clock: Clock,
        agent: str,
        *,
        mode: str = "",
        ways: Ways | None = None,
        procedures: Callable[[], ProcedureBook] | None = None,
        setup: AccountSetup | None = None,
        use_keys: Callable[[Keymap], None] = lambda keymap: None,
        use_ascii: Callable[[bool], None] = lambda on: None,
    ) -> None:
        super().__init__()
        self.id = "desk"
        self.desk = DeskContext(self, store, writer, clock, agent, mode=mode, ways=ways)
        self.parts = Parts(self.desk, procedures=procedures, setup=setup, use_keys=use_keys, use_ascii=use_ascii)

    def compose(self) -> ComposeResult:
        """Header, lanes, tickets, the macros on digits, messages, keys."""
        yield self.desk.header
        yield self.desk.lane_bar
        with Container(id="work"):
            with Container(id="lanes"):
                yield from self.desk.panes
            with Container(id="tickets"):
                yield self.parts.steps.panel
                yield from self.desk.views
        yield self.desk.macro_strip
        yield self.desk.status
        yield self.parts.tour.line
        yield self.parts.footer.line

    def on_mount(self) -> None:
        """Show the first lane and start checking for news."""
        self.parts.going.show_active()
        self.desk.show_header()
        self.desk.list.focus()
        self.desk.say(words("Enter opens a ticket · . goes to the most urgent · ? shows every key"))
        for act in self.desk.hooks.when_drawn:
            self.call_after_refresh(act)
        for seconds, act in self.desk.hooks.timers:
            self.set_interval(seconds, self.desk.reported(act))

    def on_unmount(self) -> None:
        """Let the parts stop their running work."""
        for act in self.desk.hooks.on_closed:
            act()

    async def action_act(self, action_id: str) -> None:
        """Run an action of the registry."""
        await self.parts.act(action_id)

    @on(DeskMessage)
    async def hand_on(self, message: DeskMessage) -> None:
        """Pass a widget's message to the part that handles it."""
        message.stop()
        await self.parts.hear(message)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Update digits and zoom after the focus moved: digits may now apply to another ticket."""
        self.desk.focus_moved()
        in_ticket = any(node.id == "tickets" for node in event.widget.ancestors)
        self.set_class(in_ticket, "-in-ticket", update=self.has_class("-zoom"))  # styles look at it only then
        self.desk.show_macros()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """The same when the focus is lost; a narrow screen shows the procedure only while it has the focus."""
        self.desk.show_macros()
        self.call_after_refresh(self._lay_out)

    def on_resize(self, event: Resize) -> None:
        """A wide screen shows more side by side."""
        self.set_class(MIDDLE.start <= event.size.width < MIDDLE.stop, "-middle")
        self.call_after_refresh(self.desk.show_counts)
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        for act in self.desk.hooks.on_layout:
            act()
