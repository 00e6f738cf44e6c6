"""All macros: the built-in ones, and the agent's own over them. A refused file never keeps the others from loading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError
from data.records import Ticket
from macros.allow_list import RefusedError
from macros.engine import check_text
from macros.files import MAX_FILES, files_in, name_of, source_of, stamp_of
from macros.front_matter import MacroError, line_of, parse
from macros.macro import Macro

BUILT_IN = Path(__file__).parent / "library"

_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading one file came to."""

    file: Path
    macro: Macro | None
    line: int = 0
    """Where it is wrong, from 1; 0 when it was accepted."""
    reason: str = ""

    @property
    def accepted(self) -> bool:
        """Tell whether the macro can be used."""
        return self.macro is not None


class Library:
    """Macros of several folders, a later folder over an earlier one by the macro's name.

    `refresh` reads again only the files whose time or size changed, so it may be called before every use.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._read: dict[Path, tuple[_Stamp, Verdict]] = {}
        self._macros: dict[str, Macro] = {}

    @classmethod
    def standard(cls, own: Path | None = None) -> Library:
        """Return the built-in macros, with those of the folder `own` over them."""
        library = cls(BUILT_IN, *([own] if own else []))
        library.refresh()
        return library

    def refresh(self) -> bool:
        """Take in what changed on disk since the last call; tell whether anything did."""
        now: dict[Path, tuple[_Stamp, Verdict]] = {}
        macros: dict[str, Macro] = {}
        for folder in self._folders:
            for number, path in enumerate(files_in(folder)):
                stamp = stamp_of(path)
                known = self._read.get(path)
                fresh = known if known and known[0] == stamp else None
                now[path] = fresh or (stamp, _too_many(path) if number >= MAX_FILES else read(path, folder))
                macro = now[path][1].macro
                if macro:
                    macros[macro.name] = macro
        changed = now != self._read
        self._read, self._macros = now, dict(sorted(macros.items()))
        return changed

    def __iter__(self) -> Iterator[Macro]:
        return iter(self._macros.values())

    def __len__(self) -> int:
        return len(self._macros)

    def get(self, name: str) -> Macro:
        """Return a macro by name, `<topic>/<name>` or just `<name>` where one only has it. Raises InputError."""
        if name in self._macros:
            return self._macros[name]
        ends = [macro for macro in self if macro.name.rsplit("/", 1)[-1] == name]
        if len(ends) != 1:
            more = (
                "several have that name; say the topic too" if ends else "`tridesk macros list` shows those there are"
            )
            raise InputError("No such macro", f"{name}: {more}.")
        return ends[0]

    def verdicts(self) -> list[Verdict]:
        """Return what reading each file came to, in the order of the folders."""
        return [verdict for _, verdict in self._read.values()]

    def refused(self) -> list[Verdict]:
        """Return the files that cannot be used, each with line and reason."""
        return [verdict for verdict in self.verdicts() if not verdict.accepted]

    def offered(self, ticket: Ticket) -> list[Macro]:
        """Return the macros that are available for this ticket, by name."""
        return [macro for macro in self if macro.when.fits(ticket)]

    def keys(self, ticket: Ticket) -> dict[str, Macro]:
        """Return which key applies which macro on this ticket; where two want one key, the first by name has it."""
        return {macro.key: macro for macro in reversed(self.offered(ticket)) if macro.key}


def read(path: Path, folder: Path) -> Verdict:
    """Read and check one file; `folder` is what its name is counted from. Never raises for what the file holds."""
    try:
        source = source_of(path, folder)
        macro = parse(name_of(path, folder), source, path)
        for body in macro.bodies:
            _allowed(macro, body.text, body.line)
        for _, text in macro.subject.by_language:
            _allowed(macro, text, line_of(source, "subject"))
    except MacroError as wrong:
        return Verdict(path, None, wrong.line, wrong.reason)
    return Verdict(path, macro)


def _too_many(path: Path) -> Verdict:
    return Verdict(path, None, 1, f"is past the {MAX_FILES} files that a folder may hold; take some away")


def check_paths(paths: Iterable[Path]) -> list[Verdict]:
    """Read every macro file named or found under a named folder. Raises InputError for a path that is not there."""
    found: list[Verdict] = []
    for path in paths:
        if path.is_dir():
            found += [read(file, path) for file in files_in(path)]
        elif path.exists() or path.is_symlink():
            found.append(read(path, path.parent))
        else:
            raise InputError("Nothing to check", f"{path} is neither a file nor a folder; give one that is there.")
    return found


def _allowed(macro: Macro, text: str, line: int) -> None:
    try:
        check_text(text, frozenset(ask.name for ask in macro.asks))
    except RefusedError as wrong:
        raise MacroError(macro.name, line + wrong.line - 1, str(wrong)) from None
