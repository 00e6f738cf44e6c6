"""All macros: the built-in ones, and the agent's own over them. A refused file never keeps the others from loading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.errors import InputError
from data.records.customers import Customer
from data.records.tickets import Ticket
from macros.files import attachments
from macros.files.front_matter import FilesError, MacroError, line_of, parse, parse_snippet
from macros.files.front_matter_fields import FieldError
from macros.files.macro_files import MAX_FILES, files_in, name_of, source_of, stamp_of
from macros.files.snippet_links import Snippets, check_subject, link_macro, link_snippets
from macros.filling.macro import NOBODY, Macro, Snippet

BUILT_IN = Path(__file__).parents[1] / "library"
SNIPPETS = "snippets"
"""The folder, within a folder of macros, that holds what macros include."""
MAX_SNIPPETS = 200

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
        """Return whether the file can be used."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Read:
    """One file as it was last read, and as it was when it could last be used."""

    stamp: _Stamp
    loaded: Macro | Snippet | MacroError
    good: Macro | Snippet | None = None

    @property
    def seen(self) -> tuple[_Stamp, str]:
        """Changes whenever anything is new."""
        return self.stamp, self.loaded.reason if isinstance(self.loaded, MacroError) else ""


class Library:
    """Macros of several folders, a later folder over an earlier one by the macro's name.

    `refresh` reads again only the files whose time or size changed, so it may be called before every use. A file that
    was changed into one that cannot be used is refused, and what it held before stays in use.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._read: dict[Path, _Read] = {}
        self._macros: dict[str, Macro] = {}
        self._verdicts: list[Verdict] = []
        self._short = ""
        """The last part of the only names that are read; empty for all."""
        self.snippets: Snippets = {}
        """What macros include, by name."""

    @classmethod
    def standard(cls, own: Path | None = None) -> Library:
        """Return the built-in macros, with those of the folder `own` over them."""
        library = cls(BUILT_IN, *([own] if own else []))
        library.refresh()
        return library

    @classmethod
    def only(cls, name: str, own: Path | None = None) -> Library:
        """Return the standard macros that `get` may mean by a name: cheaper than loading all, for a single use."""
        library = cls(BUILT_IN, *([own] if own else []))
        library._short = name.rpartition("/")[2]
        library.refresh()
        return library

    def refresh(self) -> bool:
        """Take in what changed on disk since the last call; return whether anything did."""
        now: dict[Path, _Read] = {}
        for folder in self._folders:
            if folder == BUILT_IN and not self._short:
                now |= _built_in(folder)
                continue
            snippets = 0
            for number, path in enumerate(files_in(folder)):
                if self._short and path.stem != self._short and not _is_snippet(path, folder):
                    continue
                snippets += _is_snippet(path, folder)
                stamp, known = stamp_of(path), self._read.get(path)
                if known is None or known.stamp != stamp or isinstance(known.loaded, FilesError):
                    full = number >= MAX_FILES or (snippets > MAX_SNIPPETS and _is_snippet(path, folder))
                    known = _Read(stamp, _full(path) if full else _load(path, folder), known.good if known else None)
                now[path] = known
        changed = {path: file.seen for path, file in now.items()} != {
            path: file.seen for path, file in self._read.items()
        }
        if changed:
            self._link(now)
        return changed

    def _link(self, read: dict[Path, _Read]) -> None:
        kept = [loaded for read_one in read.values() for loaded in (read_one.good, read_one.loaded)]
        snippets, wrong = link_snippets([loaded for loaded in kept if isinstance(loaded, Snippet)])
        macros: dict[str, Macro] = {}
        self._read, self._verdicts = {}, []
        for path, file in read.items():
            verdict = _verdict(path, file.loaded, snippets, wrong)
            good = file.loaded if verdict.accepted and not isinstance(file.loaded, MacroError) else file.good
            macro = verdict.macro or _still(good, snippets)
            if macro is not None:
                macros[macro.name] = macro
            self._read[path] = _Read(file.stamp, file.loaded, good)
            self._verdicts.append(verdict)
        self._macros, self.snippets = dict(sorted(macros.items())), snippets

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
            if ends:
                raise InputError("No such macro", f"Several macros are called {name}; say the topic too.")
            raise InputError("No such macro", f"There is no macro {name!r}; `tridesk macros list` lists them.")
        return ends[0]

    def verdicts(self) -> list[Verdict]:
        """Return what reading each file came to, in the order of the folders."""
        return list(self._verdicts)

    def refused(self) -> list[Verdict]:
        """Return the files that cannot be used, each with line and reason."""
        return [verdict for verdict in self._verdicts if not verdict.accepted]

    def offered(self, ticket: Ticket, customer: Customer = NOBODY) -> list[Macro]:
        """Return the macros that are available for this ticket of a customer, by name."""
        return [macro for macro in self if macro.when.fits(ticket, customer)]

    def keys(self, ticket: Ticket, customer: Customer = NOBODY) -> dict[str, Macro]:
        """Return which key applies which macro on this ticket; where two want one key, the first by name has it."""
        return {macro.key: macro for macro in reversed(self.offered(ticket, customer)) if macro.key}


def check_paths(paths: Iterable[Path]) -> list[Verdict]:
    """Read every macro file named or found under a named folder. Raises InputError for a path that is not there.

    Snippets are looked for next to the macros and among the built-in ones.
    """
    verdicts: list[Verdict] = []
    for path in paths:
        if path.is_dir():
            library = Library(path) if path.resolve() == BUILT_IN.resolve() else Library(BUILT_IN, path)
            library.refresh()
            verdicts += [verdict for verdict in library.verdicts() if verdict.file.is_relative_to(path)]
        elif path.exists() or path.is_symlink():
            verdicts.append(_check_file(path))
        else:
            raise InputError("Nothing to check", f"{path} is neither a file nor a folder; give one that is there.")
    return verdicts


def _check_file(path: Path) -> Verdict:
    folder = next((parent for parent in list(path.parents)[:3] if (parent / SNIPPETS).is_dir()), path.parent)
    read = [_load(file, root) for root in (BUILT_IN, folder) for file in files_in(root / SNIPPETS) if file != path]
    loaded = _load(path, folder)
    snippets, wrong = link_snippets(
        [macro_error for macro_error in (*read, loaded) if isinstance(macro_error, Snippet)]
    )
    return _verdict(path, loaded, snippets, wrong)


@cache
def _built_in(folder: Path) -> Mapping[Path, _Read]:
    """Read what came with the program, once: it stays as it is while the program runs."""
    return {path: _Read(stamp_of(path), _load(path, folder)) for path in files_in(folder)}


def _is_snippet(path: Path, folder: Path) -> bool:
    return path.relative_to(folder).parts[0] == SNIPPETS


def _load(path: Path, folder: Path) -> Macro | Snippet | MacroError:
    """Read one file; never raises for what it holds."""
    try:
        source = source_of(path, folder)
        if _is_snippet(path, folder):
            return parse_snippet(name_of(path, folder / SNIPPETS), source, path)
        macro = parse(name_of(path, folder), source, path)
        check_subject(macro, line_of(source, "subject"))
        try:
            attachments.check(macro, folder)
        except FieldError as wrong_file:
            raise FilesError(macro.name, line_of(source, attachments.KEY), str(wrong_file)) from None
        return macro
    except MacroError as wrong:
        return wrong


def _verdict(
    path: Path, loaded: Macro | Snippet | MacroError, snippets: Snippets, wrong: dict[Path, MacroError]
) -> Verdict:
    try:
        if isinstance(loaded, Macro):
            return Verdict(path, link_macro(loaded, snippets))
        error = loaded if isinstance(loaded, MacroError) else wrong.get(path)
    except MacroError as refused:
        error = refused
    return Verdict(path, None) if error is None else Verdict(path, None, error.line, error.reason)


def _still(good: Macro | Snippet | None, snippets: Snippets) -> Macro | None:
    """Return what a refused file held before, if that can still be used."""
    try:
        return link_macro(good, snippets) if isinstance(good, Macro) else None
    except MacroError:
        return None


def _full(path: Path) -> MacroError:
    reason = f"is past the {MAX_FILES} files, {MAX_SNIPPETS} of them snippets, that a folder may hold; take some away"
    return MacroError(path.name, 1, reason)
