"""The desk as a Textual application: themes, keys, the writer's lifetime, and crash reports without customer text."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter
from textual.widget import AwaitMount

from data.errors import DeskError, StoreError
from data.locations import remove_leftovers
from data.protocols import Clock
from data.store import Store
from tui.cards.base_screen import BaseScreen
from tui.demo.demo_worker import Outside, Rounds
from tui.desk.screen import DeskScreen
from tui.keys.keymap import Keymap, Leader, keymap_from
from tui.keys.start_settings import keymap_of, theme_of
from tui.look.ascii_signs import AsciiSigns
from tui.look.ascii_signs import use as use_ascii
from tui.look.inner_colors import remember_by_color
from tui.look.no_color import NoColour
from tui.look.theme import THEME_SETTING, THEMES, chosen_theme, theme_name
from tui.look.words import words
from tui.setup import desk_key, garbage
from tui.setup.clock import wall_clock
from tui.setup.screen_settings import Ways, ways_of
from tui.setup.writer import Writer
from tui.terminal.shutdown import Shutdown

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.procedures.book import ProcedureBook
    from tui.accounts.mail_process import MailProcess
    from tui.accounts.setup import AccountSetup
    from tui.desk.key_feed import KeyFeed
    from tui.setup.backup_process import BackupProcess
    from tui.setup.settings import Settings
    from tui.terminal.driver import DeskDriver

CRASHED = 1
"""The exit code after an internal error."""
FLUSH_SECONDS = 2.0
"""How long typed keys may take to reach their widget when the program is terminated from outside."""
TUTORIAL_SECONDS = 300
"""How long replies of the tutorial can be undone."""
ROUND_SECONDS = 1
"""How often the connectors are polled, unless the last round is still running."""


class DeskApp(App[int]):
    """Runs one `DeskScreen` over a store that only this thread reads; the writer has its own."""

    CSS_PATH = "app.tcss"
    TITLE = "tridesk"
    ENABLE_COMMAND_PALETTE = False
    terminal: DeskDriver | None = None
    """The driver of a real terminal, which names itself here."""

    def __init__(
        self,
        store: Store,
        writer: Writer[Desk],
        clock: Clock,
        *,
        agent: str = "agent",
        mode: str = "",
        keymap: Keymap | None = None,
        rounds: Rounds | None = None,
        mail: MailProcess | None = None,
        backups: BackupProcess | None = None,
        welcome: bool = False,
        begin: str = "",
        procedures: Callable[[], ProcedureBook] | None = None,
        theme: str = "",
        ways: Ways | None = None,
        setup: AccountSetup | None = None,
        ascii_signs: bool = False,
    ) -> None:
        super().__init__()
        if "TEXTUAL_ANIMATIONS" not in os.environ:
            self.animation_level = "none"
        self.ascii_signs = ascii_signs
        use_ascii(ascii_signs)
        remember_by_color()
        self._ended_with: int | None = None
        self._exiting = False
        self._event_loop: asyncio.AbstractEventLoop | None = None
        self._welcome = welcome and not begin
        self._begin = begin
        self._rounds = rounds
        self._mail = mail
        self._backups = backups
        self.keys = keymap or keymap_from()
        self.leader = Leader(self.keys)
        self._feed: KeyFeed | None = None
        self._desk_screen = DeskScreen(
            store,
            writer,
            clock,
            agent,
            mode=mode,
            ways=ways,
            procedures=procedures,
            setup=setup,
            use_keys=self.use_keys,
            use_ascii=self.use_ascii,
        )
        self.desk, self.parts = self._desk_screen.desk, self._desk_screen.parts
        self.desk.redraw = self.redraw
        self._writer = writer
        self.refusal: DeskError | None = None
        """Why the desk could not be opened for writing: its rules or settings are invalid."""
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme_name(theme)
        self.no_color = bool(os.environ.get("NO_COLOR"))  # an empty value does not count

    def get_driver_class(self) -> type[Driver]:
        """Return our own driver for a real terminal."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        from tui.terminal.reading_driver import ReadingDriver

        return ReadingDriver

    def typed(self, read: Sequence[events.InputEvent | events.Paste], at: float) -> None:
        """Take what a real terminal sent in one read, in order; `at` is the time of it, by `time.monotonic`."""
        if any(isinstance(event, events.Key) and event.key in self.keys.of("desk.lock") for event in read):
            self.call_later(self.parts.lock.lock)  # what else is in the same read is not for the locked screen
            return
        if self._feed is None:
            from tui.desk.key_feed import KeyFeed

            self._feed = KeyFeed(self, self._desk_screen, self.keys, self.leader)
        self._feed.take(read, at)

    def use_keys(self, keymap: Keymap) -> None:
        """Let other keys count from now on."""
        self.keys, self.leader = keymap, Leader(keymap)
        if self._feed is not None:
            self._feed.use(self.keys, self.leader)
        self.set_keymap(keymap.textual())

    def use_ascii(self, on: bool) -> None:
        """Draw signs in ASCII from now on, or no longer."""
        self.ascii_signs = on
        use_ascii(on)
        self.refresh_css(animate=False)
        self.redraw()

    def redraw(self) -> None:
        """Draw the whole screen anew, whatever another program may have written over it."""
        if self.terminal is not None:
            self.terminal.forget_screen()
        self.refresh()

    def refresh(self, *, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw the screen; a new layout draws only what it moves, unless another program had the terminal meanwhile."""
        if layout and self.terminal is not None and self.terminal.shows_other:
            self.screen.refresh()
        return super().refresh(repaint=repaint, layout=layout, recompose=recompose)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters that all output passes through: NO_COLOR removes the colours, ASCII the signs."""
        signs: list[LineFilter] = [AsciiSigns()] if self.ascii_signs else []
        if not self.no_color:
            return [*super().get_line_filters(), *signs]
        return [NoColour(Color.parse(self.current_theme.background or "black")), *signs]

    def on_mount(self) -> None:
        """Show the desk."""
        self._event_loop = asyncio.get_running_loop()  # before `_ended_with` is read: `end` may be called meanwhile
        self.set_keymap(self.keys.textual())
        self.push_screen(self._desk_screen)
        if self._ended_with is not None:
            self._end(self._ended_with)
        if garbage.is_waiting():
            self.set_timer(garbage.SETTLED_SECONDS, garbage.settle)
        self.call_after_refresh(self._open_writer)
        self.call_after_refresh(self.desk.in_thread, "leftovers", remove_leftovers)
        if self._welcome:
            self.call_after_refresh(self.parts.first_screen.welcome)
        if self._begin:
            self.call_after_refresh(self.parts.first_screen.go_on, self._begin)
        if self._rounds is not None:
            self.set_interval(ROUND_SECONDS, self._go_round)
        if self._mail is not None:
            self.call_after_refresh(self._mail.start, self._mail_came, self._process_said)
        if self._backups is not None:
            self.call_after_refresh(self._backups.start, self._process_said)

    def _mail_came(self) -> None:
        """Called in a thread when mail was filed: look at once."""
        self.call_later(self.desk.poll)

    def _process_said(self, sentence: str) -> None:
        """Called in a thread with a message for the agent, of the mail process or of the one that makes backups."""
        self.call_later(self.desk.say, sentence, severe=True)

    def _open_writer(self) -> None:
        """Load the rules once the desk is drawn; an invalid file ends the program with its error."""
        self._writer.submit(lambda desk: None).add_done_callback(self._opened)

    def _opened(self, future: Future[None]) -> None:
        """Called in the writer's thread."""
        error = future.exception()
        if isinstance(error, DeskError):
            self.refusal = error
            self.call_later(self.exit, 1)

    def _go_round(self) -> None:
        if self._rounds is not None:
            self._rounds.start(lambda message: self.call_later(self.desk.say, message))

    async def on_event(self, event: events.Event) -> None:
        """Look for the key that locks, and for sequences of keys, before Textual does, except where text is typed."""
        if isinstance(event, events.Resize) and self.terminal is not None:
            self.terminal.forget_screen()
        if isinstance(event, events.Key | events.MouseMove | events.MouseDown | events.Paste):
            self.parts.lock.touched()
        if isinstance(event, events.Key) and not event.is_forwarded and event.key in self.keys.of("desk.lock"):
            self.parts.lock.lock()
            return
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self.parts.tutorial.refuses(event, self.leader.pending):
                self.leader.cancel()
                return
            self.parts.coach.count_key(event)
        if isinstance(event, events.Key) and not event.is_forwarded and self.screen is self._desk_screen:
            self.parts.changing.key_time = event.time
            if self.focused is not None and self.focused.check_consume_key(event.key, event.character):
                self.leader.cancel()
            else:
                pressed = self.leader.press(event.key)
                if pressed.action is not None:
                    await self.parts.act(pressed.action.id)
                if pressed.taken:
                    return
        await super().on_event(event)

    def notify(self, message: str, **options: Any) -> None:
        """Show a toast, never as markup, unless the desk is locked."""
        if not self.parts.lock.locked:
            super().notify(message, **options | {"markup": False})

    def push_screen(self, screen: Any, *args: Any, **kwargs: Any) -> Any:
        """Show a screen or a card; over a locked desk, nothing is shown until it is unlocked."""
        if not self.parts.lock.locked:
            below = self.screen_stack[-1] if self.screen_stack else None
            with below.unchanged() if isinstance(below, BaseScreen) else nullcontext():
                return super().push_screen(screen, *args, **kwargs)
        self.parts.lock.after(partial(super().push_screen, screen, *args, **kwargs))
        return AwaitMount(self.screen, ())

    def pop_screen(self) -> AwaitComplete:
        """Remove the top screen; what a locked desk hides is removed once it is unlocked."""
        if not self.parts.lock.locked:
            return super().pop_screen()
        self.parts.lock.after(super().pop_screen)
        return AwaitComplete()

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        """End the screen, and what is still under way: it would find the screen gone, or be waited for."""
        self._exiting = True
        self.desk.answering.stop()
        for worker in self.workers:
            if worker.is_running:
                worker.cancel()
        super().exit(result, return_code, message)

    def end(self, code: int) -> None:
        """Quit as the agent would, once the screen is up; called in any thread."""
        self._ended_with = code
        loop = self._event_loop
        if loop is not None:
            with suppress(RuntimeError):  # the screen is already closed
                loop.call_soon_threadsafe(self._end, code)

    def _end(self, code: int) -> None:
        self.run_worker(self._leave(code), group="end", exclusive=True, exit_on_error=False)

    async def _leave(self, code: int) -> None:
        try:
            await self._take_what_was_typed()
            await self.parts.keep_texts_at_the_end()
        finally:
            self.exit(code)

    async def _take_what_was_typed(self) -> None:
        """Wait until every key that the terminal sent has reached its widget."""
        if self.terminal is not None:
            self.terminal.disable_input()  # reads what is there
        await asyncio.sleep(0)  # what the reading thread handed over is in the feed after this turn of the loop
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                if self._feed is not None:
                    await asyncio.shield(self._feed.done())
                for place in (self, self.screen, self.focused):
                    if place is not None:
                        reached = asyncio.Event()
                        place.call_later(reached.set)
                        await reached.wait()

    def give_up(self) -> None:
        """Save the draft and restore the terminal without the screen, which does not respond; called in a thread."""
        if self.terminal is not None:
            self.terminal.give_back()
        self.parts.keep_texts_without_asking()

    async def action_quit(self) -> None:
        """Quit by Textual's own key, too, only after the draft is saved."""
        await self.parts.quit.quit()

    def _fatal_error(self) -> None:
        """End with one sentence and a report of places, never of values: they may hold customer text.

        Textual has no public way to do this: its own report shows the values, and its exit code cannot be chosen.
        """
        from rich.text import Text

        from tui.terminal.crash_report import fault_place, write_report

        if self._exiting:  # what was still under way found the screen gone
            return
        error = sys.exc_info()[1] or self._exception
        if isinstance(error, StoreError):  # the file failed where no key was waiting for it
            self.panic(Text(f"tridesk: {error.message}", overflow="fold"))
            self._return_code = CRASHED
            self.parts.keep_texts_without_asking()
            return
        message = words("tridesk: internal error in {place}; please report it with {report}")
        place = fault_place(error) if error is not None else "?"
        self.panic(Text(message.format(place=place, report=write_report(error)), no_wrap=True, overflow="ignore"))
        self._return_code = CRASHED
        self.parts.keep_texts_without_asking()


def own_procedures() -> ProcedureBook:
    """Return the procedures of this desk; called in a thread."""
    from tui.setup.open_desk import procedures
    from tui.setup.settings import load

    return procedures(load().settings)


def make_writer(
    store_path: Path, clock: Clock, agent: str, *, demo: bool = False, tutorial: bool = False
) -> Writer[Desk]:
    """Return the writer of a desk; it opens its own store, and loads the rules, in its own thread.

    A `demo` desk knows no mail account, and without teams of its own it has those of the invented service. In the
    `tutorial`, replies wait long enough for a reader to undo them.
    """

    def make() -> Desk:
        import msgspec

        from tui.setup.open_desk import demo_teams, open_desk
        from tui.setup.settings import load

        settings = msgspec.structs.replace(load().settings, agent=agent)
        if demo:
            settings = msgspec.structs.replace(settings, account=(), team=settings.team or demo_teams())
        if tutorial:
            settings = msgspec.structs.replace(settings, undo_seconds=TUTORIAL_SECONDS)
        return open_desk(store_path, clock=clock, settings=settings)

    return Writer(make, lambda desk: desk.store.close())


def mail_process(store_path: Path, settings: Settings) -> MailProcess:
    """Return the service that synchronises the accounts; prompts for secrets where the settings say so."""
    from tui.accounts.mail_process import MailProcess
    from tui.accounts.password_prompt import ask_secrets

    _forget_gone(store_path, settings)
    return MailProcess(store_path, ask_secrets(settings), wanted=bool(settings.remotes or settings.hook))


def backup_process(store_path: Path) -> BackupProcess:
    """Return the service that checks the file and backs it up."""
    from tui.setup.backup_process import BackupProcess

    return BackupProcess(store_path)


def account_setup(store_path: Path, writer: Writer[Desk], mail: MailProcess) -> AccountSetup:
    """Return the service that sets up accounts while the desk is open; changes apply without a restart."""
    from tui.accounts.setup import AccountSetup
    from tui.setup.settings import config_folder, load

    def begin_anew(typed: dict[str, str]) -> None:
        settings = load().settings
        writer.reopen().result()
        mail.begin_anew(typed, wanted=bool(settings.remotes or settings.hook))
        _forget_gone(store_path, settings)

    return AccountSetup(config_folder(), begin_anew)


def _forget_gone(store_path: Path, settings: Settings) -> None:
    from queues.hooks.forget import forget_hooks
    from queues.remotes.links import forget_links

    with closing(Store.open(store_path)) as store:
        forget_links(store, frozenset(remote.connector for remote in settings.remotes))
        forget_hooks(store, settings.hook)


def run_desk(
    store_path: Path,
    *,
    connectors: Sequence[Outside] = (),
    demo: bool = False,
    tutorial: bool = False,
    agent: str = "",
    ascii_signs: bool = False,
    mouse: bool = True,
) -> int:
    """Run the desk on a file until the agent quits; return the exit code, or the chosen way to begin.

    Replies leave through `connectors`, and messages come in through them. `agent` is the name where the settings have
    none; `ascii_signs` and `mouse` go before the settings. When the settings were changed on the screen, the desk opens
    again. Raises StoreError and InputError.
    """
    from tui.first_run.first_screen import AGAIN, DEMO_WANTED

    run_once = partial(
        _run_once, store_path, connectors, agent, demo=demo, tutorial=tutorial, ascii_signs=ascii_signs, mouse=mouse
    )
    code, begin = run_once(begin="")
    while code == AGAIN or (demo and code == DEMO_WANTED):
        code, begin = run_once(begin=begin)
    return code


def _run_once(
    store_path: Path,
    connectors: Sequence[Outside],
    agent: str,
    *,
    demo: bool,
    tutorial: bool,
    ascii_signs: bool,
    mouse: bool,
    begin: str,
) -> tuple[int, str]:
    """Run the desk with the settings as they are; return the exit code, and how to go on if it opens again."""
    from queues.routing.lane_settings import lanes_of
    from queues.shifts.handover import hand_over
    from queues.shifts.shift import going_on
    from tui.setup.settings import CONFIG_NAME, load
    from tui.shifts.handover_line import farewell

    settings = load().settings
    keymap = keymap_of(settings)
    theme_of(settings)  # an invalid setting is reported before the file is touched
    store = Store.open(store_path)
    desk_key.ask_no_more()
    theme = chosen_theme(settings.theme, store.settings.get(THEME_SETTING))
    name = settings.agent or agent or getpass.getuser()
    writer = make_writer(store_path, wall_clock, name, demo=demo, tutorial=tutorial)
    rounds = Rounds(store_path, writer, connectors, wall_clock)
    mail = None if demo else mail_process(store_path, settings)
    backups = None if demo else backup_process(store_path)
    with ExitStack() as opened:
        stops = [process.stop for process in (mail, backups) if process is not None]
        for close in (store.close, writer.stop, rounds.stop, *stops):
            opened.callback(close)
        if tuple(store.lanes.all()) != lanes_of(settings.lane, CONFIG_NAME):
            writer.submit(lambda desk: None).result()
        mode = words("demo: nothing leaves this machine") if demo else "" if connectors else words("offline")
        empty = not (demo or settings.remotes or any(store.tickets.each(limit=1)))
        app = DeskApp(store, writer, wall_clock, agent=name, mode=mode, keymap=keymap, rounds=rounds, mail=mail,
                      backups=backups,
                      welcome=empty, begin=begin, procedures=own_procedures, theme=theme,
                      ways=ways_of(settings, demo=demo, empty=empty, tutorial=tutorial),
                      setup=account_setup(store_path, writer, mail) if mail is not None else None,
                      ascii_signs=ascii_signs or settings.ascii)  # fmt: skip
        code = CRASHED
        with Shutdown(app.end, last=app.give_up, terminal=sys.stdin.fileno()) as shutdown, opened.pop_all():
            code = _shown(app, mouse=mouse and settings.mouse)
            if shutdown.code is None and code >= 0 and code != CRASHED:
                in_shift = not demo and going_on(store, name) is not None
                sys.stdout.write(farewell(hand_over(store, wall_clock()), wall_clock(), in_shift=in_shift))
        return shutdown.code or code, app.parts.first_screen.begin


def _shown(app: DeskApp, *, mouse: bool) -> int:
    """Show the desk until the agent quits and return the exit code. Raises the error that kept it from opening."""
    chosen = app.run(mouse=mouse)
    if app.refusal is not None:
        raise app.refusal
    if chosen is not None:
        return chosen
    return 0 if app.return_code == 0 else CRASHED
