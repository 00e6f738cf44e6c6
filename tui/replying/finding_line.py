"""The line under the composer: the findings on its text, most severe first."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from data.records.changes import Finding
from tui.look.one_line import one_line
from tui.look.words import translated, words


class FindingLine(Static):
    """Shows the first finding and their number, else the text's promise; hidden if there is neither."""

    def __init__(self) -> None:
        super().__init__("", id="composer-findings", markup=False)
        self._text = ""
        self._findings: Sequence[Finding] = ()

    def show(self, text: str, findings: Sequence[Finding], promise: str = "") -> None:
        """Show the findings on a text."""
        self._text, self._findings = text, findings
        if findings:
            self._tell(findings[0])
        else:
            self.update(Content(one_line(promise)))
            self.remove_class("-blocked")
        self.set_class(bool(findings or promise), "-told")

    def places(self, text: str) -> list[tuple[int, int]]:
        """Return the ranges of the findings in a text that may have changed since it was checked."""
        places = (self._place(finding, text) for finding in self._findings)
        return [place for place in places if place is not None]

    def tell_at(self, text: str, place: tuple[int, int]) -> None:
        """Show the finding about the text at a position."""
        match = next((finding for finding in self._findings if self._place(finding, text) == place), None)
        if match is not None:
            self._tell(match)

    def _place(self, finding: Finding, text: str) -> tuple[int, int] | None:
        said = self._text[finding.start : finding.end]
        if not said:
            return None
        if text[finding.start : finding.end] == said:
            return finding.start, finding.end
        start = text.find(said)
        return None if start < 0 else (start, start + len(said))

    def _tell(self, finding: Finding) -> None:
        sign = "✗" if finding.blocking else "!"
        more = words(" · {n} findings, ctrl+n next").format(n=len(self._findings)) if len(self._findings) > 1 else ""
        self.update(Content(f"{sign} {one_line(translated(finding.message))}{more}"))
        self.set_class(finding.blocking, "-blocked")
