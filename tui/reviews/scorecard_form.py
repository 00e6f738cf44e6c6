"""A scorecard being filled in: the marks so far, and its lines. Does not use Textual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.errors import RuleError
from data.records.reviews import Mark
from queues.quality.cards import Criterion, Scorecard
from tui.look.one_line import fit, one_line
from tui.look.words import words

_WORDS_FOR = {"y": "yes", "n": "no", "-": "n/a"}


@dataclass(slots=True)
class Sheet:
    """The scorecard of one reply being reviewed."""

    card: Scorecard
    language: str
    points: dict[str, int | None] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    """The comment on the whole reply."""
    marked: int = 0
    """The index of the criterion that the next digit scores."""

    @property
    def criterion(self) -> Criterion:
        """The selected criterion."""
        return self.card.criteria[self.marked]

    @property
    def missing(self) -> list[Criterion]:
        """The criteria that are not scored yet."""
        return [each for each in self.card.criteria if each.id not in self.points]

    def move(self, step: int) -> None:
        """Select another criterion."""
        self.marked = min(max(0, self.marked + step), len(self.card.criteria) - 1)

    def give(self, key: str) -> bool:
        """Score the selected criterion by a digit, y, n or - and go to the next; return whether the key is valid."""
        try:
            self.points[self.criterion.id] = self.criterion.points(_WORDS_FOR.get(key, key))
        except RuleError:
            return False
        later = range(self.marked + 1, len(self.card.criteria))
        unscored = {criterion.id for criterion in self.missing}
        self.marked = next((place for place in later if self.card.criteria[place].id in unscored), self.marked)
        return True

    def note(self, text: str) -> None:
        """Set the comment on the selected criterion; an empty text removes it."""
        self.comments.pop(self.criterion.id, None)
        if text.strip():
            self.comments[self.criterion.id] = text.strip()

    def result(self) -> str:
        """Return the current score: `94 %`, or how much is scored."""
        if self.missing:
            done = len(self.card.criteria) - len(self.missing)
            return words("{n} of {all} scored").format(n=done, all=len(self.card.criteria))
        try:
            percent, failed = self.card.percent(self.points)
        except RuleError:
            return words("nothing applies")
        return f"{percent:.0f} %" + (" " + words("failed by {what}").format(what=", ".join(failed)) if failed else "")

    def lines(self, width: int) -> Iterator[str]:
        """Yield one line per criterion, with the reviewer's comment below it."""
        for place, criterion in enumerate(self.card.criteria):
            given = criterion.shown(self.points[criterion.id]) if criterion.id in self.points else "·"
            offered = "/".join([*criterion.answers, *(["-"] if criterion.na else [])])
            end = f"{offered} ×{criterion.weight:g}" + ("!" if criterion.auto_fail else " ")
            head = f"{'▸' if place == self.marked else ' '}{given:>4} "
            text = one_line(criterion.words(self.language))
            yield head + fit(text, width - len(head) - len(end) - 1) + " " + end
            if criterion.id in self.comments:
                yield fit(f"      “{one_line(self.comments[criterion.id])}”", width)

    def packed(self) -> dict[str, Any]:
        """Return the marks so far, to be saved."""
        return {
            "card": self.card.label, "points": self.points, "comments": self.comments, "comment": self.comment,
        }  # fmt: skip


def sheet_of(
    card: Scorecard, language: str, kept: dict[str, Any] | None, marks: Sequence[Mark] = (), comment: str = ""
) -> Sheet:
    """Return a form with the saved marks if the scorecard is unchanged, else with an earlier review's marks."""
    known = {each.id: each for each in card.criteria}
    if kept is not None and kept.get("card") == card.label:
        points = {name: value for name, value in kept["points"].items() if name in known}
        return Sheet(card, language, points, dict(kept["comments"]), str(kept["comment"]))
    given = [mark for mark in marks if mark.criterion in known and (mark.points or 0) <= known[mark.criterion].best]
    return Sheet(
        card, language, {mark.criterion: mark.points for mark in given},
        {mark.criterion: mark.comment for mark in given if mark.comment}, comment,
    )  # fmt: skip
