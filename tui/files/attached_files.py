"""One key lists the ticket's files; another views, saves or opens one. Their bytes are read in a thread."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from data.errors import DeskError
from data.store import Store
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.files.opening import open_with, opener, private_folder
from tui.look.one_line import one_line
from tui.look.shown import safe_text
from tui.look.words import words

if TYPE_CHECKING:
    from queues.files.kept_files import TicketFile
    from queues.helper.client import Helper
    from tui.files.files_card import Decision

T = TypeVar("T")

NO_DECODER = "A picture: pip install 'tridesk[pictures]' lets the desk show it. Save it, or open it."
NOT_DECODED = "A picture that cannot be shown here: save it, or open it with another program."


class AttachedFiles(Part):
    """The ticket's files."""

    def __init__(self, desk: DeskContext) -> None:
        super().__init__(desk)
        self._copies: Path | None = None
        """A folder for what the system's programs open; it goes with the desk."""

    def actions(self) -> Mapping[str, Act]:
        """The ticket's files."""
        return {"ticket.files": self._list}

    def remove_copies(self) -> None:
        """Remove what was copied for other programs."""
        if self._copies is not None:
            shutil.rmtree(self._copies, ignore_errors=True)

    def _list(self, marked: int = 0, note: str = "") -> None:
        """Show the files and carry out what is decided about one."""
        from queues.files.kept_files import files_of
        from tui.files.files_card import FilesCard

        ticket = self.desk.ticket()
        if ticket is None:
            self.desk.say_no_ticket()
            return
        if self.desk.folds(ticket):
            folded = words("This ticket may be graphic or abusive: open it and press {key} first, then {files}.")
            self.desk.say(folded.format(key=self.desk.key("ticket.reveal"), files=self.desk.key("ticket.files")))
            return
        there = files_of(self.desk.store.messages.of(ticket.id, most=1))
        if not there:
            self.desk.say(words("This ticket has no files."))
            return

        def decided(decision: Decision | None) -> None:
            if decision is not None:
                carry_out = {"view": self._view, "save": self._save, "open": self._ask_to_open}[decision.wish]
                carry_out(there[decision.place], decision.place)

        self.desk.push_screen(FilesCard(there, self.desk.clock(), marked, note), decided)

    def _view(self, file: TicketFile, place: int) -> None:
        from queues.files.facts import dangers, shown_text
        from queues.mail.pictures import can_decode, is_picture
        from tui.files.file_card import FileCard, Seen

        def seen(data: bytes, helper: Helper) -> Seen:
            part = file.attachment
            careful = dangers(part.filename, part.content_type, data)
            if is_picture(part.content_type, data):
                if not can_decode():
                    return Seen(careful, None, note=words(NO_DECODER))
                return Seen(careful, None, helper.small_picture(data), words(NOT_DECODED))
            text = shown_text(part.filename, part.content_type, data)
            return Seen(careful, None if text is None else safe_text(text))

        back = self._back(place)

        def show(what: Seen) -> None:
            self.desk.push_screen(FileCard(file, what), lambda _: back(""))

        self._read(file, seen, self.desk.only_here(show))

    def _save(self, file: TicketFile, place: int) -> None:
        from queues.files.saving import default_folder, save

        def saved(data: bytes, _: Helper) -> Path:
            return save(default_folder(), file.attachment.filename, file.attachment.content_type, data)

        back = self._back(place)

        def say(path: Path) -> None:
            note = words("Saved: {path}").format(path=one_line(str(path)))
            back(note)
            self.desk.say(note)

        self._read(file, saved, say)

    def _ask_to_open(self, file: TicketFile, place: int) -> None:
        """Ask before another program opens it; a program or script is opened never."""
        from queues.files.facts import Danger, dangers
        from tui.cards.key_menu import KeyMenu, Line

        program, part, back = opener(), file.attachment, self._back(place)
        if not program:
            self.desk.say(
                words("This system has no program that opens files (xdg-open); save it instead."), severe=True
            )
            return

        def ask(read: tuple[bytes, tuple[Danger, ...]]) -> None:
            data, file_dangers = read
            name = one_line(part.filename) or words("the file")
            if Danger.PROGRAM in file_dangers:
                back(words("{name} is a program or script; it is never opened from here.").format(name=name))
                return

            def answered(answer: str | None) -> None:
                if answer == "open":
                    self._open(file, data, program)
                else:
                    back("")

            note = "\n".join([*(f"! {words(danger)}" for danger in file_dangers), words("Esc leaves")])
            title = words("Open {name} with {program}?").format(name=name, program=Path(program).name)
            lines = [Line("y", "open", words("Open a copy of it")), Line("n", "", words("Leave it"))]
            self.desk.push_screen(KeyMenu(title, lines, note), answered)

        def with_dangers(data: bytes, _: Helper) -> tuple[bytes, tuple[Danger, ...]]:
            return data, dangers(part.filename, part.content_type, data)

        self._read(file, with_dangers, self.desk.only_here(ask))

    def _open(self, file: TicketFile, data: bytes, program: str) -> None:
        from queues.files.saving import save

        part = file.attachment

        def opened() -> None:
            try:
                self._copies = self._copies or private_folder()
                open_with(program, save(self._copies, part.filename, part.content_type, data))
            except DeskError as error:
                self.desk.from_thread(self.desk.refused, error)
                return
            said = words("Opened with {program}: a copy, removed when the desk is closed.")
            self.desk.from_thread(self.desk.say, said.format(program=Path(program).name))

        self.desk.in_thread("files", opened)

    def _back(self, place: int) -> Callable[[str], None]:
        """Return what shows the list again, with a note, unless the agent has gone on."""
        return self.desk.only_here(lambda note: self._list(place, note))

    def _read(self, file: TicketFile, work: Callable[[bytes, Helper], T], then: Callable[[T], None]) -> None:
        """Read the file's bytes and work on them in a thread; the result, or why there is none, comes to the screen."""
        path = self.desk.store.path
        self.desk.say(words("Reading {name}…").format(name=one_line(file.attachment.filename) or words("the file")))

        def read() -> None:
            from queues.files.kept_files import content
            from queues.helper.client import Helper

            try:
                with closing(Store.open(path, create=False)) as store, Helper() as helper:
                    result = work(content(store, file, helper), helper)
            except DeskError as error:
                self.desk.from_thread(self.desk.refused, error)
                return
            self.desk.from_thread(then, result)

        self.desk.in_thread("files", read)
