"""The first screen of an empty desk, and importing messages from files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from data.errors import DeskError
from tui.accounts.accounts import Accounts
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import counted, speak, translated, words

if TYPE_CHECKING:
    from queues.intake.take_in import Report
    from tui.first_run.import_card import ImportCard
    from tui.first_run.importing import Progress
    from tui.first_run.settings_card import Answers

DEMO_WANTED = -1
"""What the application returns when the agent chose the demo."""
AGAIN = -2
"""What it returns when the settings were changed: the desk opens again, with them."""


class FirstScreen(Part):
    """Asks who works here and how to begin; settings and import are available at any time."""

    def __init__(self, desk: DeskContext, accounts: Accounts) -> None:
        super().__init__(desk)
        self.accounts = accounts
        self.importing: Progress | None = None
        """The running import."""
        self.begin = ""
        """How to go on once the desk is open again with the new settings."""

    def actions(self) -> Mapping[str, Act]:
        """Settings and import."""
        return {"desk.settings": self.settings, "desk.import": self.begin_import}

    def welcome(self) -> None:
        """Ask who works here where nothing is set up, else how to begin."""
        from tui.setup.settings import CONFIG_NAME, config_folder

        if (config_folder() / CONFIG_NAME).exists():
            self._ask_how_to_begin()
        else:
            self._ask_settings(is_new=True)

    def settings(self) -> None:
        """Show the card of the first minute again; not during an import, which would end when the desk opens again."""
        if self.importing is None:
            self._ask_settings(is_new=False)
        else:
            self.desk.say(words("An import is running; change the settings when it is done."))

    def go_on(self, begin: str) -> None:
        """Begin in the way that was chosen on the card: the settings are saved, and the desk is open again."""
        self.desk.say(words("Saved, and in effect; {key} changes it again.").format(key=self._settings_key()))
        if begin == "import":
            self.begin_import()
        elif begin in ("mail", "tracker"):
            self.accounts.set_up(begin)

    def _ask_settings(self, *, is_new: bool) -> None:
        from tui.first_run.save_answers import answers_of, problem
        from tui.first_run.settings_card import SettingsCard
        from tui.setup.open_desk import login_name

        try:
            answers = answers_of(is_new=is_new)
        except DeskError as error:
            self.desk.refused(error)
            return
        card = SettingsCard(answers, login_name(), self._settings_key(), problem, is_new=is_new)
        self.desk.push_screen(card, partial(self._answered, answers, is_new))

    def _answered(self, before: Answers, is_new: bool, answers: Answers | None) -> None:
        if answers is None:
            brings = words("Nothing was changed; {key} brings the card back, : import and : accounts begin without it.")
            self.desk.say(brings.format(key=self._settings_key()))
            return
        self.desk.in_thread("settings", partial(self._save, before, answers, is_new))

    def _save(self, before: Answers, answers: Answers, is_new: bool) -> None:
        """Write the answers; called in a thread."""
        from tui.first_run.save_answers import save

        try:
            save(before, answers, whole=is_new)
        except DeskError as error:
            self.desk.from_thread(self._not_saved, error)
        else:
            self.desk.from_thread(self._saved, answers.begin)

    def _not_saved(self, error: DeskError) -> None:
        speak("")
        self.desk.refused(error)

    def _saved(self, begin: str) -> None:
        self.desk.run_worker(self._open_again(begin), group="settings")

    async def _open_again(self, begin: str) -> None:
        """Close the desk as for quitting, and let it open anew: whatever the settings say is then in effect."""
        for keep in self.desk.hooks.before_quitting:
            if not await keep():
                return
        speak("")
        self.begin = begin
        self.desk.app.exit(DEMO_WANTED if begin == "demo" else AGAIN)

    def _settings_key(self) -> str:
        return self.desk.keys.shown("desk.settings") or ":"

    def _ask_how_to_begin(self) -> None:
        from tui.cards.key_menu import KeyMenu, Line

        lines = (
            Line("d", "demo", words("Try the demo: invented requests arrive, nothing leaves this machine")),
            Line(
                "i",
                "import",
                words("Import mail or tickets: an mbox, a Maildir, .eml files, an export of another tool"),
            ),
            Line("e", "account", words("Connect e-mail or a ticketing system; the login is tested before it is saved")),
            Line("s", "settings", words("Set your name, brand, language and keys")),
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
        elif way == "settings":
            self.settings()

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
        from tui.cards.key_menu import KeyMenu, Line

        lines = (
            Line("h", "history", words("As history: searchable and shown with its customer; no work, no clocks")),
            Line("n", "from-now", words("As history, but what nobody has answered yet is work, with clocks from now")),
            Line("d", "work", words("As work, with clocks from the date of each message")),
        )
        title = words("What should the messages become?")
        note = words("Tickets of other tools keep the state that they have there · Esc imports nothing")
        self.desk.push_screen(KeyMenu(title, lines, note), partial(self._old_chosen, path))

    def _old_chosen(self, path: str, old: str | None) -> None:
        if not old:
            return
        from tui.first_run.import_card import ImportCard
        from tui.first_run.importing import Progress

        self.importing = Progress()
        card = ImportCard(path, self.importing)
        self.desk.push_screen(card)
        self.desk.in_thread("import", partial(self._import, path, old, self.importing, card))

    def _import(self, path: str, old: str, progress: Progress, card: ImportCard) -> None:
        """Read the files in a thread with its own store; nothing on the screen waits for it."""
        from queues.intake.begin_work import Old
        from tui.cards.typed_path import typed_path
        from tui.first_run.importing import import_files

        report: Report | None = None
        try:
            source = typed_path(path).expanduser()
            report, _ = import_files([source], self.desk.store.path, progress=progress, old=Old(old))
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
        if report.begun:
            begun = counted(
                " · {n} ticket is unanswered, its clocks begin now",
                " · {n} tickets are unanswered, their clocks begin now",
                report.begun,
            )
            said += begun.format(n=report.begun)
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
