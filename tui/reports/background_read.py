"""How the report's screen reads: in a thread with its own store, showing progress, until Esc."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TypeVar

from textual import work
from textual.content import Content
from textual.coordinate import Coordinate
from textual.widgets import ProgressBar, Static
from textual.worker import get_current_worker

from data.errors import DeskError
from data.protocols import Clock
from data.store import Store
from queues.figures.reporting import Progress
from tui.cards.base_screen import BaseScreen
from tui.look.words import as_sentence, words
from tui.reports.question import Asked
from tui.reports.table import Answer
from tui.reports.tickets_behind import Behind
from tui.reports.tickets_card import Opened

T = TypeVar("T")
log = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
WIDE = 105
SHORT_KEYS = "Enter tickets · t w m y · b n · v plot · c x Y · Esc back"
KEYS = "Enter tickets · t w m y period · b n earlier, later · v plot · c hours · x write · Y copy · Esc back"


class StoppedError(Exception):
    """The agent cancelled it."""


@dataclass(slots=True)
class ReportState:
    """The state that the report's screen restores after a ticket was opened from it."""

    asked: Asked
    answers: dict[Asked, Answer] = field(default_factory=dict)
    cursor: Coordinate = field(default_factory=lambda: Coordinate(0, 0))
    tickets_behind: Behind | None = None
    """The list that a ticket was opened from."""
    line: int = 0
    across: bool = False
    """The plot compares groups."""


class ReportReading(BaseScreen[Opened]):
    """One question is read at a time; the next question replaces it."""

    def __init__(self, path: Path, state: ReportState, zone: tzinfo, clock: Clock) -> None:
        super().__init__()
        self.path, self.state, self.zone, self.clock = path, state, zone, clock
        self.bar = ProgressBar(total=1, show_eta=False, id="report-bar")
        self.said = Static("", id="report-said", markup=False)
        self.bar.display = False
        self._share = 0.0

    @property
    def reading(self) -> bool:
        """A read is running."""
        return bool(self.bar.display)

    def on_mount(self) -> None:
        """Poll the progress."""
        self.set_interval(LOOK_SECONDS, lambda: self.bar.update(progress=self._share))

    def read(self, question: Callable[[Store, Progress], T], then: Callable[[T], None]) -> None:
        """Answer a question in a thread, then pass the answer to the screen."""
        self._share = 0.0
        self.bar.update(progress=0)
        self.bar.display = True
        self.say(words("Reading the events… Esc stops"))
        self._read(question, then)

    def stop(self) -> None:
        """Cancel the read."""
        self.workers.cancel_group(self, "report")
        self.bar.display = False
        self.say(words("Stopped; R reads again."))

    def say(self, text: str) -> None:
        """Show a message in the last line; without a message, the keys."""
        self.said.update(Content(text or words(KEYS if self.size.width >= WIDE else SHORT_KEYS)))

    @work(thread=True, group="report", exclusive=True, exit_on_error=False)
    def _read(self, question: Callable[[Store, Progress], T], then: Callable[[T], None]) -> None:
        worker, app = get_current_worker(), self.app

        def report_progress(share: float) -> None:
            if worker.is_cancelled:
                raise StoppedError
            self._share = share

        def answered(answer: T) -> None:
            if self.is_attached and not worker.is_cancelled:
                self.bar.display = False
                self.say("")
                then(answer)

        try:
            with closing(Store.open(self.path, create=False)) as store:
                result = question(store, report_progress)
        except StoppedError:
            return
        except DeskError as error:
            app.call_from_thread(self._failed, as_sentence(error))
        except Exception as error:
            # the last resort of the worker: the desk stays open, and no customer text is logged
            log.error("a report failed: %s", type(error).__name__)
            app.call_from_thread(
                self._failed,
                words("Internal error ({kind}); nothing was changed.").format(kind=type(error).__name__),
            )
        else:
            app.call_from_thread(answered, result)

    def _failed(self, report_progress: str) -> None:
        if self.is_attached:
            self.bar.display = False
            self.say(report_progress)
