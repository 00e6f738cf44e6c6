"""The first screen of an empty desk, and importing messages from files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import DeskError
from tui.accounts.accounts import Accounts
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import counted, translated, words

if TYPE_CHECKING:
    from queues.intake.take_in import Report
    from tui.first_run.import_card import ImportCard
    from tui.first_run.importing import Progress

DEMO_WANTED = -1
"""What the application returns when the agent chose the demo."""


class FirstScreen(Part):
    """Offers the three ways to begin; the import is available at any time."""

    def __init__(self, desk: DeskContext, accounts: Accounts) -> None:
        super().__init__(desk)
        self.accounts = accounts
        self.importing: Progress | None = None
        """The running import."""

    def actions(self) -> Mapping[str, Act]:
        """Import."""
        return {"desk.import": self.begin_import}

    def welcome(self) -> None:
        """Ask how to begin."""
        from tui.cards.key_menu import KeyMenu, Line

        lines = (
            Line("d", "demo", words("Try the demo: invented requests arrive, nothing leaves this machine")),
            Line(
                "i",
                "import",
                words("Import mail or tickets: an mbox, a Maildir, .eml files, an export of another tool"),
            ),
            Line("e", "account", words("Connect e-mail or a ticketing system; the login is tested before it is saved")),
        )
        title = words("Welcome to tridesk. There is nothing in this desk yet; how do you want to begin?")
        self.desk.push_screen(KeyMenu(title, lines, words("Esc shows the empty desk")), self._begun)

    def _begun(self, way: str | None) -> None:
        if way == "demo":
            self.desk.app.exit(DEMO_WANTED)
        elif way == "import":
            self.begin_import()
        elif way == "account":
            self.accounts.show()

    def begin_import(self) -> None:
        """Import a file or folder of messages."""
        if self.importing is None:
            self._ask_path(words("Import which file or folder? Tab completes."), "~/")
        else:
            self.desk.say(words("An import is already running; a message will say when it is done."))

    def _ask_path(self, question: str, typed: str) -> None:
        from tui.cards.ask_line import AskLine
        from tui.cards.path_suggester import PathSuggester

        hint = words("an mbox, a Maildir, .eml files, JSON Lines, an export of another tool (JSON, zip)")
        self.desk.push_screen(AskLine(question, hint, typed, PathSuggester()), self._path_given)

    def _path_given(self, path: str | None) -> None:
        if not path:
            return
        from tui.first_run.import_card import ImportCard
        from tui.first_run.importing import Progress

        self.importing = Progress()
        card = ImportCard(path, self.importing)
        self.desk.push_screen(card)
        self.desk.in_thread("import", partial(self._import, path, self.importing, card))

    def _import(self, path: str, progress: Progress, card: ImportCard) -> None:
        """Read the files in a thread with its own store; nothing on the screen waits for it."""
        from tui.first_run.importing import import_files

        report: Report | None = None
        try:
            report, _ = import_files([Path(path).expanduser()], self.desk.store.path, progress=progress)
            wrong = report.refused[0] if report.refused and not report.seen else ""
        except DeskError as error:
            wrong = translated(error.message)
        except (OSError, RuntimeError, ValueError) as error:  # an impossible path, such as ~nobody
            wrong = f"{path}: {getattr(error, 'strerror', None) or error}."
        self.desk.from_thread(self._imported, path, card, report, wrong)

    def _imported(self, path: str, card: ImportCard, report: Report | None, wrong: str) -> None:
        self.importing = None
        waited_for = self.desk.app.screen is card
        card.dismiss(None)
        if wrong or report is None:
            self.desk.say(wrong, severe=True)
            if waited_for:
                self._ask_path(wrong, path)
            return
        summary = counted(
            "{n} message: {new} new tickets, {joined} joined a ticket, {twice} already here, {raw} kept raw",
            "{n} messages: {new} new tickets, {joined} joined a ticket, {twice} already here, {raw} kept raw",
            report.seen,
        )
        said = summary.format(n=report.seen, new=report.new, joined=report.joined, twice=report.duplicates,
                           raw=len(report.unreadable))  # fmt: skip
        if report.refused:
            refusals = words(" · {n} left out, the first: {why}")
            said += refusals.format(n=len(report.refused) + report.untold, why=report.refused[0])
        if report.kept:
            kept = counted(
                " · {n} field has no equivalent and is kept with its tickets",
                " · {n} fields have no equivalent and are kept with their tickets",
                len(report.kept),
            )
            said += kept.format(n=len(report.kept))
        self.desk.refresh_lanes()
        self.desk.say(said)
        self.desk.toast(said)

    def stop_import(self) -> None:
        """Quitting stops an import after the current batch."""
        if self.importing is not None:
            self.importing.stopped = True
