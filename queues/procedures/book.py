"""The procedures of a running desk: built-in and the agent's own, reloaded whenever a file changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from data.errors import InputError
from queues.procedures.procedure import Procedure, built_in, load_file

_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Read:
    """The result of reading a file; an invalid file keeps its last valid version."""

    stamp: _Stamp
    procedure: Procedure | None
    problem: str = ""


class ProcedureBook(Mapping[str, Procedure]):
    """Procedures by id. Checks the folder when used and reads only changed files; never raises for a file."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        patience: float = 0.5,
        fit: Callable[[frozenset[str]], frozenset[str]] = lambda lanes: lanes,
    ) -> None:
        """`fit` gives the desk's lanes for those that the built-in procedures name."""
        self._folder = folder
        self._built_in = {key: _fitted(item, fit(item.lanes)) for key, item in built_in().items()}
        self._patience = patience
        """Seconds between two checks of the folder."""
        self._looked = monotonic() - patience
        self._read: dict[Path, _Read] = {}
        self._procedures: dict[str, Procedure] = dict(self._built_in)
        self.problems: list[str] = []
        """An error for each invalid file, with its line."""

    def refresh(self) -> bool:
        """Reload what changed on disk since the last check; return whether anything did."""
        stamps = dict(_stamps(self._folder))
        if stamps == {path: read.stamp for path, read in self._read.items()}:
            return False
        self._read = {path: self._taken(path, stamp) for path, stamp in stamps.items()}
        procedures, problems = dict(self._built_in), []
        own: dict[str, Path] = {}
        for path, read in self._read.items():
            procedure, problem = read.procedure, read.problem
            if procedure is not None and procedure.id in own:
                other = own[procedure.id].name
                problem = problem or f"{path}: {procedure.id!r} is the id of {other} too; rename one."
            elif procedure is not None:
                own[procedure.id], procedures[procedure.id] = path, procedure
            problems += [problem] if problem else []
        self._procedures, self.problems = procedures, problems
        return True

    def _taken(self, path: Path, stamp: _Stamp) -> _Read:
        known = self._read.get(path)
        if known is not None and known.stamp == stamp:
            return known
        try:
            return _Read(stamp, load_file(path))
        except InputError as error:
            return _Read(stamp, known.procedure if known is not None else None, error.message)

    def _look(self) -> None:
        if monotonic() - self._looked >= self._patience:
            self._looked = monotonic()
            self.refresh()

    def __getitem__(self, name: str) -> Procedure:
        self._look()
        return self._procedures[name]

    def __iter__(self) -> Iterator[str]:
        self._look()
        return iter(tuple(self._procedures))

    def __len__(self) -> int:
        return len(self._procedures)


def _fitted(procedure: Procedure, lanes: frozenset[str]) -> Procedure:
    return procedure if lanes == procedure.lanes else replace(procedure, lanes=lanes)


def _stamps(folder: Path | None) -> Iterator[tuple[Path, _Stamp]]:
    for path in sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else ():
        try:
            stat = path.stat()
        except OSError:  # deleted since the folder was listed
            continue
        yield path, (stat.st_mtime_ns, stat.st_size)
