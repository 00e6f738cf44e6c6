"""What agents chose, as suggestions: learned from the store at the start, then from each reply sent or undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Event, Lock
from time import sleep

from data.macro_names import separate
from data.records.changes import Answered
from data.store import Store
from macros.filling.macro import Macro
from macros.suggesting.first_lesson import lesson_of, remember, remembered
from macros.suggesting.first_messages import teach, teach_limits
from macros.suggesting.semantic import Sense, sense
from macros.suggesting.suggest import Suggester, Suggestion

MOST = 20_000
"""How many of the newest replies are learned from at start."""
RELEARN = 0.25
"""New replies as a share of those known, from which on all is learned again: the probabilities follow the desk."""
FEWEST_NEW = 50
RECENT = 300
"""Replies looked at again whenever something changed: those that may be new, or undone."""


class Learner:
    """Suggests in one thread while another one learns. Without a model file: a new `Learner` starts empty."""

    def __init__(self, macros: Iterable[Macro], cache: Path | None = None) -> None:
        """`cache` is a folder where what the macros teach is kept for the next start."""
        self._cache = cache
        self._lock, self._learning = Lock(), Lock()
        self._macros = {macro.name: macro for macro in macros}
        self._suggester = self._untaught()
        self._known: dict[int, Answered] | None = None
        self._new = 0
        """Replies learned since all was learned."""
        self._stopped = Event()

    def stop(self) -> None:
        """Have learning end at the next reply: nothing that ends the program waits for a long history."""
        self._stopped.set()

    def know(self, macros: Iterable[Macro]) -> None:
        """Take in macros that came since."""
        new = [macro for macro in macros if macro.name not in self._macros]
        self._macros = {**self._macros, **{macro.name: macro for macro in new}}
        with self._lock:
            teach(self._suggester, new)

    def _rebuild(self, store: Store, most: int) -> int:
        """Learn all from the store; what was known before serves until that is done."""
        before, replies, meaning = self._macros, store.messages.answered(most), sense()
        if not replies and meaning is None:
            self._known = {}
            return 0
        # only now with the view of meanings: loading it takes a second that no screen should wait for
        suggester, known = self._untaught(meaning), {answered.reply_id: answered for answered in replies}
        for answered in replies:
            if self._stopped.is_set():
                return 0
            _learn(suggester, answered)
            sleep(0)  # lets the screen's thread go first
        suggester.settle()
        with self._lock:
            teach(suggester, (macro for name, macro in self._macros.items() if name not in before))
            self._suggester, self._known, self._new = suggester, known, 0
        return len(known)

    def catch_up(self, store: Store, most: int = MOST) -> int:
        """Learn the replies sent since, forget those undone or erased since; return how many either way.

        The first time, and after many at once, the newest `most` are learned again. What was sent from another window
        or from the command line counts too.
        """
        with self._learning:
            return self._catch_up(store, most)

    def _catch_up(self, store: Store, most: int) -> int:
        standing = {answered.reply_id: answered for answered in store.messages.answered(RECENT)}
        many = self._known is not None and self._new >= max(FEWEST_NEW, RELEARN * len(self._known))
        if self._known is None or many or (len(standing) == RECENT and not self._known.keys() & standing.keys()):
            return self._rebuild(store, most)
        oldest = min(standing, default=0) if len(standing) == RECENT else 0
        new = [answered for answered in standing.values() if answered.reply_id not in self._known]
        gone = [
            answered
            for answered in self._known.values()
            if answered.reply_id >= oldest and answered.reply_id not in standing
        ]
        for answered in gone:
            with self._lock:
                for macro in separate(answered.macro):
                    self._suggester.unlearn(_text(answered), macro)
            del self._known[answered.reply_id]
        for answered in new:
            with self._lock:
                _learn(self._suggester, answered)
                self._suggester.ready()
            self._known[answered.reply_id] = answered
        self._new += len(new)
        return len(new) + len(gone)

    def suggest(
        self, text: str, top: int, among: frozenset[str], language: str, lean: Mapping[str, float]
    ) -> list[Suggestion]:
        """Rank macros for a message, as `Suggester.suggest` does."""
        with self._lock:
            return self._suggester.suggest(text, top, among, language=language, lean=lean)

    def rank(self, text: str, among: frozenset[str], language: str, lean: Mapping[str, float]) -> list[Suggestion]:
        """Rank all of these macros for a message."""
        return self.suggest(text, len(among), among, language, lean)

    def _untaught(self, meaning: Sense | None = None) -> Suggester:
        """Return a suggester that knows the macros, but no reply of the desk."""
        cache = self._cache if meaning is None else None
        lesson = lesson_of(self._macros.values()) if cache is not None else ""
        if cache is not None and (suggester := remembered(cache, lesson)) is not None:
            return suggester
        suggester = Suggester(meaning)
        teach(suggester, self._macros.values())
        teach_limits(suggester)
        if cache is not None:
            remember(cache, lesson, suggester)
        return suggester


def _learn(suggester: Suggester, answered: Answered) -> None:
    for macro in separate(answered.macro):
        suggester.learn(_text(answered), macro, language=answered.language, subject=answered.subject)


def _text(answered: Answered) -> str:
    return answered.text if answered.text.strip() else answered.subject
