"""Makes macros of foreign answers: checks each as any macro is checked, and writes what can be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.errors import InputError
from macros.files.front_matter import MacroError, parse
from macros.files.macro_files import SUFFIX, put_file
from macros.files.snippet_links import link_macro
from macros.importing.foreign import Foreign
from macros.importing.liquid import LiquidError
from macros.importing.macro_text import Detect, ToText, Written, place_of, write


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one answer: `written`, `replaced`, `unchanged`, `kept` (a file was there) or `refused`."""

    title: str
    macro: str
    outcome: str
    languages: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be put into ours, a sentence each; the reason where it was refused."""
    tool: str = ""
    """Whose it was."""
    unmapped: Mapping[str, Any] = field(default_factory=dict)
    """The fields without an equivalent; they are kept in the file under `[extra]`."""


@dataclass(frozen=True, slots=True)
class Import:
    """Where and how answers are taken in."""

    folder: Path
    to_text: ToText
    detect: Detect
    language: str = "en"
    """The language of texts that are for all others there."""
    replace: bool = False
    dry_run: bool = False

    def run(self, answers: Iterable[Foreign]) -> Iterator[Outcome]:
        """Take the answers in, one after the other. Raises InputError if the folder cannot be written."""
        names: set[str] = set()
        for foreign in answers:
            name = place_of(foreign)
            try:
                written = write(foreign, self.to_text, self.detect, self.language)
                link_macro(parse(name, written.source), {})
            except (LiquidError, MacroError, ValueError) as wrong:
                reason = wrong.reason if isinstance(wrong, MacroError) else str(wrong)
                yield Outcome(foreign.title, name, "refused", notes=(reason,), tool=foreign.tool)
                continue
            yield self._keep(foreign, written, names)

    def _keep(self, foreign: Foreign, written: Written, names: set[str]) -> Outcome:
        name, number = written.name, 1
        while name in names:  # two answers of one title in one export
            number += 1
            name = f"{written.name}-{number}"
        names.add(name)
        path = self.folder / f"{name}{SUFFIX}"
        try:
            outcome = self._write(path, written.source)
        except OSError as wrong:
            raise InputError(
                "Macro not written", f"{path}: {wrong.strerror}; check the folder's permissions."
            ) from None
        return Outcome(
            foreign.title, name, outcome, written.languages, written.asks, written.notes, foreign.tool, foreign.extra
        )

    def _write(self, path: Path, source: str) -> str:
        there = path.exists() or path.is_symlink()
        if there and path.is_file() and path.read_bytes() == source.encode():
            return "unchanged"
        if there and not self.replace:
            return "kept"
        if not self.dry_run:
            put_file(path, source)
        return "replaced" if there else "written"
